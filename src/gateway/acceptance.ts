// Whether a Front-End has accepted the request in which a device named itself: it created the application, or gave the
// certificate. Until then only the client says that the device's id belongs to the user.

import { readText } from "../core/http/body.ts";

/** More than a certificate with any key takes, with its chain and the envelope around it. */
const MAX_CERTIFICATE_ANSWER_BYTES = 256 * 1024;
/** The element with which `GetAndPublishCert` answers, with any namespace prefix. */
const CERTIFICATE = /<(?:[\w.-]+:)?BinarySecurityToken[\s>]/;

/**
 * Reads a certificate's answer while it goes to the client. An answer that cannot be read does not count as accepted.
 */
export async function hasAccepted(answer: Response, soap: boolean): Promise<boolean> {
  if (!soap) return answer.status === 201;
  if (answer.status !== 200) return false;
  try {
    const read = await readText(answer.clone(), MAX_CERTIFICATE_ANSWER_BYTES);
    return read.ok && CERTIFICATE.test(read.value.text);
  } catch {
    return false; // it broke off, and so will the client's answer
  }
}
