// What every command gets and gives: the database, the clock and the keys on one side, an answer for people and for
// scripts on the other. Commands do not print.

import { MAX_WHY_CHARS } from "../src/api/why.ts";
import { normaliseName } from "../src/core/credentials/names.ts";
import type { Keyring } from "../src/core/crypto/keyring.ts";
import { isPrintable } from "../src/core/text/printable.ts";
import type { Database } from "../src/store/database.ts";
import { showUser, type User } from "../src/store/directory.ts";
import type { AskAdmin } from "./admin-api.ts";
import type { Invocation } from "./arguments.ts";
import { CliFault } from "./fault.ts";

/** What a command may use. */
export type Context = Omit<Invocation, "command"> & {
  readonly db: Database;
  /** Asks the target's running gateway. */
  readonly admin: AskAdmin;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the user stands: a relative FILE is read from there. */
  readonly folder: string;
  /** The `.postern` directory. */
  readonly state: string;
  /** Asks at the terminal; undefined where nobody is there to answer. */
  readonly question?: ((text: string) => Promise<string>) | undefined;
  /** Throws a fault when the target's keys are missing or unusable. */
  readonly keyring: () => Keyring;
};

/** What a command answers: lines for people, and the same as a JSON document. */
export type Answer = { readonly text: string; readonly json: unknown };

export type Command = (context: Context) => Promise<Answer>;

/** The user that the first word names. Throws a fault when it names nobody. */
export async function namedUser({ db, words }: Context): Promise<User> {
  const [given = ""] = words;
  const key = normaliseName(given);
  if (!key.ok) throw unusableName("USER", given, key.reason);
  const user = await showUser(db, key.value);
  if (user !== undefined) return user;
  throw new CliFault("notFound", `nobody has the name ${JSON.stringify(given)}`, 'See "npm run postern -- user list".');
}

/** The fault of a name that cannot be anyone's. */
export function unusableName(what: string, given: string, reason: string): CliFault {
  const fix =
    reason === "unqualified"
      ? "Write it as alice@contoso.test, CONTOSO/alice or 'CONTOSO\\alice' (a shell removes a backslash that is not quoted)."
      : "Names are user@domain or DOMAIN\\user, at most 256 characters, without control characters.";
  return new CliFault("usage", `${what} ${JSON.stringify(given)} is not usable as a name (${reason})`, fix);
}

/** `--why`, as the audit takes it; null where it is not given. */
export function whyOf({ options: { why } }: Context): string | null {
  if (why === undefined) return null;
  if (why.trim() !== "" && why.length <= MAX_WHY_CHARS && isPrintable(why)) return why;
  throw new CliFault("usage", "--why is not usable", `Give one line of 1 to ${MAX_WHY_CHARS} printable characters.`);
}

/** A time as JSON and people read it; null stays null. */
export function isoTime(milliseconds: number): string;
export function isoTime(milliseconds: number | null): string | null;
export function isoTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

/** Rows in columns, the first row as their heads. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
