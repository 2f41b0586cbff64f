// Backups and restores, as they stand in JSON.

import * as v from "valibot";
import { list, time, why } from "./common.ts";

/** The longest line that an operation takes. A part of a restore has at most so many bytes. */
export const MAX_PART_BYTES = 12 * 1024 * 1024;
const MAX_RECORDS = 200;
const MAX_OPEN = 2_000;

const run = v.pipe(v.string(), v.maxLength(1_000), v.description("The name of the run, from its beginning."));
const scalar = v.nullable(v.union([v.string(), v.number()]));
const row = v.record(v.string(), scalar);
const rows = list(row);

/** A line of a backup's file. */
const backupRecord = v.pipe(
  v.variant("record", [
    v.object({ record: v.literal("rows"), table: v.string(), rows }),
    v.object({
      ...{ record: v.literal("user"), id: v.string(), rows: v.record(v.string(), rows) },
      guard: v.object({
        schema: v.pipe(v.number(), v.description("How many steps of the guard's schema its rows have taken.")),
        account: v.optional(v.string()),
        rows: v.record(v.string(), rows),
      }),
    }),
  ]),
  v.title("BackupRecord"),
);

/** `POST /v1/backup`. */
export const backupToBegin = v.strictObject({ why });
export const backupBegun = v.pipe(
  v.object({
    ...{ run, at: time, gateway: v.string(), version: v.string() },
    migration: v.pipe(v.string(), v.description("The migration that D1 took last.")),
    keys: v.pipe(v.array(v.string()), v.description("The ids of SEALING_KEYS.")),
    users: v.number(),
  }),
  v.title("BackupBegun"),
);

/** `POST /v1/backup/parts`. */
export const partWanted = v.strictObject({
  run,
  after: v.optional(v.pipe(v.string(), v.maxLength(500), v.description("The `next` of the part before.")), ""),
});
export const backupPart = v.pipe(
  v.object({
    records: list(backupRecord),
    keys: v.pipe(v.array(v.string()), v.description("The ids of the sealing keys that these records need.")),
    next: v.pipe(v.nullable(v.string()), v.description("Null: this was the last part.")),
  }),
  v.title("BackupPart"),
);

const digest = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, "It must be a SHA-256 in hex."),
  v.description("The SHA-256 in the file's last line."),
);

/** `POST /v1/backup/end`. */
export const backupToEnd = v.strictObject({ run, file: digest, users: v.pipe(v.number(), v.integer(), v.minValue(0)) });
export const ended = v.pipe(v.object({ at: time }), v.title("RunEnded"));

/** `POST /v1/restore`. */
export const restoreToBegin = v.strictObject({
  file: digest,
  migration: v.pipe(v.string(), v.maxLength(200)),
  keys: v.pipe(v.array(v.pipe(v.string(), v.maxLength(16))), v.maxLength(1_000)),
  at: v.pipe(time, v.description("When the backup was made.")),
  over: v.pipe(v.optional(v.boolean(), false), v.description("The gateway may have data.")),
  dry: v.pipe(v.optional(v.boolean(), true), v.description("Change nothing, and say what would be done.")),
  why,
});
export const restoreBegun = v.pipe(
  v.object({
    ...{ run, wasEmpty: v.pipe(v.boolean(), v.description("The gateway had no data when this restore began.")) },
    users: v.pipe(v.number(), v.description("How many users the gateway has now.")),
  }),
  v.title("RestoreBegun"),
);

const finding = v.pipe(
  v.object({
    did: v.pipe(
      v.picklist(["opened", "closed", "kept", "repaired"]),
      v.description("`kept`: it stays closed, or away, until its line is given back in `open`."),
    ),
    line: v.pipe(v.string(), v.description("What names it, such as `device:d_…`.")),
    what: v.string(),
    user: v.pipe(v.nullable(v.string()), v.description("The user's address.")),
  }),
  v.title("Finding"),
);
const open = v.pipe(
  v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(400))), v.maxLength(MAX_OPEN)), []),
  v.description("Lines of findings that are to be opened. `device:*` stands for all of a kind."),
);

/** `POST /v1/restore/parts`. */
export const partToRestore = v.strictObject({
  run,
  records: v.pipe(v.array(backupRecord), v.maxLength(MAX_RECORDS, `It may have ${MAX_RECORDS} records.`)),
  open,
});
export const partRestored = v.pipe(v.object({ findings: list(finding) }), v.title("PartRestored"));

/** `POST /v1/restore/end`. */
export const restoreToEnd = v.strictObject({ run });

/** `POST /v1/reconcile`. */
export const reconcileWanted = v.strictObject({
  after: v.optional(v.pipe(v.string(), v.maxLength(100), v.description("The `next` of the part before.")), ""),
  older: v.pipe(
    v.optional(v.picklist(["d1", "guards", "unknown"]), "unknown"),
    v.description("Which side went back to an earlier moment."),
  ),
  dry: v.pipe(v.optional(v.boolean(), true), v.description("Change nothing, and say what would be done.")),
  why,
});
export const reconciled = v.pipe(
  v.object({
    findings: list(finding),
    users: v.pipe(v.number(), v.description("How many users were compared.")),
    next: v.pipe(v.nullable(v.string()), v.description("Null: these were the last users.")),
  }),
  v.title("Reconciled"),
);

export type BackupBegunAnswer = v.InferOutput<typeof backupBegun>;
export type BackupPartAnswer = v.InferOutput<typeof backupPart>;
export type RestoreBegunAnswer = v.InferOutput<typeof restoreBegun>;
export type FindingAnswer = v.InferOutput<typeof finding>;
export type PartRestoredAnswer = v.InferOutput<typeof partRestored>;
export type ReconciledAnswer = v.InferOutput<typeof reconciled>;
export type RecordAnswer = v.InferOutput<typeof backupRecord>;
