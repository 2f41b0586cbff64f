// The local gateway's directory: migrated, with the demo user in it, and a fresh app password for each start.

import { generateAppPassword, ntHashesOf } from "../src/core/credentials/app-password.ts";
import { sealHashes } from "../src/core/credentials/sealed-hash.ts";
import type { Keyring } from "../src/core/crypto/keyring.ts";
import type { Database } from "../src/store/database.ts";
import { addAppPassword, addUser, listAppPasswords, revokeAppPassword, showUser } from "../src/store/directory.ts";
import { newCredentialId } from "../src/store/ids.ts";
import type { demoUser } from "./world.ts";

const LABEL = "npm start";

/** A user to make sure of. */
export type LocalUser = typeof demoUser;

/** Makes sure that the user exists, and gives it a new app password in place of those of the last start. Named twice in
 * one start, with the same `now`, it has two. */
export async function freshAppPassword(db: Database, keyring: Keyring, who: LocalUser, now: number): Promise<string> {
  const { sipUri, upn, domain, account } = who;
  if ((await showUser(db, upn)) === undefined) {
    const added = await addUser(db, { sipUri, upn, account: `${domain}\\${account}` }, now);
    if (!added.ok) throw new Error(`the demo user ${sipUri} cannot be added: ${added.reason}`);
  }
  const user = await showUser(db, upn);
  if (user === undefined) throw new Error(`the demo user ${sipUri} is not there`);
  for (const old of await listAppPasswords(db, user.id)) {
    if (old.label === LABEL && old.revokedAt === null && old.createdAt < now)
      await revokeAppPassword(db, user.id, old.id, now);
  }
  const id = newCredentialId();
  const password = generateAppPassword();
  const ntHashes = sealHashes(keyring, { userId: user.id, credentialId: id }, ntHashesOf(password));
  await addAppPassword(db, { id, userId: user.id, label: LABEL, ntHashes }, now);
  return password;
}
