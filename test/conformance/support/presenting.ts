// The forms in which a client presents its ticket, and for each a published place.

import { createHash } from "node:crypto";
import { sipeCertificateRequest, sipeSecurity } from "../../../simulator/sipe-client.ts";
import type { TestRequest } from "../../../simulator/test-client.ts";
import { opaque, type SamlTicket } from "./tickets.ts";

export const ROOT_USER = "/Autodiscover/AutodiscoverService.svc/root/user";
export const ROOT_OAUTH_USER = "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
export const APPLICATIONS = "/ucwa/oauth/v1/applications";
export const CERT_PROV = "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1";
export const GROUP_EXPANSION = "/GroupExpansion/service.svc/WebTicket_Bearer";

export const get = (path: string, headers: Readonly<Record<string, string>> = {}): TestRequest => ({ path, headers });

/** `X-MS-WebTicket: opaque=`, as desktops send it. */
export const asOpaque = (assertion: string, path = ROOT_USER): TestRequest =>
  get(path, { "x-ms-webticket": opaque(assertion) });

/** `X-MS-WebTicket: cwt=`, as native phones send it. */
export const asCompact = (cwt: string, path = ROOT_USER): TestRequest => get(path, { "x-ms-webticket": `cwt=${cwt}` });

/** `Authorization: Bearer cwt=`, as UCWA clients send it. */
export const asBearer = (cwt: string, path = ROOT_OAUTH_USER): TestRequest =>
  get(path, { authorization: `Bearer cwt=${cwt}` });

/** The cookie of UCWA photos. */
export const asCookie = (cwt: string, path = `${APPLICATIONS}/100000000001/photos/alice`): TestRequest =>
  get(path, { cookie: `cwt_ucwa=${cwt}` });

/** A SOAP message with this content of `wsse:Security`. */
export const soap = (
  security: string,
  path = CERT_PROV,
  entity = "alice@contoso.test",
  device = deskOf(entity),
  pkcs10 = PKCS10,
) => ({
  path,
  method: "POST",
  headers: { "content-type": "text/xml", soapaction: `"${path === GROUP_EXPANSION ? SEARCH : GET_AND_PUBLISH}"` },
  body: path === GROUP_EXPANSION ? search(security) : certificateRequest(security, entity, device, pkcs10),
});

const GET_AND_PUBLISH = "http://schemas.microsoft.com/OCS/AuthWebServices/GetAndPublishCert";
const SEARCH = "DistributionListExpander/SearchAbEntry";

/** The `DeviceId` of somebody's one desktop; the same one each time. */
const deskOf = (entity: string): string => {
  const digits = createHash("sha256").update(entity).digest("hex");
  return `{${digits.slice(0, 8)}-0000-4000-8000-${digits.slice(8, 20)}}`;
};

/** CertProv's request, with the proof that its client computed. */
export const asProof = (ticket: SamlTicket, entity?: string, device?: string, pkcs10?: string) =>
  soap(sipeSecurity(ticket.response, ticket.entropy), CERT_PROV, entity, device, pkcs10);

/** The address book's search. It takes only the ticket. */
export const asBearerSoap = (ticket: SamlTicket) => soap(sipeSecurity(ticket.response, undefined), GROUP_EXPANSION);

/** A UCWA application's creation. */
export const creation = (endpointId: string, path = APPLICATIONS) => ({
  path,
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ userAgent: "Postern test", endpointId, culture: "en-US" }),
});

/** A PKCS#10 request for a key that nobody has kept: `openssl req -new -newkey rsa:2048 -nodes -subj /CN=alice`. */
const PKCS10 =
  "MIICVTCCAT0CAQAwEDEOMAwGA1UEAwwFYWxpY2UwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCbAPmxrq5egNyYhMZ+" +
  "H9WFOAQT/jZ4hz2GglsJef1C/+9vWrTlC5vnwJLTTGHQQuG4+nUrPxnW5BSMALtgzClt756XikWogUxfmJV8hi4ADWLw7jFMM5Zq" +
  "tS/Jc4JoPc5M3vpAyTmNGHS5Ts2V6UlJ0P3BGSe1XqPtwkFsDidEOQNUade17bkGWPM9b3PuUJHqJi5krJvM184gP/UdQe8Ov+EH" +
  "MUvo1iH0DjCsBBza2xJ6fidakk5X7FDYKKsp6ej18GHI4QyQLHUu5X91g+K8w5KxDE2LJXYc0NPqKI4yxxU8B1z/jAAyh/GI10hO" +
  "ufgj3Zz5O09MbTVXiw9fBi43AgMBAAGgADANBgkqhkiG9w0BAQsFAAOCAQEAJ70IthJjYgZKrtm6Yr5YXUSieRvDvIY9ZMy6SiYi" +
  "rXql00cPMTQg0D97vgUy0QhtQV1S8rjDqs6gK6E/d3T1KQDBDvMB8hpY6s46ZCxqZQYALYa9bujNaH4jU4w78IDye4KXUnBbDtDt" +
  "dvQaoWF80NKe4VGBuxzxRsnRKn/+oKn8PuiPX1z37jAQNVnrOniFwnO8OIFxDVNqU7rtADAp73YSZPd0NqECvpnvG9yE0QZAs+tZ" +
  "R7ATEHwJ1u9KkvFzI0vFE0itBmVBdlPhvCEVCvhPKG9OuwoTr1bmEYHiSeteQBs2UHIP3Pn26hpAUHpOp9VFLfqpduBEqK2+aJrW" +
  "Iw==";

const certificateRequest = (security: string, entity: string, deviceId: string, pkcs10: string): string =>
  sipeCertificateRequest({ security, entity, deviceId, pkcs10 });

const search = (security: string): string =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ` +
  `xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><soap:Header>` +
  `<wsse:Security>${security}</wsse:Security></soap:Header><soap:Body><SearchAbEntry xmlns="DistributionListExpander">` +
  `<AbEntryRequest/></SearchAbEntry></soap:Body></soap:Envelope>`;
