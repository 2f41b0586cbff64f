// Why the portal does not let somebody in who comes from the organisation's identity provider: what is answered, and
// whether the guard of the network counts it.

import { type Handling, NOT_ALLOWED, OPENID_REFUSALS, type OpenIdRefusal } from "../../web/identity/openid-refusals.ts";
import type { WhoFault } from "./who.ts";

export type ProviderRefusal = OpenIdRefusal | WhoFault;

/** How each is answered. */
export const PROVIDER_REFUSALS: Readonly<Record<ProviderRefusal, Handling>> = {
  ...OPENID_REFUSALS,
  "one-factor": NOT_ALLOWED,
  "claim-missing": NOT_ALLOWED,
  "claim-unverified": NOT_ALLOWED,
  "not-known": NOT_ALLOWED,
  "name-of-another": NOT_ALLOWED,
  disabled: NOT_ALLOWED,
};
