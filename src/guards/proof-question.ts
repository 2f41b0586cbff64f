// What the guards are asked about a request that a device signed with the key of its certificate, and what they answer.

import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { RequestSource } from "../core/device/types.ts";
import type { Owner } from "./network-question.ts";
import type { Profile } from "./profile.ts";

/** A signature that is good by itself, and the user whose device's key it may be. */
export type SignedRequest = {
  readonly about: EventContext;
  readonly source: RequestSource;
  /** SHA-256 of the key's SubjectPublicKeyInfo, in hex. */
  readonly keyHash: string;
  /** By which the signature is known if it comes again. */
  readonly replayId: string;
  /** From when on the signature is refused for its age, ms. */
  readonly usableUntil: number;
  /** What D1 has of the user. Absent: nobody has the name. */
  readonly user?: {
    readonly profile: Profile;
    /** Ids of the app passwords that are live. */
    readonly credentials: readonly string[];
  };
};

/** `unknown`: the user has no such key, and nothing was written. `refused`: the user's audit has the reason. */
export type SignatureVerdict =
  | { readonly kind: "proved"; readonly credentialId: string; readonly device: string }
  | { readonly kind: "refused" | "unknown" };

/** A signed request that was refused, as the network's guard hears of it. */
export type RefusedProof = {
  /** For the audit. Absent: the user's guard has written the event. */
  readonly reason?: AuditReason;
  /** Says more: which rule, or which key. */
  readonly why?: string;
  /** The user whose name the request claims, if somebody has it. */
  readonly owner?: Owner;
  /** How it counts: as a stranger's failure, not at all, or as what `reserve` has counted already. */
  readonly counts: "failure" | "nothing" | "reserved";
};
