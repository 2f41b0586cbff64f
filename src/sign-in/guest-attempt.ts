// One attempt of a meeting guest. A guest who names a conference is counted, like a sign-in, before the Front-End looks
// at the key. The guard of the client's network counts, and also the conference's guard if the network has failed there
// before. However the attempt ends, it is one event, durable when this returns (S-39). A wrong key and a key that
// nobody looked at get the same answer.

import { type AuditedEvent, auditEvent, type Decision, type EventContext } from "../audit/event.ts";
import { guestNetworkOf } from "../core/lockout/network.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import type { Conference } from "../core/lync/token-form.ts";
import type { GuestEnd } from "../guards/guest-question.ts";
import { conferenceGuardOf, conferenceKey, guestGuardOf } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import type { Exchange } from "../http/exchange.ts";

/** How an attempt ended, and the reason for the audit. */
export type GuestOutcome = { readonly end: GuestEnd } & Pick<Decision, "outcome" | "reason">;

/**
 * Lets `ask` put the request to the Front-End, and records the result.
 * @returns undefined when it was refused without a look at the key
 */
export async function attemptAsGuest<Answer extends { readonly of: GuestOutcome }>(
  exchange: Exchange,
  conference: Conference | undefined,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  const { env, config, stages } = exchange;
  const about = aboutRequest(exchange.request, exchange.target.host, "guest");
  const network = guestGuardOf(env, guestNetworkOf(about.source));
  if (conference === undefined) {
    const answer = await ask();
    await stages.timed("network-guard", () => network.record(eventOf(exchange, about, answer.of)));
    return answer;
  }
  const key = conferenceKey(conference.name);
  const why = `conference ${fingerprintOf(config.keyring, "conference", conference.name).slice(0, 12)}`;
  const admission = await stages.timed("network-guard", () =>
    network.reserve({ ...about, stages: stages.text() }, key, why),
  );
  if (admission.kind === "refused") return undefined;
  const { wouldRefuse } = admission;
  const strangers = conferenceGuardOf(env, key);
  const reserve = () => strangers.reserveStranger();
  const waitUntil = admission.network === "failed" ? await stages.timed("network-guard", reserve) : undefined;
  if (waitUntil !== undefined) {
    const refused = { outcome: "refused", reason: "strangers-waiting", waitUntil, why } as const;
    const event = auditEvent({ ...about, stages: stages.text() }, refused, Date.now());
    await stages.timed("network-guard", () => network.settle(key, "not-counted", event));
    return undefined;
  }
  let of: GuestOutcome = { end: "not-counted", outcome: "failed", reason: "internal" };
  try {
    const answer = await ask();
    of = answer.of.end === "wrong" ? { ...answer.of, reason: "wrong-conference-key" } : answer.of;
    return answer;
  } finally {
    // Only a guest who got in is known to have named an organiser who exists.
    const whose = of.end === "given" ? `${why} of ${conference.organiser}` : why;
    const event = eventOf(exchange, about, of, { why: whose, wouldRefuse });
    await stages.timed("network-guard", () =>
      Promise.all([
        network.settle(key, of.end, event),
        ...(admission.network === "new" && of.end === "wrong" ? [strangers.changeStrangers(1)] : []),
        ...(admission.network === "failed" && of.end !== "wrong" ? [strangers.changeStrangers(-1)] : []),
      ]),
    );
  }
}

function eventOf(
  { stages }: Pick<Exchange, "stages">,
  about: EventContext,
  { outcome, reason }: GuestOutcome,
  more: Pick<Decision, "why" | "wouldRefuse"> = {},
): AuditedEvent {
  return auditEvent({ ...about, stages: stages.text() }, { outcome, reason, ...more }, Date.now());
}
