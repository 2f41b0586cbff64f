// How many sign-ins each hour had, against D1 in workerd: hours without events, events that come late, and what is not
// counted twice.

import { env } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { planOf, recordedDatabase } from "../../test/kit/recorded-database.ts";
import { insertEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { completeHours, liveHour, MAX_LIVE_EVENTS, purgeHours } from "./statistics.ts";

const db = openDatabase(env.DB);
const HOUR = 3_600_000;
/** A whole hour. */
const H = Math.floor(1_795_000_000_000 / HOUR) * HOUR;
const MINUTE = 60_000;

const ZERO = { signedIn: 0, refused: 0, failed: 0, locked: 0, devicesWaiting: 0 };
const signIn = (at: number) => eventAt(at, { outcome: "signed-in", reason: "saml" });

beforeEach(async () => {
  await env.DB.batch([env.DB.prepare("delete from audit_events"), env.DB.prepare("delete from audit_hours")]);
});

it("counts each hour by what came of it, and an hour without events as nothing", async () => {
  await insertEvents(db, [
    signIn(H - 2 * HOUR), // the first moment of its hour
    eventAt(H - HOUR - 1, { channel: "guest", outcome: "signed-in", reason: "saml" }), // the last one
    eventAt(H - HOUR - 2, { reason: "wrong-proof", repeats: 7 }),
    eventAt(H - HOUR - 3, { reason: "network-waiting", repeats: 2 }),
    eventAt(H - HOUR - 4, { outcome: "failed", reason: "sign-on-unreachable" }),
    eventAt(H - HOUR - 5, { channel: "device", outcome: "quarantined", reason: "awaiting-approval" }),
    eventAt(H - HOUR - 6, { channel: "device", outcome: "quarantined", reason: "awaiting-approval", repeats: 3 }),
    eventAt(H - HOUR - 7, { channel: "admin", reason: "unknown-user" }),
    eventAt(H - HOUR - 8, { channel: "command", outcome: "changed", reason: "locks-cleared" }),
    signIn(H), // in the hour that goes on
  ]);
  const now = H + 30 * MINUTE;
  expect(await completeHours(db, 3, now)).toEqual([
    { hour: H - 3 * HOUR, ...ZERO },
    { hour: H - 2 * HOUR, signedIn: 2, refused: 9, failed: 1, locked: 2, devicesWaiting: 1 },
    { hour: H - HOUR, ...ZERO },
  ]);
  expect(await liveHour(db, now)).toEqual({ hour: H, ...ZERO, signedIn: 1, whole: true });
});

it("counts events that come late, and reads nothing of an hour that is settled", async () => {
  const recorded = recordedDatabase(env.DB);
  const seen = async (now: number) => {
    const counts = await completeHours(recorded.db, 1, now);
    return [counts[0]?.signedIn, recorded.taken().length];
  };
  const hour = H - HOUR;
  expect(await seen(H)).toEqual([0, 2]);
  await insertEvents(db, [signIn(hour)]);
  expect(await seen(H + 4 * MINUTE)).toEqual([0, 1]); // counted just now
  expect(await seen(H + 5 * MINUTE)).toEqual([1, 2]);
  await insertEvents(db, [signIn(hour + 1)]);
  const later = async (now: number) => {
    const hours = await completeHours(recorded.db, 4, now);
    return [hours.find((each) => each.hour === hour)?.signedIn, recorded.taken().length];
  };
  expect(await later(H + 2 * HOUR)).toEqual([2, 2]); // two hours after its end, for the last time
  await insertEvents(db, [signIn(hour + 2)]);
  const [kept] = await later(H + 2 * HOUR + 10 * MINUTE);
  expect(kept).toBe(2);
});

it("keeps what was counted when the events are gone, and forgets hours that nobody asks for", async () => {
  await insertEvents(db, [signIn(H - HOUR)]);
  const settled = H + 3 * HOUR;
  await completeHours(db, 4, settled);
  await env.DB.prepare("delete from audit_events").run();
  expect((await completeHours(db, 4, settled + HOUR / 2))[0]).toMatchObject({ hour: H - HOUR, signedIn: 1 });
  await purgeHours(db, H + 167 * HOUR);
  expect(await env.DB.prepare("select count(*) as n from audit_hours").first("n")).toBe(4);
  await purgeHours(db, H + 169 * HOUR);
  expect(await env.DB.prepare("select count(*) as n from audit_hours").first("n")).toBe(2);
});

it("two who count at one moment come to the same", async () => {
  await insertEvents(db, [signIn(H - HOUR), signIn(H - HOUR)]);
  const both = await Promise.all([completeHours(db, 2, H), completeHours(db, 2, H)]);
  expect(both.map((hours) => hours[1]?.signedIn)).toEqual([2, 2]);
});

it("S-44: counts so many events of the hour that goes on, and reads no hour but it", async () => {
  expect(MAX_LIVE_EVENTS).toBeLessThanOrEqual(20_000);
  const recorded = recordedDatabase(env.DB);
  await liveHour(recorded.db, H + 1);
  await completeHours(recorded.db, 24, H);
  const plans = await Promise.all(recorded.taken().map((statement) => planOf(env.DB, statement)));
  const events = plans.flat().filter((step) => /events|latest/.test(step));
  expect(events.join("\n")).not.toMatch(/SCAN (?:audit_)?events/);
  expect(events.filter((step) => /SEARCH/.test(step)).every((step) => step.includes("id>?"))).toBe(true);
});
