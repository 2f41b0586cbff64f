// What a guard of guests is asked, and what it answers.

import type { AuditReason } from "../audit/reasons.ts";

export type GuestAdmission =
  /** Counted as a failure until it proves to be none. */
  | {
      readonly kind: "admitted";
      /** `failed`: this network has failed at this conference, and nobody got in from there. */
      readonly network: "familiar" | "new" | "failed";
      readonly wouldRefuse?: AuditReason;
    }
  /** Refused unseen, and in the audit. */
  | { readonly kind: "refused" };

/** What became of an admitted attempt. `not-counted`: nobody looked at the key. */
export type GuestEnd = "given" | "wrong" | "not-counted";
