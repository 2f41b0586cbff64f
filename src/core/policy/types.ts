// What a policy is, and what is known when it is applied. A policy is an administrator's: how devices enrol, when they
// expire, and an ordered list of rules. docs/devices.md explains it to people; read.ts makes one of untrusted JSON.

import type { PlaceFault } from "../device/by-place.ts";
import type {
  DeviceFacts,
  DeviceId,
  DeviceProof,
  DeviceType,
  PartnershipState,
  PersonalDecision,
  Platform,
  RequestSource,
} from "../device/types.ts";
import type { EnrolmentReason, JudgementReason } from "./reasons.ts";

/**
 * How a device that nobody expects becomes a partnership. `open`: it names itself. `window`: the same, but only while a
 * window is open for its user. `approval`: it is quarantined until an administrator approves it. `closed`: never.
 */
export type EnrolmentMode = "open" | "window" | "approval" | "closed";

/** Whether a desktop's place may stand in for its name, for the address book alone (src/core/device/by-place.ts). */
export type UnnamedDevices = "place" | "refuse";

/** Whether a further key of a device waits until somebody approves it, where an app password's ticket asks for its certificate. */
export type NextKey = "approve" | "open";

export type Policy = {
  readonly enrolment: {
    readonly mode: EnrolmentMode;
    /** Partnerships that a user may have; blocked and expired ones do not count. */
    readonly maxDevices: number;
    /** For how long a window stays open, unless the administrator who opens it says otherwise. */
    readonly windowMinutes: number;
  };
  readonly devices: {
    /**
     * What a ticket opens that has not named its device: `place`: the address book, at a place where its desktop has
     * named itself. `refuse`: nothing.
     */
    readonly unnamed: UnnamedDevices;
    readonly nextKey: NextKey;
    /** Patterns of products that make a new key at each start: their further keys do not wait. */
    readonly nextKeyExcept: readonly string[];
    /** Devices of these platforms are served with tickets of their keys alone. */
    readonly requireProof: readonly Platform[];
  };
  /** A device not seen for so many days expires; null: never. */
  readonly expireAfterDays: number | null;
  /** The first that matches decides. */
  readonly rules: readonly Rule[];
};

export type RuleAction = "allow" | "block" | "quarantine";

declare const ruleCode: unique symbol;
/** `[a-z0-9-]{1,40}`, of one rule only, and none of Postern's own reasons. Only what reads a policy makes one. */
export type RuleCode = string & { readonly [ruleCode]: true };
/** `app-password`: the app password is the device, whatever id its client makes up (identity.ts). */
export type RuleIdentity = "app-password";

export type Rule = {
  /** The reason in the audit. */
  readonly code: RuleCode;
  readonly action: RuleAction;
  /** One line for people. */
  readonly reason: string;
  /** By what a device that the rule matches is told from others; undefined: by the id that it names. */
  readonly identity?: RuleIdentity;
  /** Without a condition the rule always matches. */
  readonly when: Match;
};

/** By which an administrator names facts that are not known: `product = "unknown"`. */
export const UNKNOWN = "unknown";

/**
 * Each condition with its list, of which one must hold. A *pattern* is a text in which `*` stands for any
 * characters and `?` for one, without regard to case (glob.ts); a *range* is as version-range.ts reads it.
 */
export type ConditionLists = {
  /** Exact: an id, or with its kind before it, `endpoint:…` or `device:…`. */
  readonly deviceId: readonly string[];
  readonly type: readonly DeviceType[];
  readonly platform: readonly Platform[];
  /** Patterns. */
  readonly product: readonly string[];
  /** Ranges, such as `>=6.25 <7`. */
  readonly version: readonly string[];
  /** Patterns. */
  readonly model: readonly string[];
  /** Patterns. */
  readonly os: readonly string[];
  /** Patterns. */
  readonly userAgent: readonly string[];
  /** Patterns on the SIP address without its `sip:`. */
  readonly user: readonly string[];
  /** Words, without regard to case. An attribute is one too: `site=berlin`. */
  readonly group: readonly string[];
  /** Ranges on the number of the user's partnerships, this one included; blocked and expired ones do not count. */
  readonly devices: readonly string[];
  /** ISO 3166-1 alpha-2, upper case, or `unknown`. */
  readonly country: readonly string[];
  readonly asn: readonly (number | typeof UNKNOWN)[];
  /** CIDR. Holds when the whole network of the request lies in it; see match.ts. */
  readonly network: readonly string[];
  /** Patterns. */
  readonly workstation: readonly string[];
  /** What the device's keys say for it now. */
  readonly proof: readonly DeviceProof[];
};

/** Conditions that must all hold. */
export type Conditions = Partial<ConditionLists>;

/** {@link Conditions}, and with `not` others that must certainly not all hold. */
export type Match = Conditions & { readonly not?: Conditions };

/** What rules read. */
export type Circumstances = {
  /** Null while the device has not named itself. */
  readonly device: DeviceId | null;
  readonly facts: DeviceFacts;
  /** With or without `sip:`. */
  readonly sipUri: string;
  readonly groups: readonly string[];
  /** The user's partnerships that are neither blocked nor expired, this one included. */
  readonly devices: number;
  readonly source: RequestSource;
  readonly proof: DeviceProof;
};

/** The steps of the decision, in the order of docs/devices.md. */
export type StepName =
  | "user"
  | "password"
  | "owner"
  | "binding"
  | "proof"
  | "address-book"
  | "name"
  | "personal-block"
  | "key"
  | "expiry"
  | "pending"
  | "personal-allow"
  | "rules"
  | "quarantine"
  | "enrolled"
  | "default";

/** `has-proved`: the device has proved a key. `has-to-prove`: the policy wants a proof of devices of its platform. */
export type ProofFault = "has-proved" | "has-to-prove";

export type JudgeInput = {
  readonly policy: Policy;
  readonly circumstances: Circumstances;
  readonly userDisabled: boolean;
  /** The app password with which the ticket was got is revoked. */
  readonly passwordRevoked: boolean;
  /** The id that the device gives belongs to a partnership of another user (S-28). */
  readonly idOfAnotherUser: boolean;
  /**
   * The id is not the one that the ticket or its app password has named before, or it is bound to another app password
   * that is live (S-28).
   */
  readonly idChanged: boolean;
  /** Why a ticket that no key signed for is not enough; null: it is. */
  readonly unproved: ProofFault | null;
  /** A certificate is asked for a key that has to be approved first. */
  readonly keyWaits: boolean;
  /** How many keys wait, where that is known: for `explain` alone. */
  readonly keysWaiting?: number;
  /** Why a desktop's address book is refused to a ticket that has not named it; null: it is not, or something else is asked. */
  readonly addressBook: PlaceFault | null;
  /** Networks in which the desktop has its address book without naming itself, where that is known: for `explain` alone. */
  readonly addressBookIn?: readonly string[];
  /** Null: the ticket has not named a device. */
  readonly partnership: Standing | null;
};

/** Where one partnership stands. */
export type Standing = {
  readonly state: PartnershipState;
  /** What an administrator decided about this device; null: nothing. */
  readonly decision: PersonalDecision | null;
};

/** `discover`: only the user's own discovery and the requests that name a device. */
export type Judgement = {
  readonly action: "allow" | "discover" | "block" | "quarantine";
  readonly reason: JudgementReason | RuleCode;
  readonly step: StepName;
  /** The code of the rule that decided, when one did. */
  readonly rule?: string;
};

/** One line of `postern why`. */
export type Explanation = {
  readonly step: StepName;
  readonly outcome: "passed" | "decided" | "not-reached";
  /** A sentence. */
  readonly detail: string;
};

/** The steps of an enrolment, in the order of docs/devices.md. */
export type EnrolmentStepName =
  | "other-expected"
  | "expected"
  | "closed"
  | "window"
  | "limit"
  | "rules"
  | "approval"
  | "default";

export type EnrolInput = {
  readonly policy: Policy;
  /** `devices` counts this one as if it were enrolled. */
  readonly circumstances: Circumstances;
  /**
   * Whether a pending partnership waits for this app password: for `this` device or whichever comes, or for `another` id.
   */
  readonly expected: "none" | "this" | "another";
  /** A window is open for the user now. */
  readonly windowOpen: boolean;
  /** The user's own mode and limit, where they differ from the policy's. */
  readonly userMode?: EnrolmentMode | undefined;
  readonly userMaxDevices?: number | undefined;
};

/** What becomes of a device that names itself with an app password that no device is bound to. */
export type Enrolment =
  | {
      readonly action: "enrol";
      readonly state: "allowed" | "quarantined";
      /** `allow`: somebody expected this very device. */
      readonly decision: "allow" | null;
      readonly reason: EnrolmentReason | RuleCode;
      readonly step: EnrolmentStepName;
      readonly rule?: string;
    }
  | {
      readonly action: "refuse";
      readonly reason: EnrolmentReason | RuleCode;
      readonly step: EnrolmentStepName;
      readonly rule?: string;
    };

/** What is wrong with a policy, where, and what to write instead. */
export type PolicyFault = {
  /** Such as `rules[2].when.version`; empty: the policy as a whole. */
  readonly place: string;
  /** A sentence or two. */
  readonly message: string;
};

export type PolicyRead =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };
