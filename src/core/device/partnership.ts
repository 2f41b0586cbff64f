// A partnership of a user and a device, as the user's guard keeps it and D1 shows it.

import type { AuthorityAnswer } from "../authority/says.ts";
import type { DeviceFacts, DeviceProof, PartnershipState, PersonalDecision, RequestSource } from "./types.ts";

/** A device of one user. Times in milliseconds. */
export type Partnership = {
  /** `d_` and 16 characters. */
  readonly id: string;
  /**
   * `deviceKey` of the id by which the device names itself. Null while an administrator expects any device, and after a
   * blocked device has lost its id to another user.
   */
  readonly key: string | null;
  /**
   * True while no Front-End has accepted the request that named the device. Until then only the device itself has said
   * that the id belongs to this user. If another user names the same id, this user gives it up.
   */
  readonly provisional: boolean;
  /**
   * The app password to which the device is bound. Null after that password was revoked, until the device signs in with
   * another one.
   */
  readonly credentialId: string | null;
  readonly state: PartnershipState;
  readonly decision: PersonalDecision | null;
  /** `policy`, or the id of an admin key. */
  readonly decidedBy: string;
  readonly decidedAt: number;
  /** A reason code, or the reason given by the person who decided. */
  readonly reason: string;
  readonly facts: DeviceFacts;
  /** Where the device was seen last. */
  readonly source: RequestSource;
  readonly firstSeenAt: number;
  /** When the device was seen last. Written once in {@link SEEN_AGAIN_MS} at most. */
  readonly lastSeenAt: number;
  /** What its keys say for it; absent or null while it has none. */
  readonly proof?: KeptProof | null;
  /** The last answer of the organisation's authority; absent or null while it has given none. */
  readonly authority?: AuthorityAnswer | null;
};

/**
 * `proved`: one of the device's keys has signed a request that was accepted. `endsAt`: when the last of its
 * certificates ends.
 */
export type KeptProof = { readonly proved: boolean; readonly endsAt: number };

/**
 * What the device can show for itself at `now` (ms). When its last key has ended, it is like a device that never had
 * one.
 */
export function proofOf({ proof }: Pick<Partnership, "proof">, now: number): DeviceProof {
  if (proof == null || proof.endsAt <= now) return "none";
  return proof.proved ? "proved" : "key";
}

/** How often a device in use is recorded as seen, ms: one row an hour instead of one a request. */
export const SEEN_AGAIN_MS = 3_600_000;

/** The value of `decidedBy` for a decision of the policy and not of a person. */
export const BY_POLICY = "policy";

const DAY_MS = 86_400_000;

/** Whether it counts towards the maximum number of devices of a user. */
export const counts = ({ state }: Partnership): boolean =>
  state === "allowed" || state === "quarantined" || state === "pending";

/** For how long a device waits for its own user, ms. Then it has to come again. */
const OWN_APPROVAL_MS = 7 * DAY_MS;

/**
 * Whether the device waits for its own user, who may then let it in. Only the mode `self` quarantines with this reason.
 * What a rule or the mode `approval` quarantined has another reason, and waits for an administrator.
 */
export const waitsForOwner = ({ state, reason }: Pick<Partnership, "state"> & { readonly reason?: string }): boolean =>
  state === "quarantined" && reason === "awaiting-own-approval";

/** The fields on which the expiry depends. `lastSeenAt` is null for a device that was never seen. */
type Seen = Pick<Partnership, "state" | "decidedAt"> & {
  readonly reason?: string;
  readonly lastSeenAt: number | null;
};

/** Whether the device has enrolled and is neither blocked nor expired. */
export const lives = ({ state }: Pick<Partnership, "state">): boolean => state === "allowed" || state === "quarantined";

/**
 * When a partnership expires if its device is not seen again (ms). Undefined: never. One that waits for its own user
 * expires in any case, however often its device comes.
 */
export function expiresAt(partnership: Seen, expireAfterDays: number | null): number | undefined {
  const { lastSeenAt, decidedAt } = partnership;
  if (!lives(partnership)) return undefined;
  const unseen = expireAfterDays === null || lastSeenAt === null ? undefined : lastSeenAt + expireAfterDays * DAY_MS;
  if (!waitsForOwner(partnership)) return unseen;
  return Math.min(decidedAt + OWN_APPROVAL_MS, unseen ?? Number.POSITIVE_INFINITY);
}

/** Whether a partnership has expired at `now` (ms). True from {@link expiresAt} on. */
export function hasExpired(partnership: Seen, expireAfterDays: number | null, now: number): boolean {
  const at = expiresAt(partnership, expireAfterDays);
  return at !== undefined && at <= now;
}
