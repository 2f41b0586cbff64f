// The answers of the admin API, as they stand in JSON. The operator's command reads the same types. Times are ISO 8601
// in UTC.

import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "../core/device/types.ts";
import type { Extent } from "../core/policy/impact.ts";
import type { Judgement, Policy } from "../core/policy/types.ts";

/** Whether attempts are really refused. `report` is dry-run: refusals are only counted (S-26). */
export type LockoutMode = "enforce" | "report";

/** What counts against one network, or one client there, for one user. */
export type PairAnswer = {
  /** The network: an IPv4 address, an IPv6 /64, or `unknown`. */
  readonly source: string;
  /** This network and client signed the user in lately, and so have a budget that no stranger can use up (S-21). */
  readonly familiar: boolean;
  /** Failures that still count. */
  readonly failures: number;
  readonly lastFailureAt: string | null;
  readonly lastSuccessAt: string | null;
  /** Until when its attempts are refused without a look; null when it may try now. */
  readonly waitUntil: string | null;
  readonly waitReason: string | null;
};

/** `GET /v1/locks/users/:name`. */
export type UserLocksAnswer = {
  readonly lockout: LockoutMode;
  /** SIP URI. */
  readonly user: string;
  readonly pairs: readonly PairAnswer[];
  /** All networks together that have never signed the user in. */
  readonly strangers: { readonly level: number; readonly capacity: number; readonly fullUntil: string | null };
};

/** `GET /v1/locks/networks/:network`. */
export type NetworkLockAnswer = {
  readonly lockout: LockoutMode;
  readonly source: string;
  /** Failures that still count, under any name. */
  readonly level: number;
  readonly capacity: number;
  readonly waitUntil: string | null;
  /** Users who signed in from there lately; they need not wait with it. */
  readonly familiarUsers: number;
};

/** `GET /v1/locks`: who and what waits now. */
export type LocksAnswer = {
  readonly lockout: LockoutMode;
  readonly at: string;
  /** Only networks and clients that wait. */
  readonly users: readonly UserLocksAnswer[];
  readonly networks: readonly NetworkLockAnswer[];
  /** Whether more users or networks may wait than were asked about. */
  readonly cut: { readonly users: boolean; readonly networks: boolean };
};

/** `POST /v1/locks/users/:name/clear`. */
export type UserClearedAnswer = {
  readonly user: string;
  /** Networks whose failures for this user are forgotten. */
  readonly cleared: readonly string[];
};

/** `POST /v1/locks/networks/:network/clear`. */
export type NetworkClearedAnswer = { readonly source: string };

/** `GET /v1/policy`: what the gateway decides by. */
export type PolicyAnswer = {
  /** Grows by one with each policy that is applied. 0 is the default: nobody applied a policy. */
  readonly version: number;
  readonly appliedAt: string | null;
  /** The id of the admin key that applied it. */
  readonly by: string | null;
  readonly why: string | null;
  readonly policy: Policy;
  /** The file from which it was read. */
  readonly text: string | null;
};

/**
 * `POST /v1/policy/impact`, with a `policy` in its body: what that policy would do to the devices in use. It changes
 * nothing.
 */
export type PolicyImpactAnswer = {
  /** The version of the policy that it was compared with. */
  readonly version: number;
  /** Devices that are let in now, and were seen within `inUseDays`. */
  readonly inUse: number;
  readonly inUseDays: number;
  /** How many of these it would block or quarantine. */
  readonly refused: number;
  /** How large that part is; `most`: more than half. */
  readonly extent: Extent;
  /** Some of the devices that it would refuse. */
  readonly examples: readonly {
    /** SIP URI. */
    readonly user: string;
    /** The id of the partnership. */
    readonly id: string;
    readonly key: string | null;
    readonly facts: DeviceFacts;
    readonly action: Judgement["action"];
    /** The reason code. */
    readonly reason: string;
  }[];
};

/** The body of `POST /v1/policy`. */
export type PolicyToApply = {
  readonly policy: Policy;
  readonly text: string;
  /** The version that its author has seen. If another one is in force, the policy is refused: `policy-changed`. */
  readonly basedOn: number;
  readonly why: string | null;
};

/** `POST /v1/policy`: the version that the policy got. */
export type PolicyAppliedAnswer = { readonly version: number };

/** `POST /v1/policy/spread?after=CURSOR`: some more users' guards have the policy. */
export type PolicySpreadAnswer = {
  readonly version: number;
  /** How many guards were told. */
  readonly guards: number;
  /** Where to go on; null when every guard has it. */
  readonly next: string | null;
  /** In the last answer: users whose enrolment window is open under this policy. It may have been opened before. */
  readonly openWindows: number;
};

/** One user's partnership with one device. */
export type PartnershipAnswer = {
  readonly id: string;
  /** SIP URI. */
  readonly user: string;
  readonly userId: string;
  readonly groups: readonly string[];
  /** `endpoint:…` or `device:…`; null when its device has not come yet. */
  readonly key: string | null;
  /** No Front-End has accepted the device yet: it loses its id if another user names it. */
  readonly provisional: boolean;
  readonly state: PartnershipState;
  readonly decision: PersonalDecision | null;
  readonly facts: DeviceFacts;
  /** How many partnerships its user has, without blocked and expired ones. */
  readonly devices: number;
  /** The network from which it came last. */
  readonly source: RequestSource;
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
};

/** A device id that a user named and that belongs to another user. */
export type ContestAnswer = {
  /** SIP URI of the one who was refused: `device-of-another-user`. */
  readonly user: string;
  readonly key: string;
  /** SIP URI of the one to whom it belongs. */
  readonly holder: string;
  /** The id of the partnership there. */
  readonly device: string;
  /** When it was last tried. */
  readonly at: string;
};

/** `GET /v1/partnerships?user=NAME&after=CURSOR`: one page, of all partnerships or of a user's. */
export type PartnershipsAnswer = {
  readonly partnerships: readonly PartnershipAnswer[];
  /**
   * In the first page: ids that one user named and another has. With a user given, those in which that user is either
   * of the two.
   */
  readonly contests: readonly ContestAnswer[];
  /** Where the next page begins; null when this was the last. */
  readonly next: string | null;
};

export type AdminErrorCode =
  | "bad-policy"
  | "bad-settings"
  | "device-id-in-use"
  | "name-taken"
  | "no-such-device"
  | "no-such-password"
  | "password-has-a-device"
  | "policy-changed"
  | "several-such-devices"
  | "unusable-body"
  | "unusable-device"
  | "no-such-resource"
  | "method-not-allowed"
  | "unusable-name"
  | "no-such-user"
  | "unusable-network"
  | "unavailable";

/** Every answer that is not 200, for clients with a right key. */
export type AdminErrorAnswer = { readonly error: { readonly code: AdminErrorCode; readonly message: string } };
