// The keys for which the pool issued certificates to a user's devices. Postern saw each certificate on its way to the
// client. Postern refuses nothing because of a key yet. When a device gets one more key, the audit gets an event.

import type { SeenKey, SightedKey } from "../guards/device-key.ts";
import type { LazyTables } from "../guards/storage.ts";

/** `told`: the audit got an event for this key alone. */
export const KEY_SCHEMA = [
  "CREATE TABLE device_keys (device TEXT NOT NULL, hash TEXT NOT NULL, network TEXT NOT NULL, first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (device, hash)) WITHOUT ROWID",
];

/** How many keys of one device are kept. Of a client that makes a new key at each start, these are the last ones. */
export const MAX_KEYS = 20;
/** After an event about a new key: for how long more new keys of the same device and network get no event, ms. */
export const TOLD_FOR_MS = 86_400_000;

/**
 * What a key is to the device that got a certificate for it. `first`: the device had no key. `known`: it had this key.
 * `added`: it had other keys, and the audit gets an event. `added-quietly`: it had other keys, and the audit has had an
 * event from this network within a day. `of-another-device`: another device of the user has this key, so the guard does
 * not remember it for this one.
 */
export type KeySighting = "first" | "known" | "added" | "added-quietly" | "of-another-device";

type KeyRow = { hash: string; network: string; first_seen_at: number; last_seen_at: number; ends_at: number };

export class DeviceKeys {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Remembers the key of a certificate that is on its way to a device. `device`: the partnership's id. */
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

  /** The keys of a device, oldest first. */
  of(device: string): SeenKey[] {
    if (!this.#tables.exist()) return [];
    return this.#tables
      .exec<KeyRow>("SELECT * FROM device_keys WHERE device = ? ORDER BY first_seen_at, hash", device)
      .toArray()
      .map(({ hash, network, first_seen_at: firstSeenAt, last_seen_at: lastSeenAt, ends_at: endsAt }) => ({
        ...{ hash, network, firstSeenAt, lastSeenAt, endsAt },
      }));
  }

  /** Forgets all keys of a device. */
  forget(device: string): void {
    this.#tables.exec("DELETE FROM device_keys WHERE device = ?", device).toArray();
  }

  /** What to call a key that the device did not have before. */
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

  /** Deletes the keys that are too many: those not seen for longest. The first key stays, so no flood pushes it out. */
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
