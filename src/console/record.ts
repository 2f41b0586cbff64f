// What the audit keeps of administrators' sign-ins.

import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { aboutRequest } from "../http/about.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import type { ConsoleVisit } from "./site.ts";

/** Writes that somebody has signed in, before the session's cookie leaves (S-39). `how`: such as `passkey`. */
export async function recordSignIn({ env, request, host, now }: ConsoleVisit, by: string, how: string): Promise<void> {
  const about = aboutRequest(request, host, "console");
  const event = auditEvent(about, { outcome: "changed", reason: "administrator-signed-in", by, why: how }, now);
  await insertEvents(openDatabase(env.DB), [event]);
  logAudited(event);
}
