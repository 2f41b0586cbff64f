// The local gateway's directory: migrated, with the demo users in it, and fresh app passwords for each start.

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

/**
 * Makes sure that each user exists, and gives each a new app password in place of those of the last start; a user who
 * is named twice has two. The app passwords, in the order of `people`.
 */
export async function freshAppPasswords(
  db: Database,
  keyring: Keyring,
  people: readonly LocalUser[],
  now: number,
): Promise<string[]> {
  const ids = new Map<string, string>();
  const passwords: string[] = [];
  for (const who of people) {
    const userId = ids.get(who.upn) ?? (await withoutOldPasswords(db, who, now));
    ids.set(who.upn, userId);
    const id = newCredentialId();
    const password = generateAppPassword();
    const ntHashes = sealHashes(keyring, { userId, credentialId: id }, ntHashesOf(password));
    await addAppPassword(db, { id, userId, label: LABEL, ntHashes }, now);
    passwords.push(password);
  }
  return passwords;
}

/** The id of the user, who exists now and has no app password of an earlier start. */
async function withoutOldPasswords(db: Database, who: LocalUser, now: number): Promise<string> {
  const { sipUri, upn, domain, account } = who;
  const user = await showUser(db, upn);
  if (user === undefined) {
    const added = await addUser(db, { sipUri, upn, account: `${domain}\\${account}` }, now);
    if (!added.ok) throw new Error(`the demo user ${sipUri} cannot be added: ${added.reason}`);
    return added.value.id;
  }
  for (const old of await listAppPasswords(db, user.id)) {
    if (old.label === LABEL && old.revokedAt === null && old.createdAt < now)
      await revokeAppPassword(db, user.id, old.id, now);
  }
  return user.id;
}
