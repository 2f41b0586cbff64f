// What each kind of attempt costs, counted and not timed: calls of guards, rows that guards write, and statements of
// D1. An attacker must not be able to buy more of it than a user does.

import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { pass, stopClock, strangeNetwork } from "../../test/kit/attempts.ts";
import { db, from, grant, type Headers, ntlm, someone } from "../../test/kit/sign-ins.ts";
import { FLUSH_AFTER_MS } from "../audit/cadence.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { guardOf, sourceGuardOf, strangersGuardOf } from "../guards/route.ts";
import { SourceGuard } from "../source-guard/source-guard.ts";
import { disableUser } from "../store/directory.ts";
import { UserGuard } from "../user-guard/user-guard.ts";

type Work = { calls: number; written: number; statements: number };
type Guard = ReturnType<typeof guardOf> | ReturnType<typeof sourceGuardOf>;

let calls = 0;
let statements = 0;

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
  for (const { prototype } of [UserGuard, SourceGuard]) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name === "constructor" || name === "alarm") continue;
      counting(prototype, name, () => calls++);
    }
  }
  // A statement that was prepared once is run many times, so it is counted when it is run.
  const statement: object = Object.getPrototypeOf(env.DB.prepare("SELECT 1"));
  for (const name of ["all", "raw", "run", "first"]) counting(statement, name, () => statements++);
  counting(Object.getPrototypeOf(env.DB), "batch", () => statements++);
});

/** Has the method of that name call `count` before it does its work. */
function counting(of: object, name: string, count: () => void): void {
  const method: unknown = Reflect.get(of, name);
  if (typeof method !== "function") return;
  const counted = function (this: unknown, ...given: unknown[]): unknown {
    count();
    return Reflect.apply(method, this, given);
  };
  vi.spyOn(of as Record<string, (...given: unknown[]) => unknown>, name).mockImplementation(counted);
}

/** Counts the rows that a guard writes until the returned function is called. */
async function rowsOf(guard: Guard): Promise<() => Promise<number>> {
  const exec = await runInDurableObject(guard, (_, { storage }) => vi.spyOn(storage.sql, "exec"));
  return () =>
    runInDurableObject(guard, () => {
      const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>);
      exec.mockRestore();
      return cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    });
}

/** What an attempt costs until its answer, and with the alarms that take it to the audit. */
async function workOf(attempt: () => Promise<Response>, status: number, ...guards: Guard[]): Promise<Work> {
  const rows = await Promise.all(guards.map(rowsOf));
  [calls, statements] = [0, 0];
  expect((await attempt()).status).toBe(status);
  const counted = calls;
  pass(FLUSH_AFTER_MS + 1);
  for (const guard of guards) await runDurableObjectAlarm(guard);
  const written = await Promise.all(rows.map((read) => read()));
  return { calls: counted, written: written.reduce((sum, each) => sum + each, 0), statements };
}

/** A user who has signed in from home, and a network from which somebody has failed. */
async function scene() {
  const [who, home, away] = [await someone(), strangeNetwork(), strangeNetwork()];
  const network = { home: sourceGuardOf(env, home), away: sourceGuardOf(env, away) };
  expect((await ntlm(who.name, who.password, from(home))).status).toBe(200);
  expect((await ntlm("nobody@contoso.test", generateAppPassword(), from(away))).status).toBe(401);
  for (const guard of [guardOf(env, who.sipUri), network.home, network.away]) {
    pass(FLUSH_AFTER_MS + 1);
    await runDurableObjectAlarm(guard);
  }
  return { who, home: from(home), away: from(away), user: guardOf(env, who.sipUri), network };
}

const KEYS = ["calls", "written", "statements"] as const;
const isAtMost = (work: Work, bound: Work): boolean => KEYS.every((key) => work[key] <= bound[key]);

type Try = (name: string, password: string, headers: Headers) => Promise<Response>;
const CHANNELS: readonly (readonly [string, number, Try])[] = [
  ["NTLM", 401, ntlm],
  ["password grant", 400, grant],
];

describe("S-85: an attacker buys no more work than a user", () => {
  it.each(CHANNELS)("with a wrong guess, an unknown name or a disabled user: %s", async (_, status, attempt) => {
    const { who, home, away, user, network } = await scene();
    const success = await workOf(() => attempt(who.name, who.password, home), 200, user, network.home);
    expect(success.calls).toBe(4);
    const wrong = await workOf(() => attempt(who.name, generateAppPassword(), away), status, user, network.away);
    const name = `nobody.${crypto.randomUUID()}@contoso.test`;
    const unknown = await workOf(
      () => attempt(name, generateAppPassword(), away),
      status,
      strangersGuardOf(env, name),
      network.away,
    );
    await disableUser(db, who.id, Date.now());
    const disabled = await workOf(() => attempt(who.name, generateAppPassword(), away), status, user, network.away);
    for (const work of [wrong, unknown, disabled]) expect(work).toSatisfy((each: Work) => isAtMost(each, success));
  });

  it.each(CHANNELS)("once locked out, costs one call, no row and no statement: %s", async (_, status, attempt) => {
    const { who, away, user, network } = await scene();
    const guess = () => attempt(who.name, generateAppPassword(), away);
    for (let at = 0; at <= DEFAULT_LIMITS.stranger.free + 1; at++) await guess();
    await workOf(guess, status, user, network.away);
    expect(await workOf(guess, status, user, network.away)).toEqual({ calls: 1, written: 0, statements: 0 });
  });
});
