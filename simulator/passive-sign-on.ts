// Who is asking, by WS-Federation: the session of /PassiveAuth in the cookies of a token request, or a token of the token
// service in a SOAP header. The Front-End finds the user by SID. It does not look whether the directory account is
// enabled: it has no Windows token that could fail. Nobody outside knows whether a real one does.

import type { Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { judgeAssertion } from "./passive-token.ts";
import type { SoapMessage } from "./soap.ts";
import type { SimulatedUser } from "./users.ts";
import { descend } from "./xml.ts";

/** The user; or `no-session`: nothing that counts came along; or `no-user`: its SID is nobody's here. */
export type PassiveSignOn = SimulatedUser | "no-session" | "no-user";

/**
 * The ports of the web ticket service for WS-Federation. The address of WsFedBearer is known. That of WsFedPassive is
 * made after it.
 */
export function passivePorts({ relyingParty, links }: FrontEnd): readonly { name: string; address: string }[] {
  if (!relyingParty) return [];
  const service = links.web("/WebTicket/WebTicketAdvancedService.svc");
  const bearer = { name: "WsFedBearer", address: `${service}/WsFed_bearer` };
  return [
    { name: "WsFedPassive", address: `${service}/WsFed_passive` },
    ...(relyingParty.settings.wsFedBearer === true ? [bearer] : []),
  ];
}

/** By the session cookies of a request. */
export function signOnPassive(frontEnd: FrontEnd, exchange: Exchange): PassiveSignOn {
  const { relyingParty } = frontEnd;
  const cookies = exchange.header("cookie") ?? "";
  const session = relyingParty?.session(relyingParty.frontEndFor(cookies), cookies);
  return session ? userOf(frontEnd, session.sid) : "no-session";
}

/** By a token in `wsse:Security`, which is judged as one at /PassiveAuth is. */
export async function signOnBearer(
  frontEnd: FrontEnd,
  exchange: Exchange,
  message: SoapMessage,
): Promise<PassiveSignOn> {
  const { relyingParty } = frontEnd;
  const assertion = descend(message.security, "Assertion");
  if (!relyingParty || !assertion) return "no-session";
  const verdict = judgeAssertion(assertion, await relyingParty.rules());
  if (verdict.ok && !relyingParty.isReplay(verdict.token.id)) return userOf(frontEnd, verdict.token.sid);
  const reason = verdict.ok ? "ID1062" : verdict.fault;
  frontEnd.ledger.note("unknownTickets", exchange.entry, { form: "WsFedBearer", reason });
  return "no-session";
}

function userOf(frontEnd: FrontEnd, sid: string): SimulatedUser | "no-user" {
  const user = frontEnd.users.bySid(sid);
  return user === undefined || user.sipEnabled === false ? "no-user" : user;
}
