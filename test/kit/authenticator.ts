// A user of D1 with an authenticator app, and an app password that asks for its codes.

import { env } from "cloudflare:test";
import { charactersOfCodePassword, generateCodePassword } from "../../src/core/credentials/code-password.ts";
import { sealCodePassword } from "../../src/core/credentials/sealed-hash.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addAppPassword, type User } from "../../src/store/directory.ts";
import { KEYRING } from "./attempts.ts";
import { setUpAuthenticator } from "./authenticator-steps.ts";
import { stepAt, totp } from "./codes.ts";

let drawn = 0;

/** The app's codes: of so many steps from now. The step in which it was set up is used up. */
export async function giveAuthenticator(user: User): Promise<(steps?: number) => string> {
  const secret = await setUpAuthenticator(env, KEYRING, user);
  return (steps = 0) => totp(secret, stepAt(Date.now()) + steps);
}

/** An app password of the user that asks for a code. `keyring`: with which it is sealed. */
export async function giveCodePassword({ id: userId }: User, keyring = KEYRING) {
  const password = generateCodePassword();
  const id = `p_code${++drawn}`;
  const ntHashes = sealCodePassword(keyring, { userId, credentialId: id }, charactersOfCodePassword(password));
  const row = { id, userId, label: "desktop", ntHashes, asksCode: true };
  await addAppPassword(openDatabase(env.DB), row, 0);
  return { id, password };
}
