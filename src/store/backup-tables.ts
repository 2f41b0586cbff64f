// Which tables of D1 are in a backup, and which are not, with the reason. A test finds a table of the schema that is
// not in this list. docs/design/0034-backup.md says what a restore does with each.

import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  administrators,
  apiTokens,
  appPasswords,
  auditEvents,
  auditHours,
  deviceContests,
  deviceWords,
  idempotency,
  keyAges,
  names,
  partnerships,
  policies,
  userGroups,
  users,
  userWords,
} from "./schema.ts";
import { authoritySilence } from "./schema-authority.ts";
import { adminInvitations, ceremonies, passkeys, webSessions } from "./schema-console.ts";
import { directoryLinks, directorySources, notices, userInvitations } from "./schema-directory.ts";
import { sealingWalk } from "./schema-keys.ts";
import { auditCounts, jobRuns, meters } from "./schema-metrics.ts";
import { portalPasskeys } from "./schema-portal.ts";
import { portalSubjects } from "./schema-portal-subjects.ts";
import { probeRuns } from "./schema-probe.ts";

/** A table whose rows belong to a user, and the column that says to whom. */
type OfUser = { readonly table: SQLiteTable; readonly owner: SQLiteColumn };
/** A table of the whole gateway, read in the order of `key`. */
type OfGateway = { readonly table: SQLiteTable; readonly key: SQLiteColumn };

/** Each user's rows come together with the copy of the user's guard. The user's own row is the first. */
export const USER_TABLES = {
  users: { table: users, owner: users.id },
  names: { table: names, owner: names.userId },
  app_passwords: { table: appPasswords, owner: appPasswords.userId },
  partnerships: { table: partnerships, owner: partnerships.userId },
  device_contests: { table: deviceContests, owner: deviceContests.userId },
  directory_links: { table: directoryLinks, owner: directoryLinks.userId },
  user_invitations: { table: userInvitations, owner: userInvitations.userId },
  portal_passkeys: { table: portalPasskeys, owner: portalPasskeys.userId },
  portal_subjects: { table: portalSubjects, owner: portalSubjects.userId },
} as const satisfies Readonly<Record<string, OfUser>>;
export type UserTable = keyof typeof USER_TABLES;

/** In their order in the file. The audit is the last, so it has what changed while the backup was made. */
export const GATEWAY_TABLES = {
  policies: { table: policies, key: policies.version },
  administrators: { table: administrators, key: administrators.id },
  passkeys: { table: passkeys, key: passkeys.id },
  api_tokens: { table: apiTokens, key: apiTokens.id },
  directory_sources: { table: directorySources, key: directorySources.source },
  // Two kinds have no key of the same id, because ids are made from the keys.
  key_ages: { table: keyAges, key: keyAges.id },
  audit_hours: { table: auditHours, key: auditHours.hour },
  audit_events: { table: auditEvents, key: auditEvents.id },
} as const satisfies Readonly<Record<string, OfGateway>>;
export type GatewayTable = keyof typeof GATEWAY_TABLES;

/** Tables that no backup has, and why. */
export const LEFT_OUT: ReadonlyMap<SQLiteTable, string> = new Map<SQLiteTable, string>([
  [userWords, "Triggers write it again from the users and their names."],
  [userGroups, "Triggers write it again from the users."],
  [deviceWords, "Triggers write it again from the partnerships."],
  [webSessions, "Administrators sign in again."],
  [ceremonies, "Steps of sign-ins that are under way."],
  [adminInvitations, "An open link must not live again. Invite again."],
  [idempotency, "Answers that are kept for a day."],
  [authoritySilence, "The next question to the authority tells."],
  [meters, "Isolates that have ended. A monitor takes counters that begin again for a restart."],
  [auditCounts, "As the meters. What comes back into the audit is not counted a second time (backup-write.ts)."],
  [jobRuns, "The next run tells."],
  [probeRuns, "The next run tells."],
  [sealingWalk, "The restored rows have other seals than the walk has seen: it begins again."],
  [notices, "Mail would be sent a second time, and open links would live again."],
]);
