// Signing in by Cloudflare Access, which stands in front of the console: each request has the assertion of the person.
//
// With Access configured, the frame asks `assertedBy` for every request, also for those with a session: who gets around
// Access gets nothing, and a session is good only for the person whom Access names. `signInByAccess` begins a session.

import type { Result } from "../../core/result.ts";
import { ACCESS_HEADER, type AccessFault, type AccessVerifier } from "../../web/identity/access.ts";
import type { Identity } from "../../web/identity/identity.ts";
import { administratorFor, type Provisioning, subjectKey } from "../../web/identity/provision.ts";
import type { SignedIn, SignInOutcome } from "./signed-in.ts";

/** Whom Access names in a request, with the subject that a session of this person has. */
export async function assertedBy(
  headers: Headers,
  verify: AccessVerifier,
  now: number,
): Promise<Result<{ readonly identity: Identity; readonly subject: string }, AccessFault>> {
  const verified = await verify(headers.get(ACCESS_HEADER), now);
  if (!verified.ok) return verified;
  return { ok: true, value: { identity: verified.value, subject: subjectKey(verified.value) } };
}

/**
 * Who administrates by the assertion of a request. Access does not say when the person last proved to be there, so what needs
 * a fresh factor needs a passkey.
 */
export async function signInByAccess(
  headers: Headers,
  { verify, ...provisioning }: Provisioning & { readonly verify: AccessVerifier },
): Promise<SignInOutcome<SignedIn>> {
  const asserted = await assertedBy(headers, verify, provisioning.now);
  if (!asserted.ok) return asserted;
  const { identity, subject } = asserted.value;
  const administrator = await administratorFor(identity, provisioning);
  if (!administrator.ok) return administrator;
  return { ok: true, value: { administrator: administrator.value, how: "access", subject, freshAt: 0 } };
}
