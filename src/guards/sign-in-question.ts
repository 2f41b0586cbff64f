// What a user's guard is asked about a sign-in, and what it answers.

import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Evidence } from "../core/credentials/evidence.ts";

/** An app password as D1 has it. */
export type SealedCredential = { readonly id: string; readonly ntHashes: string };

/** A sign-in to decide: what the client put forward, and the user's record from D1. */
export type SignInAttempt = {
  readonly about: EventContext;
  /** The client at that network, as `clientKey` knows it. */
  readonly client: string;
  readonly evidence: Evidence;
  readonly user: {
    readonly id: string;
    readonly sipUri: string;
    readonly disabled: boolean;
    /** The live app passwords. */
    readonly credentials: readonly SealedCredential[];
    /** Revoked ones, the last first: a client that still uses one is recognised, and refused. */
    readonly revoked: readonly SealedCredential[];
  };
  /** What dry-run would have refused this for already. */
  readonly wouldRefuse?: AuditReason;
};

/** A proof from a familiar place that is over its budget, to be judged without D1. */
export type ProofToRecall = Omit<SignInAttempt, "user" | "wouldRefuse">;

/** The guard's answer to one attempt. Whatever is refused is in the audit by then. */
export type SignInVerdict =
  | {
      readonly kind: "signed-in";
      readonly credentialId: string;
      /** NTLM only. */
      readonly exportedSessionKey?: Uint8Array;
      /** Failures from this network that the success has explained. */
      readonly forgiven: number;
      readonly wouldRefuse?: AuditReason;
    }
  /** A failure that counts. `until`: strangers from there are refused unseen until then (ms). */
  | { readonly kind: "refused"; readonly until?: number }
  /**
   * A mistake that was counted before. `recognised`: with an app password that the user had once, or whose device is blocked.
   * `lasting`: it stays one, whatever an administrator does.
   */
  | { readonly kind: "repeated"; readonly recognised: boolean; readonly lasting: boolean }
  /** Refused unseen, as every stranger from there will be until then (ms). */
  | { readonly kind: "held"; readonly until: number }
  /** A credential cannot be opened: a key is missing from SEALING_KEYS, or a row was altered. */
  | { readonly kind: "unavailable"; readonly reason: string };
