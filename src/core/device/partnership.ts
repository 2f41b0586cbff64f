// A partnership of a user and a device, as the user's guard keeps it and D1 shows it.

import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "./types.ts";

/** One user's device. Times in milliseconds. */
export type Partnership = {
  /** `d_` and 16 characters. */
  readonly id: string;
  /** `deviceKey` of the id by which it names itself; null while it is expected and any device will do. */
  readonly key: string | null;
  /**
   * Nobody but the device has said yet that the id is this user's: no Front-End has accepted the request that named it. Such a
   * claim gives way to another user who names the same id.
   */
  readonly provisional: boolean;
  /** The app password it is bound to; null once that one is revoked, until the device signs in with another. */
  readonly credentialId: string | null;
  readonly state: PartnershipState;
  readonly decision: PersonalDecision | null;
  /** `policy`, or the id of an admin key. */
  readonly decidedBy: string;
  readonly decidedAt: number;
  /** A reason code, or what the one who decided gave as the reason. */
  readonly reason: string;
  readonly facts: DeviceFacts;
  /** From where it was seen last. */
  readonly source: RequestSource;
  readonly firstSeenAt: number;
  /** Kept to {@link SEEN_AGAIN_MS}. */
  readonly lastSeenAt: number;
};

/** How often a device that is in use is written down again as seen, ms: a row an hour, not one a request. */
export const SEEN_AGAIN_MS = 3_600_000;

/** Who decides where nobody did by name. */
export const BY_POLICY = "policy";

const DAY_MS = 86_400_000;

/** Whether it counts against the most devices a user may have. */
export const counts = ({ state }: Partnership): boolean =>
  state === "allowed" || state === "quarantined" || state === "pending";

/** What its expiry depends on. `lastSeenAt` is null of one that never came. */
type Seen = Pick<Partnership, "state"> & { readonly lastSeenAt: number | null };

/** Whether its device has enrolled, and is neither blocked nor expired. */
export const lives = ({ state }: Pick<Partnership, "state">): boolean => state === "allowed" || state === "quarantined";

/** When it expires if it is not seen again (ms); undefined: never. */
export function expiresAt(partnership: Seen, expireAfterDays: number | null): number | undefined {
  const { lastSeenAt } = partnership;
  if (expireAfterDays === null || lastSeenAt === null || !lives(partnership)) return undefined;
  return lastSeenAt + expireAfterDays * DAY_MS;
}

/** Whether it has expired at `now` (ms): from the very moment of {@link expiresAt} on. */
export function hasExpired(partnership: Seen, expireAfterDays: number | null, now: number): boolean {
  const at = expiresAt(partnership, expireAfterDays);
  return at !== undefined && at <= now;
}
