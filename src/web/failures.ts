// Every sign-in to a web page is counted at the guard of its network, as every other sign-in is (S-25). Nobody guesses
// a passkey or the secret of a link. What is counted is the trying.

import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { heldBack } from "../http/refusal-floor.ts";
import type { Visit } from "./visit.ts";

/** The name under which it counts. No user can have it, because it has no domain. */
const WEB = { name: whoKey("web"), client: "" };

/**
 * Makes one attempt: `check` says who it is, or undefined. Nothing is checked for a network that has to wait. A refusal
 * leaves at a multiple of the floor, so that it does not tell its reason (S-22).
 */
export async function attempt<Proved>(
  visit: Visit,
  check: () => Promise<Proved | undefined>,
): Promise<Proved | undefined> {
  const { env, request, host, source } = visit;
  const about = aboutRequest(request, host, "console");
  const network = sourceGuardOf(env, source);
  const admission = await network.reserve(about, WEB);
  const proved = admission.kind === "refused" ? undefined : await check();
  if (proved !== undefined && admission.kind !== "refused") {
    const counted = admission.kind === "admitted" && admission.counted;
    await network.settle(about, WEB, { kind: "not-counted" }, { counted });
    return proved;
  }
  if (admission.kind !== "refused") await network.recordStranger(about, WEB);
  await heldBack(visit);
  return undefined;
}
