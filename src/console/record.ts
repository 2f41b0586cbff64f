// What the audit keeps of administrators' sign-ins, and of what they change about them.

import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { aboutRequest } from "../http/about.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import type { ConsoleContext, ConsoleVisit } from "./site.ts";

/** Writes that somebody has signed in, before the session's cookie leaves (S-39). `how`: such as `passkey`. */
export const recordSignIn = (visit: ConsoleVisit, by: string, how: string): Promise<void> =>
  record(visit, "administrator-signed-in", by, how);

/** Writes what somebody has changed about their own sign-in. */
export const recordOwn = (c: ConsoleContext, reason: AuditReason, what: string): Promise<void> =>
  record(c.env, reason, c.var.view.person.id, what);

async function record(visit: ConsoleVisit, reason: AuditReason, by: string, why: string): Promise<void> {
  const { env, request, host, now } = visit;
  const event = auditEvent(aboutRequest(request, host, "console"), { outcome: "changed", reason, by, why }, now);
  await insertEvents(openDatabase(env.DB), [event]);
  logAudited(event);
}
