// What is in the file of a backup: a first line that says whose it is, records, and a last line by which a cut or
// changed file is noticed. docs/backup.md describes it.

import { createHash } from "node:crypto";
import { failure } from "../fault.ts";
import { jsonIn } from "../files.ts";
import type * as A from "../reach/answers.ts";

/** Grows when an older command could not read the file. */
const FORMAT = 1;

/** The first line. */
export type Head = {
  readonly record: "postern-backup";
  readonly format: number;
  /** When the backup began, ISO 8601. */
  readonly at: string;
  readonly gateway: string;
  readonly version: string;
  /** The migration that D1 took last. */
  readonly migration: string;
  /** The ids of the gateway's SEALING_KEYS. */
  readonly keys: readonly string[];
};

/** The last line. */
export type End = {
  readonly record: "end";
  readonly at: string;
  /** Lines before this one. */
  readonly lines: number;
  readonly users: number;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** The ids of the sealing keys that are needed. */
  readonly keys: readonly string[];
  /** Of all lines before, with their line feeds, in hex. */
  readonly sha256: string;
};

/** Makes the lines of a file, and counts. */
export class FileWriter {
  readonly #digest = createHash("sha256");
  readonly #rows: Record<string, number> = {};
  readonly #keys = new Set<string>();
  #lines = 0;
  #users = 0;

  head(begun: A.BackupBegunAnswer): string {
    const { at, gateway, version, migration, keys } = begun;
    return this.#line({ record: "postern-backup", format: FORMAT, at, gateway, version, migration, keys });
  }

  record(record: A.RecordAnswer): string {
    if (record.record === "rows") this.#count(record.table, record.rows.length);
    else {
      this.#users++;
      for (const [table, rows] of Object.entries(record.rows)) this.#count(table, rows.length);
    }
    return this.#line(record);
  }

  needs(keys: readonly string[]): void {
    for (const key of keys) this.#keys.add(key);
  }

  end(now: number): { readonly end: End; readonly line: string } {
    const sha256 = this.#digest.copy().digest("hex");
    const counts = { lines: this.#lines, users: this.#users, rows: this.#rows, keys: [...this.#keys] };
    const end: End = { record: "end", at: new Date(now).toISOString(), ...counts, sha256 };
    return { end, line: `${JSON.stringify(end)}\n` };
  }

  #count(table: string, rows: number): void {
    this.#rows[table] = (this.#rows[table] ?? 0) + rows;
  }

  #line(value: object): string {
    const line = `${JSON.stringify(value)}\n`;
    this.#digest.update(line);
    this.#lines++;
    return line;
  }
}

/** Reads a file from its first line to its last. Throws a fault for one that is not whole, or not of this kind. */
export async function checked(lines: AsyncIterable<string>): Promise<{ readonly head: Head; readonly end: End }> {
  const digest = createHash("sha256");
  let [count, last]: [number, string | undefined] = [0, undefined];
  let head: Head | undefined;
  for await (const line of lines) {
    if (last !== undefined) {
      digest.update(`${last}\n`);
      count++;
    }
    head ??= headIn(line);
    last = line;
  }
  const end = jsonIn(last ?? "") as Partial<End> | undefined;
  if (head === undefined) throw failure("the file is empty", "Name the file of a backup.");
  if (end?.record !== "end" || end.lines !== count || end.sha256 !== digest.digest("hex")) {
    throw failure("the file is not whole: its last line is missing, or does not fit", "Take another copy of it.");
  }
  return { head, end: end as End };
}

function headIn(line: string): Head {
  const head = jsonIn(line) as Partial<Head> | null | undefined;
  if (head?.record !== "postern-backup")
    throw failure("this is not the file of a backup", "Name one that postern backup made.");
  if (head.format !== FORMAT)
    throw failure(`the file has format ${head.format}`, "Use the command of the release that made it.");
  return head as Head;
}
