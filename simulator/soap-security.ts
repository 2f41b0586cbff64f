// Reads wsse:Security as a SOAP service does. A bearer ticket is an assertion with a timestamp. A proof ticket also has
// an HMAC-SHA1 over the timestamp (WSS SAML Token Profile 1.1, holder-of-key). Certificates are read in
// certificate-sign-on.ts.

import type { Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { settle } from "./presented-ticket.ts";
import type { IssuedTicket } from "./ticket-book.ts";
import { attributeOf, descend, textOf, type XmlElement } from "./xml.ts";
import { type VerificationKey, verifySignature } from "./xml-signature.ts";

/** The ticket of a message, if it is good. With `proof`, the message must also prove the ticket's key. */
export function soapTicket(
  frontEnd: FrontEnd,
  exchange: Exchange,
  security: XmlElement | undefined,
  proof: "proof" | "bearer",
): IssuedTicket | undefined {
  const assertion = descend(security, "Assertion");
  if (!security || !assertion) return undefined;
  const recognised = frontEnd.tickets.recogniseAssertion(assertion);
  const proved =
    proof === "bearer" ||
    (recognised.ok &&
      recognised.proofKey !== undefined &&
      timestampSigned(frontEnd, security, { kind: "hmac", secret: recognised.proofKey() }));
  const outcome = recognised.ok && !proved ? { ok: false as const, reason: "forged" as const } : recognised;
  return settle(frontEnd, exchange, `wsse:Security (${proof})`, outcome);
}

/** Whether the Security header has a current timestamp and a signature over it. */
function timestampSigned(frontEnd: FrontEnd, security: XmlElement, key: VerificationKey): boolean {
  const timestamp = descend(security, "Timestamp");
  const signature = descend(security, "Signature");
  const id = attributeOf(timestamp, "Id");
  if (!timestamp || !signature || id === undefined) return false;
  const expires = Date.parse(textOf(descend(timestamp, "Expires")));
  return frontEnd.now() < expires && verifySignature(signature, timestamp, id, key);
}
