// Shows all that Postern keeps of one person, in D1 and in every guard, or erases it for good (S-40).

import { changeText } from "../audit/change.ts";
import { auditEvent, type EventContext } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { domainsOf } from "../config/domains.ts";
import type { Env } from "../config/env.ts";
import { countedAs, type Domains } from "../core/credentials/domains.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { FAMILIAR_FOR_MS } from "../core/lockout/limits.ts";
import { type KeptRows, LEFT_OUT } from "../guards/kept-rows.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { disableUser, listAppPasswords, namesOfUser, type User, userById } from "../store/directory.ts";
import { linksOfUsers } from "../store/directory-links.ts";
import { noticesOf } from "../store/notice-post.ts";
import { listContests, partnershipsOfUser } from "../store/partnerships.ts";
import {
  type AuditFate,
  deleteUser,
  deviceKeysOf,
  eventsAbout,
  forgetInAudit,
  networksOf,
  policiesNaming,
} from "../store/person.ts";
import { subjectsOfUser } from "../store/portal-subjects.ts";
import type { Identity } from "../store/rename-user.ts";
import { invitationsOfUser } from "../store/user-invitations.ts";
import type { Call } from "./call.ts";
import { revokeCertificates } from "./certificates.ts";
import { deviceAnswer } from "./device-answer.ts";
import { type Commanding, MAX_LOOKS, untilVerdictsAreOld } from "./devices.ts";
import { aboutCommand } from "./record.ts";
import type { ErasedAnswer, PersonAnswer, PersonAuditAnswer } from "./schemas/person.ts";
import { inTurns } from "./turns.ts";
import { linkAnswer } from "./user-answers.ts";

/** How many networks' guards one request asks. Cloudflare lets one invocation make a thousand calls. */
const MAX_NETWORKS = 500;
const EVENTS_OF_A_PAGE = 1_000;

/** Everything that is kept of a person, without the events of the audit. */
export async function exportPerson({ env }: Pick<Call, "env">, user: User, now: number): Promise<PersonAnswer> {
  const db = openDatabase(env.DB);
  const guard = JSON.parse(await guardOf(env, user.sipUri).kept()) as KeptRows;
  const [names, passwords, devices, contests, notices, policies, invitations, [link], identities] = await Promise.all([
    namesOfUser(db, user.id),
    listAppPasswords(db, user.id),
    partnershipsOfUser(db, user.id),
    listContests(db, user.id),
    noticesOf(db, user.id),
    policiesNaming(db, textsOf(user)),
    invitationsOfUser(db, user.id),
    linksOfUsers(db, [user.id]),
    subjectsOfUser(db, user.id),
  ]);
  const keys = keysOf(
    user,
    names.map(({ name }) => name),
    domainsOf(env),
  );
  const familiar = (guard.pairs ?? []).filter((pair) => pair.familiar === true).map(({ network }) => String(network));
  const networks = await inTurns([...new Set(familiar)].slice(0, MAX_NETWORKS), async (network) => ({
    network,
    signedInAt: (await sourceGuardOf(env, network).familiarSince(keys)).map(iso),
  }));
  const { createdAt, disabledAt, windowUntil, ...row } = user;
  return {
    exportedAt: iso(now),
    user: { ...row, createdAt: iso(createdAt), disabledAt: isoOrNull(disabledAt), windowUntil: isoOrNull(windowUntil) },
    names,
    identities,
    directory: linkAnswer(link),
    appPasswords: passwords.map((each) => ({
      ...each,
      createdAt: iso(each.createdAt),
      revokedAt: isoOrNull(each.revokedAt),
    })),
    devices: devices.map(deviceAnswer),
    invitations: invitations.map(({ userId: _user, ...each }) => ({
      ...each,
      ...{ createdAt: iso(each.createdAt), expiresAt: iso(each.expiresAt) },
      ...{ usedAt: isoOrNull(each.usedAt), withdrawnAt: isoOrNull(each.withdrawnAt) },
    })),
    contests: contests.map((contest) => ({ ...contest, at: iso(contest.at) })),
    notices,
    policies,
    guard,
    networks,
    leftOut: LEFT_OUT,
  };
}

/** One page of the events that are about a person. */
export async function exportAudit({ env }: Pick<Call, "env">, user: User, after: string): Promise<PersonAuditAnswer> {
  const page = await eventsAbout(openDatabase(env.DB), user, { after, limit: EVENTS_OF_A_PAGE });
  const events = page.map((event) => ({ ...event, at: iso(event.at), waitUntil: isoOrNull(event.waitUntil) }));
  return { events, next: page.length < EVENTS_OF_A_PAGE ? null : (page.at(-1)?.id ?? null) };
}

/**
 * Erases a person. First it disables the user, which ends every ticket and app password. Then the guards write their
 * last events to D1 and forget the user. Last, D1 deletes the person's rows, and the row of the user comes at the very
 * end. So after a failure the same request can be made again.
 */
export const erasePerson = (
  { call, why }: Commanding,
  user: User,
  fate: AuditFate,
  pseudonym: string,
): Promise<ErasedAnswer> =>
  eraseFor({ env: call.env, about: aboutCommand(call), by: call.actor.id, why }, user, fate, pseudonym);

/** For whom a person is erased. `by`: absent for the cron trigger. */
export type Eraser = {
  readonly env: Env;
  readonly about: EventContext;
  readonly by?: string | undefined;
  readonly why: string;
};

/** The same, for an administrator or for the cron trigger. */
export async function eraseFor(
  { env, about, by, why }: Eraser,
  user: User,
  fate: AuditFate,
  pseudonym: string,
): Promise<ErasedAnswer> {
  const db = openDatabase(env.DB);
  const names = await namesOfUser(db, user.id);
  const keys = keysOf(
    user,
    names.map(({ name }) => name),
    domainsOf(env),
  );
  const isComingBack = await comesBack(env, user);
  const { told, left, sipUri } = await shutOut(env, user, keys);
  const policies = await policiesNaming(db, textsOf(user));
  const { events, more } = await forgetInAudit(db, user, fate, pseudonym);
  if (!more) {
    const deviceKeys = await deviceKeysOf(db, user.id);
    const done = fate === "purge" ? "deleted" : "kept without the name";
    const event = auditEvent(
      about,
      {
        ...{
          outcome: "changed",
          reason: "user-erased",
          by,
          why: `events of the audit ${done}${why === "" ? "" : `; ${why}`}`,
        },
        userId: fate === "purge" ? undefined : pseudonym,
      },
      Date.now(),
    );
    await deleteUser(db, { id: user.id, sipUri }, deviceKeys, event, "taken-out");
    logAudited(event);
  }
  return {
    ...{ user: user.sipUri, events, more, pseudonym, policies },
    ...{ networks: told, networksLeft: left, comesBack: isComingBack },
    revokeCertificates: revokeCertificates(user.sipUri),
  };
}

/** The answer after a person was deleted. */
export type DeletedPerson = {
  readonly id: string;
  readonly sipUri: string;
  /** The versions of the policy that name the person. */
  readonly policies: readonly number[];
  /** Networks whose guards were not told. They keep the hash of a name and a client for 30 days at most. */
  readonly networksLeft: number;
  /** The directory lets the person in, so the next comparison adds the person again. */
  readonly comesBack: boolean;
  /** The command that ends the user's client certificates for SIP. Postern does not see their use. */
  readonly revokeCertificates: string;
};

/**
 * Deletes a person. The person's names are free afterwards. The audit keeps the events, under the user's id and name.
 * The steps are those of an erasure, so after a failure the same request can be made again.
 */
export async function deletePerson(by: Commanding, user: User): Promise<DeletedPerson> {
  const { call, why } = by;
  const db = openDatabase(call.env.DB);
  const names = await namesOfUser(db, user.id);
  const keys = keysOf(
    user,
    names.map(({ name }) => name),
    domainsOf(call.env),
  );
  const isComingBack = await comesBack(call.env, user);
  const { left, sipUri } = await shutOut(call.env, user, keys);
  const decision = { outcome: "changed", reason: "user-deleted", userId: user.id, user: sipUri } as const;
  const { upn, domain, account, groups } = user;
  const aliases = names.flatMap(({ name, kind }) => (kind === "alias" ? [name] : []));
  const before = { sipUri, upn, account: `${domain}\\${account}`, groups, aliases };
  const event = auditEvent(
    aboutCommand(call),
    { ...decision, by: call.actor.id, why: why || undefined, change: changeText({ before }) },
    Date.now(),
  );
  await deleteUser(db, { id: user.id, sipUri }, await deviceKeysOf(db, user.id), event, "kept");
  logAudited(event);
  return {
    ...{ id: user.id, sipUri, networksLeft: left, policies: await policiesNaming(db, textsOf(user)) },
    comesBack: isComingBack,
    revokeCertificates: revokeCertificates(sipUri),
  };
}

/** Whether a directory adds the person again, as somebody new, without app passwords and devices. */
async function comesBack(env: Env, { id }: User): Promise<boolean> {
  const [link] = await linksOfUsers(openDatabase(env.DB), [id]);
  return link?.state === "in";
}

/**
 * Ends all service to the user, makes the user's guard forget the user, and makes networks forget the user's names.
 * Returns the user's address, how many networks were told, and how many were not.
 */
async function shutOut(
  env: Env,
  { id }: User,
  keys: readonly string[],
): Promise<{ readonly sipUri: string; readonly told: number; readonly left: number }> {
  const db = openDatabase(env.DB);
  await disableUser(db, id, Date.now());
  const { sipUri, known } = await forgottenByGuard(env, id);
  await untilVerdictsAreOld(); // a sign-in under way may still tell its network's guard of a success
  const inAudit = await networksOf(db, id, Date.now() - FAMILIAR_FOR_MS);
  const networks = [...new Set([...known, ...inAudit])];
  await inTurns(networks.slice(0, MAX_NETWORKS), (network) => sourceGuardOf(env, network).forgetUser(keys));
  const told = Math.min(networks.length, MAX_NETWORKS);
  return { sipUri, told, left: networks.length - told };
}

/** Looks the guard up again when the user is being moved to another address at that moment. */
async function forgottenByGuard(env: Env, id: string) {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const user = await userById(openDatabase(env.DB), id);
    if (user === undefined) break;
    const { sipUri } = user;
    const guard = guardOf(env, sipUri);
    const known = await guard.networks();
    if ((await guard.erase(id, sipUri)) === "erased") return { sipUri, known };
  }
  throw new Error("the user is gone, or moves again and again");
}

/**
 * The keys under which a network's guard may know a user: each of the user's names in every spelling, and the key that
 * a success uses.
 */
export function keysOf(
  { sipUri, upn, domain, account }: Identity,
  names: readonly string[],
  domains: Domains,
): string[] {
  const told = [sipUri, upn ?? sipUri, `${domain}\\${account}`].flatMap((text) => {
    const name = normaliseName(text);
    return name.ok ? [name.value] : [];
  });
  const counted = [...names, ...told].flatMap((name) => countedAs(name, domains));
  return [...new Set(counted)].map(whoKey);
}

/** The texts by which a policy may name a user. */
export const textsOf = ({ sipUri, upn }: Identity): string[] => [
  sipUri.replace(/^sip:/, ""),
  ...(upn === null ? [] : [upn]),
];

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
