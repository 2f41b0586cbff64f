// The token by which the command opens the API of `npm start`. It is made once, in the database that `npm start` runs,
// so that nobody needs the bootstrap key for daily work: each use of that is an event of the audit.

import { chmodSync, renameSync, writeFileSync } from "node:fs";
import { textIn } from "../cli/local-keys.ts";
import { apiTokenOf, readApiToken, sameHash } from "../src/core/credentials/api-tokens.ts";
import { addToken, storedToken } from "../src/store/api-tokens.ts";
import type { Database } from "../src/store/database.ts";

const LIVES_MS = 400 * 86_400_000;
/** A token that ends sooner is replaced. */
const LEAST_MS = 30 * 86_400_000;

/**
 * Keeps a token of scope `admin`, named `local`, in `file`, which only its owner reads; makes one where none is good.
 * `now`: ms.
 */
export async function keepLocalToken(db: Database, file: string, now: number): Promise<void> {
  const kept = readApiToken(textIn(file, "token") ?? "");
  const stored = kept && (await storedToken(db, kept.id));
  const good = stored !== undefined && kept !== undefined && sameHash(stored.hash, kept.hash);
  if (good && stored.revokedAt === null && stored.expiresAt > now + LEAST_MS) return;
  const { id, token, hash } = apiTokenOf(crypto.getRandomValues(new Uint8Array(48)));
  const times = { createdAt: now, expiresAt: now + LIVES_MS };
  const unused = { lastUsedAt: null, revokedAt: null, revokedBy: null, networks: null };
  await addToken(db, { id, hash, name: "local", scope: "admin", createdBy: id, ...times, ...unused });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ token }, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600); // also where a file of that name was left behind
  renameSync(fresh, file);
}

/** The token in that file. */
export const localToken = (file: string): string => textIn(file, "token") ?? "";
