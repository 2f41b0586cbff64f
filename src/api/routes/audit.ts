// The audit: it is listed, followed and exported, and its old events are deleted. One request deletes a limited number
// of events, and writes an event about that, in one transaction. To delete all, ask again until none are left.

import { auditEvent } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import { eventById, MAX_EVENTS_OF_A_PURGE, purgeEvents } from "../../store/audit.ts";
import { pageOfEvents } from "../../store/audit-list.ts";
import { purgedText } from "../../store/audit-retention.ts";
import { openDatabase } from "../../store/database.ts";
import { ownAnswer } from "../../trace/refusal.ts";
import { auditFilterOf, eventAnswers } from "../audit-events.ts";
import { exportedEvents } from "../audit-export.ts";
import { follow } from "../audit-follow.ts";
import { badCursor, cursorOf, fitting, paged, readCursor } from "../cursor.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { aboutCommand } from "../record.ts";
import {
  auditEventSchema,
  auditExportQuery,
  auditPage,
  auditQuery,
  eventParams,
  eventQuery,
  explainedEvent,
} from "../schemas/audit.ts";
import { auditPurged, auditToPurge } from "../schemas/person.ts";

const FOLLOWING = `With several filters one page looks at 20,000 events at most: it may have fewer items than \`limit\`, even
none, and still a \`next\`. Guards send their events some seconds late. With \`wait\`, events come in the order in which they reach D1, so a reader
misses none.`;

export const auditOperations = [
  operation({
    ...{ id: "audit.list", method: "GET", path: "/v1/audit", scope: "read" },
    summary: "Lists events, or follows them",
    description: FOLLOWING,
    query: auditQuery,
    answer: auditPage,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { query }) => {
      const { order, wait, limit, after, ...asked } = query;
      const filter = await auditFilterOf(call, asked);
      if (!filter.ok) return filter;
      const db = openDatabase(call.env.DB);
      if (wait !== undefined) {
        const followed = await follow(db, filter.value, { after, limit, waitS: wait });
        if (followed === undefined) return badCursor;
        const items = fitting(await eventAnswers(db, followed.items));
        return done({ items, next: followed.nextAfter(items.length) });
      }
      const [id] = after === "" ? [undefined] : (readCursor(after, ["string"]) ?? []);
      if (after !== "" && typeof id !== "string") return badCursor;
      const from = typeof id === "string" ? id : undefined;
      const page = await pageOfEvents(db, filter.value, { order, limit, after: from });
      const next = page.next === null ? null : cursorOf(page.next);
      return done(paged(page.items, await eventAnswers(db, page.items), next, ({ id }) => cursorOf(id)));
    },
  }),

  operation({
    ...{ id: "audit.get", method: "GET", path: "/v1/audit/events/{event}", scope: "read" },
    summary: "Shows one event, and says in words what happened and what to do",
    ...{ params: eventParams, query: eventQuery, answer: explainedEvent },
    problems: ["no-such-event"],
    handle: async ({ env }, { params, query }) => {
      const db = openDatabase(env.DB);
      const found = await eventById(db, params.event);
      const [event] = found === undefined ? [] : await eventAnswers(db, [found]);
      if (event === undefined) {
        return problem("no-such-event", "No event has this id. A guard sends its events some seconds late.", {
          fix: "Events older than AUDIT_RETENTION_DAYS are deleted.",
        });
      }
      // Loaded when it is asked for: the texts are long, and no other request needs them.
      const { explained } = await import("../../audit/explain.ts");
      const by = event.by === null ? null : (event.by.name ?? event.by.id);
      return done({ event, explained: explained({ ...event, by }, query.language) });
    },
  }),

  operation({
    ...{ id: "audit.export", method: "GET", path: "/v1/audit/export", scope: "read" },
    summary: "Writes events into a file, oldest first",
    description: `The answer is a stream. When it cannot be completed, it ends with a fault. One call gives some two million events at most: export more month
by month. CSV has the columns of docs/audit.md, and an apostrophe before a text that a spreadsheet would take for a formula.`,
    query: auditExportQuery,
    answer: auditEventSchema,
    streams: ["application/x-ndjson", "text/csv"],
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { query }) => {
      const { format, ...asked } = query;
      const filter = await auditFilterOf(call, asked);
      if (!filter.ok) return filter;
      // Events that come while the export is written belong to the next export.
      const now = Date.now();
      const until = Math.min(filter.value.until ?? now, now);
      const body = exportedEvents(openDatabase(call.env.DB), { ...filter.value, until }, format);
      return ownAnswer(
        new Response(body, {
          headers: {
            "cache-control": "no-store",
            "content-disposition": `attachment; filename="audit.${format}"`,
            "content-type": format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
            "x-content-type-options": "nosniff",
          },
        }),
      );
    },
  }),

  operation({
    ...{ id: "audit.purge", method: "POST", path: "/v1/audit/purge", scope: "admin" },
    summary: "Deletes old events of the audit, a limited number in each call",
    body: auditToPurge,
    answer: auditPurged,
    problems: [],
    handle: async (call, { body }) => {
      const before = Date.parse(body.before);
      const now = Date.now();
      if (!(before >= 0 && before <= now)) {
        const message = "It must be a time in ISO 8601 that has passed.";
        return problem("invalid", `before: ${message}`, { errors: [{ path: "before", message }] });
      }
      const about = aboutCommand(call);
      const by = call.actor.id;
      const why = body.why === "" ? "" : `: ${body.why}`;
      const eventFor = (deleted: number) =>
        auditEvent(
          about,
          { outcome: "changed", reason: "audit-purged", by, why: purgedText(deleted, before, why) },
          now,
        );
      const { deleted, event } = await purgeEvents(openDatabase(call.env.DB), before, eventFor);
      if (event !== undefined) logAudited(event);
      return done({ before: new Date(before).toISOString(), deleted, more: deleted === MAX_EVENTS_OF_A_PURGE });
    },
  }),
];
