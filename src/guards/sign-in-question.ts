// What a user's guard is asked about a sign-in, and what it answers.

import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Evidence } from "../core/credentials/evidence.ts";

/**
 * A secret of an app password as D1 has it. A renewed app password has two of one id. `asksCode`: it asks for a code, so
 * what is sealed are its characters.
 */
export type SealedCredential = { readonly id: string; readonly ntHashes: string; readonly asksCode?: boolean };

/** A sign-in to decide: what the client presented, and the user's record from D1. */
export type SignInAttempt = {
  readonly about: EventContext;
  /** The client at that network, as `clientKey` knows it. */
  readonly client: string;
  readonly evidence: Evidence;
  readonly user: {
    readonly id: string;
    readonly sipUri: string;
    readonly disabled: boolean;
    /** On which the policy decides whether the user has to sign in by the page. Absent: an earlier release asks. */
    readonly groups?: readonly string[];
    /** The policy in force, as D1 says. */
    readonly policyVersion?: number;
    /** The secrets that are live. `until`: when it runs out, ms; absent: it does not. */
    readonly credentials: readonly (SealedCredential & { readonly until?: number })[];
    /** Revoked app passwords, the last first. A client that still uses one is recognised, and refused. */
    readonly revoked: readonly SealedCredential[];
    /** Secrets that ran out or were renewed, the latest first. They are recognised and refused in the same way. */
    readonly expired?: readonly SealedCredential[];
  };
  /** The reason for which dry-run would already have refused this attempt. */
  readonly wouldRefuse?: AuditReason;
};

/** A proof from a familiar place that is over its budget. It is judged without D1. */
export type ProofToRecall = Omit<SignInAttempt, "user" | "wouldRefuse"> & {
  /** Whose name it was when the network's guard last heard. Another user may have got the address since. */
  readonly userId: string;
};

/** The guard's answer to one attempt. The audit has each refusal by then. */
export type SignInVerdict =
  | {
      readonly kind: "signed-in";
      readonly credentialId: string;
      /** When the secret runs out, ms; absent when it does not. No ticket of it lives longer. */
      readonly credentialUntil?: number;
      /** NTLM only. */
      readonly exportedSessionKey?: Uint8Array;
      /** Earlier failures from this network that the success has explained. */
      readonly forgiven: number;
      readonly wouldRefuse?: AuditReason;
    }
  /** A failure that counts. `until`: strangers from there are refused without a look until then (ms). */
  | { readonly kind: "refused"; readonly until?: number }
  /**
   * A mistake that was counted before. `recognised`: the client used an app password that the user had once, or one
   * whose device is blocked. `lasting`: it stays a mistake, whatever an administrator does.
   */
  | { readonly kind: "repeated"; readonly recognised: boolean; readonly lasting: boolean }
  /** Refused without a look. Every stranger from there is refused so until then (ms). */
  | { readonly kind: "held"; readonly until: number }
  /** A credential cannot be opened: SEALING_KEYS lacks a key, or somebody altered a row. */
  | { readonly kind: "unavailable"; readonly reason: string };
