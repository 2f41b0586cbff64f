// When a user moves to another address, this part of the guard's tables goes along: what recognises the user's devices,
// and what was counted. Each query has a bound, and takes what was last in use first.

import type { Luggage } from "../guards/move.ts";
import type { LazyTables } from "../guards/storage.ts";

const QUERIES: Readonly<Record<string, string>> = {
  devices: "SELECT * FROM devices LIMIT 5000",
  device_keys: "SELECT * FROM device_keys ORDER BY last_seen_at DESC LIMIT 5000",
  inquiries: "SELECT * FROM inquiries LIMIT 5000",
  applications: "SELECT * FROM applications LIMIT 64",
  named_places: "SELECT * FROM named_places ORDER BY at DESC LIMIT 2000",
  // Familiar places come first, then places in which strangers failed.
  pairs: "SELECT * FROM pairs ORDER BY last_success IS NULL, last_success DESC, last_failure DESC LIMIT 2000",
  strangers: "SELECT * FROM strangers",
  // A challenge that was answered stays used up at the new address, and so does a signature (S-3, S-41).
  used_challenges: "SELECT * FROM used_challenges ORDER BY expires_at DESC LIMIT 2000",
  used_signatures: "SELECT * FROM used_signatures ORDER BY expires_at DESC LIMIT 2000",
  // A code that was used stays known, and guesses stay counted (S-64).
  code_holds: "SELECT * FROM code_holds ORDER BY at DESC LIMIT 2000",
  code_guesses: "SELECT * FROM code_guesses LIMIT 2000",
  // The factors are the person's, under whatever address. An accepted code stays used up.
  portal_passkeys: "SELECT * FROM portal_passkeys LIMIT 100",
  portal_totp: "SELECT * FROM portal_totp",
  portal_passphrase: "SELECT * FROM portal_passphrase",
  portal_recovery_codes: "SELECT * FROM portal_recovery_codes LIMIT 100",
  portal_locked: "SELECT * FROM portal_locked",
  dead_passwords: "SELECT * FROM dead_passwords ORDER BY at DESC LIMIT 2000",
};

/**
 * These tables stay behind. Tickets end, and so do an invitation (S-56), the sessions of the portal (S-60) and the tokens
 * of the passive page (S-88). D1 gets the devices and events before the move. The quota belongs to the object. From the snapshots, only the subject and the account go along.
 */
export const LEFT_BEHIND = [
  "relayed_tickets",
  "unsaved_devices",
  "audit_outbox",
  "audit_quota",
  "snapshots",
  "invitations",
  "portal_sessions",
  "passive_tokens",
] as const;
/** The tables that go along. */
export const MOVED = Object.keys(QUERIES);

/** Packs the rows that go along. */
export function pack(tables: LazyTables): Luggage {
  if (!tables.exist()) return {};
  return Object.fromEntries(
    Object.entries(QUERIES).map(([table, query]) => [
      table,
      tables.exec<Record<string, SqlStorageValue>>(query).toArray(),
    ]),
  );
}

/** All rows of the same tables, however many: what is merged with a backup must not lose the rest. */
export function packAll(tables: LazyTables): Luggage {
  if (!tables.exist()) return {};
  return Object.fromEntries(
    MOVED.map((table) => [table, tables.exec<Record<string, SqlStorageValue>>(`SELECT * FROM ${table}`).toArray()]),
  );
}

/** Puts the packed rows in place of the table's own. The caller makes this one transaction. */
export function unpack(tables: LazyTables, luggage: Luggage): void {
  clear(tables);
  for (const [table, rows] of Object.entries(luggage)) {
    // A later release has packed this. The move waits until that release runs everywhere.
    if (QUERIES[table] === undefined) throw new Error(`a user arrived with the unknown table ${table}`);
    for (const row of rows) {
      const columns = Object.keys(row);
      tables
        .exec(
          `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          ...Object.values(row),
        )
        .toArray();
    }
  }
}

/** Empties the tables that go along. */
export function clear(tables: LazyTables): void {
  for (const table of MOVED) tables.exec(`DELETE FROM ${table}`).toArray();
}
