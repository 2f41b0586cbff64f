// Gives a person another SIP address, UPN or account; the person keeps id, devices and app passwords. It also adds and
// removes aliases. docs/design/0016-people-move.md has the steps and the races.

import { type Change, changeText } from "../audit/change.ts";
import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { domainsOf } from "../config/domains.ts";
import { countedAs } from "../core/credentials/domains.ts";
import { type NameFault, normaliseName } from "../core/credentials/names.ts";
import { ok } from "../core/result.ts";
import type { MoveOutcome } from "../guards/move.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { namesOfUser, subjectOf, type User, type UserName, userById } from "../store/directory.ts";
import { policiesNaming } from "../store/person.ts";
import { currentVersion } from "../store/policies.ts";
import {
  addAlias,
  changesAnything,
  type Identity,
  namesOfOthers,
  planRename,
  type Rename,
  type RenameChange,
  type RenameFault,
  removeAlias,
  renameUser,
  type TakenName,
} from "../store/rename-user.ts";
import { endUserInvitations } from "../store/user-invitations.ts";
import { type Commanding, commandGuard, untilVerdictsAreOld } from "./devices.ts";
import { keysOf, textsOf } from "./person.ts";
import { aboutCommand } from "./record.ts";
import { inTurns } from "./turns.ts";

/** How many networks' guards one request tells. Cloudflare lets one invocation make a thousand calls. */
const MAX_NETWORKS = 500;
/** The same for each of many users who are renamed by one request. The other networks forget a name in 30 days. */
const NETWORKS_OF_ONE_OF_MANY = 20;

/** The outcome of a rename. */
export type Renamed = {
  /** The user as D1 has it now. */
  readonly user: User;
  /** False: the user had exactly these names already. */
  readonly changed: boolean;
  /** Names that no longer belong to the user. */
  readonly released: readonly string[];
  /** The policy in force mentions the old address or UPN. That part of the policy no longer applies to this user. */
  readonly inPolicy: boolean;
};

type Ok<Value> = { readonly ok: true; readonly value: Value };
/** Nothing was changed. `taken`: the names that belong to another user. */
type Refused<Reason> = { readonly ok: false; readonly reason: Reason; readonly taken: readonly TakenName[] };

const no = <Reason>(reason: Reason, taken: readonly TakenName[] = []): Refused<Reason> => ({
  ...{ ok: false, reason, taken },
});

/** Why nothing was changed. */
export type RenameReason = RenameFault | "name-taken" | "move-in-progress" | "changed-meanwhile";

/**
 * Renames a user. When this returns, earlier tickets are worth nothing, and D1, the guards and the networks know the
 * new names. `isOfMany`: the caller renames more users, and waits at the end until old verdicts are. Throws when D1 or
 * a guard fails: the same request may then be made again, and a move that has begun goes on by itself.
 */
export async function renamePerson(
  by: Commanding,
  user: User,
  change: RenameChange,
  { isOfMany = false }: { readonly isOfMany?: boolean } = {},
): Promise<Ok<Renamed> | Refused<RenameReason>> {
  const { env } = by.call;
  const db = openDatabase(env.DB);
  const names = await namesOfUser(db, user.id);
  const plan = planRename(user, names, change);
  if (!plan.ok) return no(plan.reason);
  const rename = plan.value;
  const isMove = rename.before.sipUri !== rename.after.sipUri;
  // Another move of this user has begun, and D1 has not carried it out yet. That move is given up.
  if (change.sipUri !== undefined && !isMove) await guardOf(env, user.sipUri).move({ kind: "stay" });
  const wanted = rename.names.map(({ name }) => name);
  const taken = await namesOfOthers(db, user.id, wanted);
  if (taken.length > 0) return no("name-taken", taken);
  if (changesAnything(rename)) {
    const outcome = isMove ? await moveAway(by, user, rename, names) : await renameHere(by, rename);
    if (outcome === "address-taken" || outcome === "name-taken") {
      return no("name-taken", await namesOfOthers(db, user.id, wanted));
    }
    if (outcome !== "moved" && outcome !== "settled") {
      return no(outcome === "move-in-progress" ? outcome : "changed-meanwhile");
    }
  }
  if (!isMove) {
    // The guard is told even when D1 changes nothing: an earlier request may have failed before it told the guard.
    await commandGuard(by, user.id, { kind: "renamed" });
    const most = isOfMany ? NETWORKS_OF_ONE_OF_MANY : MAX_NETWORKS;
    await forgetAtNetworks(by, user.sipUri, releasedKeys(by, rename, names), most);
  }
  if (changesAnything(rename)) await endUserInvitations(db, user.id, Date.now());
  if (!isOfMany) await untilVerdictsAreOld();
  const [now, version, policies] = await Promise.all([
    userById(db, user.id),
    currentVersion(db),
    policiesNaming(db, textsOf(user)),
  ]);
  if (now === undefined) return no("changed-meanwhile");
  const { released } = rename;
  const isNamed = released.length > 0 && policies.includes(version);
  return ok({ user: now, changed: changesAnything(rename), released, inPolicy: isNamed });
}

const moveAway = (by: Commanding, user: User, rename: Rename, names: readonly UserName[]): Promise<MoveOutcome> =>
  guardOf(by.call.env, user.sipUri).move({
    kind: "go",
    order: {
      ...{ id: crypto.randomUUID(), subject: subjectOf(user), rename },
      ...{ event: eventOf(by, user, "user-renamed", changeOf(rename)), released: releasedKeys(by, rename, names) },
    },
  });

/** Changes names of a user who keeps address and guard. */
async function renameHere(by: Commanding, rename: Rename): Promise<MoveOutcome> {
  const event = eventOf(by, { id: rename.userId, sipUri: rename.before.sipUri }, "user-renamed", changeOf(rename));
  const renamed = await renameUser(openDatabase(by.call.env.DB), rename, event);
  if (!renamed.ok) return renamed.reason;
  logAudited(event);
  return "settled";
}

/** Why an alias was neither added nor removed. */
export type AliasReason =
  | NameFault
  | "name-taken"
  | "too-many"
  | "changed-meanwhile"
  | "no-such-alias"
  | "not-an-alias";

/**
 * Adds a name to sign in by: an address, or `DOMAIN\user`. Returns the name as it is compared, and whether it is new.
 */
export async function giveAlias(
  by: Commanding,
  user: User,
  text: string,
): Promise<Ok<{ readonly name: string; readonly changed: boolean }> | Refused<AliasReason>> {
  const name = normaliseName(text);
  if (!name.ok) return no(name.reason);
  const db = openDatabase(by.call.env.DB);
  const event = eventOf(by, user, "user-alias-added", { after: { alias: name.value } });
  const added = await addAlias(db, user.id, name.value, event);
  if (added.ok) {
    logAudited(event);
    return ok({ name: name.value, changed: true });
  }
  if (added.reason === "unchanged") return ok({ name: name.value, changed: false });
  const taken = added.reason === "name-taken" ? await namesOfOthers(db, user.id, [name.value]) : [];
  return no(added.reason, taken);
}

/** Removes an alias. Tickets stay, because a name only serves to find the user. Returns the name as it is compared. */
export async function takeAlias(by: Commanding, user: User, text: string): Promise<Ok<string> | Refused<AliasReason>> {
  const name = normaliseName(text);
  if (!name.ok) return no(name.reason);
  const event = eventOf(by, user, "user-alias-removed", { before: { alias: name.value } });
  const db = openDatabase(by.call.env.DB);
  const removed = await removeAlias(db, user.id, name.value, event);
  if (!removed.ok) return no(removed.reason);
  logAudited(event);
  const domains = domainsOf(by.call.env);
  const left = await namesOfUser(db, user.id);
  const kept = new Set(
    keysOf(
      user,
      left.map((each) => each.name),
      domains,
    ),
  );
  const keys = countedAs(name.value, domains).map(whoKey);
  await forgetAtNetworks(
    by,
    user.sipUri,
    keys.filter((key) => !kept.has(key)),
  );
  return ok(name.value);
}

/**
 * A network's guard knows users by their names. It forgets a name that no longer belongs to the user, because the name
 * may become somebody else's.
 */
async function forgetAtNetworks(
  { call }: Commanding,
  sipUri: string,
  keys: readonly string[],
  most = MAX_NETWORKS,
): Promise<void> {
  if (keys.length === 0) return;
  const networks = await guardOf(call.env, sipUri).networks();
  await inTurns(networks.slice(0, most), (network) => sourceGuardOf(call.env, network).forgetUser(keys));
}

/**
 * The keys that networks may know the user by, and that no longer belong to the user. `known`: the names before the
 * change.
 */
function releasedKeys({ call }: Commanding, rename: Rename, known: readonly UserName[]): string[] {
  const domains = domainsOf(call.env);
  const { before, after, released } = rename;
  const staying = [...known, ...rename.names].map(({ name }) => name).filter((name) => !released.includes(name));
  const kept = new Set(keysOf(after, staying, domains));
  return keysOf(before, released, domains).filter((key) => !kept.has(key));
}

/** What the audit keeps of a rename. */
const changeOf = ({ before, after }: Rename): Change => ({ before: shown(before), after: shown(after) });

const shown = ({ sipUri, upn, domain, account }: Identity) => ({ sipUri, upn, account: `${domain}\\${account}` });

function eventOf(
  { call, why }: Commanding,
  { id: userId, sipUri: user }: Pick<User, "id" | "sipUri">,
  reason: "user-renamed" | "user-alias-added" | "user-alias-removed",
  change: Change,
) {
  return auditEvent(
    aboutCommand(call),
    {
      ...{ outcome: "changed", reason, userId, user, by: call.actor.id },
      ...{ why: why === "" ? undefined : why, change: changeText(change) },
    },
    Date.now(),
  );
}
