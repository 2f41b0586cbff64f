// The answers of the admin API, as they stand in JSON. The operator's command reads the same types. Times are ISO 8601
// in UTC.

import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "../core/device/types.ts";
import type { Extent } from "../core/policy/impact.ts";
import type { Judgement, Policy } from "../core/policy/types.ts";

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
