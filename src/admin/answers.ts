// What the admin API answers, as JSON has it. The operator's command reads the same types. Times are ISO 8601 in UTC.

import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "../core/device/types.ts";
import type { Extent } from "../core/policy/impact.ts";
import type { Judgement, Policy } from "../core/policy/types.ts";

/** Whether anybody is really refused; `report` is dry-run, in which all this is only counted (S-26). */
export type LockoutMode = "enforce" | "report";

/** What is held against one network, or one client there, on the way to one user. */
export type PairAnswer = {
  /** The network: an IPv4 address, an IPv6 /64, or `unknown`. */
  readonly source: string;
  /** This network and client signed the user in lately, and so have a budget that no stranger can use up (S-21). */
  readonly familiar: boolean;
  /** That still count. */
  readonly failures: number;
  readonly lastFailureAt: string | null;
  readonly lastSuccessAt: string | null;
  /** Until when it is refused unseen; null when it may try now. */
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
  /** Failures that still count, whatever the names. */
  readonly level: number;
  readonly capacity: number;
  readonly waitUntil: string | null;
  /** Users who signed in from there lately; they are not held off with it. */
  readonly familiarUsers: number;
};

/** `GET /v1/locks`: who and what waits now. */
export type LocksAnswer = {
  readonly lockout: LockoutMode;
  readonly at: string;
  /** Only the pairs that wait. */
  readonly users: readonly UserLocksAnswer[];
  readonly networks: readonly NetworkLockAnswer[];
  /** There may be more than were asked about. */
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
  /** Counts up with each policy that is applied; 0: the default, none was. */
  readonly version: number;
  readonly appliedAt: string | null;
  /** The admin key that applied it. */
  readonly by: string | null;
  readonly why: string | null;
  readonly policy: Policy;
  /** The file that it was read from. */
  readonly text: string | null;
};

/** `POST /v1/policy/impact`, with a `policy` in its body: what that would do to the devices in use. It changes nothing. */
export type PolicyImpactAnswer = {
  /** Of the policy that it was compared with. */
  readonly version: number;
  /** Devices that are let in now, and were seen within `inUseDays`. */
  readonly inUse: number;
  readonly inUseDays: number;
  /** How many of these it would block or quarantine. */
  readonly refused: number;
  /** What part that is; `most`: more than half. */
  readonly extent: Extent;
  /** Some of the refused. */
  readonly examples: readonly {
    /** SIP URI. */
    readonly user: string;
    /** Of the partnership. */
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
  /** The version that its author has seen. With another one in place it is refused: `policy-changed`. */
  readonly basedOn: number;
  readonly why: string | null;
};

/** `POST /v1/policy`: the version that it became. */
export type PolicyAppliedAnswer = { readonly version: number };

/** `POST /v1/policy/spread?after=CURSOR`: some more users' guards have the policy. */
export type PolicySpreadAnswer = {
  readonly version: number;
  /** How many were told. */
  readonly guards: number;
  /** Where to go on; null: every one has it. */
  readonly next: string | null;
  /** With the last: users whose enrolment window is open under this policy, perhaps since before it. */
  readonly openWindows: number;
};

/** One user's partnership with one device. */
export type PartnershipAnswer = {
  readonly id: string;
  /** SIP URI. */
  readonly user: string;
  readonly userId: string;
  readonly groups: readonly string[];
  /** `endpoint:…` or `device:…`; null: its device has not come yet. */
  readonly key: string | null;
  /** No Front-End has accepted the device yet: its id gives way to another user who names it. */
  readonly provisional: boolean;
  readonly state: PartnershipState;
  readonly decision: PersonalDecision | null;
  readonly facts: DeviceFacts;
  /** Partnerships that its user has, blocked and expired ones not counted. */
  readonly devices: number;
  /** From where it came last. */
  readonly source: RequestSource;
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
};

/** A device id that a user named and that another user has. */
export type ContestAnswer = {
  /** SIP URI of the one who was refused: `device-of-another-user`. */
  readonly user: string;
  readonly key: string;
  /** SIP URI of the one who has it. */
  readonly holder: string;
  /** Its partnership there. */
  readonly device: string;
  /** When it was last tried. */
  readonly at: string;
};

/** `GET /v1/partnerships?user=NAME&after=CURSOR`: a page of all, or of a user's. */
export type PartnershipsAnswer = {
  readonly partnerships: readonly PartnershipAnswer[];
  /** With the first page: ids that somebody named and another has. Of a user's: as the one or the other. */
  readonly contests: readonly ContestAnswer[];
  /** Where the next page begins; null: this was the last. */
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

/** Every answer that is not 200, to whoever has a key. */
export type AdminErrorAnswer = { readonly error: { readonly code: AdminErrorCode; readonly message: string } };
