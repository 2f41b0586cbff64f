// Carries out what an administrator changes about a user, the user's app passwords and devices. D1 is changed first,
// because every later sign-in reads it. Then the user's guard ends earlier tickets and requests. When this returns, no
// isolate can act on an older verdict, so nothing more is served (S-17).

import { changeText } from "../audit/change.ts";
import type { UserSettingsReason } from "../audit/reasons.ts";
import type { Env } from "../config/env.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { ok, type Result } from "../core/result.ts";
import { printable } from "../core/text/printable.ts";
import type { UserGuardCalls } from "../guards/calls.ts";
import type { CommandOutcome, DeviceCommand, OwnDeviceCommand } from "../guards/device-command.ts";
import type { Profile } from "../guards/profile.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import { changeUser } from "../store/change-user.ts";
import { openDatabase } from "../store/database.ts";
import {
  disableUser,
  enableUser,
  listAppPasswords,
  namesOfUser,
  revokeAppPassword,
  subjectOf,
  type User,
  userById,
} from "../store/directory.ts";
import { currentVersion } from "../store/policies.ts";
import { endUserInvitations } from "../store/user-invitations.ts";
import { VERDICT_REUSE_MS } from "../ticket/verdicts.ts";
import type { Call } from "./call.ts";
import { aboutCommand } from "./record.ts";
import type { UserChange } from "./settings.ts";
import { inTurns } from "./turns.ts";
import { MAX_WHY_CHARS } from "./why.ts";

/** How many networks' guards one request tells. Cloudflare lets one invocation make a thousand calls. */
const MAX_NETWORKS = 500;
/** Added to the time for which a verdict is reused, ms. The clocks of isolates differ a little. */
const MARGIN_MS = 100;

/** Who gives the command, as the audit names it. `policyVersion`: the one in force, where the caller has read it. */
export type Commanding = { readonly call: Call; readonly why: string; readonly policyVersion?: number };

/** The same, with the reason that stands in the request's body. */
export const commanding = (call: Call, why: string): Commanding => ({
  call,
  why: printable(why.trim(), MAX_WHY_CHARS),
});

/** A command without the administrator who gives it. What a person decides about own devices is none of these. */
type Bare<C> = C extends unknown ? Omit<C, "about" | "by" | "why"> : never;
export type BareCommand = Bare<Exclude<DeviceCommand, OwnDeviceCommand>>;

/** How often a user's guard is looked up again when the user is being moved to another address at that moment. */
export const MAX_LOOKS = 3;

/**
 * Gives a command to a user's guard. `known`: the user as just read in D1, which saves a query. Throws when D1 or the
 * guard fails: the caller may then give the command again.
 */
export async function commandGuard(
  { call, why, policyVersion: read }: Commanding,
  userId: string,
  command: BareCommand,
  known?: User,
): Promise<CommandOutcome> {
  const given = { ...command, about: aboutCommand(call), by: call.actor.id, why } as DeviceCommand;
  return askGuard<CommandOutcome>(call.env, userId, async (guard, profile) => guard.command(profile, given), {
    known,
    policyVersion: read,
  });
}

/** What the caller has just read in D1, which saves a query for each. */
type JustRead = { readonly known?: User | undefined; readonly policyVersion?: number | undefined };

/** Asks a user's guard something that needs to know its user. Throws when D1 or the guard fails. */
export async function askGuard<Answer>(
  env: Env,
  userId: string,
  ask: (guard: DurableObjectStub<UserGuardCalls>, profile: Profile) => Promise<Answer | "moved">,
  { known, policyVersion: read }: JustRead = {},
): Promise<Exclude<Answer, "moved">> {
  const db = openDatabase(env.DB);
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const [user, policyVersion] = await Promise.all([
      looks === 0 && known !== undefined ? known : userById(db, userId),
      read ?? currentVersion(db),
    ]);
    if (user === undefined) throw new Error("the user is gone");
    const profile = { subject: subjectOf(user), policyVersion };
    const answer = await ask(guardOf(env, user.sipUri), profile);
    // Nobody may take silence for a change that was made.
    if (answer === undefined) throw new Error("the guard did not say what it did");
    if (answer !== "moved") return answer as Exclude<Answer, "moved">;
  }
  throw new Error("the user has moved again and again");
}

/** Waits until no isolate can act on a verdict from before the change. */
export const untilVerdictsAreOld = (): Promise<void> => scheduler.wait(VERDICT_REUSE_MS + MARGIN_MS);

/** Revokes an app password. `revokedAt` in ms; undefined when the user has no such password. */
export async function revokePassword(
  by: Commanding,
  userId: string,
  credentialId: string,
): Promise<{ readonly revokedAt: number; readonly outcome: CommandOutcome } | undefined> {
  const db = openDatabase(by.call.env.DB);
  const now = Date.now();
  await revokeAppPassword(db, userId, credentialId, now);
  const password = (await listAppPasswords(db, userId)).find(({ id }) => id === credentialId);
  if (password?.revokedAt == null) return undefined;
  const { label, revokedAt } = password;
  const was = { label, state: "live" };
  const change = revokedAt < now ? undefined : changeText({ before: was, after: { state: "revoked" } });
  return { revokedAt, outcome: await commandGuard(by, userId, { kind: "revoke-password", credentialId, change }) };
}

/**
 * Disables or enables a user. Returns whether this changed anything in D1. The guard is told in any case, because an
 * earlier request may have failed to tell it.
 */
export async function switchUser(by: Commanding, userId: string, to: "disabled" | "enabled"): Promise<boolean> {
  const db = openDatabase(by.call.env.DB);
  const changed = to === "disabled" ? await disableUser(db, userId, Date.now()) : await enableUser(db, userId);
  if (to === "enabled" && !changed && (await userById(db, userId))?.disabledAt != null) {
    throw new Error("the directory shut the user out meanwhile");
  }
  if (to === "disabled") await endUserInvitations(db, userId, Date.now());
  const was = { disabled: to === "enabled" };
  const change = changeText({ before: was, after: { disabled: !was.disabled } });
  await commandGuard(by, userId, { kind: "user-changed", reason: `user-${to}`, before: !changed, change });
  return changed;
}

/**
 * Changes how a user's devices are judged, and the UPN. The audit keeps the old and the new UPN. `name-taken`: the UPN
 * is another user's name, and nothing is changed. `revision`: see `changeUser`.
 */
export async function changeSettings(
  by: Commanding,
  user: User,
  { settings, upn }: UserChange,
  reason: UserSettingsReason,
  revision?: number,
): Promise<Result<undefined, "name-taken" | "changed-meanwhile">> {
  const changed = await changeUser(openDatabase(by.call.env.DB), user.id, settings, upn, revision);
  if (!changed.ok) return changed;
  const said = [
    ...(upn ? [`UPN ${upn.spelt}, before: ${user.upn ?? "none"}`] : []),
    ...(by.why === "" ? [] : [by.why]),
  ];
  const names = Object.keys(settings) as (keyof typeof settings)[];
  const change = changeText({
    before: { ...Object.fromEntries(names.map((name) => [name, user[name]])), ...(upn && { upn: user.upn }) },
    after: { ...settings, ...(upn && { upn: upn.spelt }) },
  });
  await commandGuard({ ...by, why: said.join("; ") }, user.id, { kind: "user-changed", reason, change }, changed.value);
  if (upn !== undefined && user.upn !== null) await forgetReleased(by.call.env, user, user.upn);
  return ok(undefined);
}

/**
 * A network's guard knows users by their names. When a name no longer belongs to the user, the guard forgets it,
 * because the name may become somebody else's.
 */
async function forgetReleased(env: Env, user: User, upn: string): Promise<void> {
  const key = normaliseName(upn);
  const names = await namesOfUser(openDatabase(env.DB), user.id);
  if (!key.ok || names.some(({ name }) => name === key.value)) return;
  const networks = await guardOf(env, user.sipUri).networks();
  await inTurns(networks.slice(0, MAX_NETWORKS), (network) =>
    sourceGuardOf(env, network).forgetUser([whoKey(key.value)]),
  );
}
