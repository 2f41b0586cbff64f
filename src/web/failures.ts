// Every sign-in to a web page is counted at the guard of its network, as every other sign-in is (S-25). Nobody guesses
// a passkey or the secret of a link. What is counted is the trying.

import type { Channel } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Who } from "../guards/network-question.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { heldBack } from "../http/refusal-floor.ts";
import type { Visit } from "./visit.ts";

/** As what an attempt counts, and what the audit says of a failure. */
export type CountedAs = { readonly channel: Channel; readonly who: Who; readonly refused: AuditReason };

/** No user can have this name, because it has no domain. */
const CONSOLE: CountedAs = {
  channel: "console",
  who: { name: whoKey("web"), client: "" },
  refused: "unknown-user",
};

/**
 * Makes one attempt: `check` says who it is, or undefined. Nothing is checked for a network that has to wait. A refusal
 * leaves at a multiple of the floor, so that it does not tell its reason (S-22).
 */
export async function attempt<Proved>(
  visit: Visit,
  check: () => Promise<Proved | undefined>,
  { channel, who, refused }: CountedAs = CONSOLE,
): Promise<Proved | undefined> {
  const { env, request, host, source } = visit;
  const about = aboutRequest(request, host, channel);
  const network = sourceGuardOf(env, source);
  const admission = await network.reserve(about, who);
  const proved = admission.kind === "refused" ? undefined : await check();
  if (proved !== undefined && admission.kind !== "refused") {
    const counted = admission.kind === "admitted" && admission.counted;
    await network.settle(about, who, { kind: "not-counted" }, { counted });
    return proved;
  }
  if (admission.kind !== "refused") await network.recordStranger(about, who, undefined, refused);
  await heldBack(visit);
  return undefined;
}
