// What a user's guard remembers of moves, durably, among its snapshots. It remembers the user who is leaving, and the
// user who has arrived before D1 said so. For an hour it remembers the users who have left, by the hash of an id that
// was drawn at random. Without that, a sign-in that read D1 earlier would write the user into the empty object again.

import { createHash } from "node:crypto";
import type { MoveOrder } from "../guards/move.ts";
import type { LazyTables } from "../guards/storage.ts";

/** How long the guard remembers a user who has left, ms. No request that read D1 before the move takes longer. */
const REMEMBERED_FOR_MS = 3_600_000;
const MAX_REMEMBERED = 20;

/** `leaving`: nothing is served. `staying`: the move was given up, and the new guard still has to hear of that. */
type Leaving = MoveOrder & { readonly stage: "leaving" | "staying" };
/** A user who arrived with this move. */
type Arrived = { readonly move: string; readonly userId: string };
/** `revision`: that of the user's row in D1 before the user left. */
type Left = { readonly user: string; readonly revision: number; readonly until: number };

type Kept = { readonly leaving: Leaving; readonly arrived: Arrived; readonly left: readonly Left[] };

export class MoveRecord {
  readonly #tables: LazyTables;
  readonly #read = new Map<keyof Kept, unknown>();

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  get leaving(): Leaving | undefined {
    return this.#get("leaving");
  }

  set leaving(leaving: Leaving | undefined) {
    this.#put("leaving", leaving);
  }

  get arrived(): Arrived | undefined {
    return this.#get("arrived");
  }

  set arrived(arrived: Arrived | undefined) {
    this.#put("arrived", arrived);
  }

  /** The revision of a user who left lately. Undefined: the user did not. */
  leftAt(userId: string): number | undefined {
    const user = digestOf(userId);
    return this.#get("left")?.find((each) => each.user === user)?.revision;
  }

  /** The user has left. Call this after the object has dropped its tables. */
  hasLeft(userId: string, revision: number, now: number): void {
    const gone = { user: digestOf(userId), revision, until: now + REMEMBERED_FOR_MS };
    this.#put("left", [...this.#others(userId), gone].slice(-MAX_REMEMBERED));
  }

  /** The user is back. */
  isBack(userId: string): void {
    if (this.leftAt(userId) !== undefined) this.#put("left", this.#others(userId));
  }

  /** What has to be written again after the object has dropped its tables. */
  keepLeft(): () => void {
    const left = this.#get("left");
    return () => this.#put("left", left);
  }

  /** Forgets the users who left too long ago. Returns when the next one is forgotten (ms). */
  expire(now: number): number | undefined {
    const left = this.#get("left");
    if (left === undefined) return undefined;
    const remembered = left.filter(({ until }) => until > now);
    if (remembered.length < left.length) this.#put("left", remembered);
    return remembered.length === 0 ? undefined : Math.min(...remembered.map(({ until }) => until));
  }

  /** The object has dropped or changed its tables, so memory is read again. */
  forget(): void {
    this.#read.clear();
  }

  #others(userId: string): readonly Left[] {
    const user = digestOf(userId);
    return (this.#get("left") ?? []).filter((each) => each.user !== user);
  }

  #get<Name extends keyof Kept>(name: Name): Kept[Name] | undefined {
    if (!this.#read.has(name)) {
      const [row] = this.#tables.exist()
        ? this.#tables.exec<{ value: string }>("SELECT value FROM snapshots WHERE name = ?", name).toArray()
        : [];
      this.#read.set(name, row && JSON.parse(row.value));
    }
    return this.#read.get(name) as Kept[Name] | undefined;
  }

  #put<Name extends keyof Kept>(name: Name, value: Kept[Name] | undefined): void {
    const kept = value === undefined || (Array.isArray(value) && value.length === 0) ? undefined : value;
    if (kept !== undefined) {
      this.#tables
        .exec("INSERT OR REPLACE INTO snapshots (name, value) VALUES (?, ?)", name, JSON.stringify(kept))
        .toArray();
    } else if (this.#get(name) !== undefined) {
      this.#tables.exec("DELETE FROM snapshots WHERE name = ?", name).toArray();
    }
    this.#read.set(name, kept);
  }
}

const digestOf = (userId: string): string => createHash("sha256").update(userId).digest("hex");
