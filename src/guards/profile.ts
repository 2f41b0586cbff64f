// What a guard is told from D1: its user, and the policy in force.

import type { Subject } from "../core/policy/subject.ts";
import type { Policy } from "../core/policy/types.ts";

/** What a sign-in read in D1 about its user. */
export type Profile = { readonly subject: Subject; readonly policyVersion: number };

/** A policy and its version. Version 0 is the default, before anybody applied a policy. */
export type VersionedPolicy = { readonly version: number; readonly policy: Policy };
