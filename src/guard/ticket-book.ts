// The tickets that were relayed to a user: a presented one is live when it is here and its time has not come. Kept in the
// object's SQLite and, once read, in its memory.

import type { LazyTables } from "./storage.ts";

export const TICKET_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, kind TEXT NOT NULL, credential_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

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

export class TicketBook {
  readonly #tables: LazyTables;
  /** Rows already read: a copy, which goes whenever rows go. */
  readonly #recent = new Map<string, StoredTicket>();

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  remember(ticket: RelayedTicket): void {
    this.#recent.delete(ticket.id);
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO tickets (id, kind, credential_id, expires_at) VALUES (?, ?, ?, ?)",
        ticket.id,
        ticket.kind,
        ticket.credentialId,
        ticket.expiresAt,
      )
      .toArray();
  }

  /** Writes nothing, not even for a stranger. */
  check(id: string, now: number): TicketVerdict {
    const ticket = this.#recent.get(id) ?? this.#stored(id);
    if (ticket === undefined || ticket.expiresAt <= now) return { live: false };
    return { live: true, kind: ticket.kind };
  }

  /** Forgets what has expired; returns when the next one will (ms). */
  expire(now: number): number | undefined {
    this.#tables.exec("DELETE FROM tickets WHERE expires_at <= ?", now).toArray();
    this.#recent.clear();
    const [next] = this.#tables.exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM tickets").toArray();
    return next?.at ?? undefined;
  }

  #stored(id: string): StoredTicket | undefined {
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables
      .exec<{ kind: string; expires_at: number }>("SELECT kind, expires_at FROM tickets WHERE id = ?", id)
      .toArray();
    if (row === undefined) return undefined;
    const ticket: StoredTicket = { kind: row.kind === "anonymous" ? "anonymous" : "user", expiresAt: row.expires_at };
    this.#recent.set(id, ticket);
    return ticket;
  }
}
