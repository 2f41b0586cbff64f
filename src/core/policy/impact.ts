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

/** How many of these partnerships are in use, and which of those the policy would refuse. `now` in ms. */
export function refusedInUse<Of extends PreviewedPartnership>(
  partnerships: readonly Of[],
  before: Policy,
  after: Policy,
  now: number,
): { readonly inUse: number; readonly refused: readonly Refused<Of>[] } {
  const inUse = partnerships.filter(
    (of) =>
      of.state === "allowed" &&
      of.lastSeenAt !== null &&
      of.lastSeenAt >= now - IN_USE_DAYS * DAY_MS &&
      judged(of, before, now).action === "allow",
  );
  const refused = inUse
    .map((of) => ({ of, after: judged(of, after, now) }))
    .filter((each) => each.after.action !== "allow");
  return { inUse: inUse.length, refused };
}

/** How large a part of the devices in use the refused ones are. */
export function extentOf(inUse: number, refused: number): Extent {
  if (refused === 0) return "none";
  if (refused === inUse) return "all";
  return refused * 2 > inUse ? "most" : "some";
}
