// Why the console does not let somebody in who comes from the organisation's identity provider: what is answered,
// whether the guard of the network counts it, and what the page says to the person.

import type { AccessFault } from "../../web/identity/access.ts";
import type { OpenIdFailure } from "../../web/identity/openid-faults.ts";
import type { ProvisionFault } from "../../web/identity/provision.ts";

/**
 * `no-ceremony`: the browser did not begin this sign-in, has ended it already, or took more than ten minutes.
 * `someone-else`: the person who confirmed is not the one who is signed in. `waiting`: the guard of the network lets
 * nobody try now.
 */
export type IdentityRefusal =
  | AccessFault
  | OpenIdFailure["reason"]
  | ProvisionFault
  | "no-ceremony"
  | "someone-else"
  | "waiting";

/** `counted`: somebody may have made it up. The rest was said by the provider itself, or by nobody. */
type Handling = { readonly status: 400 | 403 | 429 | 503; readonly counted: boolean };

const FORGED: Handling = { status: 403, counted: true };
const NOT_ALLOWED: Handling = { status: 403, counted: false };
const NOT_NOW: Handling = { status: 503, counted: false };

/** How each is answered. */
export const IDENTITY_REFUSALS: Readonly<Record<IdentityRefusal, Handling>> = {
  "no-ceremony": { status: 400, counted: true },
  "answer-invalid": FORGED,
  "code-refused": FORGED,
  "assertion-missing": FORGED,
  "assertion-too-large": FORGED,
  "assertion-invalid": FORGED,
  "assertion-out-of-time": FORGED,
  "assertion-for-another": FORGED,
  "assertion-key-unknown": FORGED,
  "subject-missing": NOT_ALLOWED,
  "email-missing": NOT_ALLOWED,
  "email-unverified": NOT_ALLOWED,
  "no-role": NOT_ALLOWED,
  "groups-left-out": NOT_ALLOWED,
  "not-invited": NOT_ALLOWED,
  "invited-unverified": NOT_ALLOWED,
  "address-of-another": NOT_ALLOWED,
  disabled: NOT_ALLOWED,
  "someone-else": NOT_ALLOWED,
  "not-fresh": NOT_ALLOWED,
  "provider-refused": NOT_ALLOWED,
  "provider-unreachable": NOT_NOW,
  "provider-unsupported": NOT_NOW,
  "provider-misconfigured": NOT_NOW,
  "access-unreachable": NOT_NOW,
  waiting: { status: 429, counted: false },
};
