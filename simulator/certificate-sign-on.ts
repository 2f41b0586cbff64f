// Signing on with a certificate at `…/Cert`. The message has a timestamp, signed with the key of a certificate that
// CertProv issued (MS-OCAUTHWS 3.2; WCF's certificate over transport security). The code that verifies the signature
// here is not the gateway's own code.

import type { Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import type { SoapMessage } from "./soap.ts";
import type { SimulatedUser } from "./users.ts";
import { descend, textOf } from "./xml.ts";
import { signedElements } from "./xml-signature.ts";

/** WCF's default for how far two clocks may differ. */
const CLOCK_SKEW_MS = 5 * 60_000;

type Judged =
  | { readonly ok: true; readonly user: SimulatedUser; readonly serial: string }
  | { readonly ok: false; readonly reason: string };

/**
 * The user whose certificate signed a message, or undefined. Writes to the ledger which user it was, or why there is
 * none.
 */
export function certificateSignOn(
  frontEnd: FrontEnd,
  exchange: Exchange,
  message: SoapMessage,
): SimulatedUser | undefined {
  const judged = judge(frontEnd, message);
  if (judged.ok) {
    const { user, serial } = judged;
    frontEnd.ledger.note("certificateSignOns", exchange.entry, { user: user.sipUri, serial });
    return user;
  }
  frontEnd.ledger.note("refusedCertificates", exchange.entry, { reason: judged.reason });
  return undefined;
}

function judge(frontEnd: FrontEnd, { envelope, header, security }: SoapMessage): Judged {
  const refused = (reason: string): Judged => ({ ok: false, reason });
  const [token, timestamp, signature] = ["BinarySecurityToken", "Timestamp", "Signature"].map((name) =>
    descend(security, name),
  );
  if (!token || !timestamp || !signature) return refused("incomplete");
  const certificate = frontEnd.authority.recognise(Buffer.from(textOf(token), "base64"), frontEnd.now());
  if (!certificate) return refused("unknown-certificate");
  const subject = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? "";
  const user = frontEnd.users.bySipUri(`sip:${subject}`);
  if (!user?.enabled) return refused("no-such-user");
  const [created = Number.NaN, expires = Number.NaN] = ["Created", "Expires"].map((name) =>
    Date.parse(textOf(descend(timestamp, name))),
  );
  const now = frontEnd.now();
  if (!(created <= now + CLOCK_SKEW_MS && now < expires + CLOCK_SKEW_MS)) return refused("stale");
  const signed = signedElements(signature, envelope, { kind: "rsa", publicKey: certificate.publicKey });
  if (!signed.has(timestamp)) return refused("not-signed");
  const to = descend(header, "To");
  if (to && !signed.has(to)) return refused("to-not-signed");
  return { ok: true, user, serial: certificate.serialNumber.toLowerCase() };
}
