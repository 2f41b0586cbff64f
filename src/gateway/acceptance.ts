// Whether a Front-End has accepted the request in which a device named itself: it created the application, or gave the
// certificate. Until then the device's id is the user's by nobody's word but the client's.

import { readText } from "../core/http/body.ts";

/** More than a certificate of any key, its chain and the envelope around it. */
const MAX_CERTIFICATE_ANSWER_BYTES = 256 * 1024;
/** What `GetAndPublishCert` answers with, in whatever namespace prefix. */
const CERTIFICATE = /<(?:[\w.-]+:)?BinarySecurityToken[\s>]/;

/** Reads a certificate's answer beside its way to the client; what cannot be read has not been accepted. */
export async function hasAccepted(answer: Response, soap: boolean): Promise<boolean> {
  if (!soap) return answer.status === 201;
  if (answer.status !== 200) return false;
  try {
    const read = await readText(answer.clone(), MAX_CERTIFICATE_ANSWER_BYTES);
    return read.ok && CERTIFICATE.test(read.value.text);
  } catch {
    return false; // it broke off, and so will what the client gets
  }
}
