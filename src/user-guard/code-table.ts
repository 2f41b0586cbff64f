// What the guard keeps about codes behind app passwords (S-64). For each app password and place: the code that
// succeeded there last. It holds there for some minutes, because one sign-in of a client makes several handshakes.
// After that the row only serves to recognise a client that goes on sending it. And how many guesses at codes were
// made: by all strangers together, and in each familiar place.

import type { KnownSteps } from "../core/credentials/code-hashes.ts";
import { emptyAt, fullUntil, type Level, levelWith } from "../core/lockout/counter.ts";
import { FAMILIAR_FOR_MS, type RateLimits } from "../core/lockout/limits.ts";
import type { Exec } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";
import type { Place } from "./user-lockout.ts";

export const CODE_SCHEMA = [
  "CREATE TABLE code_holds (credential TEXT NOT NULL, source TEXT NOT NULL, client TEXT NOT NULL, step INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (credential, source, client)) WITHOUT ROWID",
  // The strangers' row has an empty source and client.
  "CREATE TABLE code_guesses (source TEXT NOT NULL, client TEXT NOT NULL, level REAL NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, client)) WITHOUT ROWID",
];

/** How long a client that repeats an old code is recognised, ms. */
const KNOWN_FOR_MS = FAMILIAR_FOR_MS;
/** The most rows of one app password; the oldest goes. A device has few networks. */
const MAX_HOLDS = 20;

/** Where guesses are counted together. Undefined: all strangers. */
export type GuessPlace = Place | undefined;

type Hold = { step: number; at: number };

export class CodeTable {
  readonly #exec: Exec;
  readonly #limits: RateLimits;
  readonly #holdsForMs: number;

  /** `holdsForMs`: how long a code that succeeded is good at its place. */
  constructor(exec: Exec, limits: RateLimits, holdsForMs: number) {
    this.#exec = exec;
    this.#limits = limits;
    this.#holdsForMs = holdsForMs;
  }

  /** The steps to try beside those of the present time. */
  stepsOf(credential: string, { source, client }: Place, now: number): KnownSteps {
    const one = (further: string, ...values: readonly string[]): Hold | undefined =>
      this.#exec<Hold>(
        `SELECT step, at FROM code_holds WHERE credential = ? ${further} ORDER BY at DESC LIMIT 1`,
        credential,
        ...values,
      ).toArray()[0];
    const here = one("AND source = ? AND client = ?", source, client);
    const last = one("");
    const known = [here, last].flatMap((each) => (each === undefined ? [] : [each.step]));
    const holds = here !== undefined && now < here.at + this.#holdsForMs;
    return { known: [...new Set(known)], ...(holds && { held: here.step }) };
  }

  /** A code succeeded. From now on it holds at this place. */
  hold(credential: string, { source, client }: Place, step: number, now: number): void {
    this.#exec(
      "INSERT OR REPLACE INTO code_holds (credential, source, client, step, at) VALUES (?, ?, ?, ?, ?)",
      credential,
      source,
      client,
      step,
      now,
    ).toArray();
    this.#exec(
      "DELETE FROM code_holds WHERE credential = ? AND at < (SELECT min(at) FROM (SELECT at FROM code_holds WHERE credential = ? ORDER BY at DESC LIMIT ?))",
      credential,
      credential,
      MAX_HOLDS,
    ).toArray();
  }

  /** Until when no code is accepted there, because too many were guessed, ms. */
  fullUntil(place: GuessPlace, now: number): number | undefined {
    return fullUntil(this.#guesses(place), this.#limits, now);
  }

  /** Counts one guess. A full count stays as it is, so a flood writes nothing. */
  countGuess(place: GuessPlace, now: number): void {
    const before = this.#guesses(place);
    if (fullUntil(before, this.#limits, now) !== undefined) return;
    const { level, at } = levelWith(before, 1, this.#limits, now);
    this.#exec(
      "INSERT OR REPLACE INTO code_guesses (source, client, level, at) VALUES (?, ?, ?, ?)",
      place?.source ?? "",
      place?.client ?? "",
      level,
      at,
    ).toArray();
  }

  /** Forgets the guesses: an administrator has cleared what counts against the user. */
  clear(): void {
    this.#exec("DELETE FROM code_guesses").toArray();
  }

  /** Forgets what is over. Returns when the next row will be, ms. */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    const holdsStay = noneUntil(firsts, "code_holds", now - KNOWN_FOR_MS);
    if (!holdsStay) this.#exec("DELETE FROM code_holds WHERE at <= ?", now - KNOWN_FOR_MS).toArray();
    const ends = this.#exec<Level & { source: string; client: string }>("SELECT * FROM code_guesses").toArray();
    const due: number[] = [];
    for (const { source, client, ...level } of ends) {
      const end = emptyAt(level, this.#limits);
      if (end > now) due.push(end);
      else this.#exec("DELETE FROM code_guesses WHERE source = ? AND client = ?", source, client).toArray();
    }
    const oldest = holdsStay
      ? firsts.code_holds
      : this.#exec<{ at: number | null }>("SELECT min(at) AS at FROM code_holds").one().at;
    if (oldest != null) due.push(oldest + KNOWN_FOR_MS);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #guesses(place: GuessPlace): Level | undefined {
    return this.#exec<{ level: number; at: number }>(
      "SELECT level, at FROM code_guesses WHERE source = ? AND client = ?",
      place?.source ?? "",
      place?.client ?? "",
    ).toArray()[0];
  }
}
