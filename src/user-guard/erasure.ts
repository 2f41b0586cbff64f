// Remembers for a while, in the user's guard, that the user was erased. Without this, a sign-in or a command that read
// D1 earlier would write the user into the empty object again. It keeps no name, only the hash of an id that was drawn
// at random.

import { createHash } from "node:crypto";
import type { LazyTables } from "../guards/storage.ts";

/** How long the guard remembers it, ms. No request that read D1 before the erasure takes longer. */
const REMEMBERED_FOR_MS = 3_600_000;
/** The key of its row in the guard's snapshots. */
const NAME = "erased";

type Erased = { readonly user: string; readonly until: number };

export class Erasure {
  readonly #tables: LazyTables;
  /** Null: nobody was erased. Undefined: the row was not read yet. */
  #erased: Erased | null | undefined;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Whether that user was erased. A user who is added again has a new id. */
  covers(userId: string | undefined): boolean {
    return userId !== undefined && this.#read()?.user === digestOf(userId);
  }

  /** From now on this object treats the user as erased. This writes nothing yet. */
  begin(userId: string, now: number): void {
    this.#erased = { user: digestOf(userId), until: now + REMEMBERED_FOR_MS };
  }

  /** Writes the erasure down, after the object has dropped its tables. Returns until when it is remembered (ms). */
  keep(): number | undefined {
    const erased = this.#read();
    if (erased === null) return undefined;
    this.#tables
      .exec("INSERT OR REPLACE INTO snapshots (name, value) VALUES (?, ?)", NAME, JSON.stringify(erased))
      .toArray();
    return erased.until;
  }

  /** Ends the erasure, because an administrator has added the user again. */
  lift(): void {
    if (this.#read() === null) return;
    this.#tables.exec("DELETE FROM snapshots WHERE name = ?", NAME).toArray();
    this.#erased = null;
  }

  /** Forgets the erasure when its time has come. Returns that time (ms). */
  expire(now: number): number | undefined {
    const erased = this.#read();
    if (erased !== null && erased.until <= now) this.lift();
    return this.#read()?.until;
  }

  #read(): Erased | null {
    if (this.#erased === undefined) {
      const [row] = this.#tables.exist()
        ? this.#tables.exec<{ value: string }>("SELECT value FROM snapshots WHERE name = ?", NAME).toArray()
        : [];
      this.#erased = row === undefined ? null : (JSON.parse(row.value) as Erased);
    }
    return this.#erased;
  }
}

const digestOf = (userId: string): string => createHash("sha256").update(userId).digest("hex");
