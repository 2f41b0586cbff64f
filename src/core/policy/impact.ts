// How many of the devices in use a policy would refuse. An administrator must see this before applying the policy,
// because one missing word in a rule can shut everybody out.

import { passiveMode } from "./passive.ts";
import { judged, type PreviewedPartnership } from "./preview.ts";
import type { Judgement, PassiveMode, Policy } from "./types.ts";

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
): {
  readonly inUse: number;
  readonly refused: readonly Refused<Of>[];
  readonly verdicts: readonly Verdicts[];
  /** The ones in use. */
  readonly used: readonly Of[];
} {
  const seen = partnerships
    .filter(({ lastSeenAt }) => lastSeenAt !== null && lastSeenAt >= now - IN_USE_DAYS * DAY_MS)
    .map((of) => ({ of, before: judged(of, before, now), after: judged(of, after, now) }));
  const inUse = seen.filter(({ of, before: was }) => of.state === "allowed" && was.action === "allow");
  return {
    inUse: inUse.length,
    refused: inUse.filter((each) => each.after.action !== "allow").map(({ of, after: will }) => ({ of, after: will })),
    used: inUse.map(({ of }) => of),
    verdicts: seen.map((each) => ({ before: each.before.action, after: each.after.action })),
  };
}

/** How a policy changes the way in which somebody may sign in (`[passive]`). */
export type SignInChange = {
  readonly user: string;
  readonly before: PassiveMode;
  readonly after: PassiveMode;
  /** `password`: app passwords are refused from the next sign-in on. `page`: what came by the page is. */
  readonly refused: "password" | "page";
};

/**
 * Whose sign-ins of today the policy would refuse, each user once. These are people with devices in use: by an app
 * password, or (`byPage`) by the page. A certificate of a desktop goes on in any case.
 */
export function refusedSignIns<Of extends PreviewedPartnership>(
  used: readonly Of[],
  before: Policy,
  after: Policy,
  byPage: (of: Of) => boolean,
): readonly SignInChange[] {
  const found = new Map<string, SignInChange>();
  for (const of of used) {
    const { sipUri: user, groups } = of.circumstances;
    const [was, will] = [before, after].map((policy) => passiveMode(policy, { sipUri: user, groups }));
    if (was === undefined || will === undefined || was === will) continue;
    const page = byPage(of);
    if (page ? will === "never" : will === "must") {
      found.set(user, { user, before: was, after: will, refused: page ? "page" : "password" });
    }
  }
  return [...found.values()];
}

/** How large a part of the devices in use the refused ones are. */
export function extentOf(inUse: number, refused: number): Extent {
  if (refused === 0) return "none";
  if (refused === inUse) return "all";
  return refused * 2 > inUse ? "most" : "some";
}
