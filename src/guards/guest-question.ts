// What a guard of guests is asked, and what it answers.

import type { AuditReason } from "../audit/reasons.ts";

export type GuestAdmission =
  /** Counted as a failure until it proves to be a success. */
  | {
      readonly kind: "admitted";
      /** `failed`: this network has failed at this conference, and nobody got in from there. */
      readonly network: "familiar" | "new" | "failed";
      readonly wouldRefuse?: AuditReason;
    }
  /** Refused without a look at the key; the audit has it. */
  | { readonly kind: "refused" };

/** How an admitted attempt ended. `not-counted`: nobody looked at the key. */
export type GuestEnd = "given" | "wrong" | "not-counted";
