// The types of a policy and of everything that a decision about a device depends on. An administrator writes the
// policy. It says how devices enrol and when they expire, and has an ordered list of rules. docs/devices.md explains it
// to people, and read.ts reads it from untrusted JSON.

import type { AuthoritySays } from "../authority/says.ts";
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
import type { Remark } from "./remarks.ts";

/**
 * How a device that nobody expects becomes a partnership. `open`: it names itself. `window`: the same, but only while a
 * window is open for its user. `self`: it is quarantined until its own user approves it in the portal. `approval`: it
 * is quarantined until an administrator approves it. `closed`: never.
 */
export type EnrolmentMode = "open" | "window" | "self" | "approval" | "closed";

/** Whether a desktop's place may replace its name, for the address book alone (src/core/device/by-place.ts). */
export type UnnamedDevices = "place" | "refuse";

/** Whether a further key of a device waits for approval when an app password's ticket asks for its certificate. */
export type NextKey = "approve" | "open";

/** What happens to a device about which the organisation's authority has given no answer that still holds. */
export type AuthoritySilence = "allow" | "block";

/** Whether somebody may, must or may not sign in by Postern's page (src/core/policy/passive.ts). */
export type PassiveMode = "never" | "may" | "must";

export type Policy = {
  readonly enrolment: {
    readonly mode: EnrolmentMode;
    /** How many partnerships a user may have. Blocked and expired ones do not count. */
    readonly maxDevices: number;
    /** For how long a window stays open, unless the administrator who opens it says otherwise. */
    readonly windowMinutes: number;
  };
  readonly devices: {
    /**
     * What a ticket opens if it has not named its device. `place`: the address book, at a place where its desktop has
     * named itself. `refuse`: nothing.
     */
    readonly unnamed: UnnamedDevices;
    readonly nextKey: NextKey;
    /** Patterns of products that make a new key at each start: their further keys do not wait. */
    readonly nextKeyExcept: readonly string[];
    /** Devices of these platforms are served with tickets of their keys alone. */
    readonly requireProof: readonly Platform[];
    /** `block`: a device is refused until the authority has answered. `allow`: it is judged by what else is known. */
    readonly authoritySilence: AuthoritySilence;
  };
  /**
   * Who signs in by the page. Each list has groups, and patterns of SIP addresses (with an `@`). The first list that
   * names somebody decides: `must`, `never`, `may`.
   */
  readonly passive: {
    /** For everybody whom no list names. */
    readonly mode: PassiveMode;
    readonly must: readonly string[];
    readonly never: readonly string[];
    readonly may: readonly string[];
  };
  /** A device not seen for so many days expires; null: never. */
  readonly expireAfterDays: number | null;
  /** The first that matches decides. */
  readonly rules: readonly Rule[];
};

export type RuleAction = "allow" | "block" | "quarantine";

declare const ruleCode: unique symbol;
/**
 * `[a-z0-9-]{1,40}`. No two rules have the same code, and no code is one of Postern's own reasons. Only read.ts makes a
 * code.
 */
export type RuleCode = string & { readonly [ruleCode]: true };
/** `app-password`: the app password is the device, whatever id its client makes up (identity.ts). */
export type RuleIdentity = "app-password";

export type Rule = {
  /** The reason in the audit. */
  readonly code: RuleCode;
  readonly action: RuleAction;
  /** One line for people. */
  readonly reason: string;
  /** How devices that match the rule are told apart. Undefined: by the id that they name. */
  readonly identity?: RuleIdentity;
  /** Without a condition the rule always matches. */
  readonly when: Match;
};

/** The word with which a rule matches a fact that is not known: `product = "unknown"`. */
export const UNKNOWN = "unknown";

/**
 * Each condition with its list. A condition holds when one item of its list fits. A *pattern* is a text in which `*`
 * stands for any characters and `?` for one, without regard to case (glob.ts). version-range.ts says what a *range* is.
 */
export type ConditionLists = {
  /** Exact ids, with or without their kind before them (`endpoint:…`, `device:…`). */
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
  /** Ranges for the number of the user's partnerships, this one included. Blocked and expired ones do not count. */
  readonly devices: readonly string[];
  /** ISO 3166-1 alpha-2, upper case, or `unknown`. */
  readonly country: readonly string[];
  readonly asn: readonly (number | typeof UNKNOWN)[];
  /** CIDR ranges. One fits when the whole network of the request lies in it (network-range.ts). */
  readonly network: readonly string[];
  /** Patterns. */
  readonly workstation: readonly string[];
  /** What the device's keys say for it now. */
  readonly proof: readonly DeviceProof[];
  /** Words, without regard to case, or `unknown`. */
  readonly authority: readonly string[];
};

/** Conditions that must all hold. */
export type Conditions = Partial<ConditionLists>;

/** Conditions that must all hold. `not`: further conditions, of which at least one must certainly fail. */
export type Match = Conditions & { readonly not?: Conditions };

/** Everything that the conditions of a rule look at. */
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
  /** What the organisation's authority says of the device. Absent: it has never answered. */
  readonly authority?: AuthoritySays | undefined;
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
  | "own-approval"
  | "quarantine"
  | "authority"
  | "enrolled"
  | "default";

/** `has-proved`: the device has proved a key. `has-to-prove`: the policy wants a proof of devices of its platform. */
export type ProofFault = "has-proved" | "has-to-prove";

export type JudgeInput = {
  readonly policy: Policy;
  readonly circumstances: Circumstances;
  readonly userDisabled: boolean;
  /** Whether the app password with which the client got the ticket is revoked. */
  readonly passwordRevoked: boolean;
  /** Whether the id that the device names belongs to a partnership of another user (S-28). */
  readonly idOfAnotherUser: boolean;
  /**
   * Whether the ticket or its app password has named another id before, or the named id is bound to another app
   * password that is live (S-28).
   */
  readonly idChanged: boolean;
  /** Why a ticket that no key signed for is not enough; null: it is. */
  readonly unproved: ProofFault | null;
  /** A certificate is asked for a key that has to be approved first. */
  readonly keyWaits: boolean;
  /** How many keys wait, if that is known. Only `explain` needs it. */
  readonly keysWaiting?: number;
  /**
   * Why a desktop's address book is refused to a ticket that has not named it; null: it is not, or something else is
   * asked.
   */
  readonly addressBook: PlaceFault | null;
  /** For `explain` alone: the networks in which the desktop gets its address book without naming itself, if known. */
  readonly addressBookIn?: readonly string[];
  /** Null: the ticket has not named a device. */
  readonly partnership: Standing | null;
};

/** The state of one partnership and what an administrator decided about it. */
export type Standing = {
  readonly state: PartnershipState;
  /** What an administrator decided about this device; null: nothing. */
  readonly decision: PersonalDecision | null;
  /** Why it has this state, where that is known. */
  readonly reason?: string;
};

/** `discover`: only the user's own discovery and the requests that name a device are served. */
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
  /** What came of it, in English. */
  readonly detail: string;
  /** The same, for the words of another language. */
  readonly said: readonly Remark[];
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
  | "waiting"
  | "self"
  | "default";

export type EnrolInput = {
  readonly policy: Policy;
  /** `devices` counts this one as if it were enrolled. */
  readonly circumstances: Circumstances;
  /**
   * Whether an administrator expects a device with this app password. `this`: this device, or any device. `another`: a
   * device with another id.
   */
  readonly expected: "none" | "this" | "another";
  /** Whether the user's enrolment window is open now. */
  readonly windowOpen: boolean;
  /** How many other devices of the user wait for their user. */
  readonly waiting: number;
  /** The user's own mode and limit. Undefined: those of the policy apply. */
  readonly userMode?: EnrolmentMode | undefined;
  readonly userMaxDevices?: number | undefined;
};

/** What becomes of a device that names itself with an app password to which no device is bound. */
export type Enrolment =
  | {
      readonly action: "enrol";
      readonly state: "allowed" | "quarantined";
      /** `allow`: an administrator expected this very device. */
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

/** What is wrong with a policy, where it is, and what to write instead. */
export type PolicyFault = {
  /** Such as `rules[2].when.version`; empty: the policy as a whole. */
  readonly path: string;
  /** A sentence or two. */
  readonly message: string;
  /** The line of the file, from 1, where the policy was given as a file and the line is known. */
  readonly line?: number;
};

export type PolicyRead =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };
