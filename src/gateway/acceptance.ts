// Whether a Front-End has accepted the request in which a device named itself: it created the application, or gave the
// certificate. Until then only the client says that the device's id belongs to the user. If it is a certificate, it
// also finds the key.

import { logEvent } from "../audit/log.ts";
import { readText } from "../core/http/body.ts";
import { readIssuedCertificate, readRequestedKey, sameKey } from "../core/proof/issued-certificate.ts";
import type { SightedKey } from "../guards/device-key.ts";

/** More than a certificate with any key takes, with its chain and the envelope around it. */
const MAX_CERTIFICATE_ANSWER_BYTES = 256 * 1024;
/** The element with which `GetAndPublishCert` answers, with any namespace prefix. */
const CERTIFICATE = /<(?:[\w.-]+:)?BinarySecurityToken[\s>]/;

/** Whether a UCWA application was created. */
export const hasCreated = (answer: Response): boolean => answer.status === 201;

/**
 * Reads a certificate's answer while it goes to the client. Undefined when there is none, or when it cannot be read.
 */
export async function certificateIn(answer: Response): Promise<string | undefined> {
  if (answer.status !== 200) return undefined;
  try {
    const read = await readText(answer.clone(), MAX_CERTIFICATE_ANSWER_BYTES);
    return read.ok && CERTIFICATE.test(read.value.text) ? read.value.text : undefined;
  } catch {
    return undefined; // it broke off, and so will the client's answer
  }
}

/**
 * The key that `answer` certifies, where it is the one that `request` asked for. Otherwise the log says why it is not
 * remembered.
 */
export function certifiedKey(request: string, answer: string, host: string): SightedKey | undefined {
  const requested = readRequestedKey(request);
  const issued = readIssuedCertificate(answer);
  if (!issued.ok) return notRemembered(`certificate-${issued.reason}`, host);
  if (!requested.ok) return notRemembered(`request-${requested.reason}`, host);
  const { key, endsAt } = issued.value;
  return sameKey(requested.value, key) ? { hash: key.hash, endsAt } : notRemembered("another-key-than-requested", host);
}

function notRemembered(reason: string, host: string): undefined {
  logEvent({ event: "key-not-remembered", reason, host });
}
