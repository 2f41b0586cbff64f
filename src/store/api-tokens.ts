// The queries of the API's tokens. No list has their hashes.

import { and, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { Database } from "./database.ts";
import { apiTokens } from "./schema.ts";

/** A token as it is kept. Times in milliseconds. */
export type StoredToken = typeof apiTokens.$inferSelect;
/** What may be shown of a token. */
export type ApiToken = Omit<StoredToken, "hash">;

const { hash: _hash, ...SHOWN } = {
  ...{ id: apiTokens.id, name: apiTokens.name, scope: apiTokens.scope, hash: apiTokens.hash },
  ...{ createdAt: apiTokens.createdAt, createdBy: apiTokens.createdBy, expiresAt: apiTokens.expiresAt },
  ...{ lastUsedAt: apiTokens.lastUsedAt, revokedAt: apiTokens.revokedAt, revokedBy: apiTokens.revokedBy },
};

/** The token of that id, with its hash: to check one that was presented. */
export async function storedToken(db: Database, id: string): Promise<StoredToken | undefined> {
  const [row] = await db.select().from(apiTokens).where(eq(apiTokens.id, id));
  return row;
}

/** Keeps a new token. */
export async function addToken(db: Database, token: StoredToken): Promise<void> {
  await db.insert(apiTokens).values(token);
}

/** A page of tokens, by id. */
export async function listTokens(
  db: Database,
  page: { readonly after: string; readonly limit: number },
): Promise<ApiToken[]> {
  return db.select(SHOWN).from(apiTokens).where(gt(apiTokens.id, page.after)).orderBy(apiTokens.id).limit(page.limit);
}

/** Notes when a token was used (ms), once an hour. */
export async function touchToken(db: Database, id: string, at: number): Promise<void> {
  await db
    .update(apiTokens)
    .set({ lastUsedAt: at })
    .where(and(eq(apiTokens.id, id), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, at))));
}
