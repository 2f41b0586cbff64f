// One Durable Object per user: the place where sign-ins are serialised. It consumes each challenge once (S-3), verifies the
// proof against the user's app passwords, counts failures, and remembers which tickets Postern relayed. It decides and
// never waits: every method is one synchronous step, so nothing interleaves.

import { DurableObject } from "cloudflare:workers";
import { logEvent } from "../audit/log.ts";
import type { Env } from "../config.ts";
import { needsResealing, openHashes, sealHashes } from "../credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { parseAuthenticate } from "../ntlm/authenticate.ts";
import { verifyAuthenticate } from "../ntlm/verify.ts";
import { openDatabase } from "../store/database.ts";
import { resealAppPassword } from "../store/directory.ts";

/** A live app password as D1 has it. */
type SealedCredential = { readonly id: string; readonly ntHashes: string };

/** A sign-in to decide: an opened challenge, the client's answer to it, and the user's record from D1. */
export type SignInAttempt = {
  /** Hex; consumed by the first attempt. */
  readonly challengeId: string;
  /** ms */
  readonly challengeExpiresAt: number;
  readonly serverChallenge: Uint8Array;
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly authenticate: Uint8Array;
  /** Undefined for a name nobody has: the same work is done, nothing is kept, and the answer is no. */
  readonly user:
    | {
        readonly id: string;
        readonly disabled: boolean;
        readonly credentials: readonly SealedCredential[];
      }
    | undefined;
};

/** The guard's answer to one attempt. */
export type SignInVerdict =
  | { readonly kind: "signed-in"; readonly credentialId: string; readonly exportedSessionKey: Uint8Array }
  | { readonly kind: "refused"; readonly reason: string; readonly failures: number }
  /** A credential cannot be opened: a key is missing from SEALING_KEYS, or a row was altered. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** A ticket that Postern relays. */
export type RelayedTicket = {
  readonly id: string;
  readonly kind: "user" | "anonymous";
  /** Which app password it was issued for; empty for an anonymous ticket. */
  readonly credentialId: string;
  /** ms */
  readonly expiresAt: number;
};

type StoredTicket = Pick<RelayedTicket, "kind" | "expiresAt">;

export type TicketVerdict = { readonly live: true; readonly kind: RelayedTicket["kind"] } | { readonly live: false };

/** How long after the last expiry the guard cleans up; rows are judged by their own time, never by being there. */
const CLEAN_UP_DELAY_MS = 60_000;

export class UserGuard extends DurableObject<Env> {
  readonly #keyring: Keyring | undefined;
  /** Rows of `tickets` already read: a copy, which goes whenever rows go. */
  readonly #recent = new Map<string, StoredTicket>();
  #ready = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const keyring = parseKeyring(env.SEALING_KEYS ?? "");
    this.#keyring = keyring.ok ? keyring.value : undefined;
  }

  /** Decides one sign-in. One call, one challenge consumed, whatever the outcome. */
  signIn(attempt: SignInAttempt): SignInVerdict {
    const { user } = attempt;
    const keyring = this.#keyring;
    if (keyring === undefined) return { kind: "unavailable", reason: "no-sealing-key" };
    if (user !== undefined && !this.#consume(attempt.challengeId, attempt.challengeExpiresAt)) {
      return { kind: "refused", reason: "challenge-replayed", failures: this.#failures() };
    }
    const hashes: Uint8Array[] = [];
    const owners: string[] = [];
    // A disabled user has no password that could be right, and so the work of a wrong one (S-22).
    for (const credential of user === undefined || user.disabled ? [] : user.credentials) {
      const place = { userId: user?.id ?? "", credentialId: credential.id };
      const opened = openHashes(keyring, place, credential.ntHashes);
      if (!opened.ok) return { kind: "unavailable", reason: `app-password-${opened.reason}` };
      for (const hash of opened.value) {
        hashes.push(hash);
        owners.push(credential.id);
      }
    }
    const refusal = (reason: string): SignInVerdict => ({
      kind: "refused",
      reason,
      failures: user === undefined ? 0 : this.#countFailure(),
    });
    const message = parseAuthenticate(attempt.authenticate);
    if (!message.ok) return refusal(message.reason);
    const proof = verifyAuthenticate({
      message: message.value,
      raw: attempt.authenticate,
      serverChallenge: attempt.serverChallenge,
      negotiate: attempt.negotiate,
      challenge: attempt.challenge,
      ntHashes: hashes,
    });
    if (user === undefined) return refusal("unknown-user");
    if (user.disabled) return refusal("user-disabled");
    if (!proof.ok) return refusal(proof.reason);
    const credentialId = owners[proof.value.index];
    if (credentialId === undefined) return refusal("wrong-password");
    this.#clearFailures();
    this.ctx.waitUntil(this.#resealOlder(keyring, user.id, user.credentials));
    return { kind: "signed-in", credentialId, exportedSessionKey: proof.value.exportedSessionKey };
  }

  /** Rotation (S-15): what an older key sealed is sealed again with the current one, when its user signs in. */
  async #resealOlder(keyring: Keyring, userId: string, credentials: readonly SealedCredential[]): Promise<void> {
    for (const { id, ntHashes } of credentials) {
      if (!needsResealing(keyring, ntHashes)) continue;
      const place = { userId, credentialId: id };
      const opened = openHashes(keyring, place, ntHashes);
      if (!opened.ok) continue;
      const after = sealHashes(keyring, place, opened.value);
      try {
        await resealAppPassword(openDatabase(this.env.DB), id, { before: ntHashes, after });
      } catch {
        logEvent({ event: "unavailable", reason: "reseal" }); // the next sign-in tries again
      }
    }
  }

  /** Remembers a ticket that is about to be relayed: from now on it is live. */
  async rememberTicket(ticket: RelayedTicket): Promise<void> {
    this.#recent.delete(ticket.id);
    this.#sql(
      "INSERT OR REPLACE INTO tickets (id, kind, credential_id, expires_at) VALUES (?, ?, ?, ?)",
      ticket.id,
      ticket.kind,
      ticket.credentialId,
      ticket.expiresAt,
    );
    await this.#cleanUpAfter(ticket.expiresAt);
  }

  /** Whether a presented ticket was relayed to this user and still lives. Writes nothing, not even for a stranger. */
  checkTicket(id: string): TicketVerdict {
    const ticket = this.#recent.get(id) ?? this.#storedTicket(id);
    if (ticket === undefined || ticket.expiresAt <= Date.now()) return { live: false };
    return { live: true, kind: ticket.kind };
  }

  #storedTicket(id: string): StoredTicket | undefined {
    if (!this.#hasTables()) return undefined;
    const [row] = this.#sql<{ kind: string; expires_at: number }>(
      "SELECT kind, expires_at FROM tickets WHERE id = ?",
      id,
    );
    if (row === undefined) return undefined;
    const ticket: StoredTicket = { kind: row.kind === "anonymous" ? "anonymous" : "user", expiresAt: row.expires_at };
    this.#recent.set(id, ticket);
    return ticket;
  }

  /** Forgets what has expired; when nothing is left, the object itself. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#sql("DELETE FROM consumed_challenges WHERE expires_at <= ?", now);
    this.#sql("DELETE FROM tickets WHERE expires_at <= ?", now);
    this.#recent.clear();
    const [next] = this.#sql<{ at: number | null }>(
      "SELECT min(expires_at) AS at FROM (SELECT expires_at FROM tickets UNION ALL SELECT expires_at FROM consumed_challenges)",
    );
    if (next?.at != null) await this.ctx.storage.setAlarm(next.at + CLEAN_UP_DELAY_MS);
    else if (this.#failures() === 0) {
      this.#ready = false;
      await this.ctx.storage.deleteAll();
    }
  }

  #consume(id: string, expiresAt: number): boolean {
    const cursor = this.#exec(
      "INSERT OR IGNORE INTO consumed_challenges (id, expires_at) VALUES (?, ?)",
      id,
      expiresAt,
    );
    cursor.toArray();
    if (cursor.rowsWritten === 0) return false;
    this.ctx.waitUntil(this.#cleanUpAfter(expiresAt));
    return true;
  }

  #failures(): number {
    return this.#sql<{ n: number }>("SELECT n FROM failures WHERE id = 1")[0]?.n ?? 0;
  }

  #countFailure(): number {
    return (
      this.#sql<{ n: number }>(
        "INSERT INTO failures (id, n) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1 RETURNING n",
      )[0]?.n ?? 0
    );
  }

  #clearFailures(): void {
    if (this.#failures() > 0) this.#sql("DELETE FROM failures");
  }

  async #cleanUpAfter(expiresAt: number): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(expiresAt + CLEAN_UP_DELAY_MS);
  }

  #sql<Row extends Record<string, SqlStorageValue>>(statement: string, ...values: (string | number)[]): Row[] {
    return this.#exec<Row>(statement, ...values).toArray();
  }

  #exec<Row extends Record<string, SqlStorageValue>>(statement: string, ...values: (string | number)[]) {
    this.#createTables();
    return this.ctx.storage.sql.exec<Row>(statement, ...values);
  }

  /** Tables are made by the first write's caller, so that an object asked about a stranger's ticket stores nothing. */
  #createTables(): void {
    if (this.#ready) return;
    if (!this.#hasTables()) {
      for (const statement of SCHEMA) this.ctx.storage.sql.exec(statement);
    }
    this.#ready = true;
  }

  #hasTables(): boolean {
    return (
      this.#ready ||
      this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'tickets'").toArray().length > 0
    );
  }
}

const SCHEMA = [
  "CREATE TABLE consumed_challenges (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE failures (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
  "CREATE TABLE tickets (id TEXT PRIMARY KEY, kind TEXT NOT NULL, credential_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];
