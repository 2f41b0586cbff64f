// The passkeys with which this user signs in to the portal: public keys alone. The Worker verifies what a passkey
// signed, and this guard says which passkeys there are.

import type { KnownPasskey, NewPasskey, ShownPasskey } from "../guards/portal-question.ts";
import type { LazyTables } from "../guards/storage.ts";

export const PORTAL_PASSKEY_SCHEMA = [
  "CREATE TABLE portal_passkeys (id TEXT PRIMARY KEY, public_key TEXT NOT NULL, counter INTEGER NOT NULL, transports TEXT NOT NULL, name TEXT NOT NULL, device_type TEXT NOT NULL, backed_up INTEGER NOT NULL, rp_id TEXT NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER) WITHOUT ROWID",
];

/** How many passkeys a person has at most. */
export const MAX_PASSKEYS = 20;
/** The longest name that is kept, in UTF-16 units. */
const MAX_NAME = 64;

type Row = {
  id: string;
  public_key: string;
  counter: number;
  transports: string;
  name: string;
  device_type: NewPasskey["deviceType"];
  backed_up: number;
  rp_id: string;
  created_at: number;
  last_used_at: number | null;
};

export class PortalPasskeys {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** All passkeys, the oldest first. */
  all(): ShownPasskey[] {
    return this.#rows("").map((row) => ({
      ...{ id: row.id, transports: transportsOf(row), rpId: row.rp_id, name: row.name },
      ...{ deviceType: row.device_type, backedUp: row.backed_up === 1 },
      ...{ createdAt: row.created_at, lastUsedAt: row.last_used_at },
    }));
  }

  /** One passkey as it is needed to verify what it signed. */
  known(id: string): KnownPasskey | undefined {
    const [row] = this.#rows("WHERE id = ?", id);
    if (row === undefined) return undefined;
    const { public_key: publicKey, counter, rp_id: rpId } = row;
    return { id, publicKey, counter, transports: transportsOf(row), rpId };
  }

  has(id: string): boolean {
    return this.known(id) !== undefined;
  }

  add(passkey: NewPasskey, now: number): void {
    this.#tables
      .exec(
        "INSERT INTO portal_passkeys (id, public_key, counter, transports, name, device_type, backed_up, rp_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        passkey.id,
        passkey.publicKey,
        passkey.counter,
        JSON.stringify(passkey.transports),
        passkey.name.slice(0, MAX_NAME),
        passkey.deviceType,
        passkey.backedUp ? 1 : 0,
        passkey.rpId,
        now,
      )
      .toArray();
  }

  /** Gives a passkey another name. False: there is no such passkey. */
  rename(id: string, name: string): boolean {
    return (
      this.has(id) && this.#change("UPDATE portal_passkeys SET name = ? WHERE id = ?", name.slice(0, MAX_NAME), id)
    );
  }

  /** Removes a passkey. False: there is no such passkey. */
  remove(id: string): boolean {
    return this.has(id) && this.#change("DELETE FROM portal_passkeys WHERE id = ?", id);
  }

  removeAll(): void {
    if (this.#tables.exist()) this.#change("DELETE FROM portal_passkeys");
  }

  /**
   * Notes that a passkey signed somebody in. False: there is no such passkey, or its counter does not grow, so two
   * authenticators have the key (WebAuthn 3, 6.1.1). A synced passkey does not count, and says 0.
   */
  use(used: { readonly id: string; readonly counter: number; readonly backedUp: boolean }, now: number): boolean {
    const { id, counter, backedUp } = used;
    const before = this.known(id);
    if (before === undefined || (before.counter > 0 && counter <= before.counter)) return false;
    return this.#change(
      "UPDATE portal_passkeys SET counter = ?, backed_up = ?, last_used_at = ? WHERE id = ?",
      counter,
      backedUp ? 1 : 0,
      now,
      id,
    );
  }

  #change(statement: string, ...values: readonly SqlStorageValue[]): true {
    this.#tables.exec(statement, ...values).toArray();
    return true;
  }

  #rows(where: string, ...values: readonly SqlStorageValue[]): Row[] {
    if (!this.#tables.exist()) return [];
    return this.#tables
      .exec<Row>(`SELECT * FROM portal_passkeys ${where} ORDER BY created_at, id`, ...values)
      .toArray();
  }
}

const transportsOf = ({ transports }: Row): readonly string[] => JSON.parse(transports) as readonly string[];
