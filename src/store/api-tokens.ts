// The queries of the API's tokens. Lists leave the hashes out.

import { and, count, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { Database } from "./database.ts";
import { apiTokens } from "./schema.ts";

/** A token as D1 has it. Times in milliseconds. */
export type StoredToken = typeof apiTokens.$inferSelect;
/** What may be shown of a token. */
export type ApiToken = Omit<StoredToken, "hash">;

const SHOWN = {
  ...{ id: apiTokens.id, name: apiTokens.name, scope: apiTokens.scope },
  ...{ createdAt: apiTokens.createdAt, createdBy: apiTokens.createdBy, expiresAt: apiTokens.expiresAt },
  ...{
    lastUsedAt: apiTokens.lastUsedAt,
    revokedAt: apiTokens.revokedAt,
    revokedBy: apiTokens.revokedBy,
    networks: apiTokens.networks,
  },
};

/** The token with that id, and its hash, to check a token that a caller presents. */
export async function storedToken(db: Database, id: string): Promise<StoredToken | undefined> {
  const [row] = await db.select().from(apiTokens).where(eq(apiTokens.id, id));
  return row;
}

/** The token with that id, to show it. */
export async function tokenById(db: Database, id: string): Promise<ApiToken | undefined> {
  const [row] = await db.select(SHOWN).from(apiTokens).where(eq(apiTokens.id, id));
  return row;
}

/** Stores a new token. */
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

/** Ends a token at `at` (ms). False: it was revoked before, or does not exist. */
export async function revokeToken(db: Database, id: string, by: string, at: number): Promise<boolean> {
  const changed = await db
    .update(apiTokens)
    .set({ revokedAt: at, revokedBy: by })
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
    .returning({ id: apiTokens.id });
  return changed.length > 0;
}

/** Notes when a token was used (ms), at most once an hour. */
export async function touchToken(db: Database, id: string, at: number): Promise<void> {
  await db
    .update(apiTokens)
    .set({ lastUsedAt: at })
    .where(and(eq(apiTokens.id, id), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, at))));
}

/** So many tokens that live now and end before a time (ms), the first to end first. */
export async function tokensEnding(db: Database, now: number, before: number, limit: number): Promise<ApiToken[]> {
  const { expiresAt, revokedAt } = apiTokens;
  return db
    .select(SHOWN)
    .from(apiTokens)
    .where(and(isNull(revokedAt), gt(expiresAt, now), lt(expiresAt, before)))
    .orderBy(expiresAt)
    .limit(limit);
}

/** How many live tokens end before a time (ms). There are few tokens, so this reads the whole table. */
export async function countTokensEnding(db: Database, now: number, before: number): Promise<number> {
  const { expiresAt, revokedAt } = apiTokens;
  const [row] = await db
    .select({ ending: count() })
    .from(apiTokens)
    .where(and(isNull(revokedAt), gt(expiresAt, now), lt(expiresAt, before)));
  return row?.ending ?? 0;
}
