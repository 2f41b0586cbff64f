// Types of answers for the command, until it imports the schemas' own.

export type {
  ContestAnswer,
  PartnershipAnswer,
  PartnershipsAnswer,
  PolicyAnswer,
  PolicyAppliedAnswer,
  PolicyImpactAnswer,
  PolicySpreadAnswer,
} from "./schemas/policy.ts";

/** The body of `POST /v1/policy`. */
export type PolicyToApply = {
  readonly policy: Policy;
  readonly text: string;
  readonly basedOn: number;
  readonly why: string | null;
};

import type { Policy } from "../core/policy/types.ts";
