// Reads CertProv's `GetAndPublishCert`. With this request a desktop client names its device and gets a certificate.
// With the certificate it signs in for half a year without a password. The message goes on unchanged, so the request
// must be at the one position where every reader looks for it. Source: MS-OCAUTHWS 3.2; SOAP 1.1 §4, SOAP 1.2 part 1
// §5.

import { readXml, type XmlFault } from "../lync/xml.ts";
import { ok, type Result, refuse } from "../result.ts";
import { isPrintable } from "../text/printable.ts";
import { deviceIdOf } from "./device-id.ts";
import type { DeviceId } from "./types.ts";

const AUTH_WEB_SERVICES_NS = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const SOAP_NAMESPACES = new Set([
  "http://schemas.xmlsoap.org/soap/envelope/",
  "http://www.w3.org/2003/05/soap-envelope",
]);

/** The device and the user for whom the client asks for a certificate. */
export type CertificateRequest = {
  readonly deviceId: DeviceId;
  /**
   * The user's name as sent, such as `alice@contoso.com`, of at most {@link MAX_ENTITY_CHARS} characters. The caller
   * checks whether it is the ticket's user.
   */
  readonly entity: string;
};

/** Longest `Entity` in characters. Active Directory stores no longer SIP URI (msRTCSIP-PrimaryUserAddress). */
export const MAX_ENTITY_CHARS = 454;

/**
 * `not-soap`: not one envelope with one body. `not-a-certificate-request`: a well-formed message that asks for another
 * operation. `ambiguous`: a certificate request, or a part of it, is at a position where not every reader would find
 * it.
 */
export type CertificateRequestFault =
  | XmlFault
  | "not-soap"
  | "not-a-certificate-request"
  | "ambiguous"
  | "bad-device-id"
  | "bad-entity";

/** Reads the whole SOAP message. */
export function readCertificateRequest(xml: string): Result<CertificateRequest, CertificateRequestFault> {
  const path: string[] = [];
  let soap = "";
  let bodies = 0;
  let operations = 0;
  let asked: { readonly deviceId: string; readonly entity: string } | undefined;
  const read = readXml<CertificateRequestFault>(xml, (fail) => ({
    open: (tag) => {
      const depth = path.push(tag.local);
      const inBody = depth > 2 && path[1] === "Body";
      if (depth === 1) {
        if (tag.local !== "Envelope" || !SOAP_NAMESPACES.has(tag.uri)) fail("not-soap");
        soap = tag.uri;
      } else if (depth === 2) {
        if (tag.uri !== soap || bodies > 0 || (tag.local !== "Header" && tag.local !== "Body")) fail("not-soap");
        if (tag.local === "Body") bodies++;
      } else if (inBody && depth === 3 && ++operations > 1) fail("not-soap");
      const attributes = Object.values(tag.attributes);
      if (isNamed(OPERATION, tag.local)) {
        const here = inBody && depth === 3 && tag.local === "GetAndPublishCert" && tag.uri === AUTH_WEB_SERVICES_NS;
        const named = attributes.filter(({ local }) => isNamed(NAMES, local));
        if (!here || named.length > 2) return fail("ambiguous");
        asked = { deviceId: tag.attributes.DeviceId?.value ?? "", entity: tag.attributes.Entity?.value ?? "" };
      } else if (inBody && (isNamed(NAMES, tag.local) || attributes.some(({ local }) => isNamed(NAMES, local)))) {
        fail("ambiguous");
      }
    },
    text: () => {},
    close: () => {
      path.pop();
    },
  }));
  if (!read.ok) return read;
  if (bodies !== 1) return refuse("not-soap");
  if (asked === undefined) return refuse("not-a-certificate-request");
  const deviceId = deviceIdOf("device", asked.deviceId);
  if (deviceId === undefined) return refuse("bad-device-id");
  const { entity } = asked;
  if (entity === "" || entity.length > MAX_ENTITY_CHARS || entity.trim() !== entity || !isPrintable(entity)) {
    return refuse("bad-entity");
  }
  return ok({ deviceId, entity });
}

const OPERATION = new Set(["getandpublishcert"]);
const NAMES = new Set(["deviceid", "entity"]);

/** Whether any reader, even one that ignores case, takes a name for one of these. */
const isNamed = (names: ReadonlySet<string>, local: string): boolean => names.has(local.toLowerCase());
