// The two requests in which a device names itself: the creation of a UCWA application, and a desktop's request for a
// client certificate. Postern reads the body and sends it on as it came.

import { sameSipUri } from "../core/credentials/names.ts";
import { type ApplicationRequestFault, readApplicationRequest } from "../core/device/application-request.ts";
import { type CertificateRequestFault, readCertificateRequest } from "../core/device/certificate-request.ts";
import { readRequestedKey } from "../core/proof/issued-certificate.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { userAgentOf } from "../http/about.ts";
import type { Purpose } from "../ticket/check.ts";

/** SOAPAction of the certificate request (SIPE, `sipe-svc.c`). */
const GET_AND_PUBLISH = "http://schemas.microsoft.com/OCS/AuthWebServices/GetAndPublishCert";

/** Why no device can be read in a body, or not one of the ticket's holder. */
export type NamingFault =
  | "soap-action-differs"
  | "entity-of-another-user"
  | `certificate-request-${Exclude<CertificateRequestFault, "not-a-certificate-request">}`
  | `application-request-${ApplicationRequestFault}`;

/**
 * The device that is named in a body by the holder of `sipUri`'s ticket. Another operation of the certificate service
 * names no device, and is treated like any other service.
 */
export function deviceNamedIn(
  request: Request,
  soap: boolean,
  body: string,
  sipUri: string,
): Result<Purpose, NamingFault> {
  const httpUserAgent = userAgentOf(request);
  if (soap) {
    const read = readCertificateRequest(body);
    // The service chooses the operation by this header, if there is one. Postern chooses by the body, so the two have
    // to agree.
    const action = request.headers.get("soapaction")?.replaceAll('"', "").trim() ?? "";
    if (action !== "" && (action === GET_AND_PUBLISH) !== (read.ok || read.reason !== "not-a-certificate-request")) {
      return refuse("soap-action-differs");
    }
    if (read.ok && !sameSipUri(read.value.entity, sipUri)) return refuse("entity-of-another-user");
    if (read.ok) {
      const key = readRequestedKey(body);
      const certificateKey = key.ok ? { certificateKey: key.value.hash } : {};
      const device = { device: read.value.deviceId, told: { httpUserAgent }, ...certificateKey };
      return ok({ kind: "naming", device });
    }
    return read.reason === "not-a-certificate-request"
      ? ok({ kind: "service" })
      : refuse(`certificate-request-${read.reason}`);
  }
  const read = readApplicationRequest(request.headers.get("content-type") ?? "", body);
  if (!read.ok) return refuse(`application-request-${read.reason}`);
  const { deviceId: device, userAgent, type, culture } = read.value;
  const application = { userAgent, type, culture };
  return ok({ kind: "naming", device: { device, told: { application, httpUserAgent } } });
}
