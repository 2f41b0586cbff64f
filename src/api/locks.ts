// Shows who waits, why and until when, and makes guards forget it. D1 only knows that some event gave somebody a wait
// that is not over yet. That tells which guards to ask. The guards know the rest: a wait may have ended early, by a
// success or by an administrator.

import { domainsOf } from "../config/domains.ts";
import type { Env } from "../config/env.ts";
import { countedAs } from "../core/credentials/domains.ts";
import { lockoutOf } from "../core/lockout/mode.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import type { PairState, UserLocks } from "../guards/user-locks.ts";
import { waitingSources, waitingUsers } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { namesOfUser, type User } from "../store/directory.ts";
import { fitting } from "./cursor.ts";
import type {
  LockoutMode,
  LocksAnswer,
  NetworkLockAnswer,
  PairAnswer,
  UserClearedAnswer,
  UserLocksAnswer,
} from "./schemas/locks.ts";
import { inTurns } from "./turns.ts";

/** How many users' guards, and how many networks' guards, one `lock list` asks. */
export const MAX_LISTED = 100;
/** Of the answer: thousands of networks may have tried one user. A hundred waiting networks are some 20 KB more. */
const MAX_USERS_BYTES = 72 * 1024;
/**
 * How many networks' guards one `lock clear USER` tells. Cloudflare lets one invocation make a thousand calls. A guard
 * that is not told keeps its copy of the wait until the wait would have ended.
 */
const MAX_CLEARED = 500;

/** All users and networks that wait at `now` (ms). */
export async function locksAt(env: Env, now: number): Promise<LocksAnswer> {
  const db = openDatabase(env.DB);
  const [users, sources] = await Promise.all([waitingUsers(db, now), waitingSources(db, now)]);
  const named = users.map(({ user }) => user);
  const userLocks = await inTurns(named.slice(0, MAX_LISTED), (user) => locksOfUser(env, user, waits));
  const networkLocks = await inTurns(sources.slice(0, MAX_LISTED), (source) => lockOfNetwork(env, source));
  const waiting = userLocks.filter(({ pairs, strangers }) => pairs.length > 0 || strangers.fullUntil !== null);
  const held = networkLocks.filter(({ waitUntil }) => waitUntil !== null);
  const shown = fitting(waiting, MAX_USERS_BYTES);
  return {
    ...{ lockout: modeOf(env), at: isoTime(now), users: [...shown], networks: held },
    cut: {
      users: named.length > MAX_LISTED || shown.length < waiting.length,
      networks: sources.length > MAX_LISTED,
    },
  };
}

/** Shows what counts against one user's sign-ins. `sipUri`: as the directory has it. `shows`: which pairs to list. */
export async function locksOfUser(
  env: Env,
  sipUri: string,
  shows = (_pair: PairState): boolean => true,
): Promise<UserLocksAnswer> {
  const { pairs, strangers } = await guardOf(env, sipUri).locks();
  return userAnswer(modeOf(env), sipUri, { pairs: pairs.filter(shows), strangers });
}

const waits = ({ waitUntil }: PairState): boolean => waitUntil !== null;

/** Shows what counts against one network. `source`: as `networkOf` writes it. */
export async function lockOfNetwork(env: Env, source: string): Promise<NetworkLockAnswer> {
  const { level, capacity, waitUntil, familiarUsers } = await sourceGuardOf(env, source).lock();
  return {
    lockout: modeOf(env),
    source,
    level: toTenths(level),
    capacity,
    waitUntil: isoTime(waitUntil),
    familiarUsers,
  };
}

/**
 * Makes the user's guard forget the user's failures, and the guards of the networks that these came from. Familiar
 * places stay familiar.
 */
export async function clearUser(env: Env, user: User): Promise<UserClearedAnswer> {
  const names = await namesOfUser(openDatabase(env.DB), user.id);
  const domains = domainsOf(env);
  const keys = names.flatMap(({ name }) => countedAs(name, domains)).map(whoKey);
  const networks = await guardOf(env, user.sipUri).clearLocks();
  await inTurns(networks.slice(0, MAX_CLEARED), (source) => sourceGuardOf(env, source).clear(keys));
  return { user: user.sipUri, cleared: networks };
}

/** Makes a network's guard forget what it counted. What users' guards counted for this network stays. */
export async function clearNetwork(env: Env, source: string): Promise<void> {
  await sourceGuardOf(env, source).clear();
}

const modeOf = (env: Env): LockoutMode => (lockoutOf(env).dryRun ? "report" : "enforce");

function userAnswer(lockout: LockoutMode, user: string, { pairs, strangers }: UserLocks): UserLocksAnswer {
  const { level, capacity, fullUntil } = strangers;
  const waitingFirst = pairs.toSorted((a, b) => Number(waits(b)) - Number(waits(a)));
  const shown = fitting(waitingFirst.map(pairAnswer), MAX_USERS_BYTES);
  return {
    ...{ lockout, user, pairs: [...shown], morePairs: pairs.length - shown.length },
    strangers: { level: toTenths(level), capacity, fullUntil: isoTime(fullUntil) },
  };
}

function pairAnswer(pair: PairState): PairAnswer {
  return {
    source: pair.source,
    familiar: pair.familiar,
    failures: pair.failures,
    lastFailureAt: isoTime(pair.lastFailureAt),
    lastSuccessAt: isoTime(pair.lastSuccessAt),
    waitUntil: isoTime(pair.waitUntil),
    waitReason: pair.waitReason,
  };
}

/** The level falls with every moment, so it is rounded. */
const toTenths = (level: number): number => Math.round(level * 10) / 10;

function isoTime(ms: number): string;
function isoTime(ms: number | null): string | null;
function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
