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

/** When it expires if it is not seen again (ms); undefined: never. */
export function expiresAt({ state, lastSeenAt }: Partnership, expireAfterDays: number | null): number | undefined {
  const lives = state === "allowed" || state === "quarantined";
  return lives && expireAfterDays !== null ? lastSeenAt + expireAfterDays * DAY_MS : undefined;
}
