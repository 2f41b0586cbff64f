// Whom the organisation's identity provider has signed in to the portal (S-67). The first time, the configured claim
// finds the user by the UPN or the SIP address. From then on the issuer's subject does: a name may get another owner,
// and a subject never does.

import type { EventContext } from "../../audit/event.ts";
import { auditEvent } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import type { PortalProvider } from "../../config/portal-provider.ts";
import { normaliseName } from "../../core/credentials/names.ts";
import { ok, type Result, refuse } from "../../core/result.ts";
import type { Database } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import { linkPortalSubject, userOfAddress, userOfSubject } from "../../store/portal-subjects.ts";
import type { Verified } from "../../web/identity/identity.ts";
import { claimAt } from "../../web/identity/roles.ts";
import { provesTwoFactors } from "./two-factors.ts";

/**
 * `one-factor`: the token does not say that there were two. `claim-missing`: it does not name the person.
 * `claim-unverified`: it names a mail address that the provider has not verified. `not-known`: nobody here has that
 * name. `name-of-another`: another account of the provider has been this user. `disabled`: the user may not come in.
 */
export type WhoFault =
  | "one-factor"
  | "claim-missing"
  | "claim-unverified"
  | "not-known"
  | "name-of-another"
  | "disabled";

/** What there is to know beside the person. `about`: the request, for the audit. */
export type Asking = {
  readonly db: Database;
  readonly provider: PortalProvider;
  readonly about: EventContext;
  readonly now: number;
};

/** The user who has signed in there. */
export async function personAt(verified: Verified, asking: Asking): Promise<Result<User, WhoFault>> {
  const { db, provider } = asking;
  const { claims } = verified;
  if (!provesTwoFactors(claims, provider.twoFactors)) return refuse("one-factor");
  const known = await userOfSubject(db, verified);
  const found = known === undefined ? await byClaim(verified, asking) : ok(known);
  return found.ok && found.value.disabledAt !== null ? refuse("disabled") : found;
}

async function byClaim(verified: Verified, asking: Asking): Promise<Result<User, WhoFault>> {
  const { db, provider, about, now } = asking;
  const { issuer, claims } = verified;
  const value = claimAt(claims, provider.claim);
  const name = typeof value === "string" ? normaliseName(value) : refuse("malformed");
  if (!name.ok) return refuse("claim-missing");
  const verifiedMail = claims.email_verified === true || claims.email_verified === "true";
  if (provider.claim === "email" && !verifiedMail) return refuse("claim-unverified");
  const user = await userOfAddress(db, name.value);
  if (user === undefined) return refuse("not-known");
  if (user.disabledAt !== null) return refuse("disabled");
  const said = {
    ...({ outcome: "changed", reason: "identity-linked", userId: user.id, user: user.sipUri } as const),
    why: `${provider.claim} of ${issuer}`,
  };
  const event = auditEvent(about, said, now);
  if (!(await linkPortalSubject(db, verified, user.id, event))) return refuse("name-of-another");
  logAudited(event);
  return ok(user);
}
