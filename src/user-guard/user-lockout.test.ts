// What a user's guard counts, in workerd: every attempt before it is verified (S-20), strangers apart from familiar
// places (S-21), longer and longer waits, and one mistake once (S-24).

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  eventsOf,
  type From,
  type Guard,
  HOUR,
  ntlm,
  pass,
  SECOND,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
  typed,
} from "../../test/kit/attempts.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { DEFAULT_LIMITS, FAMILIAR_FOR_MS, MAX_STRANGE_NETWORKS } from "../core/lockout/limits.ts";
import type { SignInVerdict } from "../guards/sign-in-question.ts";
import { UserGuard } from "./user-guard.ts";

const { burst } = DEFAULT_LIMITS.strangers;

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

/** A password that belongs to nobody. Each call gives another one. */
const wrong = (): Evidence => typed(generateAppPassword());
/** An attempt that fails each time without being a repetition. */
const guess = (who: ReturnType<typeof someone>, from: From = {}) => who.guard.signIn(attempt(who.user, wrong(), from));

async function kindsOf(count: number, act: () => Promise<SignInVerdict>): Promise<string[]> {
  const kinds: string[] = [];
  for (let i = 0; i < count; i++) kinds.push((await act()).kind);
  return kinds;
}

/** The failures of a network or place that still count, from `lock show`. */
const failuresOf = async (guard: Guard, source: string): Promise<number[]> =>
  (await guard.locks()).pairs.filter((pair) => pair.source === source).map(({ failures }) => failures);

/** The reasons in the audit for which attempts were refused at that time. */
const reasonsAt = async (guard: Guard, now: number): Promise<string[]> =>
  (await eventsOf(guard)).filter(({ at }) => at === now).map(({ reason }) => reason);

/** Lets a guard run with other variables, on the same storage. */
const withVariables = <T>(guard: Guard, variables: Record<string, string>, act: (guard: UserGuard) => Promise<T>) =>
  runInDurableObject(guard, (_, state) => act(new UserGuard(state, { ...env, ...variables })));

describe("S-20: counting", () => {
  it("of 1000 wrong proofs at a time from one network 5 are verified and counted, the rest refused unseen", async () => {
    const { guard, user } = someone();
    const password = generateAppPassword();
    const attempts = Array.from({ length: 1_000 }, () => attempt(user, ntlm(password)));
    const verdicts = await Promise.all(attempts.map((each) => guard.signIn(each)));
    expect(tally(verdicts.map(({ kind }) => kind))).toEqual({ refused: 5, held: 995 });
    expect((await storageOf(guard)).rows.used_challenges).toBe(5);
    expect(await failuresOf(guard, ABOUT.source)).toEqual([5]);
    const until = Date.now() + 30 * SECOND;
    for (const verdict of verdicts) {
      if (verdict.kind === "held") expect({ ...verdict }).toEqual({ kind: "held", until });
    }
  });

  it("1000 at a time from 1000 networks are 1000 failures", async () => {
    const { guard, user } = someone();
    const attempts = Array.from({ length: 1_000 }, () => attempt(user, wrong(), { source: strangeNetwork() }));
    const verdicts = await Promise.all(attempts.map((each) => guard.signIn(each)));
    expect(tally(verdicts.map(({ kind }) => kind))).toEqual({ refused: 1_000 });
    expect((await guard.locks()).strangers.level).toBe(1_000);
    expect((await storageOf(guard)).rows).toMatchObject({ pairs: 1_000, audit_outbox: 1_000 });
  });

  it("with limits that allow it, 1000 at a time from one network are 1000 failures", async () => {
    const { guard, user } = someone();
    const LOCKOUT_LIMITS = "stranger.free=1000000 strangers.burst=1000000";
    const failures = await withVariables(guard, { LOCKOUT_LIMITS }, async (generous) => {
      const attempts = Array.from({ length: 1_000 }, () => attempt(user, wrong()));
      const verdicts = await Promise.all(attempts.map((each) => generous.signIn(each)));
      expect(tally(verdicts.map(({ kind }) => kind))).toEqual({ refused: 1_000 });
      return generous.locks().pairs.map((pair) => pair.failures);
    });
    expect(failures).toEqual([1_000]);
  });

  it("an attempt whose verification breaks has been counted, and no more can be made of it than 5", async () => {
    const { guard, user, password } = someone();
    const broken = (): Evidence => ({ ...ntlm(password), authenticate: null as unknown as Uint8Array });
    const ends = await runInDurableObject(guard, async (object) => {
      const seen: string[] = [];
      for (let i = 0; i < 8; i++) {
        seen.push(
          await object.signIn(attempt(user, broken())).then(
            ({ kind }) => kind,
            () => "thrown",
          ),
        );
      }
      return seen;
    });
    expect(tally(ends)).toEqual({ thrown: 5, held: 3 });
    await evictDurableObject(guard);
    expect(await failuresOf(guard, ABOUT.source)).toEqual([5]);
  });

  it("survives an eviction, over every channel", async () => {
    const { guard, user, password } = someone();
    for (const evidence of [ntlm("x"), typed("y"), ntlm("z"), { kind: "nothing", reason: "ntlm-v1" } as const]) {
      expect((await guard.signIn(attempt(user, evidence))).kind).toBe("refused");
      await evictDurableObject(guard);
    }
    expect(await failuresOf(guard, ABOUT.source)).toEqual([4]);
    await guard.signIn(attempt(user, wrong()));
    await evictDurableObject(guard);
    expect(await guard.signIn(attempt(user, ntlm(password)))).toMatchObject({ kind: "held" });
  });
});

describe("S-21: while strangers are at it", () => {
  const HOME = { source: "203.0.113.7", client: "laptop" };
  /** A user who has signed in at home. Strangers have failed so often that their budget is used up. */
  async function attacked(): Promise<ReturnType<typeof someone> & { readonly attacker: string }> {
    const who = someone();
    expect(await who.guard.signIn(attempt(who.user, ntlm(who.password), HOME))).toMatchObject({ kind: "signed-in" });
    const attacker = strangeNetwork();
    await kindsOf(3, () => guess(who, { source: attacker }));
    for (let i = 0; i < burst / 4; i++) {
      const source = strangeNetwork();
      await kindsOf(4, () => guess(who, { source }));
    }
    expect((await who.guard.locks()).strangers.fullUntil).toBeGreaterThan(Date.now());
    return { ...who, attacker };
  }

  it("those that failed wait, and not for their own failures", async () => {
    const who = await attacked();
    pass(1);
    const verdict = await guess(who, { source: who.attacker });
    expect({ ...verdict }).toEqual({ kind: "held", until: expect.any(Number) });
    expect(await reasonsAt(who.guard, Date.now())).toEqual(["strangers-waiting"]);
    const locks = await who.guard.locks();
    expect(locks.pairs.find(({ source }) => source === who.attacker)).toMatchObject({
      waitReason: "strangers-waiting",
    });
  });

  it("the owner signs in at home, over each channel", async () => {
    const { guard, user, password } = await attacked();
    for (const evidence of [ntlm(password), typed(password)]) {
      expect(await guard.signIn(attempt(user, evidence, HOME))).toMatchObject({ kind: "signed-in" });
    }
  });

  it("the owner signs in from a network never seen, on the first right try", async () => {
    const { guard, user, password } = await attacked();
    const away = { source: strangeNetwork(), client: "phone" };
    expect(await guard.signIn(attempt(user, ntlm(password), away))).toMatchObject({ kind: "signed-in" });
  });

  it("the owner who mistypes away from home gets in when that is forgotten, however full strangers are", async () => {
    const { guard, user, password } = await attacked();
    await runInDurableObject(guard, (_, { storage }) => storage.sql.exec("UPDATE strangers SET level = 9000"));
    const away = { source: strangeNetwork(), client: "phone" };
    const right = () => guard.signIn(attempt(user, ntlm(password), away));
    expect((await guard.signIn(attempt(user, wrong(), away))).kind).toBe("refused");
    const held = await right();
    if (held.kind !== "held") expect.fail(held.kind);
    expect(held.until).toBe(Date.now() + HOUR);
    pass(HOUR);
    expect((await guard.locks()).strangers.fullUntil).not.toBeNull();
    expect((await right()).kind).toBe("signed-in");
  });

  it("a stranger in the owner's own network waits, and the owner there does not", async () => {
    const { guard, user, password } = await attacked();
    const neighbour = { ...HOME, client: "neighbour" };
    const kinds = await kindsOf(10, () => guard.signIn(attempt(user, wrong(), neighbour)));
    expect(tally(kinds)).toEqual({ refused: 1, held: 9 });
    expect(await guard.signIn(attempt(user, ntlm(password), neighbour))).toMatchObject({ kind: "held" });
    expect(await guard.signIn(attempt(user, ntlm(password), HOME))).toMatchObject({ kind: "signed-in" });
  });

  it("a familiar place's own failures are not the strangers', nor theirs its", async () => {
    const { guard, user, password } = await attacked();
    const { level } = (await guard.locks()).strangers;
    const kinds = await kindsOf(30, () => guard.signIn(attempt(user, wrong(), HOME)));
    expect(tally(kinds)).toEqual({ refused: 30 });
    expect(await failuresOf(guard, HOME.source)).toEqual([DEFAULT_LIMITS.familiar.free]);
    expect((await guard.locks()).strangers.level).toBe(level);
    expect(await guard.signIn(attempt(user, ntlm(password), HOME))).toMatchObject({ kind: "signed-in", forgiven: 20 });
  });

  it("familiar is the client with the network, for 30 days", async () => {
    const { guard, user, password } = await attacked();
    const familiar = async () => (await guard.locks()).pairs.filter((pair) => pair.familiar).length;
    expect(await familiar()).toBe(1);
    pass(FAMILIAR_FOR_MS - 1);
    expect(await familiar()).toBe(1);
    expect(await guard.signIn(attempt(user, ntlm(password), HOME))).toMatchObject({ kind: "signed-in" });
    pass(FAMILIAR_FOR_MS);
    expect(await familiar()).toBe(0);
    await kindsOf(5, () => guard.signIn(attempt(user, wrong(), HOME)));
    expect(await guard.signIn(attempt(user, ntlm(password), HOME))).toMatchObject({ kind: "held" });
  });

  it("beyond 10,000 networks one never seen waits as well, the familiar place does not, until some are forgotten", async () => {
    const who = await attacked();
    const { guard, user, password } = who;
    await runInDurableObject(guard, (_, { storage }) => {
      storage.sql.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO pairs SELECT 'made up ' || i, '', 1, ?, NULL, '[]', ? FROM n",
        MAX_STRANGE_NETWORKS,
        Date.now(),
        Date.now() + HOUR,
      );
      storage.sql.exec("UPDATE strangers SET level = 10000");
    });
    await evictDurableObject(guard); // the guard does not count them at each attempt
    const away = () => guard.signIn(attempt(user, ntlm(password), { source: strangeNetwork() }));
    pass(1);
    expect(await away()).toMatchObject({ kind: "held" });
    expect(await reasonsAt(guard, Date.now())).toEqual(["strangers-waiting"]);
    expect(await guard.signIn(attempt(user, ntlm(password), HOME))).toMatchObject({ kind: "signed-in" });
    pass(HOUR);
    await runDurableObjectAlarm(guard);
    expect((await guard.locks()).strangers.fullUntil).not.toBeNull();
    expect(await away()).toMatchObject({ kind: "signed-in" });
  });
});

describe("S-21: an attacker with a whole IPv6 /48", () => {
  const at = (site: number, network: number) => ({
    source: `2001:db8:${site.toString(16)}:${network.toString(16)}::/64`,
  });

  it("is one of the 10,000 networks that take an owner's new places away, and has four first tries more", async () => {
    const who = someone();
    const { guard, user, password } = who;
    await kindsOf(burst, () => guess(who, { source: strangeNetwork() }));
    const kinds: string[] = [];
    for (let i = 0; i < 50; i++) kinds.push((await guess(who, at(1, i))).kind);
    expect(tally(kinds)).toEqual({ refused: 4, held: 46 });
    await runInDurableObject(guard, (_, { storage }) => {
      storage.sql.exec(
        "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 65535) INSERT INTO pairs SELECT 'made up ' || i || '/64', '', 1, ?, NULL, '[]', ? FROM n",
        Date.now(),
        Date.now() + HOUR,
      );
    });
    await evictDurableObject(guard); // the guard does not count the networks at each attempt
    for (const away of [{ source: strangeNetwork() }, at(2, 1)]) {
      expect(await guard.signIn(attempt(user, ntlm(password), away))).toMatchObject({ kind: "signed-in" });
    }
    expect(await guard.signIn(attempt(user, ntlm(password), at(1, 60_000)))).toMatchObject({ kind: "held" });
  });

  it("shows and clears as the networks it has", async () => {
    const who = someone();
    for (let i = 0; i < 3; i++) await guess(who, at(3, i));
    const { pairs } = await who.guard.locks();
    expect(pairs).toHaveLength(3);
    expect(pairs.every(({ source }) => source.endsWith("/64"))).toBe(true);
    expect(await who.guard.clearLocks()).toHaveLength(3);
    expect((await storageOf(who.guard)).rows.pairs).toBe(0);
  });

  it("a success there, and what was no failure, take their network out of the /48's count", async () => {
    const who = someone();
    const failed = () =>
      runInDurableObject(who.guard, (_, { storage }) =>
        storage.sql.exec<{ n: number }>("SELECT failures AS n FROM pairs WHERE source LIKE '%/48'").one(),
      );
    for (const i of [1, 1, 2, 2, 3]) await guess(who, at(4, i));
    expect(await failed()).toEqual({ n: 3 });
    expect((await who.guard.signIn(attempt(who.user, ntlm(who.password), at(4, 2)))).kind).toBe("signed-in");
    expect(await failed()).toEqual({ n: 2 });
    const altered = { ...who.user, credentials: [{ id: "p_0", ntHashes: "AAAA" }] };
    expect((await who.guard.signIn(attempt(altered, wrong(), at(4, 9)))).kind).toBe("unavailable");
    expect(await failed()).toEqual({ n: 2 });
  });
});

describe("S-26: dry-run", () => {
  const LOCKOUT = "report";

  it("refuses nobody for waiting, counts all the same, and says what it would have refused", async () => {
    const { guard, user, password } = someone();
    const verdict = await withVariables(guard, { LOCKOUT }, async (lenient) => {
      const kinds = await kindsOf(20, () => lenient.signIn(attempt(user, wrong())));
      expect(tally(kinds)).toEqual({ refused: 20 });
      expect(lenient.locks().pairs.map(({ failures }) => failures)).toEqual([20]);
      return lenient.signIn(attempt(user, ntlm(password)));
    });
    expect(verdict).toMatchObject({ kind: "signed-in", wouldRefuse: "waiting", forgiven: 20 });
    const events = await eventsOf(guard);
    expect(tally(events.map(({ wouldRefuse }) => wouldRefuse ?? "none"))).toEqual({ none: 5, waiting: 15 });
    expect(new Set(events.map(({ reason }) => reason))).toEqual(new Set(["wrong-password"]));
  });

  it("passes on what the network would have refused, and names no reason where there is none", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, ntlm(password));
    expect(await guard.signIn({ ...good, wouldRefuse: "network-waiting" })).toMatchObject({
      kind: "signed-in",
      wouldRefuse: "network-waiting",
    });
    await guard.signIn({ ...attempt(user, wrong()), wouldRefuse: "network-waiting" });
    expect((await eventsOf(guard))[0]?.wouldRefuse).toBe("network-waiting");
    expect(await guard.signIn(attempt(user, ntlm(password)))).not.toHaveProperty("wouldRefuse");
  });
});

it("the level of all strangers outlives their rows", async () => {
  const who = someone();
  for (let i = 0; i < 300; i++) await guess(who, { source: strangeNetwork() });
  await runDurableObjectAlarm(who.guard);
  pass(HOUR + 600_000);
  await runDurableObjectAlarm(who.guard);
  expect((await who.guard.locks()).strangers.level).toBeGreaterThan(150); // 0 because the object was dropped at 183
});
