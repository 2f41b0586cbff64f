// What a user's guard counts, in workerd: every attempt before it is verified (S-20), strangers apart from familiar places
// (S-21), longer and longer waits, and one mistake once (S-24).

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  DAY,
  eventsOf,
  type From,
  type Guard,
  HOUR,
  MINUTE,
  NOTHING,
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
import { DEFAULT_LIMITS, FAMILIAR_FOR_MS, MAX_STRANGE_NETWORKS, REPEAT_WINDOW_MS } from "../core/lockout/limits.ts";
import type { SignInVerdict } from "../guards/sign-in-question.ts";
import { UserGuard } from "./user-guard.ts";

const { burst } = DEFAULT_LIMITS.strangers;

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // a line for each attempt
});

/** A password that belongs to nobody, another each time. */
const wrong = (): Evidence => typed(generateAppPassword());
/** Something that fails again and again without being a repetition. */
const guess = (who: ReturnType<typeof someone>, from: From = {}) => who.guard.signIn(attempt(who.user, wrong(), from));

async function kindsOf(count: number, act: () => Promise<SignInVerdict>): Promise<string[]> {
  const kinds: string[] = [];
  for (let i = 0; i < count; i++) kinds.push((await act()).kind);
  return kinds;
}

/** The failures of a network or place that still count, from `lock show`. */
const failuresOf = async (guard: Guard, source: string): Promise<number[]> =>
  (await guard.locks()).pairs.filter((pair) => pair.source === source).map(({ failures }) => failures);

/** Why attempts were refused at that time, in the audit. */
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
  /** A user at home, and so many failures of strangers that they are full. */
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
    await evictDurableObject(guard); // counting them is not done for each attempt
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
    await evictDurableObject(guard); // counting the networks is not done for each attempt
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

describe("S-24: waits", () => {
  it("grow with each failure up to the longest, are not longer for trying meanwhile, and are in the audit", async () => {
    const who = someone();
    await kindsOf(4, () => guess(who));
    expect((await eventsOf(who.guard)).map(({ waitUntil }) => waitUntil)).toEqual(Array(4).fill(undefined));
    pass(1);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const now = Date.now();
      expect((await guess(who)).kind).toBe("refused");
      const until = (await eventsOf(who.guard)).find(({ at }) => at === now)?.waitUntil ?? 0;
      waits.push((until - now) / SECOND);
      pass((until - now) / 2);
      expect(tally(await kindsOf(5, () => guess(who)))).toEqual({ held: 5 });
      pass(until - 1 - Date.now());
      expect((await guess(who)).kind).toBe("held");
      pass(1);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it("are over, and the failures forgotten, an hour after the last", async () => {
    const who = someone();
    await kindsOf(5, () => guess(who));
    pass(HOUR - 1);
    expect((await guess(who)).kind).toBe("refused");
    expect(await failuresOf(who.guard, ABOUT.source)).toEqual([6]);
    pass(HOUR);
    expect(await failuresOf(who.guard, ABOUT.source)).toEqual([]);
    expect(tally(await kindsOf(6, () => guess(who)))).toEqual({ refused: 5, held: 1 });
  });

  it("end for one place with its success, and for no other", async () => {
    const who = someone();
    const { guard, user, password } = who;
    const [here, there] = [{ source: strangeNetwork() }, { source: strangeNetwork() }];
    await kindsOf(4, () => guess(who, here));
    await kindsOf(5, () => guess(who, there));
    expect(await guard.signIn(attempt(user, ntlm(password), here))).toMatchObject({ kind: "signed-in", forgiven: 4 });
    expect((await guard.locks()).strangers.level).toBe(5);
    expect(await guard.signIn(attempt(user, ntlm(password), there))).toMatchObject({ kind: "held" });
    expect(await failuresOf(guard, there.source)).toEqual([5]);
    expect(await failuresOf(guard, here.source)).toEqual([0]);
    expect(tally(await kindsOf(25, () => guess(who, here)))).toEqual({ refused: 25 });
    expect(await failuresOf(guard, here.source)).toEqual([20]);
  });
});

describe("S-24: the same mistake", () => {
  it("of a client with a wrong password counts once while failures are remembered", async () => {
    const { guard, user, password } = someone();
    const old = typed(generateAppPassword());
    const kinds = await kindsOf(60, () => {
      pass(MINUTE - 1);
      return guard.signIn(attempt(user, old));
    });
    expect(tally(kinds)).toEqual({ refused: 1, repeated: 59 });
    expect(await failuresOf(guard, ABOUT.source)).toEqual([1]);
    pass(REPEAT_WINDOW_MS);
    expect(await guard.signIn(attempt(user, old))).toMatchObject({ kind: "refused" });
    expect(await failuresOf(guard, ABOUT.source)).toEqual([1]);
    expect(await guard.signIn(attempt(user, typed(password)))).toMatchObject({ kind: "signed-in" });
  });

  it("goes on for days without a wait", async () => {
    const { guard, user } = someone();
    const old = typed(generateAppPassword());
    const kinds = await kindsOf(3 * 24 * 4, () => {
      pass(15 * MINUTE);
      return guard.signIn(attempt(user, old));
    });
    expect(kinds).not.toContain("held");
    expect(Math.max(0, ...(await failuresOf(guard, ABOUT.source)))).toBeLessThanOrEqual(1);
  });

  it("is another mistake elsewhere, and another password is another", async () => {
    const { guard, user } = someone();
    const old = typed(generateAppPassword());
    const elsewhere = { source: strangeNetwork() };
    expect((await guard.signIn(attempt(user, old))).kind).toBe("refused");
    expect((await guard.signIn(attempt(user, old, elsewhere))).kind).toBe("refused");
    expect((await guard.signIn(attempt(user, typed(generateAppPassword())))).kind).toBe("refused");
    expect((await guard.signIn(attempt(user, old))).kind).toBe("repeated");
    expect(await failuresOf(guard, ABOUT.source)).toEqual([2]);
  });

  it("with a revoked app password is recognised over NTLM and in the clear, and never let in", async () => {
    const revoked = [generateAppPassword(), generateAppPassword()];
    for (const evidence of [ntlm, typed]) {
      const { guard, user, password } = someone({ revoked });
      const kinds = await kindsOf(20, () => guard.signIn(attempt(user, evidence(revoked[1] ?? ""))));
      expect(tally(kinds)).toEqual({ refused: 1, repeated: 19 });
      expect(await failuresOf(guard, ABOUT.source)).toEqual([1]);
      expect((await eventsOf(guard))[0]).toMatchObject({ reason: "revoked-password", credentialId: "r_1" });
      expect((await guard.signIn(attempt(user, evidence(revoked[0] ?? "")))).kind).toBe("refused");
      expect((await guard.signIn(attempt(user, evidence(password)))).kind).toBe("signed-in");
    }
  });

  it("with a revoked password is one mistake, over every channel", async () => {
    const old = generateAppPassword();
    const { guard, user } = someone({ revoked: [old] });
    const evidence = [ntlm(old), typed(old), ntlm(old), typed(old), typed(old)];
    const verdicts: string[] = [];
    for (const each of evidence) verdicts.push((await guard.signIn(attempt(user, each))).kind);
    expect(tally(verdicts)).toEqual({ refused: 1, repeated: 4 });
    expect(await failuresOf(guard, ABOUT.source)).toEqual([1]);
    expect((await guard.locks()).strangers.level).toBe(1);
  });

  it("a revoked password that no longer opens is of no use, and no harm", async () => {
    const old = generateAppPassword();
    const { guard, user, password } = someone({ revoked: [old] });
    const altered = { ...user, revoked: user.revoked.map(({ id }) => ({ id, ntHashes: "AAAA" })) };
    expect((await guard.signIn(attempt(altered, ntlm(old)))).kind).toBe("refused");
    expect((await eventsOf(guard))[0]?.reason).toBe("wrong-proof");
    expect((await guard.signIn(attempt(altered, ntlm(password)))).kind).toBe("signed-in");
  });

  it("of a network that sends an answer twice counts once", async () => {
    const { guard, user, password } = someone();
    const sent = ntlm(generateAppPassword());
    expect(tally(await kindsOf(10, () => guard.signIn(attempt(user, sent))))).toEqual({ refused: 2, repeated: 8 });
    expect(await failuresOf(guard, ABOUT.source)).toEqual([2]); // the wrong password, and the replay
    expect((await guard.signIn(attempt(user, ntlm(password)))).kind).toBe("signed-in");
  });

  it("of a client that speaks NTLMv1 counts once for that client", async () => {
    const { guard, user } = someone();
    const v1: Evidence = { kind: "nothing", reason: "ntlm-v1" };
    expect(tally(await kindsOf(10, () => guard.signIn(attempt(user, v1))))).toEqual({ refused: 1, repeated: 9 });
    const another = { client: "another" };
    expect(tally(await kindsOf(10, () => guard.signIn(attempt(user, v1, another))))).toEqual({
      refused: 1,
      repeated: 9,
    });
    const expired: Evidence = { kind: "nothing", reason: "challenge-expired" };
    expect((await guard.signIn(attempt(user, expired))).kind).toBe("refused");
    expect(await failuresOf(guard, ABOUT.source)).toEqual([3]);
  });

  it("of a disabled user is not remembered: enabled again, the same password signs in", async () => {
    const { guard, user, password } = someone();
    const disabled = { ...user, disabled: true };
    expect(tally(await kindsOf(3, () => guard.signIn(attempt(disabled, typed(password)))))).toEqual({ refused: 3 });
    expect((await guard.signIn(attempt(user, typed(password)))).kind).toBe("signed-in");
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

describe("locks", () => {
  it("show who has failed, who waits and why, and who is familiar", async () => {
    const who = someone();
    const { guard, user, password } = who;
    const [waiting, failed, home] = [strangeNetwork(), strangeNetwork(), strangeNetwork()];
    await kindsOf(5, () => guess(who, { source: waiting }));
    pass(SECOND);
    await guess(who, { source: failed });
    pass(SECOND);
    await guard.signIn(attempt(user, ntlm(password), { source: home }));
    const now = Date.now();
    const { pairs, strangers } = await guard.locks();
    const none = { waitUntil: null, waitReason: null };
    expect(pairs).toEqual([
      { source: failed, familiar: false, failures: 1, lastFailureAt: now - SECOND, lastSuccessAt: null, ...none },
      {
        source: waiting,
        familiar: false,
        failures: 5,
        lastFailureAt: now - 2 * SECOND,
        lastSuccessAt: null,
        waitUntil: now + 28 * SECOND,
        waitReason: "waiting",
      },
      { source: home, familiar: true, failures: 0, lastFailureAt: null, lastSuccessAt: now, ...none },
    ]);
    expect(strangers.capacity).toBe(burst);
    expect(strangers.level).toBeGreaterThan(5.9);
    expect(strangers.fullUntil).toBeNull();
    expect(JSON.stringify(await guard.locks())).not.toContain("client");
  });

  it("cleared, let everybody try at once, name the networks concerned, and keep who is familiar", async () => {
    const who = someone();
    const { guard, user, password } = who;
    const [one, another, home] = [strangeNetwork(), strangeNetwork(), strangeNetwork()];
    const old = typed(generateAppPassword());
    await guard.signIn(attempt(user, ntlm(password), { source: home }));
    await kindsOf(21, () => guess(who, { source: home }));
    await kindsOf(6, () => guess(who, { source: one }));
    await guard.signIn(attempt(user, old, { source: another }));
    expect((await guard.clearLocks()).toSorted()).toEqual([one, another, home].toSorted());
    expect((await guard.locks()).strangers).toEqual({ level: 0, capacity: burst, fullUntil: null });
    expect((await guard.locks()).pairs).toMatchObject([{ source: home, familiar: true, failures: 0, waitUntil: null }]);
    expect((await guard.signIn(attempt(user, old, { source: another }))).kind).toBe("refused");
    for (const source of [one, home]) {
      expect((await guard.signIn(attempt(user, ntlm(password), { source }))).kind).toBe("signed-in");
    }
    expect(await guard.clearLocks()).toEqual([another]);
    expect(await guard.clearLocks()).toEqual([]);
  });

  it("are empty for a user whom nobody has tried", async () => {
    const { guard } = someone();
    expect(await guard.locks()).toEqual({ pairs: [], strangers: { level: 0, capacity: burst, fullUntil: null } });
    pass(DAY);
    expect(await guard.clearLocks()).toEqual([]);
  });
});

it("locks of a user nobody tried store nothing", async () => {
  const { guard } = someone();
  await guard.locks();
  expect(await storageOf(guard)).toEqual(NOTHING);
});
it("the level of all strangers outlives their rows", async () => {
  const who = someone();
  for (let i = 0; i < 300; i++) await guess(who, { source: strangeNetwork() });
  await runDurableObjectAlarm(who.guard);
  pass(HOUR + 600_000);
  await runDurableObjectAlarm(who.guard);
  expect((await who.guard.locks()).strangers.level).toBeGreaterThan(150); // 0: the object was dropped at 183
});
