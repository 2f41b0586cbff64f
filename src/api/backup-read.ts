// Makes the parts of a backup: rows of the gateway's tables, then the users with the copies of their guards, and the
// audit last. A part has a bounded number of rows and of guards.

import type { GuardCopy } from "../guards/backup-question.ts";
import { guardOf } from "../guards/route.ts";
import { type PlainRow, pageOfTable, rowsOfUsers, type UserRows, usersAfter } from "../store/backup-read.ts";
import { GATEWAY_TABLES, type GatewayTable } from "../store/backup-tables.ts";
import { openDatabase } from "../store/database.ts";
import type { Call } from "./call.ts";
import { inPieces } from "./pieces.ts";
import { inTurns } from "./turns.ts";

/** One line of the file. */
export type BackupRecord =
  | { readonly record: "rows"; readonly table: GatewayTable; readonly rows: readonly PlainRow[] }
  | { readonly record: "user"; readonly id: string; readonly rows: UserRows; readonly guard: GuardCopy };

/** Where the next part begins: in which table, after which key. */
export type Place = { readonly table: GatewayTable | "users"; readonly after: string };

const ROWS_OF_A_PART = 1_000;
/** A policy may have a megabyte. */
const POLICIES_OF_A_PART = 10;
/** Each user costs one Durable Object request. Their guards are asked side by side. */
const USERS_OF_A_STEP = 10;
const USERS_OF_A_PART = 50;
/** Under attack, a guard may have half a megabyte. When a part has so many characters, it ends. */
const CHARS_OF_A_PART = 1_500_000;

const TABLES = Object.keys(GATEWAY_TABLES) as GatewayTable[];
const ORDER: readonly Place["table"][] = [...TABLES.filter((name) => name !== "audit_events"), "users", "audit_events"];

/** Whether a text names a part of a backup. */
export const isPlace = (table: string): table is Place["table"] => ORDER.some((name) => name === table);

/** The beginning of a backup. */
export const FIRST_PLACE: Place = { table: ORDER[0] ?? "users", after: "" };

/** One part, and where the next one begins. Null: this was the last. */
export async function partAt(
  { env }: Pick<Call, "env">,
  place: Place,
): Promise<{ readonly records: readonly BackupRecord[]; readonly next: Place | null }> {
  const { table, after } = place;
  const following = ORDER[ORDER.indexOf(table) + 1];
  const afterwards: Place | null = following === undefined ? null : { table: following, after: "" };
  if (table === "users") {
    const { records, last } = await usersPart(env, after);
    return { records, next: last === undefined ? afterwards : { table, after: last } };
  }
  const { key } = GATEWAY_TABLES[table];
  const from = after === "" ? undefined : key.dataType === "number" ? Number(after) : after;
  const most = table === "policies" ? POLICIES_OF_A_PART : ROWS_OF_A_PART;
  const found = await pageOfTable(openDatabase(env.DB), table, from, most);
  const [rows = []] = inPieces(found, most, CHARS_OF_A_PART);
  const isLast = found.length < most && rows.length === found.length;
  const last = isLast ? undefined : String(rows.at(-1)?.[key.name] ?? "");
  return { records: [{ record: "rows", table, rows }], next: last === undefined ? afterwards : { table, after: last } };
}

/** `last`: the id of the last user of the part. Undefined: nobody is left. */
async function usersPart(env: Call["env"], after: string) {
  const db = openDatabase(env.DB);
  const records: BackupRecord[] = [];
  let last = after;
  for (let chars = 0; records.length < USERS_OF_A_PART && chars < CHARS_OF_A_PART; ) {
    const found = await usersAfter(db, last, USERS_OF_A_STEP);
    if (found.length === 0) return { records, last: undefined };
    // The guards first. They tell D1 everything, and what changes in between is in D1's rows.
    const copies = await inTurns(found, async ({ id, sipUri }) => {
      const answer = await guardOf(env, sipUri).backup({ kind: "copy", userId: id });
      if (answer.kind !== "copied") throw new Error("a guard gave no copy");
      return answer.copy;
    });
    const ids = found.map(({ id }) => id);
    const rows = await rowsOfUsers(db, ids);
    for (const [at, id] of ids.entries()) {
      const guard = copies[at];
      const own = rows.get(id);
      // The user was deleted meanwhile.
      if (guard === undefined || own?.users === undefined) continue;
      records.push({ record: "user", id, rows: own, guard });
      chars += JSON.stringify(own).length + JSON.stringify(guard).length;
    }
    last = ids.at(-1) ?? last;
  }
  return { records, last };
}

/** The ids of the sealing keys that these records need, in hex. */
export function sealingKeysIn(records: readonly BackupRecord[]): string[] {
  const found = new Set<string>();
  const sealed = (value: unknown): void => {
    if (typeof value === "string") found.add(Buffer.from(value, "base64url").subarray(0, 4).toString("hex"));
  };
  for (const record of records) {
    if (record.record !== "user") continue;
    for (const row of record.rows.app_passwords ?? []) {
      sealed(row.nt_hashes);
      sealed(row.old_nt_hashes);
    }
    const { portal_totp = [], portal_passphrase = [], portal_recovery_codes = [] } = record.guard.rows;
    for (const row of portal_totp) sealed(row.sealed);
    // Those that were made with a key have its id before a dot.
    for (const { mark } of [...portal_passphrase, ...portal_recovery_codes]) {
      if (typeof mark === "string") found.add(mark.split(".")[0] ?? "");
    }
  }
  return [...found].filter((id) => /^[0-9a-f]{8}$/.test(id));
}
