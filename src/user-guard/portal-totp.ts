// The user's authenticator app: its sealed secret, and the last time step of which a code was accepted. Every channel
// that takes a code asks here, so a code that signed somebody in to the portal opens nothing else (S-59, S-64).

import type { Codes } from "../core/credentials/code-steps.ts";
import { needsResealing } from "../core/credentials/sealed-hash.ts";
import { openTotpSecret, sealTotpSecret, stepOfCode, totpCode, totpCodesAt } from "../core/credentials/totp.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import type { LazyTables } from "../guards/storage.ts";

export const PORTAL_TOTP_SCHEMA = [
  "CREATE TABLE portal_totp (id INTEGER PRIMARY KEY, sealed TEXT NOT NULL, since INTEGER NOT NULL, last_step INTEGER NOT NULL)",
];

type Row = { sealed: string; since: number; last_step: number };

/** What a typed code is. `used`: it was accepted before, or a later one was. `unknown-key`: nobody can say. */
export type TypedCode =
  | { readonly kind: "good"; readonly step: number }
  | { readonly kind: "used" | "wrong" | "none" | "unknown-key" };

export class PortalTotp {
  readonly #tables: LazyTables;
  readonly #keyring: Keyring | undefined;
  /** What was opened last, so that a client's repeated attempts do not open it each time. */
  #opened: { readonly sealed: string; readonly secret: Uint8Array } | undefined;

  constructor(tables: LazyTables, keyring: Keyring | undefined) {
    this.#tables = tables;
    this.#keyring = keyring;
  }

  /** When it was set up, ms; undefined: there is none. */
  get since(): number | undefined {
    return this.#row()?.since;
  }

  /** The codes of the user. Undefined: there is no app, or its secret cannot be opened. */
  codes(userId: string): Codes | undefined {
    const row = this.#row();
    const secret = row && this.#secretOf(row, userId);
    if (row === undefined || secret === undefined) return undefined;
    return {
      codeAt: (step) => totpCode(secret, step),
      lastStep: row.last_step,
      accept: (step) => this.accept(step),
    };
  }

  /** Judges a code that was typed at `now` (ms). Does the same work when there is no app. Accepts nothing. */
  judge(userId: string, typed: string, now: number): TypedCode {
    const row = this.#row();
    const secret = row && this.#secretOf(row, userId);
    const step = stepOfCode(totpCodesAt(secret ?? NO_SECRET, now), typed);
    if (row === undefined) return { kind: "none" };
    if (secret === undefined) return { kind: "unknown-key" };
    if (step === undefined) return { kind: "wrong" };
    return step > row.last_step ? { kind: "good", step } : { kind: "used" };
  }

  /** From now on no code of this step, nor of an earlier one, is accepted. */
  accept(step: number): void {
    this.#tables.exec("UPDATE portal_totp SET last_step = max(last_step, ?)", step).toArray();
  }

  /**
   * Sets up an app whose first code was shown. `unknown-key`: the secret was sealed with a key that is not there, or
   * for somebody else. The step of the first code is used up by that.
   */
  set(userId: string, sealed: string, typed: string, now: number): "set" | "wrong" | "unknown-key" {
    const opened = this.#keyring && openTotpSecret(this.#keyring, userId, sealed);
    if (opened?.ok !== true) return "unknown-key";
    const step = stepOfCode(totpCodesAt(opened.value, now), typed);
    if (step === undefined) return "wrong";
    // The same secret once more keeps its steps: an accepted code stays used up.
    const before = this.#row();
    const same = before !== undefined && sameBytes(this.#secretOf(before, userId), opened.value);
    if (same && step <= before.last_step) return "wrong";
    this.#tables
      .exec("INSERT OR REPLACE INTO portal_totp (id, sealed, since, last_step) VALUES (1, ?, ?, ?)", sealed, now, step)
      .toArray();
    return "set";
  }

  remove(): void {
    if (this.#tables.exist()) this.#tables.exec("DELETE FROM portal_totp").toArray();
  }

  /** Seals the secret again if an older key sealed it (S-15). `lost`: no key opens it. */
  reseal(userId: string): "resealed" | "lost" | "nothing" {
    const row = this.#row();
    if (row === undefined || this.#keyring === undefined || !needsResealing(this.#keyring, row.sealed))
      return "nothing";
    const secret = this.#secretOf(row, userId);
    if (secret === undefined) return "lost";
    this.#tables.exec("UPDATE portal_totp SET sealed = ?", sealTotpSecret(this.#keyring, userId, secret)).toArray();
    return "resealed";
  }

  #row(): Row | undefined {
    return this.#tables.exist()
      ? this.#tables.exec<Row>("SELECT sealed, since, last_step FROM portal_totp").toArray()[0]
      : undefined;
  }

  #secretOf({ sealed }: Row, userId: string): Uint8Array | undefined {
    if (this.#opened?.sealed === sealed) return this.#opened.secret;
    const opened = this.#keyring && openTotpSecret(this.#keyring, userId, sealed);
    if (opened?.ok !== true) return undefined;
    this.#opened = { sealed, secret: opened.value };
    return opened.value;
  }
}

/** As long as a secret. Nobody has it. */
const NO_SECRET = new Uint8Array(20);

const sameBytes = (one: Uint8Array | undefined, another: Uint8Array): boolean =>
  one !== undefined && Buffer.from(one).equals(another);
