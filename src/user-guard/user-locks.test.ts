// What `lock show` says of a user and what `lock clear` does, in workerd.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  DAY,
  type From,
  NOTHING,
  ntlm,
  pass,
  SECOND,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
  typed,
} from "../../test/kit/attempts.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import type { SignInVerdict } from "../guards/sign-in-question.ts";

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
