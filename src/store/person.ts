// The queries of all that Postern keeps of one person (S-40): reading it, and deleting it. The audit finds a person by
// the user's id. It also finds the ids of the person's devices, which stand in another user's event when that user
// named one of them. An address does not tell who it was: somebody else may have had it before (S-48). The devices have
// no index here, so these queries read the whole table, once for each command.

import { type AnyColumn, and, asc, eq, gt, inArray, or, type SQL, sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import type { StoredEvent } from "./audit.ts";
import type { Database } from "./database.ts";
import type { User } from "./directory.ts";
import { subjectsForgotten } from "./portal-subjects.ts";
import {
  appPasswords,
  auditEvents,
  deviceContests,
  idempotency,
  names,
  partnerships,
  policies,
  users,
} from "./schema.ts";
import { directoryLinks, notices, userInvitations } from "./schema-directory.ts";

/** What happens to the events of a person who is erased. */
export type AuditFate = "pseudonymise" | "purge";

/** How many events one statement changes or deletes. */
const EVENTS_OF_A_STATEMENT = 2_000;
/** How many statements one call makes. Together they take D1 some seconds. */
const STATEMENTS_OF_A_CALL = 20;

/** The keys of all devices that a user has. */
export async function deviceKeysOf(db: Database, userId: string): Promise<string[]> {
  const rows = await db.select({ key: partnerships.key }).from(partnerships).where(eq(partnerships.userId, userId));
  return rows.flatMap(({ key }) => key ?? []);
}

/** A page of the events about a person, oldest first. `after`: the id of the last event on the page before. */
export async function eventsAbout(
  db: Database,
  person: Pick<User, "id">,
  page: { readonly after: string; readonly limit: number },
): Promise<StoredEvent[]> {
  const about = or(eq(auditEvents.userId, person.id), ofDevices(await deviceKeysOf(db, person.id)));
  return db
    .select()
    .from(auditEvents)
    .where(and(gt(auditEvents.id, page.after), about))
    .orderBy(asc(auditEvents.id))
    .limit(page.limit);
}

/** The networks in the user's events since a time (ms). */
export async function networksOf(db: Database, userId: string, since: number): Promise<string[]> {
  const { source, at } = auditEvents;
  const rows = await db
    .select({ source })
    .from(auditEvents)
    .where(and(eq(auditEvents.userId, userId), gt(at, since)))
    .groupBy(source);
  return rows.map((row) => row.source);
}

/** The versions of the policy that contain one of these texts. */
export async function policiesNaming(db: Database, texts: readonly string[]): Promise<number[]> {
  const { version, policy, text, why } = policies;
  const said = sql`lower(${policy} || coalesce(${text}, '') || coalesce(${why}, ''))`;
  const found = texts.map((each) => sql`instr(${said}, ${each.toLowerCase()}) > 0`);
  const rows = await db
    .select({ version })
    .from(policies)
    .where(or(...found))
    .orderBy(asc(version));
  return rows.map((row) => row.version);
}

/**
 * Makes the events of a person anonymous, or deletes them. One call changes a bounded number of events, and `more` says
 * whether some are left. From another user's event, only the ids of the person's devices are removed.
 */
export async function forgetInAudit(
  db: Database,
  person: Pick<User, "id">,
  fate: AuditFate,
  pseudonym: string,
): Promise<{ readonly events: number; readonly more: boolean }> {
  let events = 0;
  for (let statements = 0; statements < STATEMENTS_OF_A_CALL; statements++) {
    const changed = await forgetSome(db, eq(auditEvents.userId, person.id), fate, pseudonym);
    events += changed;
    if (changed < EVENTS_OF_A_STATEMENT) return { events, more: false };
  }
  return { events, more: true };
}

async function forgetSome(db: Database, about: SQL, fate: AuditFate, pseudonym: string): Promise<number> {
  const { id } = auditEvents;
  const these = inArray(id, db.select({ id }).from(auditEvents).where(about).limit(EVENTS_OF_A_STATEMENT));
  const changed =
    fate === "purge"
      ? await db.delete(auditEvents).where(these).returning({ id })
      : await db.update(auditEvents).set(nobodys(pseudonym)).where(these).returning({ id });
  return changed.length;
}

/**
 * Deletes a user with names, app passwords, devices and the list of who contested their ids, and adds an event. All of
 * it happens, or nothing. `inAudit`: whether events of other users keep what they say of the user's devices.
 */
export async function deleteUser(
  db: Database,
  { id, sipUri }: Pick<User, "id" | "sipUri">,
  keys: readonly string[],
  event: AuditedEvent,
  inAudit: "kept" | "taken-out",
): Promise<void> {
  const gone = { device: null, deviceKey: null };
  await db.batch([
    db
      .update(auditEvents)
      .set(gone)
      .where(ofDevices(inAudit === "kept" ? [] : keys)),
    db.delete(idempotency).where(answersNaming(id, sipUri)),
    db.delete(names).where(eq(names.userId, id)),
    db.delete(directoryLinks).where(eq(directoryLinks.userId, id)),
    db.delete(notices).where(eq(notices.userId, id)),
    db.delete(userInvitations).where(eq(userInvitations.userId, id)),
    subjectsForgotten(db, id),
    db.delete(appPasswords).where(eq(appPasswords.userId, id)),
    db.delete(partnerships).where(eq(partnerships.userId, id)),
    db.delete(deviceContests).where(or(eq(deviceContests.userId, id), among(deviceContests.key, keys))),
    db.delete(users).where(and(eq(users.id, id), eq(users.sipUri, sipUri))),
    db.insert(auditEvents).values(event),
  ]);
}

/**
 * The API's stored answers about a user or the user's app passwords. They are kept for a day. This reads the whole
 * table.
 */
const answersNaming = (id: string, sipUri: string): SQL => {
  const { body } = idempotency;
  const address = sipUri.replace(/^sip:/, "");
  return sql`instr(${body}, ${id}) > 0 or instr(${body}, ${address}) > 0 or exists (select 1 from ${appPasswords} where ${appPasswords.userId} = ${id} and instr(${body}, ${appPasswords.id}) > 0)`;
};

const ofDevices = (keys: readonly string[]): SQL => among(auditEvents.deviceKey, keys);

/** Whether a column has one of the keys. All keys are one parameter, because a statement takes a hundred at most. */
const among = (column: AnyColumn, keys: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(keys)}))`;

/** Empties the columns of an event that are about a person. Time, channel, host, outcome, reason and admin key stay. */
const nobodys = (pseudonym: string) =>
  ({
    userId: pseudonym,
    user: null,
    credentialId: null,
    requestId: "",
    source: "unknown",
    userAgent: "",
    workstation: "",
    channelBinding: null,
    country: null,
    city: null,
    waitUntil: null,
    device: null,
    deviceKey: null,
    why: null,
    change: null,
    stages: null,
  }) as const;
