// What a guard is told of what D1 has: its user, and the policy in force.

import type { Subject } from "../core/policy/subject.ts";
import type { Policy } from "../core/policy/types.ts";

/** What a sign-in read in D1 of its user. */
export type Profile = { readonly subject: Subject; readonly policyVersion: number };

/** A policy and its version; 0 is the default, which nobody applied. */
export type VersionedPolicy = { readonly version: number; readonly policy: Policy };
