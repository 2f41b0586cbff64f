// A user in the shape in which the API shows one, and the reasons for which one could not be added.

import type { User } from "../store/directory.ts";
import type { NewUserFault } from "../store/new-user.ts";
import { type Problem, problem } from "./problem.ts";
import type { UserAnswer } from "./schemas/directory.ts";

/** The user's version, as the ETag tells it. */
export const versionOfUser = ({ revision }: Pick<User, "revision">): string => `r${revision}`;

export function userAnswer(user: User): UserAnswer {
  const { domain, account, windowUntil, createdAt, disabledAt, ...rest } = user;
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    ...{ ...rest, account: `${domain}\\${account}` },
    ...{ createdAt: new Date(createdAt).toISOString(), windowUntil: iso(windowUntil), disabledAt: iso(disabledAt) },
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
      fix: "Look at that user; the name itself is good as {user} in a path.",
    });
  }
  const [path, message] = FIELDS[reason];
  return problem("invalid", `${path}: ${message}`, { errors: [{ path, message }] });
}
