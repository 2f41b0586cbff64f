// Gives a user another SIP address, UPN or account; the user stays the same. One transaction changes the user's row and
// the names to sign in by, and adds the event. docs/design/0016-people-move.md says who calls this, and what a failure
// means.

import { and, eq, exists, inArray, sql } from "drizzle-orm";
import type { AuditedEvent } from "../audit/event.ts";
import { normaliseName, sipUriOf, splitAccount } from "../core/credentials/names.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { type Database, isUniqueViolation, violates } from "./database.ts";
import type { User, UserName } from "./directory.ts";
import { upnOf } from "./new-user.ts";
import { auditEvents, names, users } from "./schema.ts";
import { directoryLinks } from "./schema-directory.ts";

/** The names by which the pool and Active Directory know a user. */
export type Identity = Pick<User, "sipUri" | "upn" | "domain" | "account">;

/** What an administrator asks for. An undefined field stays as it is. */
export type RenameChange = {
  /** `sip:user@domain`, or only the address. */
  readonly sipUri?: string | undefined;
  /** Null: the user has none from now on. */
  readonly upn?: string | null | undefined;
  /** `DOMAIN\user`. */
  readonly account?: string | undefined;
  /** The old SIP address and the old UPN stay as aliases. Otherwise they belong to nobody afterwards. */
  readonly keepOldAddress?: boolean | undefined;
};

/** A planned rename: what D1 says before and afterwards. */
export type Rename = {
  readonly userId: string;
  readonly before: Identity;
  readonly after: Identity;
  /** The names that are new, or change their kind. */
  readonly names: readonly UserName[];
  /** The keys that no longer belong to the user. */
  readonly released: readonly string[];
};

export type RenameFault = "bad-sip-uri" | "bad-upn" | "bad-account";

/**
 * Plans a rename from what D1 says of the user. Pure. When nothing changes, `names` is empty and both sides are equal.
 */
export function planRename(user: User, known: readonly UserName[], change: RenameChange): Result<Rename, RenameFault> {
  const before: Identity = { sipUri: user.sipUri, upn: user.upn, domain: user.domain, account: user.account };
  const sipUri = change.sipUri === undefined ? ok(before.sipUri) : sipUriOf(change.sipUri);
  if (!sipUri.ok) return refuse("bad-sip-uri");
  const upn = change.upn == null ? undefined : upnOf(change.upn);
  if (upn?.ok === false) return refuse("bad-upn");
  const account = change.account === undefined ? undefined : splitAccount(change.account);
  if (account?.ok === false) return refuse("bad-account");
  const after = { ...before, sipUri: sipUri.value, ...account?.value };
  if (change.upn !== undefined) after.upn = upn?.value.spelt ?? null;

  const wanted = new Map<string, UserName["kind"]>();
  const add = (kind: UserName["kind"], text: string | null): void => {
    const key = text === null ? undefined : normaliseName(text);
    if (key?.ok && !wanted.has(key.value)) wanted.set(key.value, kind);
  };
  add("sip", after.sipUri);
  add("upn", after.upn);
  add("account", `${after.domain}\\${after.account}`);
  for (const { name, kind } of known) if (kind === "alias") add("alias", name);
  if (change.keepOldAddress === true) for (const old of [before.sipUri, before.upn]) add("alias", old);
  const kinds = new Map(known.map(({ name, kind }) => [name, kind]));
  return ok({
    ...{ userId: user.id, before, after },
    names: [...wanted].flatMap(([name, kind]) => (kinds.get(name) === kind ? [] : [{ name, kind }])),
    released: [...kinds.keys()].filter((name) => !wanted.has(name)),
  });
}

/** Whether a rename changes anything. */
export const changesAnything = ({ before, after, names: changed, released }: Rename): boolean =>
  changed.length + released.length > 0 || !sameIdentity(before, after);

/** Whether both are equal, letter for letter. */
export const sameIdentity = (a: Identity, b: Identity): boolean =>
  a.sipUri === b.sipUri && a.upn === b.upn && a.domain === b.domain && a.account === b.account;

/** Whether only the SIP address changes. */
export const isSameAccount = ({ before, after }: Rename): boolean =>
  sameIdentity(before, { ...after, sipUri: before.sipUri });

/**
 * Carries a rename out, all of it or nothing. `name-taken`: one of the names belongs to another user, and nothing is
 * changed. `changed-meanwhile`: the user is not as the plan says any more, or was deleted.
 */
export async function renameUser(
  db: Database,
  { userId, before, after, names: changed, released }: Rename,
  event: AuditedEvent,
): Promise<Result<undefined, "name-taken" | "changed-meanwhile">> {
  const replaced = [...released, ...changed.map(({ name }) => name)];
  const is = sql`${users.sipUri} = ${before.sipUri} and ${users.upn} is ${before.upn} and ${users.domain} = ${before.domain} and ${users.account} = ${before.account}`;
  // Another account has another SID. A directory tells it; where none does, the first ticket tells.
  const isLinked = exists(db.select({ one: sql`1` }).from(directoryLinks).where(eq(directoryLinks.userId, userId)));
  const isOther = before.domain !== after.domain || before.account !== after.account;
  const sid = isOther ? { sid: sql`iif(${isLinked}, ${users.sid}, null)` } : {};
  try {
    await db.batch([
      // When the row is not as the plan says, this writes null into a column that may not be null. So the whole batch
      // is undone.
      db
        .update(users)
        .set({
          ...after,
          ...sid,
          sipUri: sql`case when ${is} then ${after.sipUri} end`,
          revision: sql`${users.revision} + 1`,
        })
        .where(eq(users.id, userId)),
      // Each name is deleted and then added. Only this user's name is deleted, so adding a name of another user fails.
      db.delete(names).where(and(eq(names.userId, userId), inArray(names.name, replaced))),
      ...changed.map((each) => db.insert(names).values({ ...each, userId })),
      db.insert(auditEvents).values(event).onConflictDoNothing({ target: auditEvents.id }),
    ]);
  } catch (fault) {
    if (violates(fault, /(?:NOT NULL|FOREIGN KEY) constraint failed/i)) return refuse("changed-meanwhile");
    if (isUniqueViolation(fault)) return refuse("name-taken");
    throw fault;
  }
  return ok(undefined);
}

/** The id of the user with this SIP address. `sipUri`: normalised. */
export async function userOfAddress(db: Database, sipUri: string): Promise<string | undefined> {
  const [found] = await db.select({ id: users.id }).from(users).where(eq(users.sipUri, sipUri));
  return found?.id;
}

/** A name, and the id of its user. */
export type TakenName = { readonly name: string; readonly userId: string; readonly sipUri: string };

/** Which of these keys belong to another user than this one, and to whom. */
export async function namesOfOthers(db: Database, userId: string, keys: readonly string[]): Promise<TakenName[]> {
  const rows = await db
    .select({ name: names.name, userId: names.userId, sipUri: users.sipUri })
    .from(names)
    .innerJoin(users, eq(users.id, names.userId))
    .where(inArray(names.name, [...keys]));
  return rows.filter((row) => row.userId !== userId);
}

/** A user with this many aliases gets no further one. */
export const MAX_ALIASES = 50;

/** Adds an alias. `unchanged`: the user has this name already. Only `ok` means that something was changed. */
export async function addAlias(
  db: Database,
  userId: string,
  name: string,
  event: AuditedEvent,
): Promise<Result<undefined, "name-taken" | "unchanged" | "too-many" | "changed-meanwhile">> {
  const own = await db.select().from(names).where(eq(names.userId, userId));
  if (own.some((row) => row.name === name)) return refuse("unchanged");
  if (own.filter(({ kind }) => kind === "alias").length >= MAX_ALIASES) return refuse("too-many");
  try {
    await db.batch([
      db.insert(names).values({ name, kind: "alias", userId }),
      db
        .update(users)
        .set({ revision: sql`${users.revision} + 1` })
        .where(eq(users.id, userId)),
      db.insert(auditEvents).values(event),
    ]);
  } catch (fault) {
    if (violates(fault, /FOREIGN KEY constraint failed/i)) return refuse("changed-meanwhile");
    if (isUniqueViolation(fault)) return refuse("name-taken");
    throw fault;
  }
  return ok(undefined);
}

/**
 * Removes an alias. `no-such-alias`: the user has no such name. `not-an-alias`: it is the user's SIP address, UPN or
 * account.
 */
export async function removeAlias(
  db: Database,
  userId: string,
  name: string,
  event: AuditedEvent,
): Promise<Result<undefined, "no-such-alias" | "not-an-alias">> {
  const own = and(eq(names.userId, userId), eq(names.name, name));
  const [row] = await db.select({ kind: names.kind }).from(names).where(own);
  if (row === undefined) return refuse("no-such-alias");
  if (row.kind !== "alias") return refuse("not-an-alias");
  await db.batch([
    db.delete(names).where(and(own, eq(names.kind, "alias"))),
    db
      .update(users)
      .set({ revision: sql`${users.revision} + 1` })
      .where(eq(users.id, userId)),
    db.insert(auditEvents).values(event),
  ]);
  return ok(undefined);
}
