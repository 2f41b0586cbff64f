// The tickets that were relayed to a user. A ticket is live when it stands here and has not expired. The tickets are
// kept in the object's SQLite and, once read, in its memory.

import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";
import type { RelayedTicket } from "../guards/relayed-ticket.ts";
import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const TICKET_SCHEMA = [
  // `device` is null until the ticket's holder has named a device. `place` is the network and the client that got the
  // ticket.
  "CREATE TABLE IF NOT EXISTS relayed_tickets (id TEXT PRIMARY KEY, kind TEXT NOT NULL, credential_id TEXT NOT NULL, device TEXT, place TEXT NOT NULL, workstation TEXT NOT NULL, ntlm_version TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

/** `key`: a device's key signed the request for the ticket. */
export const TICKET_PROOF_SCHEMA = ["ALTER TABLE relayed_tickets ADD COLUMN proof TEXT"];

/** A relayed ticket, with the partnership of the device that it named. */
export type StoredTicket = Omit<RelayedTicket, "device" | "keyHash" | "page"> & { readonly device: string | undefined };

/**
 * The budget of the memory, bytes. It is enough for some 1,000 tickets, because the guests of a meeting may share one
 * guard.
 */
const RECENT_BYTES = 512 * 1024;
/** The budget for the texts of one ticket, bytes. They are short: ids, a network, a client's hash, a machine's name. */
const bytesOf = (ticket: StoredTicket): number =>
  Object.values(ticket).reduce<number>((sum, each) => sum + (typeof each === "string" ? bytesOfText(each) : 16), 0);

export class TicketTable {
  readonly #tables: LazyTables;
  /** A copy of the rows that were read. It is dropped when rows are deleted. */
  readonly #recent = new BoundedMap<StoredTicket>(RECENT_BYTES, bytesOf);

  /** The ends of app passwords (ms) that a sign-in under way may not have read yet. */
  readonly #limits = new Map<string, number>();

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** The memory that the copy takes, bytes. */
  get bytes(): number {
    return this.#recent.bytes;
  }

  remember({ id, kind, credentialId, place, workstation, ntlmVersion, expiresAt, device, proof }: RelayedTicket): void {
    this.#recent.delete(id);
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO relayed_tickets (id, kind, credential_id, device, place, workstation, ntlm_version, expires_at, proof) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        kind,
        credentialId,
        device ?? null,
        place,
        workstation,
        ntlmVersion,
        Math.min(expiresAt, this.#limits.get(credentialId) ?? expiresAt),
        proof ?? null,
      )
      .toArray();
  }

  /** The ticket with that id, if it is live. Writes nothing, not even for a stranger. */
  find(id: string, now: number): StoredTicket | undefined {
    const ticket = this.#recent.get(id) ?? this.#stored(id);
    return ticket === undefined || ticket.expiresAt <= now ? undefined : ticket;
  }

  /** The ticket's holder has named this partnership's device. This cannot change later. */
  bind(ticket: StoredTicket, device: string): void {
    this.#recent.set(ticket.id, { ...ticket, device });
    this.#tables.exec("UPDATE relayed_tickets SET device = ? WHERE id = ?", device, ticket.id).toArray();
  }

  /** Forgets all tickets of an app password. Without an app password: all tickets of the user. */
  forget(credentialId?: string): void {
    if (!this.#tables.exist()) return;
    this.#recent.clear();
    if (credentialId === undefined) this.#tables.exec("DELETE FROM relayed_tickets WHERE kind = 'user'").toArray();
    else this.#tables.exec("DELETE FROM relayed_tickets WHERE credential_id = ?", credentialId).toArray();
  }

  /** Forgets all tickets with which this partnership's device comes. Those of the page are other devices' as well. */
  forgetOf({ id, credentialId }: Pick<Partnership, "id" | "credentialId">): void {
    if (credentialId === null) return;
    if (!isPassiveCredential(credentialId)) {
      this.forget(credentialId);
      return;
    }
    this.#recent.clear();
    this.#tables.exec("DELETE FROM relayed_tickets WHERE device = ?", id).toArray();
  }

  /**
   * From now on the tickets of this app password live until `until` (ms) at most. This includes tickets of sign-ins
   * that are under way.
   */
  limit(credentialId: string, until: number): void {
    this.#limits.set(credentialId, until);
    if (!this.#tables.exist()) return;
    this.#recent.clear();
    this.#tables
      .exec(
        "UPDATE relayed_tickets SET expires_at = ? WHERE credential_id = ? AND expires_at > ?",
        until,
        credentialId,
        until,
      )
      .toArray();
  }

  /** Tickets that were got at one place count as got at another: it is the same place under another key. */
  movePlace(from: string, to: string): void {
    this.#recent.clear();
    this.#tables.exec("UPDATE relayed_tickets SET place = ? WHERE place = ?", to, from).toArray();
  }

  /** Forgets expired tickets. Returns when the next one expires (ms). */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "relayed_tickets", now)) return firsts.relayed_tickets ?? undefined;
    this.#tables.exec("DELETE FROM relayed_tickets WHERE expires_at <= ?", now).toArray();
    this.#recent.clear();
    const [next] = this.#tables
      .exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM relayed_tickets")
      .toArray();
    return next?.at ?? undefined;
  }

  #stored(id: string): StoredTicket | undefined {
    if (!this.#tables.exist()) return undefined;
    const [row] = this.#tables.exec<TicketRow>("SELECT * FROM relayed_tickets WHERE id = ?", id).toArray();
    if (row === undefined) return undefined;
    const { kind, credential_id: credentialId, device, place, workstation } = row;
    const { ntlm_version: ntlmVersion, expires_at: expiresAt } = row;
    const ticket: StoredTicket = {
      id,
      kind: kind === "anonymous" ? "anonymous" : "user",
      credentialId,
      device: device ?? undefined,
      place,
      workstation,
      ntlmVersion,
      expiresAt,
      ...(row.proof === "key" && { proof: row.proof }),
    };
    this.#recent.set(id, ticket);
    return ticket;
  }
}

type TicketRow = {
  kind: string;
  credential_id: string;
  device: string | null;
  place: string;
  workstation: string;
  ntlm_version: string;
  expires_at: number;
  proof: string | null;
};
