// Writes users for people.

import type * as A from "../reach/answers.ts";
import { type Columns, facts, table } from "./answer.ts";

const AS_POLICY_SAYS = "as the policy says";
const stateOf = ({ disabledAt }: A.UserAnswer): string =>
  disabledAt === null ? "may sign in" : `disabled ${disabledAt}`;
/** Where a user comes from. An earlier gateway does not say so. */
const originOf = ({ directory }: Partial<A.UserAnswer>): string => {
  if (directory == null) return "made by hand";
  const { source, state, since, held } = directory;
  return `the directory ${source} (${state} since ${since}${held ? ", held by an administrator" : ""})`;
};

export const USER_COLUMNS: Columns<A.UserAnswer> = {
  "SIP ADDRESS": "sipUri",
  ACCOUNT: "account",
  UPN: "upn",
  STATE: stateOf,
  GROUPS: ({ groups }) => groups.join(" "),
  ENROLMENT: "enrolment",
  "MOST DEVICES": "maxDevices",
};
/** These columns are only in CSV. */
export const MORE_USER_COLUMNS: Columns<A.UserAnswer> = {
  ...{ MAIL: "mail", MOBILE: "mobile", LANGUAGE: "language", POOL: "pool", "COMES FROM": originOf },
  ...{ NAME: "displayName", ID: "id", CREATED: "createdAt", "WINDOW UNTIL": "windowUntil" },
};

/** The home pool by the name in POOLS; an earlier gateway does not say it. */
function poolText({ pool, homePool }: Partial<A.UserAnswer>): string {
  if (pool == null) return "";
  return homePool == null || homePool === pool ? pool : `${homePool} (${pool})`;
}

/** One user with all facts. */
export function userText(user: A.WholeUserAnswer, before = ""): string {
  const { id, account, displayName, upn, groups, enrolment, maxDevices, windowUntil } = user;
  const lines = facts({
    ...{ id, name: displayName ?? "", account, UPN: upn ?? "-", state: stateOf(user), added: user.createdAt },
    ...{ "comes from": originOf(user), mail: user.mail ?? "", mobile: user.mobile ?? "" },
    ...{ language: user.language ?? "", pool: poolText(user), SID: user.sid ?? "" },
    ...{ groups: groups.join(", ") || "none", enrolment: enrolment ?? AS_POLICY_SAYS },
    "most devices": maxDevices ?? AS_POLICY_SAYS,
    "enrolment window": windowUntil === null ? "none" : `until ${windowUntil}`,
  });
  const names = user.names.map(({ name, kind }, at) => [at === 0 ? "  signs in as" : "  ", `${name} (${kind})`]);
  return `${before}${user.sipUri}\n${lines}\n${table(names)}${noUpnText(user)}`;
}

/** What a person must know who deletes somebody of a directory. */
export const COMES_BACK =
  "The directory still lets the person in, so its next comparison adds the person again, without app passwords and devices.";

const PLAIN = /^[\w.:@+-]+$/;

/** A paragraph with the fix, when the user has no UPN. Empty for other users. */
export function noUpnText({ sipUri, upn }: { readonly sipUri: string; readonly upn: string | null }): string {
  if (upn !== null) return "";
  const named = PLAIN.test(sipUri) ? sipUri : "SIP_URI"; // the operator will give this to a shell
  return `

${sipUri} has no UPN, so every sign-in ends in 503 (sign-on-no-upn): the connector signs users on by their userPrincipalName, and
Postern does not guess it. Give it:
  npx postern user set ${named} --upn NAME@DOMAIN`;
}
