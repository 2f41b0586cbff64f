// How many of the devices in use a policy would refuse. An administrator must see this before applying the policy,
// because one missing word in a rule can shut everybody out.

import { judged, type PreviewedPartnership } from "./preview.ts";
import type { Judgement, Policy } from "./types.ts";

const DAY_MS = 86_400_000;
/**
 * A device that was not seen for this many days does not count as in use: its user is on leave, or it lies in a drawer.
 */
export const IN_USE_DAYS = 30;

/**
 * `most`: more than half. A rule against an old client or an unwanted system refuses the smaller part of the devices in
 * use. A rule that refuses the larger part is more often a mistake than a decision.
 */
export type Extent = "none" | "some" | "most" | "all";

/** A device in use that would be refused. */
export type Refused<Of> = { readonly of: Of; readonly after: Judgement };

/** What happens to a device now, and what would happen. */
export type Verdicts = { readonly before: Judgement["action"]; readonly after: Judgement["action"] };

/**
 * Of these partnerships: how many are in use, which of those the policy would refuse, and what happens now and would
 * happen to each that was seen lately, in use or not. `now` in ms.
 */
export function refusedInUse<Of extends PreviewedPartnership>(
  partnerships: readonly Of[],
  before: Policy,
  after: Policy,
  now: number,
): { readonly inUse: number; readonly refused: readonly Refused<Of>[]; readonly verdicts: readonly Verdicts[] } {
  const seen = partnerships
    .filter(({ lastSeenAt }) => lastSeenAt !== null && lastSeenAt >= now - IN_USE_DAYS * DAY_MS)
    .map((of) => ({ of, before: judged(of, before, now), after: judged(of, after, now) }));
  const inUse = seen.filter(({ of, before: was }) => of.state === "allowed" && was.action === "allow");
  return {
    inUse: inUse.length,
    refused: inUse.filter((each) => each.after.action !== "allow").map(({ of, after: will }) => ({ of, after: will })),
    verdicts: seen.map((each) => ({ before: each.before.action, after: each.after.action })),
  };
}

/** How large a part of the devices in use the refused ones are. */
export function extentOf(inUse: number, refused: number): Extent {
  if (refused === 0) return "none";
  if (refused === inUse) return "all";
  return refused * 2 > inUse ? "most" : "some";
}
