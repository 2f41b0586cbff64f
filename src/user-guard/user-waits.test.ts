// How long a user's guard lets somebody wait who has failed. One mistake counts only once (S-24). In workerd.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  eventsOf,
  type From,
  type Guard,
  HOUR,
  MINUTE,
  ntlm,
  pass,
  SECOND,
  someone,
  stopClock,
  strangeNetwork,
  tally,
  typed,
} from "../../test/kit/attempts.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { REPEAT_WINDOW_MS } from "../core/lockout/limits.ts";
import type { SignInVerdict } from "../guards/sign-in-question.ts";

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
