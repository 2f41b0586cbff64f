// Keeps the keys for which the pool issued certificates to a user's devices, and the keys that wait for approval.
// Postern saw each key in the request for its certificate, or in the certificate. core/policy/proof.ts decides whether
// a key may get one.

import type { KeptProof } from "../core/device/partnership.ts";
import type { AskedKey } from "../core/policy/proof.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { KeyFault, KeyState, KeyTicket, KeyWordFault, SeenKey, SightedKey } from "../guards/device-key.ts";
import type { LazyTables } from "../guards/storage.ts";

/** `told`: the audit got an event for this key alone. `state`, `via`, `proved_at`: as in `SeenKey`. */
export const KEY_SCHEMA = [
  "CREATE TABLE device_keys (device TEXT NOT NULL, hash TEXT NOT NULL, network TEXT NOT NULL, first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, told INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'good', via TEXT NOT NULL DEFAULT 'password', proved_at INTEGER, PRIMARY KEY (device, hash)) WITHOUT ROWID",
];

/** The most keys of one device. Some clients make a new key at each start; the last ones are kept. */
export const MAX_KEYS = 20;
/** The most keys of one device that wait. Each network may have one of them. */
export const MAX_WAITING = 5;
/**
 * When a new key of a device had an event, further new keys of it from the same network have none for this time, ms.
 */
export const TOLD_FOR_MS = 86_400_000;
/** How long a key may wait, ms. */
const WAITS_FOR_MS = 7 * 86_400_000;
/** How long after the approval the device may come for its certificate, ms. */
export const APPROVED_FOR_MS = 86_400_000;

/**
 * What a key is to its device. `first`: the device had none. `known`: the device has this key. `renewed`: a ticket that
 * another of its keys got asked for it. `added`: the device had others, and people must hear of this one.
 * `added-quietly`: the same, but people heard of a key from this network within a day. `of-another-device`: another
 * device of the user has it, so it is not remembered.
 */
export type KeySighting = "first" | "known" | "renewed" | "added" | "added-quietly" | "of-another-device";

type KeyRow = {
  device: string;
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

  /**
   * The Front-End issues a certificate for this key to the device of that partnership, in that network. This uses up
   * the approval.
   */
  remember(device: string, { hash, endsAt }: SightedKey, network: string, via: KeyTicket, now: number): KeySighting {
    const { exec } = this.#tables;
    const held = this.#held(hash);
    if (held !== undefined && held.device !== device) return "of-another-device";
    if (held?.state === "good") {
      exec(
        "UPDATE device_keys SET last_seen_at = ?, ends_at = ?, network = ? WHERE device = ? AND hash = ?",
        ...[now, endsAt, network, device, hash],
      ).toArray();
      return "known";
    }
    const sighting = via === "key" ? "renewed" : this.#unknown(device, network, now);
    // All earlier keys have ended. They prove nothing for a key that a password got, so they are deleted.
    if (via !== "key" && !this.#hasGood(device, now)) this.#delete("device = ? AND state = 'good'", device);
    this.#delete("device = ? AND (hash = ? OR (state = 'approved' AND network = ?))", device, hash, network);
    exec(
      "INSERT INTO device_keys (device, hash, network, first_seen_at, last_seen_at, ends_at, told, via) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ...[device, hash, network, now, now, endsAt, sighting === "added" ? 1 : 0, via],
    ).toArray();
    this.#makeRoom(device);
    return sighting;
  }

  /**
   * What Postern knows of the key for which a certificate is asked. `hash` is undefined when the key cannot be read.
   * Writes nothing.
   */
  asked(device: string, hash: string | undefined, network: string, now: number): AskedKey {
    const keys = this.of(device, now);
    const good = keys.filter(({ state }) => state === "good");
    if (good.some((key) => key.hash === hash)) return "known";
    const approved = keys.filter(({ state }) => state === "approved");
    // Many clients make a new key with each attempt. So an approval is good for the next key from the same network.
    if (hash !== undefined && approved.some((key) => key.hash === hash || key.network === network)) return "approved";
    if (!good.some(({ endsAt }) => endsAt > now)) return "first";
    return hash === undefined ? "unread" : "further";
  }

  /**
   * A certificate for this key was refused, so the key waits. When another key from the same network waits already,
   * nothing is written.
   */
  wait(device: string, hash: string, network: string, now: number): void {
    const waits = this.of(device, now).some((key) => key.state !== "good" && key.network === network);
    if (waits) return;
    this.#delete("device = ? AND state <> 'good' AND ends_at <= ?", device, now);
    if (this.#held(hash) !== undefined) return;
    const endsAt = now + WAITS_FOR_MS;
    this.#tables
      .exec(
        "INSERT INTO device_keys (device, hash, network, first_seen_at, last_seen_at, ends_at, told, state) VALUES (?, ?, ?, ?, ?, ?, 0, 'waiting')",
        ...[device, hash, network, now, now, endsAt],
      )
      .toArray();
    this.#delete(
      "device = ?1 AND hash IN (SELECT hash FROM device_keys WHERE device = ?1 AND state = 'waiting' ORDER BY first_seen_at DESC LIMIT -1 OFFSET ?2)",
      ...[device, MAX_WAITING],
    );
  }

  /** Approves a key that waits: the one whose hash begins with this text, or the only one. Returns its hash. */
  approve(device: string, word: string, now: number): Result<string, KeyWordFault> {
    const waiting = this.of(device, now).filter(({ state }) => state !== "good");
    const [key, more] = waiting.filter(({ hash }) => hash.startsWith(word));
    if (key === undefined) return refuse("no-such-key");
    if (more !== undefined) return refuse("several-such-keys");
    this.#tables
      .exec(
        "UPDATE device_keys SET state = 'approved', ends_at = ? WHERE device = ? AND hash = ?",
        ...[now + APPROVED_FOR_MS, device, key.hash],
      )
      .toArray();
    return ok(key.hash);
  }

  /**
   * Deletes the one key whose hash begins with this text; the empty text deletes all keys of the device. Returns their
   * hashes.
   */
  reset(device: string, word: string, now: number): Result<readonly string[], KeyWordFault> {
    const found = this.of(device, now).filter(({ hash }) => hash.startsWith(word));
    if (found.length === 0 && word !== "") return refuse("no-such-key");
    if (found.length > 1 && word !== "") return refuse("several-such-keys");
    if (word === "") this.forget(device);
    else this.#delete("device = ? AND hash = ?", device, found[0]?.hash ?? "");
    return ok(found.map(({ hash }) => hash));
  }

  /** The keys of a device, oldest first, without those that have waited too long. */
  of(device: string, now: number): SeenKey[] {
    if (!this.#tables.exist()) return [];
    return this.#tables
      .exec<KeyRow>(
        "SELECT * FROM device_keys WHERE device = ? AND (state = 'good' OR ends_at > ?) ORDER BY first_seen_at, hash",
        ...[device, now],
      )
      .toArray()
      .map(({ hash, network, first_seen_at: firstSeenAt, last_seen_at: lastSeenAt, ends_at: endsAt, ...row }) => ({
        ...{ hash, network, firstSeenAt, lastSeenAt, endsAt, state: row.state, via: row.via, provedAt: row.proved_at },
      }));
  }

  /**
   * The id of the partnership whose device has this key, if the key may sign in at `now`. The caller decides whether
   * the partnership may. Writes nothing, not even for a stranger.
   */
  usable(hash: string, now: number): Result<string, KeyFault> {
    const row = this.#held(hash);
    if (row === undefined) return refuse("key-unknown");
    if (row.state !== "good") return refuse("key-waiting");
    return row.ends_at <= now ? refuse("key-ended") : ok(row.device);
  }

  /** The partnership whose device has this key, in any state. Writes nothing. */
  deviceOf(hash: string): string | undefined {
    return this.#held(hash)?.device;
  }

  /** Only `PartnershipTable.markProved` calls this. Returns the partnership's id when this is the key's first proof. */
  prove(hash: string, now: number): string | undefined {
    return this.#tables
      .exec<{ device: string }>(
        "UPDATE device_keys SET proved_at = ? WHERE hash = ? AND state = 'good' AND proved_at IS NULL RETURNING device",
        ...[now, hash],
      )
      .toArray()[0]?.device;
  }

  /**
   * How well the keys prove the device. Null: it has no keys. A ticket that an earlier key got may fetch a certificate
   * for a new key. Then the proof of the earlier key counts for the new one.
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

  /** Deletes all keys of a device that is forgotten. */
  forget(device: string): void {
    this.#delete("device = ?", device);
  }

  #held(hash: string): KeyRow | undefined {
    if (!this.#tables.exist()) return undefined;
    return this.#tables.exec<KeyRow>("SELECT * FROM device_keys WHERE hash = ?", hash).toArray()[0];
  }

  #hasGood(device: string, now: number): boolean {
    const good = "SELECT 1 FROM device_keys WHERE device = ? AND state = 'good' AND ends_at > ?";
    return this.#tables.exec(good, device, now).toArray().length > 0;
  }

  #delete(where: string, ...values: readonly (string | number)[]): void {
    this.#tables.exec(`DELETE FROM device_keys WHERE ${where}`, ...values).toArray();
  }

  /** Which kind of key this is, when the device did not have it before. */
  #unknown(device: string, network: string, now: number): KeySighting {
    const told = "count(*) FILTER (WHERE told = 1 AND network = ? AND first_seen_at > ?)";
    const { keys, lately } = this.#tables
      .exec<{ keys: number; lately: number }>(
        `SELECT count(*) AS keys, ${told} AS lately FROM device_keys WHERE device = ? AND state = 'good'`,
        ...[network, now - TOLD_FOR_MS, device],
      )
      .one();
    if (keys === 0) return "first";
    return lately === 0 ? "added" : "added-quietly";
  }

  /**
   * Deletes the keys that are too many, those that were not seen for longest. The first key always stays, so a flood of
   * keys cannot push it out.
   */
  #makeRoom(device: string): void {
    this.#delete(
      "device = ?1 AND hash IN (SELECT hash FROM device_keys WHERE device = ?1 AND state = 'good' AND hash <> (SELECT hash FROM device_keys WHERE device = ?1 AND state = 'good' ORDER BY first_seen_at, hash LIMIT 1) ORDER BY last_seen_at DESC, first_seen_at DESC LIMIT -1 OFFSET ?2)",
      ...[device, MAX_KEYS - 1],
    );
  }
}
