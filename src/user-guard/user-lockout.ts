// The failures of one user's sign-ins, as the guard keeps them. There is a row for each network that failed as a
// stranger, a row for each network and client that has signed the user in, and one level for all strangers together.
// Every attempt is counted as a failure before it is verified, and a success takes that back (S-20). So an attempt that
// breaks off in between was counted. A decision looks at the same two rows several times. So what one synchronous step
// has read is kept until that step ends, and no longer: in between, other parts may write these rows.

import {
  emptyAt,
  type Failures,
  fullUntil,
  type Level,
  levelAt,
  levelWith,
  standing,
  waitingUntil,
  withFailure,
} from "../core/lockout/counter.ts";
import { type Wait, waitFor } from "../core/lockout/decision.ts";
import { FAMILIAR_FOR_MS, type Limits, REPEAT_WINDOW_MS } from "../core/lockout/limits.ts";
import { siteOf } from "../core/lockout/network.ts";
import { isRepeat, parseRepeats, type Repeats, withRepeat } from "../core/lockout/repeats.ts";
import type { Exec } from "../guards/storage.ts";
import type { PairState, UserLocks } from "../guards/user-locks.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const LOCKOUT_SCHEMA = [
  // `client` is empty in a stranger's row. Strangers may call themselves what they like, so they share the failures of
  // their network. An IPv6 /48 has such a row beside those of its /64s; its `failures` are the number of its /64s that
  // failed.
  "CREATE TABLE IF NOT EXISTS pairs (source TEXT NOT NULL, client TEXT NOT NULL, failures INTEGER NOT NULL, last_failure INTEGER NOT NULL, last_success INTEGER, repeats TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (source, client)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS strangers (id INTEGER PRIMARY KEY, level REAL NOT NULL, at INTEGER NOT NULL)",
];

/** A network, and the client there as {@link clientKey} knows it. */
export type Place = { readonly source: string; readonly client: string };

type Pair = Failures & Place & { readonly lastSuccessAt: number | null; readonly repeats: Repeats };

/** What one attempt was counted as. */
export type Reservation = { readonly familiar: boolean; readonly before: Pair | undefined; readonly place: Place };

const STRANGER = "";
/** Under attack, how old the count of strange networks may be, ms. Counting them reads every row. */
const RECOUNT_AFTER_MS = 10_000;
/** How many rows `locks` shows. */
const MAX_SHOWN = 500;

export class UserLockout {
  readonly #exec: Exec;
  readonly #limits: Limits;
  #strangeNetworks = { count: 0, at: Number.NEGATIVE_INFINITY };
  /** What the step that goes on has read or written; undefined between two steps. */
  #step: Step | undefined;

  constructor(exec: Exec, limits: Limits) {
    this.#exec = exec;
    this.#limits = limits;
  }

  /**
   * Whether this attempt is over its budget. A stranger's is then refused without a look; a familiar place's is not
   * (S-43).
   */
  wait(place: Place, now: number): (Wait & { readonly familiar: boolean }) | undefined {
    const familiar = this.#familiar(place, now);
    const strangers = familiar === undefined ? this.#strangers() : undefined;
    const crowded = fullUntil(strangers, this.#limits.strangers, now) !== undefined;
    const state = {
      familiar,
      stranger: familiar === undefined ? this.#pair(place.source, STRANGER) : undefined,
      site: crowded ? this.#site(place.source) : undefined,
      strangers,
      strangeNetworks: crowded ? this.#countStrangeNetworks(now) : 0,
    };
    const wait = waitFor(state, this.#limits, now);
    return wait && { ...wait, familiar: familiar !== undefined };
  }

  /** Whether the user has signed in at this place lately. */
  isFamiliar(place: Place, now: number): boolean {
    return this.#familiar(place, now) !== undefined;
  }

  /** Whether this place has failed with the same fingerprint before. */
  isRepeat(place: Place, fingerprint: string, now: number): boolean {
    const pair = this.#familiar(place, now) ?? this.#pair(place.source, STRANGER);
    return pair !== undefined && isRepeat(pair.repeats, fingerprint, now);
  }

  /** Counts an attempt as a failure before it is verified. A `fingerprint` is kept with it. */
  reserve(place: Place, fingerprint: string | undefined, now: number): Reservation {
    const familiar = this.#familiar(place, now);
    const before = familiar ?? this.#pair(place.source, STRANGER);
    const client = familiar === undefined ? STRANGER : place.client;
    const limits = familiar === undefined ? this.#limits.stranger : this.#limits.familiar;
    this.#write({
      source: place.source,
      client,
      ...withFailure(before, limits, now),
      lastSuccessAt: before?.lastSuccessAt ?? null,
      repeats: withFingerprint(before?.repeats ?? [], fingerprint, now),
    });
    if (familiar === undefined) {
      this.#changeStrangers(1, now);
      if (standing(before, limits, now) === 0) this.#changeSite(place.source, 1, now);
    }
    return { familiar: familiar !== undefined, before, place };
  }

  /**
   * Takes the count back: the attempt was the same mistake once more, of which a `fingerprint` is kept, or the failure
   * was not the client's.
   */
  takeBack({ familiar, before, place }: Reservation, fingerprint: string | undefined, now: number): void {
    const client = familiar ? place.client : STRANGER;
    const repeats = withFingerprint(before?.repeats ?? [], fingerprint, now);
    const { failures = 0, lastFailureAt = 0, lastSuccessAt = null } = before ?? {};
    this.#write({ source: place.source, client, failures, lastFailureAt, lastSuccessAt, repeats });
    if (familiar) return;
    this.#changeStrangers(-1, now);
    if (standing(before, this.#limits.stranger, now) === 0) this.#changeSite(place.source, -1, now);
  }

  /**
   * Keeps the fingerprint of what was tried, beside a failure that stays counted. It replaces `instead`, the
   * fingerprint that the reservation kept, if that may become right later.
   */
  rememberRepeat(
    { familiar, place }: Reservation,
    fingerprint: string,
    instead: string | undefined,
    now: number,
  ): void {
    const pair = this.#pair(place.source, familiar ? place.client : STRANGER);
    if (pair === undefined) return;
    const repeats = pair.repeats.filter(([known]) => known !== instead);
    this.#write({ ...pair, repeats: withFingerprint(repeats, fingerprint, now) });
  }

  /**
   * The user was proved. This place is familiar from now on, and its failures before were the user's own (S-24).
   * @returns the failures forgiven, which the network's guard need not count against the network either
   */
  succeeded({ familiar, before, place }: Reservation, now: number): number {
    const forgiven = standing(before, familiar ? this.#limits.familiar : this.#limits.stranger, now);
    this.#write({ ...place, failures: 0, lastFailureAt: 0, lastSuccessAt: now, repeats: [] });
    if (!familiar) {
      this.#exec("DELETE FROM pairs WHERE source = ? AND client = ?", place.source, STRANGER).toArray();
      this.#read().pairs.set(keyOf(place.source, STRANGER), undefined);
      this.#changeStrangers(-1 - forgiven, now);
      this.#changeSite(place.source, -1, now);
    }
    return forgiven;
  }

  /** Until when the place has to wait after this failure (ms), if it has to. A familiar place never has to. */
  waitUntil({ familiar, place }: Reservation, now: number): number | undefined {
    return familiar ? undefined : waitingUntil(this.#pair(place.source, STRANGER), this.#limits.stranger, now);
  }

  /** Until when strangers who have failed have to wait, because too many did, ms. */
  strangersFullUntil(now: number): number | undefined {
    return fullUntil(this.#strangers(), this.#limits.strangers, now);
  }

  /** What counts against this user now. */
  locks(now: number): UserLocks {
    const level = this.#strangers();
    const full = fullUntil(level, this.#limits.strangers, now);
    const rows = this.#exec<PairRow>(
      "SELECT * FROM pairs WHERE expires_at > ? AND source NOT LIKE '%/48' ORDER BY last_failure DESC LIMIT ?",
      now,
      MAX_SHOWN,
    ).toArray();
    return {
      pairs: rows.map((row) => this.#stateOf(pairOf(row), full, now)),
      strangers: {
        level: levelAt(level, this.#limits.strangers, now),
        capacity: this.#limits.strangers.burst,
        fullUntil: full ?? null,
      },
    };
  }

  /** Forgets every failure. Who is familiar stays. Returns the networks that had failed. */
  clear(): string[] {
    this.#step = undefined;
    const rows = this.#exec<{ source: string }>(
      "SELECT DISTINCT source FROM pairs WHERE failures > 0 AND source NOT LIKE '%/48'",
    ).toArray();
    this.#exec("DELETE FROM pairs WHERE last_success IS NULL").toArray();
    this.#exec("UPDATE pairs SET failures = 0, repeats = '[]' WHERE failures > 0 OR repeats <> '[]'").toArray();
    this.#exec("DELETE FROM strangers").toArray();
    this.#strangeNetworks = { count: 0, at: Number.NEGATIVE_INFINITY };
    return rows.map(({ source }) => source);
  }

  /** The networks of all rows, familiar ones first. */
  networks(): string[] {
    const rows = this.#exec<{ source: string }>(
      "SELECT source FROM pairs ORDER BY last_success IS NULL, source",
    ).toArray();
    return [...new Set(rows.map(({ source }) => source))];
  }

  /** Forgets what is over; returns when the next row will be (ms). */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    this.#step = undefined;
    const pairsStay = noneUntil(firsts, "pairs", now);
    if (!pairsStay) this.#exec("DELETE FROM pairs WHERE expires_at <= ?", now).toArray();
    const strangers = this.#strangers();
    const drained = strangers === undefined ? now : emptyAt(strangers, this.#limits.strangers);
    if (strangers !== undefined && drained <= now) this.#exec("DELETE FROM strangers").toArray();
    const next = pairsStay
      ? firsts.pairs
      : this.#exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM pairs").one().at;
    const first = Math.min(next ?? Number.POSITIVE_INFINITY, drained > now ? drained : Number.POSITIVE_INFINITY);
    return first === Number.POSITIVE_INFINITY ? undefined : first;
  }

  #stateOf(pair: Pair, strangersFullUntil: number | undefined, now: number): PairState {
    const familiar = pair.client !== STRANGER;
    const limits = familiar ? this.#limits.familiar : this.#limits.stranger;
    const failures = standing(pair, limits, now);
    const own = familiar ? undefined : waitingUntil(pair, limits, now);
    const strangers = !familiar && failures > 0 ? strangersFullUntil : undefined;
    return {
      source: pair.source,
      familiar,
      failures,
      lastFailureAt: pair.lastFailureAt === 0 ? null : pair.lastFailureAt,
      lastSuccessAt: pair.lastSuccessAt,
      waitUntil: own ?? strangers ?? null,
      waitReason: own !== undefined ? "waiting" : strangers !== undefined ? "strangers-waiting" : null,
    };
  }

  /** The row of an IPv6 network's /48. */
  #site(source: string): Pair | undefined {
    const site = siteOf(source);
    return site === undefined ? undefined : this.#pair(site, STRANGER);
  }

  /** The number of failed /64s of a /48 has grown or shrunk by one. */
  #changeSite(source: string, change: 1 | -1, now: number): void {
    const site = siteOf(source);
    if (site === undefined) return;
    const before = this.#pair(site, STRANGER);
    const failures = Math.max(0, standing(before, this.#limits.stranger, now) + change);
    const lastFailureAt = change > 0 ? now : (before?.lastFailureAt ?? 0);
    this.#write({ source: site, client: STRANGER, failures, lastFailureAt, lastSuccessAt: null, repeats: [] });
  }

  /** The row of a place that has signed this user in lately. */
  #familiar({ source, client }: Place, now: number): Pair | undefined {
    const pair = client === STRANGER ? undefined : this.#pair(source, client);
    return pair?.lastSuccessAt != null && now - pair.lastSuccessAt < FAMILIAR_FOR_MS ? pair : undefined;
  }

  /**
   * The step's copy. It ends when this synchronous step does, before any other request or write can begin. Every change
   * in it goes to the table at once. The only transactions that could be rolled back, and the only other writers of the
   * table, are a move and a restore; neither asks here in the same step.
   */
  #read(): Step {
    if (this.#step === undefined) {
      this.#step = { pairs: new Map(), strangers: undefined };
      queueMicrotask(() => {
        this.#step = undefined;
      });
    }
    return this.#step;
  }

  #pair(source: string, client: string): Pair | undefined {
    const { pairs } = this.#read();
    const key = keyOf(source, client);
    if (pairs.has(key)) return pairs.get(key);
    const [row] = this.#exec<PairRow>("SELECT * FROM pairs WHERE source = ? AND client = ?", source, client).toArray();
    const pair = row && pairOf(row);
    pairs.set(key, pair);
    return pair;
  }

  #write(pair: Pair): void {
    const { source, client, failures, lastFailureAt, lastSuccessAt, repeats } = pair;
    this.#read().pairs.set(keyOf(source, client), pair);
    const { forgetAfter } = client === STRANGER ? this.#limits.stranger : this.#limits.familiar;
    const expiresAt = Math.max(
      lastFailureAt + forgetAfter,
      lastSuccessAt === null ? 0 : lastSuccessAt + FAMILIAR_FOR_MS,
      ...repeats.map(([, until]) => until),
    );
    this.#exec(
      "INSERT OR REPLACE INTO pairs (source, client, failures, last_failure, last_success, repeats, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      source,
      client,
      failures,
      lastFailureAt,
      lastSuccessAt,
      JSON.stringify(repeats),
      expiresAt,
    ).toArray();
  }

  #strangers(): Level | undefined {
    const step = this.#read();
    step.strangers ??= {
      level: this.#exec<{ level: number; at: number }>("SELECT level, at FROM strangers WHERE id = 1").toArray()[0],
    };
    return step.strangers.level;
  }

  #changeStrangers(change: number, now: number): void {
    const { level, at } = levelWith(this.#strangers(), change, this.#limits.strangers, now);
    this.#exec("INSERT OR REPLACE INTO strangers (id, level, at) VALUES (1, ?, ?)", level, at).toArray();
    this.#read().strangers = { level: { level, at } };
  }

  #countStrangeNetworks(now: number): number {
    if (now - this.#strangeNetworks.at >= RECOUNT_AFTER_MS) {
      const [row] = this.#exec<{ n: number }>(
        "SELECT count(*) AS n FROM pairs WHERE client = '' AND last_failure > ? AND source NOT LIKE '%/64'",
        now - this.#limits.stranger.forgetAfter,
      ).toArray();
      this.#strangeNetworks = { count: row?.n ?? 0, at: now };
    }
    return this.#strangeNetworks.count;
  }
}

/** What one synchronous step knows of the tables. */
type Step = {
  readonly pairs: Map<string, Pair | undefined>;
  /** Undefined: not read yet. */
  strangers: { readonly level: Level | undefined } | undefined;
};

const keyOf = (source: string, client: string): string => `${source}\0${client}`;

type PairRow = {
  source: string;
  client: string;
  failures: number;
  last_failure: number;
  last_success: number | null;
  repeats: string;
};

const pairOf = (row: PairRow): Pair => ({
  source: row.source,
  client: row.client,
  failures: row.failures,
  lastFailureAt: row.last_failure,
  lastSuccessAt: row.last_success,
  repeats: parseRepeats(row.repeats),
});

function withFingerprint(repeats: Repeats, fingerprint: string | undefined, now: number): Repeats {
  return fingerprint === undefined ? repeats : withRepeat(repeats, fingerprint, now + REPEAT_WINDOW_MS, now);
}
