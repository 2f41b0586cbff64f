// Deletes old events of the audit. One request is one transaction. It deletes a limited number of events and writes an
// event of its own. To delete all, ask again until none are left.

import { auditEvent } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import { MAX_EVENTS_OF_A_PURGE, purgeEvents } from "../../store/audit.ts";
import { purgedText } from "../../store/audit-retention.ts";
import { openDatabase } from "../../store/database.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { aboutCommand } from "../record.ts";
import { auditPurged, auditToPurge } from "../schemas/person.ts";

export const auditOperations = [
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
