// Who is asking, by WS-Federation: the session of /PassiveAuth in the cookies of a token request, or a token of the token
// service in a SOAP header. The Front-End finds the user by SID. It does not look whether the directory account is
// enabled: it has no Windows token that could fail. Nobody outside knows whether a real one does.

import type { Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { judgeAssertion, MAX_CLOCK_SKEW_MS } from "./passive-token.ts";
import { type SoapMessage, WSU } from "./soap.ts";
import type { SimulatedUser } from "./users.ts";
import { descend, textOf, type XmlElement } from "./xml.ts";

/** The user; or `no-session`: nothing that counts came along; or `no-user`: its SID is nobody's here. */
export type PassiveSignOn = SimulatedUser | "no-session" | "no-user";

/**
 * The ports of the web ticket service for WS-Federation. The address of WsFedBearer is known. That of WsFedPassive is
 * made after it.
 */
export function passivePorts({ relyingParty, links }: FrontEnd): readonly { name: string; address: string }[] {
  if (!relyingParty) return [];
  const service = links.web("/WebTicket/WebTicketAdvancedService.svc");
  const { wsFedPassive = true, wsFedBearer = false } = relyingParty.settings;
  return [
    ...(wsFedPassive ? [{ name: "WsFedPassive", address: `${service}/WsFed_passive` }] : []),
    ...(wsFedBearer ? [{ name: "WsFedBearer", address: `${service}/WsFed_bearer` }] : []),
  ];
}

/** By the session cookies of a request. */
export function signOnPassive(frontEnd: FrontEnd, exchange: Exchange): PassiveSignOn {
  const { relyingParty } = frontEnd;
  const cookies = exchange.header("cookie") ?? "";
  const session = relyingParty?.session(relyingParty.frontEndFor(cookies), cookies);
  return session ? userOf(frontEnd, session.sid) : "no-session";
}

/**
 * By a token in `wsse:Security`, which is judged as one at /PassiveAuth is. WCF wants a timestamp beside it that counts
 * now, five minutes allowed, because TLS alone protects such a message.
 */
export async function signOnBearer(
  frontEnd: FrontEnd,
  exchange: Exchange,
  message: SoapMessage,
): Promise<PassiveSignOn> {
  const { relyingParty } = frontEnd;
  const assertion = descend(message.security, "Assertion");
  if (!relyingParty || !assertion) return "no-session";
  const isTimely = countsNow(descend(message.security, "Timestamp"), relyingParty.now());
  const verdict = judgeAssertion(assertion, await relyingParty.rules());
  const isNew = verdict.ok && isTimely && !relyingParty.isReplay(verdict.token.id);
  if (verdict.ok && isNew) return userOf(frontEnd, verdict.token.sid);
  const reason = !verdict.ok ? verdict.fault : isTimely ? "ID1062" : "timestamp";
  frontEnd.ledger.note("unknownTickets", exchange.entry, { form: "WsFedBearer", reason });
  return "no-session";
}

function countsNow(timestamp: XmlElement | undefined, now: number): boolean {
  if (timestamp?.uri !== WSU) return false;
  const [from, until] = ["Created", "Expires"].map((name) => Date.parse(textOf(descend(timestamp, name))));
  if (from === undefined || until === undefined) return false;
  return from <= now + MAX_CLOCK_SKEW_MS && now - MAX_CLOCK_SKEW_MS < until && from < until;
}

function userOf(frontEnd: FrontEnd, sid: string): SimulatedUser | "no-user" {
  const user = frontEnd.users.bySid(sid);
  return user === undefined || user.sipEnabled === false ? "no-user" : user;
}
