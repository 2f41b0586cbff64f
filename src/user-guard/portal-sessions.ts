// The sessions of the portal (S-60). The browser has a secret, and here is its hash. A row that is there and not over is
// a live session: what ends a session deletes the row, so an ended session is none at the next request.

import type { EventContext } from "../audit/event.ts";
import type { NewPortalSession, PortalSession, PortalSignInWay } from "../guards/portal-question.ts";
import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const PORTAL_SESSION_SCHEMA = [
  // `entering`: null in a session that may do everything. Otherwise which factors were registered in it so far, and
  // `whole_until` says how long it will last when they are complete.
  "CREATE TABLE portal_sessions (hash TEXT PRIMARY KEY, id TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, whole_until INTEGER NOT NULL, fresh_at INTEGER NOT NULL, how TEXT NOT NULL, entering INTEGER, subject TEXT, source TEXT NOT NULL, user_agent TEXT NOT NULL) WITHOUT ROWID",
];

/** How many sessions a person has at most. One more ends the oldest. */
const MAX_SESSIONS = 20;
/** The last request of a session is noted once in this time, ms. */
const NOTED_EVERY_MS = 60_000;
/** How long a session lasts that began with an invitation and has not become a whole one, ms. */
export const ENTERING_FOR_MS = 1_800_000;

/** What was registered in a session that is entering. Both halves of the codes are as good as a passkey. */
export const REGISTERED = { totp: 1, passphrase: 2, passkey: 3 } as const;
const COMPLETE = 3;

/** How a session begins. */
type Beginning = {
  readonly about: EventContext;
  readonly how: PortalSignInWay;
  readonly subject?: string;
  /** When the person proved to be there, ms. */
  readonly freshAt: number;
};

type Row = {
  id: string;
  created_at: number;
  seen_at: number;
  expires_at: number;
  fresh_at: number;
  how: PortalSignInWay;
  entering: number | null;
  subject: string | null;
  source: string;
  user_agent: string;
};

const COLUMNS = "id, created_at, seen_at, expires_at, fresh_at, how, entering, subject, source, user_agent";

export class PortalSessions {
  readonly #tables: LazyTables;
  readonly #endOfPage: () => void;

  /** `endOfPage`: ends what was got by the token service's page, where every session ends. */
  constructor(tables: LazyTables, endOfPage: () => void) {
    this.#tables = tables;
    this.#endOfPage = endOfPage;
  }

  /**
   * Begins a session. One with an invitation may only register factors. Throws when the hash is another session's: a
   * secret is never used twice.
   */
  begin(
    { id, hash, lastsMs }: NewPortalSession,
    { about, how, subject, freshAt }: Beginning,
    now: number,
  ): PortalSession {
    const entering = how === "invitation";
    const wholeUntil = now + lastsMs;
    this.#tables
      .exec(
        `INSERT INTO portal_sessions (hash, whole_until, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        hash,
        wholeUntil,
        id,
        now,
        now,
        entering ? Math.min(wholeUntil, now + ENTERING_FOR_MS) : wholeUntil,
        freshAt,
        how,
        entering ? 0 : null,
        subject ?? null,
        about.source,
        about.userAgent,
      )
      .toArray();
    this.#tables
      .exec(
        "DELETE FROM portal_sessions WHERE hash IN (SELECT hash FROM portal_sessions WHERE hash <> ? ORDER BY expires_at > ? DESC, created_at DESC, hash LIMIT -1 OFFSET ?)",
        hash,
        now,
        MAX_SESSIONS - 1,
      )
      .toArray();
    const begun = this.live(hash, now);
    if (begun === undefined) throw new Error("a session ended when it began");
    return begun;
  }

  /** The live session of that hash. `idleMs`: after how long without a request it has ended. */
  live(hash: string, now: number, idleMs = Number.POSITIVE_INFINITY): PortalSession | undefined {
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables
      .exec<Row>(`SELECT ${COLUMNS} FROM portal_sessions WHERE hash = ? AND expires_at > ?`, hash, now)
      .toArray();
    return row === undefined || now - row.seen_at >= idleMs ? undefined : sessionOf(row);
  }

  /** Notes a request of a session, once a minute at most. */
  touch(hash: string, { seenAt }: PortalSession, now: number): void {
    if (now - seenAt < NOTED_EVERY_MS) return;
    this.#tables.exec("UPDATE portal_sessions SET seen_at = ? WHERE hash = ?", now, hash).toArray();
  }

  /** The person of the session proved to be there at `freshAt`. */
  freshen(hash: string, freshAt: number, now: number): void {
    const statement = "UPDATE portal_sessions SET fresh_at = max(fresh_at, ?), seen_at = ? WHERE hash = ?";
    this.#tables.exec(statement, freshAt, now, hash).toArray();
  }

  /**
   * Something was registered in the session. If it is entering and two factors came with it, it becomes a whole
   * session, and a fresh one: its person has just used both.
   */
  registered(hash: string, what: keyof typeof REGISTERED, now: number): void {
    this.#tables
      .exec(
        "UPDATE portal_sessions SET entering = entering | ? WHERE hash = ? AND entering IS NOT NULL",
        REGISTERED[what],
        hash,
      )
      .toArray();
    this.#tables
      .exec(
        "UPDATE portal_sessions SET entering = NULL, expires_at = whole_until, fresh_at = ?, seen_at = ? WHERE hash = ? AND entering = ?",
        now,
        now,
        hash,
        COMPLETE,
      )
      .toArray();
  }

  /** The live sessions, the newest first. */
  list(now: number, idleMs: number): PortalSession[] {
    if (!this.#tables.exist()) return [];
    return this.#tables
      .exec<Row>(`SELECT ${COLUMNS} FROM portal_sessions WHERE expires_at > ? ORDER BY created_at DESC, id`, now)
      .toArray()
      .filter((row) => now - row.seen_at < idleMs)
      .map(sessionOf);
  }

  /** Ends the session with that id. False: there is none that lives. */
  end(id: string, now: number): boolean {
    if (!this.#tables.exist()) return false;
    const ended = this.#tables.exec<{ at: number }>(
      "DELETE FROM portal_sessions WHERE id = ? RETURNING expires_at AS at",
      id,
    );
    return ended.toArray().some(({ at }) => at > now);
  }

  /**
   * Ends all sessions, or all but that of the hash. What the page has brought ends with them: the sessions at the pool
   * and their tickets. Returns how many sessions of the portal there were.
   */
  endAll(now: number, but = ""): number {
    if (!this.#tables.exist()) return 0;
    this.#endOfPage();
    const ended = this.#tables.exec<{ at: number }>(
      "DELETE FROM portal_sessions WHERE hash <> ? RETURNING expires_at AS at",
      but,
    );
    return ended.toArray().filter(({ at }) => at > now).length;
  }

  /** Forgets sessions that are over. Returns when the next one will be, ms. */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "portal_sessions", now)) return firsts.portal_sessions ?? undefined;
    this.#tables.exec("DELETE FROM portal_sessions WHERE expires_at <= ?", now).toArray();
    const [row] = this.#tables
      .exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM portal_sessions")
      .toArray();
    return row?.at ?? undefined;
  }
}

const sessionOf = (row: Row): PortalSession => ({
  ...{ id: row.id, createdAt: row.created_at, seenAt: row.seen_at, expiresAt: row.expires_at },
  ...{ freshAt: row.fresh_at, how: row.how, entering: row.entering !== null, subject: row.subject },
  ...{ source: row.source, userAgent: row.user_agent },
});
