// Gives a user an authenticator app by the steps that the portal takes at the user's guard: in workerd's tests, and on
// the bench's stand.

import { newTotpSecret, sealTotpSecret } from "../../src/core/credentials/totp.ts";
import type { Keyring } from "../../src/core/crypto/keyring.ts";
import type { GuardNamespaces } from "../../src/guards/calls.ts";
import { guardOf } from "../../src/guards/route.ts";
import { subjectOf, type User } from "../../src/store/directory.ts";
import { stepAt, totp } from "./codes.ts";
import { ABOUT } from "./events.ts";

const HOUR_MS = 3_600_000;

let drawn = 0;

/** Returns the app's secret. The step in which it was set up is used up. */
export async function setUpAuthenticator(
  guards: Pick<GuardNamespaces, "USER_GUARD">,
  keyring: Keyring,
  user: User,
): Promise<Uint8Array> {
  const guard = guardOf(guards, user.sipUri);
  const profile = { subject: subjectOf(user), policyVersion: 0 };
  const marks = { id: `test ${++drawn}`, hash: "a".repeat(64) };
  const session = { id: `s_${drawn}`, hash: String(drawn).padStart(64, "0"), lastsMs: HOUR_MS };
  await guard.invitation(profile, { kind: "open", marks, expiresAt: Date.now() + HOUR_MS });
  await guard.portal(profile, { kind: "enter", about: ABOUT, marks, session });
  const secret = newTotpSecret();
  const sealed = sealTotpSecret(keyring, user.id, secret);
  const code = totp(secret, stepAt(Date.now()));
  const step = { kind: "set-totp", about: ABOUT, hash: session.hash, sealed, code } as const;
  const set = await guard.portal(profile, step);
  if (set === "moved" || set.kind !== "done") throw new Error(`no authenticator app: ${JSON.stringify(set)}`);
  return secret;
}
