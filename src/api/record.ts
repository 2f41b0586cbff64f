// Writes changes that no guard decides into the audit. For the others, it says what the audit has to keep of them.

import { type Change, changeText } from "../audit/change.ts";
import { type AuditedEvent, auditEvent, type EventContext } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { insertEvents, MAX_EVENTS_OF_A_BATCH } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import type { Call } from "./call.ts";
import { deliverSoon } from "./mail-at-once.ts";

/** Who asks for a change and why, as the audit keeps it. */
export const aboutCommand = ({ host, source, requestId }: Call): EventContext => ({
  ...{ requestId, channel: "command", host, source },
  ...{ userAgent: "", workstation: "" },
});

/** Writes many changes of one reason. */
export async function recordChanges(
  call: Call,
  reason: AuditReason,
  abouts: readonly { readonly user: User; readonly why: string; readonly change: Change }[],
): Promise<void> {
  const events = abouts.map((about) => changeEvent(call, reason, about));
  for (let at = 0; at < events.length; at += MAX_EVENTS_OF_A_BATCH) {
    const batch = events.slice(at, at + MAX_EVENTS_OF_A_BATCH);
    if (await insertEvents(openDatabase(call.env.DB), batch, call.config.notices)) await deliverSoon(call);
  }
  for (const event of events) logAudited(event);
}

/** Writes one administrative change. When this returns, the change is in the audit and in the log (S-39). */
export async function recordChange(call: Call, reason: AuditReason, about: Changed): Promise<void> {
  const event = changeEvent(call, reason, about);
  const mail = await insertEvents(openDatabase(call.env.DB), [event], call.config.notices);
  logAudited(event);
  if (mail) await deliverSoon(call);
}

/** What was changed, and about whom. `credentialId`: the app password that the change is about. */
type Changed = {
  readonly user?: User;
  readonly why?: string;
  readonly change?: Change;
  readonly credentialId?: string;
};

/** The event of an administrative change, for what writes it together with the change. */
export function changeEvent(call: Call, reason: AuditReason, about: Changed): AuditedEvent {
  const { user, why = "", change, credentialId } = about;
  return auditEvent(
    aboutCommand(call),
    {
      ...{ outcome: "changed", reason, userId: user?.id, user: user?.sipUri, credentialId, by: call.actor.id },
      ...{ why: why === "" ? undefined : why, change: change && changeText(change) },
    },
    Date.now(),
  );
}
