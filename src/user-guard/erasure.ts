// A user who was erased, as the user's guard remembers it for a while: without a name, by the hash of an id that was drawn at
// random. A sign-in or a command that read D1 before would otherwise write the user into the empty object again.

import { createHash } from "node:crypto";
import type { LazyTables } from "../guards/storage.ts";

/** How long it is remembered, ms: longer than any request that read D1 before can take. */
const REMEMBERED_FOR_MS = 3_600_000;
/** Its name among the snapshots of the guard. */
const NAME = "erased";

type Erased = { readonly user: string; readonly until: number };

export class Erasure {
  readonly #tables: LazyTables;
  /** Null: nobody; undefined: not read yet. */
  #erased: Erased | null | undefined;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Whether that user was erased. Somebody added anew has another id. */
  covers(userId: string | undefined): boolean {
    return userId !== undefined && this.#read()?.user === digestOf(userId);
  }

  /** The user is erased from now on, for this object; nothing is written yet. */
  begin(userId: string, now: number): void {
    this.#erased = { user: digestOf(userId), until: now + REMEMBERED_FOR_MS };
  }

  /** Writes it down, when the object has dropped its tables. Returns until when (ms). */
  keep(): number | undefined {
    const erased = this.#read();
    if (erased === null) return undefined;
    this.#tables
      .exec("INSERT OR REPLACE INTO snapshots (name, value) VALUES (?, ?)", NAME, JSON.stringify(erased))
      .toArray();
    return erased.until;
  }

  /** The user is there after all: an administrator commands it. */
  lift(): void {
    if (this.#read() === null) return;
    this.#tables.exec("DELETE FROM snapshots WHERE name = ?", NAME).toArray();
    this.#erased = null;
  }

  /** Forgets it when its time has come; returns when that is (ms). */
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
