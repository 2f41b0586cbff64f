// The keys for which the pool issued certificates to a user's devices. Postern saw each certificate on its way to the client.
// Nothing is refused by them yet: a further key is an event of the audit.

import type { KeptProof } from "../core/device/partnership.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { KeyFault, KeyState, KeyTicket, SeenKey, SightedKey } from "../guards/device-key.ts";
import type { LazyTables } from "../guards/storage.ts";

/** `told`: this key had an event of its own. */
export const KEY_SCHEMA = [
  "CREATE TABLE device_keys (device TEXT NOT NULL, hash TEXT NOT NULL, network TEXT NOT NULL, first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (device, hash)) WITHOUT ROWID",
];

/** As in `SeenKey`. */
export const KEY_PROOF_SCHEMA = [
  "ALTER TABLE device_keys ADD COLUMN state TEXT NOT NULL DEFAULT 'good'",
  "ALTER TABLE device_keys ADD COLUMN via TEXT NOT NULL DEFAULT 'password'",
  "ALTER TABLE device_keys ADD COLUMN proved_at INTEGER",
];

/** Keys of one device. A client that makes a new one at each start has a row for its last ones. */
export const MAX_KEYS = 20;
/** For how long further new keys of a device from one network have no event after one that had, ms. */
export const TOLD_FOR_MS = 86_400_000;

/**
 * `first`: the device had none. `known`: it has this one. `added`: it had others, and people are to hear of it. `added-quietly`: the
 * same, and they have heard of this network within a day. `of-another-device`: the user has it at another device; not remembered.
 */
export type KeySighting = "first" | "known" | "added" | "added-quietly" | "of-another-device";

type KeyRow = {
  hash: string;
  network: string;
  first_seen_at: number;
  last_seen_at: number;
  ends_at: number;
  state: KeyState;
  via: KeyTicket;
  proved_at: number | null;
};

export class DeviceKeys {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** A certificate for this key is on its way to that partnership's device, in that network. */
  remember(device: string, { hash, endsAt }: SightedKey, network: string, now: number): KeySighting {
    const { exec } = this.#tables;
    const [held] = exec<{ device: string }>("SELECT device FROM device_keys WHERE hash = ?", hash).toArray();
    if (held !== undefined && held.device !== device) return "of-another-device";
    if (held !== undefined) {
      exec(
        "UPDATE device_keys SET last_seen_at = ?, ends_at = ?, network = ? WHERE device = ? AND hash = ?",
        ...[now, endsAt, network, device, hash],
      ).toArray();
      return "known";
    }
    const sighting = this.#unknown(device, network, now);
    exec(
      "INSERT INTO device_keys (device, hash, network, first_seen_at, last_seen_at, ends_at, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[device, hash, network, now, now, endsAt, sighting === "added" ? 1 : 0],
    ).toArray();
    this.#makeRoom(device);
    return sighting;
  }

  /** The keys of a device, the first one first. */
  of(device: string): SeenKey[] {
    if (!this.#tables.exist()) return [];
    return this.#tables
      .exec<KeyRow>("SELECT * FROM device_keys WHERE device = ? ORDER BY first_seen_at, hash", device)
      .toArray()
      .map(({ hash, network, first_seen_at: firstSeenAt, last_seen_at: lastSeenAt, ends_at: endsAt, ...row }) => ({
        ...{ hash, network, firstSeenAt, lastSeenAt, endsAt, state: row.state, via: row.via, provedAt: row.proved_at },
      }));
  }

  /**
   * The id of the partnership whose device has this key, where the key may sign in at `now`. Whether the partnership may is another
   * question. Writes nothing, not even for a stranger.
   */
  usable(hash: string, now: number): Result<string, KeyFault> {
    if (!this.#tables.exist()) return refuse("key-unknown");
    const [row] = this.#tables
      .exec<{ device: string; state: KeyState; ends_at: number }>(
        "SELECT device, state, ends_at FROM device_keys WHERE hash = ?",
        hash,
      )
      .toArray();
    if (row === undefined) return refuse("key-unknown");
    if (row.state !== "good") return refuse("key-waiting");
    return row.ends_at <= now ? refuse("key-ended") : ok(row.device);
  }

  /**
   * A request that this key signed was accepted. The first time is kept; a row is written then and not again. Only
   * `PartnershipTable.markProved` calls it. Returns the partnership's id.
   */
  markProved(hash: string, now: number): string | undefined {
    return this.#tables
      .exec<{ device: string }>(
        "UPDATE device_keys SET proved_at = ? WHERE hash = ? AND proved_at IS NULL RETURNING device",
        ...[now, hash],
      )
      .toArray()[0]?.device;
  }

  /**
   * What the keys say for their device; null: it has none. A certificate that was given to a ticket of an earlier key carries that
   * key's proof on.
   */
  proofOf(device: string): KeptProof | null {
    const { endsAt, proved } = this.#tables
      .exec<{ endsAt: number | null; proved: number | null }>(
        "SELECT max(ends_at) AS endsAt, max(proved_at IS NOT NULL OR via = 'key') AS proved FROM device_keys WHERE device = ? AND state = 'good'",
        device,
      )
      .one();
    return endsAt === null ? null : { proved: proved === 1, endsAt };
  }

  /** The device is forgotten. */
  forget(device: string): void {
    this.#tables.exec("DELETE FROM device_keys WHERE device = ?", device).toArray();
  }

  /** What a key is that the device does not have. */
  #unknown(device: string, network: string, now: number): KeySighting {
    const told = "count(*) FILTER (WHERE told = 1 AND network = ? AND first_seen_at > ?)";
    const { keys, lately } = this.#tables
      .exec<{ keys: number; lately: number }>(
        `SELECT count(*) AS keys, ${told} AS lately FROM device_keys WHERE device = ?`,
        ...[network, now - TOLD_FOR_MS, device],
      )
      .one();
    if (keys === 0) return "first";
    return lately === 0 ? "added" : "added-quietly";
  }

  /** The first key stays, so that others cannot push it out; of the rest the ones longest not seen go. */
  #makeRoom(device: string): void {
    this.#tables
      .exec(
        "DELETE FROM device_keys WHERE device = ?1 AND hash IN (SELECT hash FROM device_keys WHERE device = ?1 AND hash <> (SELECT hash FROM device_keys WHERE device = ?1 ORDER BY first_seen_at, hash LIMIT 1) ORDER BY last_seen_at DESC, first_seen_at DESC LIMIT -1 OFFSET ?2)",
        device,
        MAX_KEYS - 1,
      )
      .toArray();
  }
}
