// The route by which an administrator deletes old events of the audit. One request is one transaction. It deletes a
// limited number of events and writes an event of its own. To delete all, ask again until none are left.

import type { Hono } from "hono";
import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { MAX_EVENTS_OF_A_PURGE, purgeEvents } from "../store/audit.ts";
import { purgedText } from "../store/audit-retention.ts";
import { openDatabase } from "../store/database.ts";
import type { Call } from "./call.ts";
import type { AuditPurgedAnswer } from "./person-answers.ts";
import { aboutCommand } from "./record.ts";
import { answer, bodyOf, error } from "./respond.ts";

const MAX_BODY_BYTES = 1_024;

/** Adds the route. */
export function auditRoutes(routes: Hono<{ Bindings: Call }>): void {
  routes.post("/v1/audit/purge", async (c) => {
    const body = await bodyOf(c.req.raw, MAX_BODY_BYTES);
    const before = typeof body?.before === "string" ? Date.parse(body.before) : Number.NaN;
    const now = Date.now();
    if (!(before >= 0 && before <= now)) {
      return error(400, "unusable-body", '"before" must be a time in ISO 8601 that has passed.');
    }
    const eventFor = (deleted: number) =>
      auditEvent(
        aboutCommand(c.env),
        { outcome: "changed", reason: "audit-purged", by: c.env.actor.id, why: purgedText(deleted, before) },
        now,
      );
    const { deleted, event } = await purgeEvents(openDatabase(c.env.env.DB), before, eventFor);
    if (event !== undefined) logAudited(event);
    const iso = new Date(before).toISOString();
    return answer({ before: iso, deleted, more: deleted === MAX_EVENTS_OF_A_PURGE } satisfies AuditPurgedAnswer);
  });
}
