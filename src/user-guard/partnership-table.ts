// The partnerships of one user, by which the guard decides. Once read, all are in memory. Each change writes a row of
// the guard's SQLite in the same step, and notes that D1 does not have it yet. The table also keeps what recognises a
// later ticket of the same device: the UCWA applications that the device runs, and the places where it named itself.

import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import { networkIn } from "../core/device/by-place.ts";
import type { Partnership } from "../core/device/partnership.ts";
import type { LazyTables } from "../guards/storage.ts";
import { DeviceKeys } from "./device-keys.ts";

export const DEVICE_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS devices (id TEXT PRIMARY KEY, partnership TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS unsaved_devices (id TEXT PRIMARY KEY) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS applications (id TEXT PRIMARY KEY, device TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS named_places (device TEXT NOT NULL, place TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (device, place)) WITHOUT ROWID",
];

/** How many UCWA applications are remembered for a user. A Front-End lets one user run fewer at a time. */
const MAX_APPLICATIONS = 64;
/** For how long a device is recognised at a place where it named itself, ms. */
const PLACE_LIVES_MS = 30 * 86_400_000;
/** A place is written down again after this time, ms. */
const PLACE_AGAIN_MS = 86_400_000;

export class PartnershipTable {
  /** The keys of the devices. They go when their partnership goes. */
  readonly keys: DeviceKeys;
  readonly #tables: LazyTables;
  #all: Map<string, Partnership> | undefined;
  /**
   * Whether anything was written since D1 was last told. This is only known while the object lives; the notes in the
   * tables stay.
   */
  #unsaved = false;

  constructor(tables: LazyTables) {
    this.#tables = tables;
    this.keys = new DeviceKeys(tables);
  }

  /** All partnerships, oldest first. Reading writes nothing. */
  all(): Partnership[] {
    return [...this.#read().values()].sort((a, b) => a.firstSeenAt - b.firstSeenAt);
  }

  get(id: string): Partnership | undefined {
    return this.#read().get(id);
  }

  /** The partnership with that device key. */
  ofKey(key: string): Partnership | undefined {
    return this.all().find((partnership) => partnership.key === key);
  }

  /** The partnership that an app password is bound to. A sign-in by the page is bound to none. */
  ofCredential(credentialId: string): Partnership | undefined {
    if (isPassiveCredential(credentialId)) return undefined;
    return this.all().find((partnership) => partnership.credentialId === credentialId);
  }

  /** Writes a partnership. `saved`: D1 has it already. */
  write(partnership: Partnership, saved = false): void {
    this.#read().set(partnership.id, partnership);
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO devices (id, partnership) VALUES (?, ?)",
        partnership.id,
        JSON.stringify(partnership),
      )
      .toArray();
    if (!saved) this.#note(partnership.id);
  }

  /**
   * Postern has accepted a request that this key signed, so its device has proved itself. Writes rows only the first
   * time.
   */
  markProved(hash: string, now: number): void {
    const device = this.keys.prove(hash, now);
    if (device !== undefined) this.noteKeys(device);
  }

  /** The keys of that device have changed. Its partnership is updated, and D1 will hear of it. */
  noteKeys(device: string): void {
    const partnership = this.get(device);
    const proof = this.keys.proofOf(device);
    if (partnership === undefined || JSON.stringify(partnership.proof ?? null) === JSON.stringify(proof)) return;
    this.write({ ...partnership, proof });
  }

  /** The device comes with another app password than the revoked one. The keys that it got with that one go. */
  startAnew(device: string): void {
    if (this.get(device)?.credentialId !== null) return;
    this.keys.forget(device);
    this.noteKeys(device);
  }

  /** Removes a partnership, and everything that would recognise its device. */
  remove(id: string): void {
    this.#read().delete(id);
    this.#tables.exec("DELETE FROM devices WHERE id = ?", id).toArray();
    this.forgetTraces(id);
    this.keys.forget(id);
    this.#note(id);
  }

  /** D1 may have another row under this id. This table is right, so D1 is told again. */
  tellAgain(id: string): void {
    this.#note(id);
  }

  /** Whether D1 has to be told something. */
  get hasUnsaved(): boolean {
    return this.#unsaved;
  }

  /** What D1 does not have yet: changed partnerships, and the ids of removed ones. */
  unsaved(): { readonly present: Partnership[]; readonly gone: string[] } {
    if (!this.#tables.exist()) return { present: [], gone: [] };
    const ids = this.#tables.exec<{ id: string }>("SELECT id FROM unsaved_devices").toArray();
    const present: Partnership[] = [];
    const gone: string[] = [];
    for (const { id } of ids) {
      const partnership = this.get(id);
      if (partnership === undefined) gone.push(id);
      else present.push(partnership);
    }
    return { present, gone };
  }

  /** D1 has stored these as they were given. A partnership that has changed since stays noted. */
  markSaved({ present, gone }: { readonly present: readonly Partnership[]; readonly gone: readonly string[] }): void {
    const saved = [...present.filter((each) => this.get(each.id) === each).map(({ id }) => id), ...gone];
    for (const id of saved) this.#tables.exec("DELETE FROM unsaved_devices WHERE id = ?", id).toArray();
    this.#unsaved = saved.length < present.length + gone.length;
  }

  /** The object has dropped its tables. */
  forget(): void {
    this.#all = undefined;
    this.#unsaved = false;
  }

  /** Whether the device of that partnership has used this application before. */
  deviceOfApplication(application: string): string | undefined {
    if (!this.#tables.exist()) return undefined;
    return this.#tables
      .exec<{ device: string }>("SELECT device FROM applications WHERE id = ?", application)
      .toArray()[0]?.device;
  }

  /** Remembers which device runs an application. When there are too many, the oldest is forgotten. */
  rememberApplication(application: string, device: string, now: number): void {
    this.#tables
      .exec("INSERT OR REPLACE INTO applications (id, device, at) VALUES (?, ?, ?)", application, device, now)
      .toArray();
    this.#tables
      .exec(
        "DELETE FROM applications WHERE id IN (SELECT id FROM applications ORDER BY at DESC LIMIT -1 OFFSET ?)",
        MAX_APPLICATIONS,
      )
      .toArray();
  }

  /** Whether the device has named itself at that place lately. */
  namedAt(device: string, place: string, now: number): boolean {
    const at = this.#namedAt(device, place);
    return at !== undefined && now - at < PLACE_LIVES_MS;
  }

  /** The networks in which the device named itself lately, the latest first. */
  networksNamedIn(device: string, now: number): string[] {
    if (!this.#tables.exist()) return [];
    const places = this.#tables
      .exec<{ place: string }>(
        "SELECT place FROM named_places WHERE device = ? AND at > ? ORDER BY at DESC",
        device,
        now - PLACE_LIVES_MS,
      )
      .toArray();
    return [...new Set(places.map(({ place }) => networkIn(place)))];
  }

  rememberPlace(device: string, place: string, now: number): void {
    const at = this.#namedAt(device, place);
    if (at !== undefined && now - at < PLACE_AGAIN_MS) return;
    this.#tables.exec("DELETE FROM named_places WHERE at <= ?", now - PLACE_LIVES_MS).toArray();
    this.#tables
      .exec("INSERT OR REPLACE INTO named_places (device, place, at) VALUES (?, ?, ?)", device, place, now)
      .toArray();
  }

  /** Forgets what would recognise a device that does not name itself. */
  forgetTraces(device: string): void {
    this.#tables.exec("DELETE FROM applications WHERE device = ?", device).toArray();
    this.#tables.exec("DELETE FROM named_places WHERE device = ?", device).toArray();
  }

  #namedAt(device: string, place: string): number | undefined {
    if (!this.#tables.exist()) return undefined;
    return this.#tables
      .exec<{ at: number }>("SELECT at FROM named_places WHERE device = ? AND place = ?", device, place)
      .toArray()[0]?.at;
  }

  #note(id: string): void {
    this.#unsaved = true;
    this.#tables.exec("INSERT OR IGNORE INTO unsaved_devices (id) VALUES (?)", id).toArray();
  }

  #read(): Map<string, Partnership> {
    if (this.#all !== undefined) return this.#all;
    const rows = this.#tables.exist()
      ? this.#tables.exec<{ partnership: string }>("SELECT partnership FROM devices").toArray()
      : [];
    // A row from before there were provisional claims is not provisional.
    const all = rows.map(({ partnership }): Partnership => ({ provisional: false, ...JSON.parse(partnership) }));
    this.#all = new Map(all.map((partnership) => [partnership.id, partnership]));
    return this.#all;
  }
}
