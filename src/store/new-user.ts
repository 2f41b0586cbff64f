// Checks and normalises the names of a new user, and makes one row for each distinct key. Pure, so that the CLI can say
// what is wrong with a name before it asks the database.

import { type NameFault, normaliseName, sipUriOf, splitAccount } from "../core/credentials/names.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { newUserId } from "./ids.ts";
import type { names, users } from "./schema.ts";

/** A user to be added, as an administrator spells it. */
export type NewUser = {
  /** `sip:user@domain`, or the address alone. */
  readonly sipUri: string;
  /** `DOMAIN\user`. */
  readonly account: string;
  readonly upn?: string | undefined;
  /** Further names with which the user may sign in, each an address or `domain\user`. */
  readonly aliases?: readonly string[];
  /** Words that rules match on. */
  readonly groups?: readonly string[];
  /** As people write the person's name. */
  readonly displayName?: string | undefined;
  /** Where mail to this person goes. */
  readonly mail?: string | undefined;
  readonly mobile?: string | undefined;
  /** The account's `objectSid`, `S-1-5-…`. */
  readonly sid?: string | undefined;
  /** The language of mail, such as `de`. */
  readonly language?: string | undefined;
  /** The pool at which the person is homed, as the directory names it. */
  readonly pool?: string | undefined;
  /** Who adds the user, in the audit's words. */
  readonly createdBy?: string | undefined;
};

/** Which of the given names is unusable, and the value that has the fault. */
export type NewUserFault = "bad-sip-uri" | "bad-account" | "bad-upn" | "bad-alias";

/** A user principal name. `spelt`: as written, for the sign-on to the Front-End. `key`: normalised, for signing in. */
export type Upn = { readonly spelt: string; readonly key: string };

/** The columns of the user and the names that lead to it. */
export type UserRows = {
  readonly user: Pick<typeof users.$inferInsert, "sipUri" | "upn" | "domain" | "account">;
  readonly names: readonly Pick<typeof names.$inferInsert, "name" | "kind">[];
};

/** Normalises all names of a new user. If two names have the same key, it is kept once, with the kind of the first. */
export function rowsOfNewUser(newUser: NewUser): Result<UserRows, NewUserFault> {
  const sipUri = sipUriOf(newUser.sipUri);
  if (!sipUri.ok) return refuse("bad-sip-uri");
  const account = splitAccount(newUser.account);
  if (!account.ok) return refuse("bad-account");
  const keys = new Map<string, (typeof names.$inferInsert)["kind"]>();
  const add = (kind: (typeof names.$inferInsert)["kind"], key: Result<string, NameFault>): boolean => {
    if (key.ok && !keys.has(key.value)) keys.set(key.value, kind);
    return key.ok;
  };
  add("sip", normaliseName(sipUri.value));
  const upn = newUser.upn === undefined ? undefined : upnOf(newUser.upn);
  if (upn?.ok === false) return refuse("bad-upn");
  if (upn !== undefined) add("upn", ok(upn.value.key));
  add("account", normaliseName(newUser.account));
  for (const alias of newUser.aliases ?? []) if (!add("alias", normaliseName(alias))) return refuse("bad-alias");
  return ok({
    user: { sipUri: sipUri.value, upn: upn?.value.spelt ?? null, ...account.value },
    names: Array.from(keys, ([name, kind]) => ({ name, kind })),
  });
}

/** The row of a new user; `now` in ms. */
export function userOf({ user }: UserRows, given: NewUser, now: number): typeof users.$inferSelect {
  const { sipUri, domain, account, upn = null } = user;
  const { groups = [], displayName = null, createdBy = null, sid = null } = given;
  // An empty text is none.
  const [mail, mobile, language] = [given.mail || null, given.mobile || null, given.language || null];
  const pool = given.pool || null;
  return {
    ...{ id: newUserId(), sipUri, upn, domain, account, createdAt: now, disabledAt: null },
    ...{ groups, enrolment: null, maxDevices: null, windowUntil: null, revision: 0 },
    ...{ displayName, createdBy, mail, mobile, sid, language, pool },
  };
}

/** Reads a UPN as an administrator spells it. */
export function upnOf(text: string): Result<Upn, NameFault> {
  const key = normaliseName(text);
  if (!key.ok) return key;
  return key.value.includes("@") ? ok({ spelt: text.trim(), key: key.value }) : refuse("unqualified");
}
