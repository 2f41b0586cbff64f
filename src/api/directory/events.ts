// What the audit keeps of what a sync does. Every event names the token, so the audit tells who left, and by whose
// word.

import { type Change, changeText } from "../../audit/change.ts";
import { type AuditedEvent, auditEvent } from "../../audit/event.ts";
import type { AuditReason, UserSettingsReason } from "../../audit/reasons.ts";
import type { DirectoryState, PersonDetails } from "../../core/directory/plan.ts";
import type { User } from "../../store/directory.ts";
import type { Call } from "../call.ts";
import { aboutCommand } from "../record.ts";

/** An event about a user. `why`: a sentence for people. */
export const syncEvent = (
  call: Call,
  reason: AuditReason,
  { id: userId, sipUri: user }: Pick<User, "id" | "sipUri">,
  { change, why }: { readonly change?: Change; readonly why?: string },
): AuditedEvent =>
  auditEvent(
    aboutCommand(call),
    { outcome: "changed", reason, userId, user, by: call.actor.id, why, change: change && changeText(change) },
    Date.now(),
  );

/** What the directory says, as the reason of a change. */
export const saidBy = (source: string, state: DirectoryState): string => `directory ${source}: ${state}`;

/** The reason of a change of details. */
export function reasonOfDetails(fields: readonly (keyof PersonDetails)[]): UserSettingsReason {
  const groups = fields.includes("groups") ? "-groups" : "";
  const name = fields.includes("displayName") ? "-name" : "";
  const details = fields.some((field) => field !== "groups" && field !== "displayName") ? "-details" : "";
  const said = `user${groups}${name}${details}` as const;
  if (said === "user") throw new Error("a change of nothing");
  return said;
}

/** The fields that change, before and after. */
export const changeOfDetails = (
  fields: readonly (keyof PersonDetails)[],
  before: PersonDetails,
  after: PersonDetails,
): Change => ({ before: picked(fields, before), after: picked(fields, after) });

const picked = (fields: readonly (keyof PersonDetails)[], of: PersonDetails) =>
  Object.fromEntries(fields.map((field) => [field, of[field]]));
