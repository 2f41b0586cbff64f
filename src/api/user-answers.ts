// A user in the shape in which the API shows one, and the reasons for which one could not be added.

import type { Pool } from "../config/pools.ts";
import type { Database } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { type DirectoryLink, linksOfUsers } from "../store/directory-links.ts";
import type { NewUserFault } from "../store/new-user.ts";
import { actorsOf } from "./actors.ts";
import { homePoolOf } from "./pool-of-user.ts";
import { type Problem, problem } from "./problem.ts";
import type { ActorAnswer } from "./schemas/audit.ts";
import type { UserAnswer } from "./schemas/directory.ts";
import type { DirectoryLinkAnswer } from "./schemas/directory-sync.ts";

/** The user's version, as the ETag tells it. */
export const versionOfUser = ({ revision }: Pick<User, "revision">): string => `r${revision}`;

/** Users in JSON, in their order; who made them by name. */
export async function userAnswers(db: Database, users: readonly User[], pools: readonly Pool[]): Promise<UserAnswer[]> {
  const [who, links] = await Promise.all([
    actorsOf(
      db,
      users.map(({ createdBy }) => createdBy),
    ),
    linksOfUsers(
      db,
      users.map(({ id }) => id),
    ),
  ]);
  const linkOf = new Map(links.map((link) => [link.userId, link]));
  return users.map((user) => ({
    ...userAnswer(user, who, linkOf.get(user.id)),
    homePool: homePoolOf(pools, user.pool),
  }));
}

/** The link of a user in JSON. */
export function linkAnswer(link: DirectoryLink | undefined): DirectoryLinkAnswer {
  if (link === undefined) return null;
  const { key, state, since, held, kept } = link;
  return { source: sourceOf(key), key, state, since: new Date(since).toISOString(), held, kept };
}

/** The source of a key: what stands before its colon. */
export const sourceOf = (key: string): string => key.slice(0, key.indexOf(":"));

function userAnswer(
  user: User,
  who: (id: string) => ActorAnswer,
  link: DirectoryLink | undefined,
): Omit<UserAnswer, "homePool"> {
  const { domain, account, windowUntil, createdAt, createdBy, disabledAt, ...rest } = user;
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    ...{ ...rest, account: `${domain}\\${account}`, createdBy: createdBy === null ? null : who(createdBy) },
    ...{ createdAt: new Date(createdAt).toISOString(), windowUntil: iso(windowUntil), disabledAt: iso(disabledAt) },
    directory: linkAnswer(link),
  };
}

/** Finds out which field of a new user has which fault. */
const FIELDS = {
  "bad-sip-uri": ["sipUri", "It must be an address such as alice@contoso.com, with or without sip: before it."],
  "bad-upn": ["upn", "It must be user@domain, as in Active Directory."],
  "bad-account": ["account", "It must be DOMAIN\\user."],
  "bad-alias": ["aliases", "Each must be an address or DOMAIN\\user."],
} as const satisfies Readonly<Record<NewUserFault, readonly [field: string, message: string]>>;

/** Why a user was not added. `taken`: the names that belong to somebody already. */
export function notAdded(reason: NewUserFault | "name-taken", taken: readonly string[]): Problem {
  if (reason === "name-taken") {
    return problem("name-taken", `Another user has the name ${taken.join(" and ")} already. Nobody was added.`, {
      fix: "Look at the user who has it, by that name.",
    });
  }
  const [path, message] = FIELDS[reason];
  return problem("invalid", `${path}: ${message}`, { errors: [{ path, message }] });
}
