// The audit of changes that no guard decides, and what the audit says of one that a guard does.

import { auditEvent, type EventContext } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import type { Call } from "./call.ts";
import { type Change, changeText } from "./change.ts";

/** What an administrator asks for, in the audit's words. */
export const aboutCommand = ({ host, source, requestId }: Call): EventContext => ({
  ...{ requestId, channel: "command", host, source },
  ...{ userAgent: "", workstation: "" },
});

/**
 * Writes an administrative change into the audit that no guard writes. When this returns, it is in the audit and in the
 * log (S-39).
 */
export async function recordChange(
  call: Call,
  reason: AuditReason,
  about: { readonly user?: User; readonly why?: string; readonly change?: Change },
): Promise<void> {
  const { user, why = "", change } = about;
  const event = auditEvent(
    aboutCommand(call),
    {
      ...{ outcome: "changed", reason, userId: user?.id, user: user?.sipUri, by: call.actor.id },
      ...{ why: why === "" ? undefined : why, change: change && changeText(change) },
    },
    Date.now(),
  );
  await insertEvents(openDatabase(call.env.DB), [event]);
  logAudited(event);
}
