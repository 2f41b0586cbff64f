// Why the console does not let somebody in who comes from the organisation's identity provider: what is answered,
// whether the guard of the network counts it, and what the page says to the person.

import type { AccessFault } from "../../web/identity/access.ts";
import type { IdentityFault } from "../../web/identity/identity.ts";
import {
  FORGED,
  type Handling,
  NOT_ALLOWED,
  NOT_NOW,
  OPENID_REFUSALS,
  type OpenIdRefusal,
} from "../../web/identity/openid-refusals.ts";
import type { ProvisionFault } from "../../web/identity/provision.ts";

export type IdentityRefusal = AccessFault | IdentityFault | OpenIdRefusal | ProvisionFault;

/** How each is answered. */
export const IDENTITY_REFUSALS: Readonly<Record<IdentityRefusal, Handling>> = {
  ...OPENID_REFUSALS,
  "assertion-missing": FORGED,
  "assertion-too-large": FORGED,
  "assertion-invalid": FORGED,
  "assertion-out-of-time": FORGED,
  "assertion-for-another": FORGED,
  "assertion-key-unknown": FORGED,
  "email-missing": NOT_ALLOWED,
  "email-unverified": NOT_ALLOWED,
  "no-role": NOT_ALLOWED,
  "groups-left-out": NOT_ALLOWED,
  "not-invited": NOT_ALLOWED,
  "invited-unverified": NOT_ALLOWED,
  "address-of-another": NOT_ALLOWED,
  disabled: NOT_ALLOWED,
  "access-unreachable": NOT_NOW,
};
