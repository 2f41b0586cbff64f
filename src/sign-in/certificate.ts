// `/WebTicket/WebTicketService.svc/Cert`, when CERTIFICATE_TICKETS is on: a desktop signs its token request with the
// key of its certificate (MS-OCAUTHWS 3.2). No password, NTLM or connector is needed. The Front-End checks the same
// signature against its own store of certificates, so Postern relays the message byte for byte. Postern relays it only
// when it knows the key, the device is allowed, and the signature is new (S-41). Every refusal looks like that of a
// wrong password (S-22). docs/design/0014-device-proof.md says why.

import type { EventContext } from "../audit/event.ts";
import { readWhole } from "../core/http/body.ts";
import { readSignedOrder } from "../core/lync/signed-order.ts";
import type { PlacesFault } from "../core/lync/ticket-order.ts";
import type { TokenRequestFault } from "../core/lync/web-ticket.ts";
import { type ProofFault, proofReason } from "../core/proof/faults.ts";
import { type DeviceProof, verifyTokenRequest } from "../core/proof/verify.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { aboutRequest } from "../http/about.ts";
import { bodyTooLarge } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { refusal } from "../trace/refusal.ts";
import { issueSignedTicket } from "./issue.ts";
import { attemptByKey, refuseUnproved } from "./key-attempt.ts";
import { noValidToken, ticketInEnvelope } from "./web-ticket-service.ts";
import { wordedSigned } from "./worded.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Answers one request to `/Cert`. */
export async function certificateService(exchange: Exchange, maxBody: number): Promise<Response> {
  const message = await readWhole(exchange.request, maxBody);
  if (message === undefined) return bodyTooLarge();
  const about = aboutRequest(exchange.request, exchange.target.host, "certificate");
  const read = readProof(exchange, message);
  if (!read.ok) return unproved(exchange, about, read.reason);
  const { proof, claimed } = read.value;
  const by = await attemptByKey(exchange, about, proof, claimed);
  if (by === undefined) {
    await heldBack(exchange);
    return noValidToken();
  }
  return issueSignedTicket(wordedSigned(exchange, proof.soap, message), by, ticketInEnvelope);
}

type Read = {
  readonly proof: DeviceProof;
  /** The user whom the request names, or else the one whom the certificate names. Neither is proved yet. */
  readonly claimed: string;
};

/** Which rule the request breaks. The words never change. */
type Broken = ProofFault | TokenRequestFault | PlacesFault | "authorization";

function readProof({ request, target }: Exchange, message: Uint8Array): Result<Read, Broken> {
  // The request has two credentials. Postern would judge one, and the Front-End perhaps the other.
  if (request.headers.has("authorization")) return refuse("authorization");
  const proof = verifyTokenRequest(message, { host: target.host, now: Date.now() });
  if (!proof.ok) return proof;
  const order = readSignedOrder(utf8.decode(message));
  if (!order.ok) return order;
  return ok({ proof: proof.value, claimed: order.value.sipUri ?? proof.value.certificateName ?? "" });
}

/** A wrong clock is not an attack, so nothing is counted. The log names the rule. */
async function unproved(exchange: Exchange, about: EventContext, why: Broken): Promise<Response> {
  const reason = proofReason(why);
  await refuseUnproved(exchange, about, { reason, why, counts: reason === "proof-stale" ? "nothing" : "failure" });
  await heldBack(exchange);
  return refusal(reason, noValidToken(), why);
}
