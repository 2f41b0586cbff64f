// A guest guard inside workerd: what it counts, who has to wait because of others, what it remembers after a restart,
// and what it leaves behind.

import { env, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  DAY,
  eventsOf,
  HOUR,
  MINUTE,
  pass,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import { ROWS_OF_GUESTS } from "../audit/cadence.ts";
import { auditEvent, type Decision } from "../audit/event.ts";
import { GUEST_LIMITS } from "../core/lockout/conference.ts";
import type { GuestAdmission, GuestEnd } from "../guards/guest-question.ts";
import { conferenceGuardOf, conferenceKey, guestGuardOf } from "../guards/route.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

const REASONS = { given: "cwt", wrong: "wrong-conference-key", "not-counted": "internal" } as const;

/** A network nobody else in this file has, and how its guests end. */
function network() {
  const source = strangeNetwork();
  const guard = guestGuardOf(env, source);
  const about = { ...aboutFrom(source), channel: "guest" } as const;
  const reserve = (conference: string): Promise<GuestAdmission> =>
    guard.reserve(about, conferenceKey(conference), `conference ${conference}`);
  const settle = (conference: string, end: GuestEnd): Promise<void> => {
    const decision: Decision = { outcome: end === "given" ? "signed-in" : "refused", reason: REASONS[end] };
    return guard.settle(conferenceKey(conference), end, auditEvent(about, decision, Date.now()));
  };
  /**
   * Tries so often, one attempt after another, and expects the same answer each time. Returns how often the Front-End
   * was asked.
   */
  const tries = async (conference: string, end: GuestEnd, count: number): Promise<number> => {
    let asked = 0;
    for (let n = 0; n < count; n++) {
      if ((await reserve(conference)).kind === "refused") continue;
      asked++;
      await settle(conference, end);
    }
    return asked;
  };
  return { guard, about, reserve, settle, tries };
}

describe("S-44: a network's guests", () => {
  it("have five wrong keys at one conference and twenty in all, and wait", async () => {
    const { guard, tries } = network();
    expect(await tries("a", "wrong", 30)).toBe(GUEST_LIMITS.stranger.free);
    let all = GUEST_LIMITS.stranger.free;
    for (let n = 0; n < 30; n++) all += await tries(`b${n}`, "wrong", 1);
    expect(all).toBe(GUEST_LIMITS.network.burst);
    expect(tally((await eventsOf(guard)).map(({ reason }) => reason))).toEqual({
      "wrong-conference-key": all,
      waiting: 1, // after that only a number
      "network-waiting": 1,
    });
    pass(GUEST_LIMITS.stranger.firstWait + MINUTE);
    expect(await tries("a", "wrong", 5)).toBe(1);
  });

  it("wait for one another, and one right key lets the others in", async () => {
    const { reserve, settle } = network();
    const first = await Promise.all(Array.from({ length: 5 }, () => reserve("a")));
    expect(first.map(({ kind }) => kind)).toEqual(Array(5).fill("admitted"));
    const others = Array.from({ length: 10 }, () => reserve("a"));
    await settle("a", "given");
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(Array(10).fill("admitted"));
  });

  it("that wait for one another are refused when these were wrong", async () => {
    const { reserve, settle } = network();
    await Promise.all(Array.from({ length: 5 }, () => reserve("a")));
    const others = Array.from({ length: 10 }, () => reserve("a"));
    for (let n = 0; n < 5; n++) await settle("a", "wrong");
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(Array(10).fill("refused"));
  });

  it("S-20: are counted when nobody says how it ended, even if the object is evicted", async () => {
    const { guard, reserve } = network();
    for (let n = 0; n < 5; n++) await reserve("a");
    await evictDurableObject(guard);
    expect((await reserve("a")).kind).toBe("refused");
  });

  it("who got in are familiar: what others of their network did elsewhere does not count against them", async () => {
    const { tries, reserve } = network();
    expect(await tries("weekly", "given", 30)).toBe(30);
    for (let n = 0; n < 25; n++) await tries(`b${n}`, "wrong", 1);
    expect((await reserve("new")).kind).toBe("refused");
    expect(await reserve("weekly")).toEqual({ kind: "admitted", network: "familiar" });
  });

  it("are not counted when the Front-End looked at nothing", async () => {
    expect(await network().tries("a", "not-counted", 40)).toBe(40);
  });

  it("S-39, S-44: have bounded events: so many a day, and then a number", async () => {
    const { guard, about } = network();
    for (let n = 0; n < ROWS_OF_GUESTS + 100; n++) {
      await guard.record(auditEvent(about, { outcome: "signed-in", reason: "saml" }, Date.now()));
    }
    expect((await eventsOf(guard)).length).toBe(ROWS_OF_GUESTS + 1);
  });

  it("leave nothing when all is over", async () => {
    const { guard, tries } = network();
    await tries("a", "wrong", 3);
    await tries("b", "given", 1);
    for (let rings = 0; rings < 10 && (await storageOf(guard)).alarm !== null; rings++) {
      pass(DAY);
      await runDurableObjectAlarm(guard);
    }
    expect((await storageOf(guard)).alarm).toBeNull();
  });
});

describe("S-44: a conference", () => {
  it("holds networks that failed at it to a rate together, which drains", async () => {
    const guard = conferenceGuardOf(env, conferenceKey("crowd"));
    const { burst, perHour } = GUEST_LIMITS.conference;
    for (let n = 0; n < burst; n++) expect(await guard.reserveStranger()).toBeUndefined();
    expect(await guard.reserveStranger()).toBe(Date.now() + HOUR / perHour);
    await guard.changeStrangers(-1);
    expect(await guard.reserveStranger()).toBeUndefined();
  });
});
