// Gives a user of D1 an authenticator app, by the steps that the portal takes at the user's guard, and an app password
// that asks for its codes.

import { env } from "cloudflare:test";
import { charactersOfCodePassword, generateCodePassword } from "../../src/core/credentials/code-password.ts";
import { sealCodePassword } from "../../src/core/credentials/sealed-hash.ts";
import { newTotpSecret, sealTotpSecret } from "../../src/core/credentials/totp.ts";
import { guardOf } from "../../src/guards/route.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addAppPassword, subjectOf, type User } from "../../src/store/directory.ts";
import { HOUR, KEYRING } from "./attempts.ts";
import { stepAt, totp } from "./codes.ts";
import { ABOUT } from "./events.ts";

let drawn = 0;

/** The app's codes: of so many steps from now. The step in which it was set up is used up. */
export async function giveAuthenticator(user: User): Promise<(steps?: number) => string> {
  const guard = guardOf(env, user.sipUri);
  const profile = { subject: subjectOf(user), policyVersion: 0 };
  const marks = { id: `test ${++drawn}`, hash: "a".repeat(64) };
  const session = { id: `s_${drawn}`, hash: String(drawn).padStart(64, "0"), lastsMs: HOUR };
  await guard.invitation(profile, { kind: "open", marks, expiresAt: Date.now() + HOUR });
  const entered = await guard.portal(profile, { kind: "enter", about: ABOUT, marks, session });
  const secret = newTotpSecret();
  const sealed = sealTotpSecret(KEYRING, user.id, secret);
  const code = (steps = 0): string => totp(secret, stepAt(Date.now()) + steps);
  const set = await guard.portal(profile, {
    ...{ kind: "set-totp", about: ABOUT, hash: session.hash, sealed, code: code() },
  });
  if (set === "moved" || set.kind !== "done") throw new Error(JSON.stringify([entered, set]));
  return code;
}

/** An app password of the user that asks for a code. `keyring`: with which it is sealed. */
export async function giveCodePassword(
  { id: userId }: User,
  keyring = KEYRING,
): Promise<{ id: string; password: string }> {
  const password = generateCodePassword();
  const id = `p_code${++drawn}`;
  const ntHashes = sealCodePassword(keyring, { userId, credentialId: id }, charactersOfCodePassword(password));
  const row = { id, userId, label: "desktop", ntHashes, asksCode: true };
  await addAppPassword(openDatabase(env.DB), row, 0);
  return { id, password };
}
