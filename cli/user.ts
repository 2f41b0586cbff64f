// `postern user …`: who may sign in, and by which names.

import { normaliseName, sipUriOf, splitAccount } from "../src/credentials/names.ts";
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
import { type Answer, type Context, isoTime, namedUser, table, unusableName } from "./command.ts";
import { CliFault } from "./fault.ts";

export async function add(context: Context): Promise<Answer> {
  const newUser = newUserOf(context);
  const added = await addUser(context.db, newUser, context.now);
  if (added.ok) return userAnswer(added.value, await namesOfUser(context.db, added.value.id), "Added ");
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
  const rows = users.map((user) => [user.sipUri, accountOf(user), user.upn ?? "-", stateOf(user)]);
  return {
    text: users.length === 0 ? "No users yet." : table([["SIP ADDRESS", "ACCOUNT", "UPN", "STATE"], ...rows]),
    json: users.map((user) => userJson(user)),
  };
}

export async function show(context: Context): Promise<Answer> {
  const user = await namedUser(context);
  return userAnswer(user, await namesOfUser(context.db, user.id), "");
}

export async function disable(context: Context): Promise<Answer> {
  const user = await namedUser(context);
  const changed = await disableUser(context.db, user.id, context.now);
  const after = changed ? { ...user, disabledAt: context.now } : user;
  return { text: `${user.sipUri} ${changed ? "is disabled" : "was disabled already"}.`, json: userJson(after) };
}

export async function enable(context: Context): Promise<Answer> {
  const user = await namedUser(context);
  await enableUser(context.db, user.id);
  const before = user.disabledAt === null ? "was enabled already" : "may sign in again";
  return { text: `${user.sipUri} ${before}.`, json: userJson({ ...user, disabledAt: null }) };
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
    ...names.map(({ name, kind }, at) => [at === 0 ? "  signs in as" : "", `${name} (${kind})`]),
  ];
  return { text: `${before}${user.sipUri}\n${table(lines)}`, json: { ...userJson(user), names } };
}

function userJson(user: User): Readonly<Record<string, unknown>> {
  return { ...user, createdAt: isoTime(user.createdAt), disabledAt: isoTime(user.disabledAt) };
}

const accountOf = ({ domain, account }: User): string => `${domain}\\${account}`;
const stateOf = ({ disabledAt }: User): string =>
  disabledAt === null ? "may sign in" : `disabled ${isoTime(disabledAt)}`;
