// The user's passphrase and recovery codes, as what a sealing key makes of them. Each mark has the id of its key in
// front, so a mark of an older key is still found, and is made again when it was right (S-15).

import { checkPassphrase, type PassphraseVerdict, passphraseMark } from "../core/credentials/passphrase.ts";
import { readRecoveryCode, recoveryMark, recoveryMarks } from "../core/credentials/recovery-code.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import type { LazyTables } from "../guards/storage.ts";

export const PORTAL_PASSPHRASE_SCHEMA = [
  "CREATE TABLE portal_passphrase (id INTEGER PRIMARY KEY, mark TEXT NOT NULL, since INTEGER NOT NULL)",
  "CREATE TABLE portal_recovery_codes (mark TEXT PRIMARY KEY, since INTEGER NOT NULL, used_at INTEGER) WITHOUT ROWID",
];

/** What a typed recovery code is. `mark`: by which it is used up. */
export type TypedRecoveryCode = { readonly kind: "good"; readonly mark: string } | { readonly kind: "used" | "wrong" };

export class PortalPassphrase {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** When it was set, ms; undefined: there is none. */
  get since(): number | undefined {
    return this.#row()?.since;
  }

  /** The recovery codes: when the set was made, and how many are left. */
  get recovery(): { readonly since: number; readonly left: number } | undefined {
    if (!this.#tables.exist()) return undefined;
    const { since, left } = this.#tables
      .exec<{ since: number | null; left: number }>(
        "SELECT max(since) AS since, count(*) - count(used_at) AS left FROM portal_recovery_codes",
      )
      .one();
    return since === null ? undefined : { since, left };
  }

  /** The ids of the keys that made the marks of the passphrase, and of the recovery codes that are left. */
  get keyIds(): { readonly passphrase: string | undefined; readonly recovery: string | undefined } {
    if (!this.#tables.exist()) return { passphrase: undefined, recovery: undefined };
    const [code] = this.#tables
      .exec<{ mark: string }>("SELECT mark FROM portal_recovery_codes WHERE used_at IS NULL LIMIT 1")
      .toArray();
    return { passphrase: this.#row()?.mark.split(".")[0], recovery: code?.mark.split(".")[0] };
  }

  /** Compares a stretched passphrase. Does the same work when there is none. */
  check(keyring: Keyring, userId: string, stretched: Uint8Array): PassphraseVerdict {
    return checkPassphrase(keyring, userId, { kept: this.#row()?.mark, stretched });
  }

  set(keyring: Keyring, userId: string, stretched: Uint8Array, now: number): void {
    this.#tables
      .exec(
        "INSERT OR REPLACE INTO portal_passphrase (id, mark, since) VALUES (1, ?, ?)",
        passphraseMark(keyring, userId, stretched),
        now,
      )
      .toArray();
  }

  /** It was right. If an older key has marked it, the present key marks it again (S-15). */
  renew(keyring: Keyring, userId: string, stretched: Uint8Array): void {
    const mark = passphraseMark(keyring, userId, stretched);
    if (this.#row()?.mark !== mark) this.#tables.exec("UPDATE portal_passphrase SET mark = ?", mark).toArray();
  }

  /** Judges a typed recovery code. Uses nothing up. Does the same work for any text. */
  judgeRecovery(keyring: Keyring, userId: string, typed: string): TypedRecoveryCode {
    const code = readRecoveryCode(typed);
    const marks = recoveryMarks(keyring, userId, code ?? "");
    if (code === undefined || !this.#tables.exist()) return { kind: "wrong" };
    const [row] = this.#tables
      .exec<{ mark: string; used_at: number | null }>(
        "SELECT mark, used_at FROM portal_recovery_codes WHERE mark IN (SELECT value FROM json_each(?))",
        JSON.stringify(marks),
      )
      .toArray();
    if (row === undefined) return { kind: "wrong" };
    return row.used_at === null ? { kind: "good", mark: row.mark } : { kind: "used" };
  }

  /** Uses a recovery code up. Returns how many are left. */
  useRecovery(mark: string, now: number): number {
    this.#tables
      .exec("UPDATE portal_recovery_codes SET used_at = ? WHERE mark = ? AND used_at IS NULL", now, mark)
      .toArray();
    return this.recovery?.left ?? 0;
  }

  /** A new set replaces the old. False: one of the texts cannot be a recovery code. */
  setRecovery(keyring: Keyring, userId: string, typed: readonly string[], now: number): boolean {
    const codes = typed.map(readRecoveryCode);
    if (codes.some((code) => code === undefined)) return false;
    this.removeRecovery();
    for (const code of codes) {
      this.#tables
        .exec(
          "INSERT OR IGNORE INTO portal_recovery_codes (mark, since) VALUES (?, ?)",
          recoveryMark(keyring, userId, code ?? ""),
          now,
        )
        .toArray();
    }
    return true;
  }

  remove(): void {
    if (!this.#tables.exist()) return;
    this.#tables.exec("DELETE FROM portal_passphrase").toArray();
    this.removeRecovery();
  }

  removeRecovery(): void {
    this.#tables.exec("DELETE FROM portal_recovery_codes").toArray();
  }

  #row(): { mark: string; since: number } | undefined {
    return this.#tables.exist()
      ? this.#tables.exec<{ mark: string; since: number }>("SELECT mark, since FROM portal_passphrase").toArray()[0]
      : undefined;
  }
}
