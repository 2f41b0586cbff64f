// The audit as a file, oldest events first. The reader takes it page by page, so a million events need no more memory
// than a few thousand. When D1 fails in the middle, the stream ends with a fault, so that nobody takes a part for the
// whole.

import { csvLine } from "../core/text/csv.ts";
import type { AuditFilter } from "../store/audit.ts";
import { pageOfEvents } from "../store/audit-list.ts";
import type { Database } from "../store/database.ts";
import { eventAnswers } from "./audit-events.ts";
import type { AuditEventAnswer } from "./schemas/audit.ts";

export type ExportFormat = "csv" | "jsonl";

/** Together a few megabytes. Cloudflare lets one invocation make a thousand queries, and a page takes one to three. */
const EVENTS_OF_A_PAGE = 2_000;

const COLUMNS = [
  ...["id", "at", "user", "userId", "outcome", "reason", "source", "channel", "host", "device", "deviceKey"],
  ...[
    "credentialId",
    "workstation",
    "userAgent",
    "channelBinding",
    "country",
    "city",
    "repeats",
    "waitUntil",
    "wouldRefuse",
  ],
  ...["by", "byName", "byKind", "why", "change", "requestId", "stages"],
] as const;

/** Streams all events that match. */
export function exportedEvents(db: Database, filter: AuditFilter, format: ExportFormat): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const line = format === "csv" ? csvOf : (event: AuditEventAnswer) => `${JSON.stringify(event)}\n`;
  let after: string | undefined;
  return new ReadableStream(
    {
      start: (controller) => {
        if (format === "csv") controller.enqueue(encoder.encode(csvLine(COLUMNS)));
      },
      pull: async (controller) => {
        const page = await pageOfEvents(db, filter, { order: "asc", after, limit: EVENTS_OF_A_PAGE });
        const lines = (await eventAnswers(db, page.items)).map(line);
        // A page may look at many events and find none. Even an empty text makes the reader ask for the next page.
        controller.enqueue(encoder.encode(lines.join("")));
        if (page.next === null) controller.close();
        else after = page.next;
      },
    },
    { highWaterMark: 1 },
  );
}

function csvOf({ by, change, stages, ...event }: AuditEventAnswer): string {
  const cells: Readonly<Record<string, string | number | null>> = {
    ...event,
    ...{ by: by?.id ?? null, byName: by?.name ?? null, byKind: by?.kind ?? null },
    change: change === null ? null : JSON.stringify(change),
    stages: stages === null ? null : JSON.stringify(stages),
  };
  return csvLine(COLUMNS.map((column) => cells[column] ?? null));
}
