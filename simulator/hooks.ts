// Test hooks, which no real Front-End has. /_ledger reads and clears the record. /_sim/… causes events for which a test
// cannot wait. The hooks answer on every Host, but only to the exact spelling. The ledger does not record them.
//
//   GET    /_ledger                                     the record (LedgerContents)
//   DELETE /_ledger                                     clears it
//   POST   /_sim/event   {"application"|"user", "event"} delivers an event to a pending GET, or queues it
//   POST   /_sim/expire  {"user"?}                       expires tickets: one user's, or all
//   POST   /_sim/revoke  {"user"}                        revokes a user's certificates (Revoke-CsClientCertificate)
//   POST   /_sim/clock   {"advanceMs"}                   moves the Front-End's clock
//   POST   /_sim/fail    {"path", "kind", "times"?}      the next requests to that path fail
//   POST   /_sim/silence {"afterMs", "how", "times"?}    the next event requests are ended when silent for so long
//   POST   /_sim/passive {…PassiveSettings, "refresh"?}   changes the relying party, or reads the metadata again
//   POST   /_sim/reset                                   ends applications, clears faults, sets the clock right

import type { SimulatedClock } from "./clock.ts";
import { type Answer, empty, json } from "./exchange.ts";
import type { Faults } from "./faults.ts";
import type { FrontEnd } from "./front-end.ts";

/** What the hooks can change besides the Front-End. */
export interface HookControls {
  readonly clock: SimulatedClock;
  readonly faults: Faults;
}

/** Whether a raw request target is that of a hook. */
export const isHook = (target: string): boolean => target === "/_ledger" || target.startsWith("/_sim/");

/** Answers a hook. `body` is the parsed JSON of the request, or an empty object. */
export async function answerHook(
  frontEnd: FrontEnd,
  controls: HookControls,
  method: string,
  target: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  switch (`${method} ${target}`) {
    case "GET /_ledger":
      return json(200, frontEnd.ledger.contents());
    case "DELETE /_ledger":
      frontEnd.ledger.clear();
      return empty(204);
    case "POST /_sim/event":
      return deliver(frontEnd, body);
    case "POST /_sim/expire":
      return json(200, { expired: frontEnd.tickets.book.expire(text(body.user), frontEnd.now()) });
    case "POST /_sim/revoke":
      return json(200, { revoked: frontEnd.authority.revoke((text(body.user) ?? "").replace(/^sip:/i, "")) });
    case "POST /_sim/clock":
      controls.clock.advance(Number(body.advanceMs) || 0);
      return json(200, { now: new Date(frontEnd.now()).toISOString() });
    case "POST /_sim/fail": {
      const path = text(body.path);
      const planned = path !== undefined && controls.faults.plan(path, text(body.kind), Number(body.times ?? 1));
      return planned ? empty(204) : json(400, { error: "path and kind are needed" });
    }
    case "POST /_sim/silence": {
      const ordered = frontEnd.silence.order(Number(body.afterMs), text(body.how), Number(body.times ?? 1));
      return ordered ? empty(204) : json(400, { error: "afterMs and how (524 or closed) are needed" });
    }
    case "POST /_sim/passive":
      return changePassive(frontEnd, body);
    case "POST /_sim/reset":
      frontEnd.relyingParty?.reset();
      frontEnd.applications.clear();
      controls.faults.clear();
      frontEnd.silence.clear();
      controls.clock.reset();
      return empty(204);
    default:
      return json(404, { error: "no such hook" });
  }
}

/** `{"refresh": true}` reads the metadata after the other changes. 502 if it cannot be read. */
async function changePassive(frontEnd: FrontEnd, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  const { relyingParty } = frontEnd;
  if (!relyingParty) return json(404, { error: "passive sign-in is off" });
  const { refresh, ...changes } = body;
  relyingParty.configure(changes);
  if (refresh === true && !(await relyingParty.refresh())) return json(502, { error: "the metadata cannot be read" });
  return json(200, relyingParty.settings);
}

function deliver(frontEnd: FrontEnd, body: Readonly<Record<string, unknown>>): Answer {
  const { application, user, event = { type: "test" } } = body;
  const one = typeof application === "string" ? frontEnd.applications.find(application) : undefined;
  const all = typeof user === "string" ? frontEnd.applications.ownedBy(user) : one ? [one] : [];
  const waiting = all.filter((target) => target.events.push(event)).length;
  return all.length > 0 ? json(200, { applications: all.length, waiting }) : json(404, { error: "no application" });
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
