// Why a sign-in at the identity provider does not let somebody in, whatever site it is for: how each is answered, and
// whether the guard of the network counts it.

import type { OpenIdFailure } from "./openid-faults.ts";

/**
 * `no-ceremony`: the browser did not begin this sign-in, has ended it already, or took more than ten minutes.
 * `someone-else`: the person who confirmed is not the one who is signed in. `waiting`: the guard of the network lets
 * nobody try now.
 */
export type OpenIdRefusal = OpenIdFailure["reason"] | "no-ceremony" | "someone-else" | "waiting";

/** `counted`: somebody may have made it up. The rest was said by the provider itself, or by nobody. */
export type Handling = { readonly status: 400 | 403 | 429 | 503; readonly counted: boolean };

export const FORGED: Handling = { status: 403, counted: true };
export const NOT_ALLOWED: Handling = { status: 403, counted: false };
export const NOT_NOW: Handling = { status: 503, counted: false };

/** How each is answered. */
export const OPENID_REFUSALS: Readonly<Record<OpenIdRefusal, Handling>> = {
  "no-ceremony": { status: 400, counted: true },
  "answer-invalid": FORGED,
  "code-refused": FORGED,
  "subject-missing": NOT_ALLOWED,
  "someone-else": NOT_ALLOWED,
  "not-fresh": NOT_ALLOWED,
  "provider-refused": NOT_ALLOWED,
  "provider-unreachable": NOT_NOW,
  "provider-unsupported": NOT_NOW,
  "provider-misconfigured": NOT_NOW,
  waiting: { status: 429, counted: false },
};
