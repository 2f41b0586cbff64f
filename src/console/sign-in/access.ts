// Signing in by Cloudflare Access, which stands in front of the console: each request has the assertion of the person.

import { ok, type Result } from "../../core/result.ts";
import { ACCESS_HEADER, type AccessFault, type AccessVerifier } from "../../web/identity/access.ts";
import { type Identity, subjectKey } from "../../web/identity/identity.ts";
import { administratorFor, type ProvisionFault, type Provisioning } from "../../web/identity/provision.ts";
import type { SignedIn } from "./signed-in.ts";

/** Whom Access names in a request. `subject`: what a session of this person has. */
export type Asserted = { readonly identity: Identity; readonly subject: string };

/** Whom Access names in a request. A request that got around Access names nobody. */
export async function assertedBy(
  headers: Headers,
  verify: AccessVerifier,
  now: number,
): Promise<Result<Asserted, AccessFault>> {
  const verified = await verify(headers.get(ACCESS_HEADER), now);
  return verified.ok ? ok({ identity: verified.value, subject: subjectKey(verified.value) }) : verified;
}

/**
 * The administrator whom Access names. Access does not say when the person last proved to be there, so what
 * needs a fresh factor needs a passkey.
 */
export async function signInByAccess(
  { identity, subject }: Asserted,
  provisioning: Provisioning,
): Promise<Result<SignedIn, ProvisionFault>> {
  const administrator = await administratorFor(identity, provisioning);
  if (!administrator.ok) return administrator;
  return ok({ administrator: administrator.value, how: "access", subject, freshAt: 0 });
}
