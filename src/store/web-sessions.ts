// The queries of the sessions of the console. A page's request reads its session and its person in one statement.

import { and, desc, eq, gt, isNull, lt, lte, ne, type SQL } from "drizzle-orm";
import type { AdministratorRole } from "../core/credentials/api-scopes.ts";
import type { Database } from "./database.ts";
import { administrators } from "./schema.ts";
import { webSessions } from "./schema-console.ts";

/** The last request of a session is noted once in this time, ms. */
const NOTED_EVERY_MS = 60_000;

/** A session as it is kept. Times in milliseconds. */
export type WebSession = typeof webSessions.$inferSelect;

/** A session that lives, with its person as the person is now. */
export type LiveSession = {
  readonly session: WebSession;
  readonly administrator: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: AdministratorRole;
  };
};

/** Now, and after how long without a request a session ends, both in milliseconds. */
export type SessionClock = { readonly now: number; readonly idleMs: number };

/** Begins a session. */
export async function addWebSession(db: Database, session: WebSession): Promise<void> {
  await db.insert(webSessions).values(session);
}

/**
 * The session with that hash of its secret (hex). Undefined when it has ended, or its person may not administrate now.
 */
export async function webSessionByHash(
  db: Database,
  hash: string,
  clock: SessionClock,
): Promise<LiveSession | undefined> {
  const { id, name, email, role } = administrators;
  const [row] = await db
    .select({ session: webSessions, administrator: { id, name, email, role } })
    .from(webSessions)
    .innerJoin(administrators, eq(administrators.id, webSessions.administratorId))
    .where(and(eq(webSessions.hash, hash), lives(clock), isNull(administrators.disabledAt)));
  return row;
}

/** Notes a request of a session at `now` (ms), once a minute at most. */
export async function touchWebSession(db: Database, hash: string, now: number): Promise<void> {
  await db
    .update(webSessions)
    .set({ seenAt: now })
    .where(and(eq(webSessions.hash, hash), lte(webSessions.seenAt, now - NOTED_EVERY_MS)));
}

/** Notes that the person has just proved to be there. */
export async function refreshWebSession(db: Database, hash: string, now: number): Promise<void> {
  await db.update(webSessions).set({ freshAt: now, seenAt: now }).where(eq(webSessions.hash, hash));
}

/** The sessions of a person that live, the newest first. */
export async function webSessionsOf(db: Database, administratorId: string, clock: SessionClock): Promise<WebSession[]> {
  return db
    .select()
    .from(webSessions)
    .where(and(eq(webSessions.administratorId, administratorId), lives(clock)))
    .orderBy(desc(webSessions.createdAt), webSessions.id);
}

/** Ends a session of a person by its id. False when the person has no such session. */
export async function endWebSession(db: Database, administratorId: string, id: string): Promise<boolean> {
  const ended = await endWhere(db, and(eq(webSessions.administratorId, administratorId), eq(webSessions.id, id)));
  return ended > 0;
}

/** Ends the sessions of a person, except the one with the id `keep`. Returns how many there were. */
export async function endWebSessionsOf(db: Database, administratorId: string, keep?: string): Promise<number> {
  const others = keep === undefined ? undefined : ne(webSessions.id, keep);
  return endWhere(db, and(eq(webSessions.administratorId, administratorId), others));
}

/** Deletes the sessions whose time is over. Those that were idle for too long go with them, at their end. */
export async function purgeWebSessions(db: Database, now: number): Promise<void> {
  await db.delete(webSessions).where(lt(webSessions.expiresAt, now));
}

const lives = ({ now, idleMs }: SessionClock) =>
  and(gt(webSessions.expiresAt, now), gt(webSessions.seenAt, now - idleMs));

async function endWhere(db: Database, which: SQL | undefined): Promise<number> {
  const ended = await db.delete(webSessions).where(which).returning({ id: webSessions.id });
  return ended.length;
}
