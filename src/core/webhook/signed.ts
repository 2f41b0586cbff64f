// The signature of a message that Postern sends to a system of the organisation. The form is that of Standard Webhooks
// (https://github.com/standard-webhooks/standard-webhooks), for which receivers have libraries.

import { createHmac } from "node:crypto";

/**
 * The headers of a signed message. Each secret makes a signature of its own, so a receiver that has either of two
 * accepts it.
 * @param id differs from message to message; the same message sent again has the same
 * @param now ms; the receiver refuses a message that is minutes old
 */
export function signedHeaders(id: string, body: string, secrets: readonly Uint8Array[], now: number) {
  const timestamp = String(Math.floor(now / 1_000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
