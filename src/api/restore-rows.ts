// Restores rows of the gateway's own tables. What is here stays as it is, or becomes stricter. What is missing comes
// back into an empty gateway as it was; over data, only history does, and what somebody has named.

import { lineOpener } from "../core/text/line-opener.ts";
import type { Finding } from "../guards/backup-question.ts";
import { changeAdministrator } from "../store/administrators.ts";
import { revokeToken } from "../store/api-tokens.ts";
import { goneUsers, type PlainRow, rowsOfKeys } from "../store/backup-read.ts";
import { GATEWAY_TABLES, type GatewayTable } from "../store/backup-tables.ts";
import { insertRows } from "../store/backup-write.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { currentVersion } from "../store/policies.ts";
import type { Run } from "./backup-run.ts";
import type { Call } from "./call.ts";
import { inPieces } from "./pieces.ts";
import { digestOfUser } from "./restore-user.ts";

type Restoring = {
  readonly call: Call;
  readonly run: Run;
  readonly db: Database;
  readonly rows: readonly PlainRow[];
  readonly opens: (line: string) => boolean;
};

/** How many rows one statement gets, and how many characters: a parameter may have two megabytes. */
const ROWS_OF_A_STATEMENT = 250;
const CHARS_OF_A_STATEMENT = 500_000;

/** Restores rows of one table. A table that this release does not know has nothing to restore. */
export async function restoreRows(
  call: Call,
  run: Run,
  { table, rows }: { readonly table: string; readonly rows: readonly PlainRow[] },
  open: readonly string[],
): Promise<readonly Finding[]> {
  if (!isGatewayTable(table) || rows.length === 0) return [];
  const restoring = { call, run, db: openDatabase(call.env.DB), rows, opens: lineOpener(open) };
  switch (table) {
    case "api_tokens":
      return restoreTokens(restoring);
    case "administrators":
      return restoreAdministrators(restoring);
    case "passkeys":
      return restoreNamed(restoring, table, "passkey", (row) => `admin:${row.administrator_id}`);
    case "policies":
      return restorePolicies(restoring);
    case "directory_sources":
      // A source that may adopt users may take them over: somebody allows it again.
      return insertAll(
        restoring,
        table,
        rows.map((row) => ({ ...row, adopt_until: null })),
      );
    case "audit_events":
      return insertAll(restoring, table, await withoutErased(restoring));
    case "key_ages":
    case "audit_hours":
      return insertAll(restoring, table, rows);
  }
}

const isGatewayTable = (table: string): table is GatewayTable => Object.hasOwn(GATEWAY_TABLES, table);

async function insertAll({ db, run }: Restoring, table: GatewayTable, rows: readonly PlainRow[]): Promise<[]> {
  if (run.dry) return [];
  for (const piece of inPieces(rows, ROWS_OF_A_STATEMENT, CHARS_OF_A_STATEMENT)) await insertRows(db, table, piece);
  return [];
}

/** Rows that are not here: into an empty gateway all come back, otherwise those that are named. */
async function restoreNamed(
  restoring: Restoring,
  table: GatewayTable,
  kind: string,
  orBy?: (row: PlainRow) => string,
): Promise<Finding[]> {
  const { run, db, rows, opens } = restoring;
  const { name: key } = GATEWAY_TABLES[table].key;
  const present = await rowsOfKeys(
    db,
    table,
    rows.map((row) => row[key]),
  );
  const missing = rows.filter((row) => !present.has(String(row[key])));
  const back = missing.filter((row) => {
    const owner = orBy?.(row);
    return run.wasEmpty || opens(`${kind}:${row[key]}`) || (owner !== undefined && opens(owner));
  });
  await insertAll(restoring, table, back);
  if (run.wasEmpty) return [];
  return missing.map((row): Finding => {
    const did = back.includes(row) ? "opened" : "kept";
    return { did, line: `${kind}:${row[key]}`, what: `${row.name ?? ""}: in the backup, not here` };
  });
}

/** A revoked token stays revoked for good, whichever side says so. */
async function restoreTokens(restoring: Restoring): Promise<Finding[]> {
  const { call, run, db, rows } = restoring;
  const present = await rowsOfKeys(
    db,
    "api_tokens",
    rows.map(({ id }) => id),
  );
  const closed: Finding[] = [];
  for (const { id, revoked_at: revokedAt } of rows) {
    const here = present.get(String(id));
    if (here === undefined || here.revoked_at !== null || revokedAt == null) continue;
    closed.push({ did: "closed", line: `token:${id}`, what: "revoked in the backup" });
    if (!run.dry) await revokeToken(db, String(id), call.actor.id, Date.now());
  }
  // One that had ended comes back as ended: the audit names it.
  const ended = rows.filter((row) => !present.has(String(row.id)) && row.revoked_at != null);
  await insertAll(restoring, "api_tokens", ended);
  const live = { ...restoring, rows: rows.filter((row) => row.revoked_at == null) };
  return [...closed, ...(await restoreNamed(live, "api_tokens", "token"))];
}

const ROLES = ["viewer", "helpdesk", "admin"] as const;

/** Disabled if either side says so, and the lower role of both. The last person with the role `admin` stays. */
async function restoreAdministrators(restoring: Restoring): Promise<Finding[]> {
  const { run, db, rows, opens } = restoring;
  const present = await rowsOfKeys(
    db,
    "administrators",
    rows.map(({ id }) => id),
  );
  const findings: Finding[] = [];
  for (const row of rows) {
    const here = present.get(String(row.id));
    if (here === undefined) continue;
    const line = `admin:${row.id}`;
    const [was, is] = [row, here].map(({ role }) => (ROLES as readonly unknown[]).indexOf(role));
    const role = was !== undefined && is !== undefined && was < is ? ROLES[was] : undefined;
    const disables = row.disabled_at != null && here.disabled_at == null;
    if ((role === undefined && !disables) || opens(line)) continue;
    const change = { ...(role && { role }), ...(disables && { disabledAt: Date.now() }) };
    const named = { id: String(row.id), revision: Number(here.revision) };
    const changed = run.dry || (await changeAdministrator(db, named, change, true));
    const isDone = changed === true || (changed.ok && changed.value !== undefined);
    const what = disables ? "disabled in the backup" : `${role} in the backup`;
    findings.push({ did: isDone ? "closed" : "kept", line, what: isDone ? what : `${what}, but the last admin` });
  }
  return [...findings, ...(await restoreNamed(restoring, "administrators", "admin"))];
}

/** A policy is in force because it is the last one. So over data, only an earlier version comes back by itself. */
async function restorePolicies(restoring: Restoring): Promise<Finding[]> {
  const { run, db, rows, opens } = restoring;
  const version = await currentVersion(db);
  const later = rows.filter((row) => Number(row.version) > version);
  const comes = run.wasEmpty || opens("policy");
  const earlier = rows.filter((row) => Number(row.version) <= version);
  await insertAll(restoring, "policies", comes ? rows : earlier);
  if (later.length === 0 || run.wasEmpty) return [];
  const last = Math.max(...later.map((row) => Number(row.version)));
  const what = `version ${last} is in the backup, version ${version} is in force here`;
  return [{ did: comes ? "opened" : "kept", line: "policy", what }];
}

/** Events of people who were erased since do not come back: they would name them. */
async function withoutErased({ db, rows }: Restoring): Promise<PlainRow[]> {
  const ids = [...new Set(rows.flatMap(({ user_id: id }) => (id === null ? [] : String(id))))];
  const gone = await goneUsers(db, ids, ids.map(digestOfUser));
  return rows.filter(({ user_id: id }) => gone.get(String(id)) !== "erased");
}
