// `postern user …`: who may sign in, and by which names. Disabling and enabling go through the gateway, which ends what is under
// way; where it cannot be asked the database is told, and that is a fault.

import { revokeCertificates } from "../src/api/certificates.ts";
import type { UserChangedAnswer } from "../src/api/device-answers.ts";
import { normaliseName, sipUriOf, splitAccount } from "../src/core/credentials/names.ts";
import {
  addUser,
  disableUser,
  enableUser,
  listUsers,
  namesOfUser,
  takenNames,
  type User,
  type UserName,
} from "../src/store/directory.ts";
import { type NewUser, rowsOfNewUser } from "../src/store/new-user.ts";
import { certificatesText } from "./certificates.ts";
import { type Answer, type Context, isoTime, namedUser, table, unusableName } from "./command.ts";
import { databaseOnly, TICKETS_LIVE_ON } from "./database-only.ts";
import { CliFault } from "./fault.ts";
import { type Asked, askIfThere, userPath } from "./gateway.ts";
import { noUpnText } from "./no-upn.ts";
import { SETTINGS_HEADS, settingsCells, settingsRows } from "./user-settings.ts";

export async function add(context: Context): Promise<Answer> {
  const newUser = newUserOf(context);
  const added = await addUser(context.db, newUser, context.now);
  if (added.ok) {
    const { text, json } = userAnswer(added.value, await namesOfUser(context.db, added.value.id), "Added ");
    return { text: text + noUpnText(added.value), json };
  }
  if (added.reason !== "name-taken") throw unusableUser(newUser);
  const rows = rowsOfNewUser(newUser);
  const taken = await takenNames(context.db, rows.ok ? rows.value.names.map(({ name }) => name) : []);
  throw new CliFault(
    "conflict",
    `another user has the name ${taken.join(" and ")} already; nothing was added`,
    `See: npm run postern -- user show '${taken[0] ?? newUser.sipUri}'`,
  );
}

export async function list({ db }: Context): Promise<Answer> {
  const users = await listUsers(db);
  const heads = ["SIP ADDRESS", "ACCOUNT", "UPN", "STATE", ...SETTINGS_HEADS];
  const rows = users.map((user) => [
    ...[user.sipUri, accountOf(user), user.upn ?? "-", stateOf(user)],
    ...settingsCells(user),
  ]);
  return {
    text: users.length === 0 ? "No users yet." : table([heads, ...rows]),
    json: users.map((user) => userJson(user)),
  };
}

export async function show(context: Context): Promise<Answer> {
  const user = await namedUser(context);
  const { text, json } = userAnswer(user, await namesOfUser(context.db, user.id), "");
  return { text: text + noUpnText(user), json };
}

export async function disable(context: Context): Promise<Answer> {
  const asked = await switchTo(context, "disable");
  if (!asked.ok) {
    const user = await namedUser(context);
    await disableUser(context.db, user.id, context.now);
    throw databaseOnly(`${user.sipUri} is disabled`, TICKETS_LIVE_ON, asked.silence);
  }
  const { user, changed } = asked.value;
  const revoke = revokeCertificates(user);
  const text = `${user} ${changed ? "is disabled" : "was disabled already"}. Nothing more is served to this user.`;
  return { text: text + certificatesText(revoke), json: { user, changed, revokeCertificates: revoke } };
}

export async function enable(context: Context): Promise<Answer> {
  const asked = await switchTo(context, "enable");
  if (!asked.ok) {
    const user = await namedUser(context);
    await enableUser(context.db, user.id);
    throw databaseOnly(`${user.sipUri} is enabled`, "Sign-ins are accepted from now on.", asked.silence);
  }
  const { user, changed } = asked.value;
  const account = "Which account of Active Directory this is, the next ticket says anew.";
  const text = `${user} ${changed ? `may sign in again. ${account}` : "was enabled already."}`;
  return { text, json: { user, changed } };
}

async function switchTo(context: Context, verb: "disable" | "enable"): Promise<Asked<UserChangedAnswer>> {
  const path = `/v1/users/${userPath(context.words[0])}/${verb}`;
  const asked = await askIfThere(context, { method: "POST", path });
  return asked.ok ? { ok: true, value: asked.value as UserChangedAnswer } : asked;
}

function newUserOf({ words, options }: Context): NewUser {
  const [sipUri = ""] = words;
  if (options.account === undefined) {
    throw new CliFault(
      "usage",
      '"user add" needs --account',
      "Give the Active Directory account: --account CONTOSO/alice, or --account 'CONTOSO\\alice'.",
    );
  }
  return { sipUri, account: options.account, upn: options.upn, aliases: options.name ?? [] };
}

/** The fault of the first of a new user's names that cannot be used. */
function unusableUser({ sipUri, account, upn, aliases = [] }: NewUser): CliFault {
  const uri = sipUriOf(sipUri);
  if (!uri.ok) return unusableName("SIP_URI", sipUri, uri.reason);
  const split = splitAccount(account);
  if (!split.ok) return unusableName("--account", account, split.reason);
  const key = normaliseName(upn ?? sipUri);
  if (!key.ok || !key.value.includes("@"))
    return unusableName("--upn", upn ?? "", key.ok ? "not an address" : key.reason);
  const alias = aliases.find((text) => !normaliseName(text).ok) ?? "";
  const unusable = normaliseName(alias);
  return unusableName("--name", alias, unusable.ok ? "malformed" : unusable.reason);
}

function userAnswer(user: User, names: readonly UserName[], before: string): Answer {
  const lines = [
    ["  id", user.id],
    ["  account", accountOf(user)],
    ["  UPN", user.upn ?? "-"],
    ["  state", stateOf(user)],
    ["  added", isoTime(user.createdAt)],
    ...settingsRows(user),
    ...names.map(({ name, kind }, at) => [at === 0 ? "  signs in as" : "", `${name} (${kind})`]),
  ];
  return { text: `${before}${user.sipUri}\n${table(lines)}`, json: { ...userJson(user), names } };
}

function userJson(user: User): Readonly<Record<string, unknown>> {
  const { revision: _, createdAt, disabledAt, windowUntil, ...rest } = user;
  const times = { createdAt: isoTime(createdAt), disabledAt: isoTime(disabledAt), windowUntil: isoTime(windowUntil) };
  return { ...rest, ...times };
}

const accountOf = ({ domain, account }: User): string => `${domain}\\${account}`;
const stateOf = ({ disabledAt }: User): string =>
  disabledAt === null ? "may sign in" : `disabled ${isoTime(disabledAt)}`;
