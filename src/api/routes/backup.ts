// Backups, restores, and bringing D1 and the guards together again. docs/backup.md is the runbook, and
// docs/design/0034-backup.md says why it is so.

import { VERSION } from "../../config/version.ts";
import { sideBySide } from "../../core/text/side-by-side.ts";
import type { Finding } from "../../guards/backup-question.ts";
import { countUsers, isEmptyDatabase, lastEventsOf, lastMigration } from "../../store/backup-read.ts";
import { endConsole } from "../../store/backup-write.ts";
import { openDatabase } from "../../store/database.ts";
import { FIRST_PLACE, isPlace, partAt, sealingKeysIn } from "../backup-read.ts";
import { nameOfRun, runNamed } from "../backup-run.ts";
import type { Call } from "../call.ts";
import { badCursor, cursorOf, readCursor } from "../cursor.ts";
import { commanding, untilVerdictsAreOld } from "../devices.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { reconcilePart } from "../reconcile.ts";
import { recordChange } from "../record.ts";
import { restoreRows } from "../restore-rows.ts";
import { restoreUser } from "../restore-user.ts";
import {
  backupBegun,
  backupPart,
  backupToBegin,
  backupToEnd,
  ended,
  MAX_PART_BYTES,
  partRestored,
  partToRestore,
  partWanted,
  reconciled,
  reconcileWanted,
  restoreBegun,
  restoreToBegin,
  restoreToEnd,
} from "../schemas/backup.ts";

/** How many users of a part are restored side by side. */
const USERS_AT_ONCE = 5;

const iso = (ms: number): string => new Date(ms).toISOString();

const NEWER = problem("backup-newer", "A newer release made this backup.", {
  fix: "Deploy that release, apply its migrations, and give the command again.",
});

export const backupOperations = [
  operation({
    ...{ id: "backup.begin", method: "POST", path: "/v1/backup", scope: ["admin", "backup"], keepsNothing: true },
    summary: "Begins a backup, which the audit keeps",
    body: backupToBegin,
    answer: backupBegun,
    problems: [],
    handle: async (call, { body }) => {
      const db = openDatabase(call.env.DB);
      const at = Date.now();
      const [migration, users] = await Promise.all([lastMigration(db), countUsers(db)]);
      await recordChange(call, "backup-begun", { why: body.why, change: { after: { users } } });
      return done({
        run: nameOfRun(call, { kind: "backup", at, wasEmpty: false, dry: true, file: "" }),
        ...{ at: iso(at), gateway: call.host, version: VERSION, migration, users },
        keys: [...call.config.keyring.byId.keys()],
      });
    },
  }),

  operation({
    ...{ id: "backup.part", method: "POST", path: "/v1/backup/parts", scope: ["admin", "backup"], keepsNothing: true },
    summary: "Reads one part of a backup",
    description: "The parts come in the order of the file. A part may be read again. It has fifty users at most.",
    body: partWanted,
    answer: backupPart,
    problems: ["no-such-run"],
    handle: async (call, { body }) => {
      const run = runNamed(call, body.run, "backup", Date.now());
      if (!run.ok) return run;
      const [table, after] = body.after === "" ? [] : (readCursor(body.after, ["string", "string"]) ?? ["", ""]);
      const place = body.after === "" ? FIRST_PLACE : { table: String(table), after: String(after) };
      if (!isPlace(place.table)) return badCursor;
      const { records, next } = await partAt(call, { table: place.table, after: place.after });
      return done({
        records: records.map((each) => JSON.parse(JSON.stringify(each))),
        keys: sealingKeysIn(records),
        next: next === null ? null : cursorOf(next.table, next.after),
      });
    },
  }),

  operation({
    ...{ id: "backup.end", method: "POST", path: "/v1/backup/end", scope: ["admin", "backup"], keepsNothing: true },
    summary: "Says that a backup is whole, which the audit keeps with the file's digest",
    body: backupToEnd,
    answer: ended,
    problems: ["no-such-run"],
    handle: async (call, { body }) => {
      const run = runNamed(call, body.run, "backup", Date.now());
      if (!run.ok) return run;
      const { file, users } = body;
      await recordChange(call, "backup-finished", { change: { after: { file, users, began: iso(run.value.at) } } });
      return done({ at: iso(Date.now()) });
    },
  }),

  operation({
    ...{ id: "restore.begin", method: "POST", path: "/v1/restore", scope: "admin", keepsNothing: true },
    summary: "Begins a restore, or its rehearsal",
    description:
      "It is refused before anything is changed if the gateway lacks a sealing key or a migration of the file.",
    body: restoreToBegin,
    answer: restoreBegun,
    problems: ["backup-newer", "sealing-key-missing", "gateway-not-empty"],
    handle: async (call, { body }) => {
      const { file, over, dry, why, at: madeAt } = body;
      const db = openDatabase(call.env.DB);
      const missing = body.keys.filter((id) => !call.config.keyring.byId.has(id));
      if (missing.length > 0) {
        return problem(
          "sealing-key-missing",
          `The backup is sealed with keys that are not here: ${missing.join(", ")}.`,
          {
            fix: "Put them into SEALING_KEYS behind the present key, deploy, and give the command again.",
          },
        );
      }
      if (numberOf(body.migration) > numberOf(await lastMigration(db))) return NEWER;
      const wasEmpty = (await isEmptyDatabase(db)) || (await wasEmptyBefore(call, file));
      if (!wasEmpty && !over) {
        return problem("gateway-not-empty", "The gateway has users or administrators.", {
          fix: "Give --over to merge the backup into it: it closes, and opens only what is named.",
        });
      }
      const at = Date.now();
      if (!dry) {
        const after = { file, wasEmpty, madeAt };
        await recordChange(call, "restore-begun", { why, change: { after } });
        await endConsole(db);
      }
      return done({
        run: nameOfRun(call, { kind: "restore", at, wasEmpty, dry, file }),
        ...{ wasEmpty, users: await countUsers(db) },
      });
    },
  }),

  operation({
    ...{ id: "restore.part", method: "POST", path: "/v1/restore/parts", scope: "admin", keepsNothing: true },
    summary: "Restores one part of a backup",
    description: "A part may be sent again: it changes nothing the second time.",
    maxBodyBytes: MAX_PART_BYTES,
    body: partToRestore,
    answer: partRestored,
    problems: ["no-such-run", "backup-newer"],
    handle: async (call, { body }) => {
      const run = runNamed(call, body.run, "restore", Date.now());
      if (!run.ok) return run;
      const by = commanding(call, `restore of ${run.value.file.slice(0, 12)}`);
      const findings: (Finding & { user: string | null })[] = [];
      for (const record of body.records) {
        // One table after the other: a row may need one of the table before.
        const found = record.record === "rows" ? await restoreRows(call, run.value, record, body.open) : [];
        findings.push(...found.map((each) => ({ ...each, user: null })));
      }
      const users = body.records.filter((record) => record.record === "user");
      const ofUsers = await sideBySide(users, USERS_AT_ONCE, (record) => restoreUser(by, run.value, record, body.open));
      for (const [at, found] of ofUsers.entries()) {
        if (found === "newer") return NEWER;
        const user = String(users[at]?.rows.users?.[0]?.sip_uri ?? users[at]?.id);
        findings.push(...found.map((each) => ({ ...each, user })));
      }
      if (!run.value.dry && users.length > 0) await untilVerdictsAreOld();
      return done({ findings });
    },
  }),

  operation({
    ...{ id: "restore.end", method: "POST", path: "/v1/restore/end", scope: "admin", keepsNothing: true },
    summary: "Says that a restore is whole, and signs every administrator out",
    body: restoreToEnd,
    answer: ended,
    problems: ["no-such-run"],
    handle: async (call, { body }) => {
      const run = runNamed(call, body.run, "restore", Date.now());
      if (!run.ok) return run;
      if (!run.value.dry) {
        await endConsole(openDatabase(call.env.DB));
        await recordChange(call, "restore-finished", { change: { after: { file: run.value.file } } });
      }
      return done({ at: iso(Date.now()) });
    },
  }),

  operation({
    ...{ id: "reconcile", method: "POST", path: "/v1/reconcile", scope: "admin", keepsNothing: true },
    summary: "Compares D1 with the guards of the next users, and lets the stricter win",
    body: reconcileWanted,
    answer: reconciled,
    problems: [],
    handle: async (call, { body }) => {
      const { after, older, dry, why } = body;
      return done(await reconcilePart({ by: commanding(call, why), older, dry }, after));
    },
  }),
];

/** The number at the beginning of a migration's name. */
const numberOf = (migration: string): number => Number.parseInt(migration, 10) || 0;

/** Whether a restore of this very file began in an empty gateway, and was broken off. */
async function wasEmptyBefore({ env }: Call, file: string): Promise<boolean> {
  const [last] = await lastEventsOf(openDatabase(env.DB), ["restore-begun", "restore-finished"]);
  if (last?.reason !== "restore-begun" || last.change === null) return false;
  const change = JSON.parse(last.change) as { after?: { file?: unknown; wasEmpty?: unknown } };
  return change.after?.file === file && change.after?.wasEmpty === true;
}
