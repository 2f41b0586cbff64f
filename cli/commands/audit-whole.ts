// `postern audit export` and `postern audit purge`: write many events into a file, or delete them for good.

import { closeSync, writeSync } from "node:fs";
import { FILTER, filterOf } from "../audit-filter.ts";
import { command, moment, oneOf, text, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { openNew } from "../files.ts";
import type * as A from "../reach/answers.ts";
import { counted } from "../text/answer.ts";
import { timeIn } from "../time.ts";

export const exportEvents = command({
  help: "Writes every field of each event, the oldest event first. CSV is safe to open in a spreadsheet.",
  options: {
    ...FILTER,
    format: oneOf(["csv", "jsonl"], "default csv; jsonl: one JSON document a line"),
    file: text("file", "write it there; the file must not exist, and only you may read it"),
  },
  examples: [
    "audit export --since 2026-11-01 --until 2026-12-01 --file november.csv",
    "audit export --format jsonl --since 24h",
  ],
  async run({ options, folder, api, print, progress }) {
    const { format = "csv", file, ...given } = options;
    const events = await api().stream("/v1/audit/export", { ...filterOf(given), format });
    const opened = file === undefined ? undefined : openNew(folder, file);
    let bytes = 0;
    const decoder = new TextDecoder();
    try {
      for await (const chunk of events) {
        bytes += chunk.length;
        if (opened === undefined) await print(decoder.decode(chunk, { stream: true }));
        else writeSync(opened, chunk);
        if (opened !== undefined) progress?.(counted(bytes, "byte"));
      }
    } finally {
      if (opened !== undefined) closeSync(opened);
      progress?.("");
    }
    if (file === undefined) return { text: "", json: undefined };
    return { text: `Wrote ${counted(bytes, "byte")} to ${file}.`, json: { file, bytes } };
  },
});

export const purge = command({
  help: `Deletes the events that are older than a time, and says how many. This cannot be undone. For each 5,000 deleted events
the audit gets one event that records it. The gateway itself deletes events older than AUDIT_RETENTION_DAYS.`,
  options: {
    before: {
      ...moment("90d or 90: older than so many days; or 2026-11-23, or 2026-11-23T12:00:00Z"),
      read: purgedBefore,
    },
    ...WHY,
  },
  examples: ["audit purge --before 90d"],
  changes: true,
  async run({ options: { before, why }, now, api, progress }) {
    if (before === undefined) {
      throw usage('"audit purge" needs --before', "Give --before 90d, or --before 2026-11-23.");
    }
    const time = Date.parse(before);
    if (time < 0 || time > now()) {
      throw usage("--before is not a time that has passed", "Give 90d, or a day such as 2026-01-31.");
    }
    let deleted = 0;
    let page: A.AuditPurgedAnswer;
    do {
      page = await api().post<A.AuditPurgedAnswer>("/v1/audit/purge", { before, why });
      deleted += page.deleted;
      progress?.(`${deleted} events`);
    } while (page.more);
    progress?.("");
    return { text: `Deleted ${counted(deleted, "event")} from before ${before}.`, json: { before, deleted } };
  },
});

/** A number without a unit means days. */
function purgedBefore(given: string, now: number): string {
  return new Date(timeIn(/^\d{1,4}$/.test(given) ? `${given}d` : given, now)).toISOString();
}
