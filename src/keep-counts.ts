// Takes to D1 what this isolate counted: one row, at most once in fifteen seconds, after the answer. So a request waits
// for none of it, and what a burst counted is there soon after its end. The cron trigger takes the rest of the figures to
// Analytics Engine.

import { waitUntil } from "cloudflare:workers";
import type { Config } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { statePoint } from "./metrics/analytics.ts";
import { meters } from "./metrics/meters.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { countEverything } from "./store/gauges.ts";
import { keepMeters } from "./store/meters.ts";

/** The shortest time between two writes, ms. */
const EVERY_MS = 15_000;
/** A write that was to begin so long ago never will: its request was cut off. In ms. */
const GIVEN_UP_AFTER_MS = 60_000;

let wroteAt = Number.NEGATIVE_INFINITY;
/** For when the next write is set. */
let setFor: number | undefined;

/** Sees to it that what was counted gets to D1. Returns at once. */
export function keepCounts(env: Pick<Env, "DB">): void {
  const now = Date.now();
  if (!meters.changed || env.DB === undefined || (setFor !== undefined && now < setFor + GIVEN_UP_AFTER_MS)) return;
  setFor = Math.max(now, wroteAt + EVERY_MS);
  waitUntil(write(env, setFor - now));
}

async function write(env: Pick<Env, "DB">, after: number): Promise<void> {
  if (after > 0) await scheduler.wait(after);
  wroteAt = Date.now();
  const row = meters.row(wroteAt);
  setFor = undefined;
  try {
    await keepMeters(openDatabase(env.DB), row);
    meters.stored(row);
  } catch {
    // No line in the log: what fails here, fails for others, too. The next row has it all.
    meters.count("lostWrites");
  }
}

/** The figures of docs/monitoring.md, in their order, as a data point, if there is a dataset. */
export async function tellState(env: Env, config: Config, db: Database, now: number): Promise<void> {
  if (env.METRICS === undefined) return;
  const { knownKeys } = await import("./api/key-ages.ts");
  const [gauges, keys] = await Promise.all([countEverything(db, now), knownKeys(env, config, db, now)]);
  const devices = (state: string): number => gauges.devices.find((each) => each.state === state)?.devices ?? 0;
  const age = (at: number | null | undefined): number => (at ? (now - at) / 1_000 : 0);
  const inStep = gauges.sources.flatMap(({ source, inStepAt }) => (source === "scim" ? [] : [age(inStepAt)]));
  statePoint(env.METRICS, [
    ...[gauges.usersEnabled, gauges.usersDisabled],
    ...[devices("allowed"), devices("quarantined"), devices("blocked")],
    ...[gauges.passwordsEnding, gauges.tokensEnding, gauges.usersWaiting, gauges.networksWaiting],
    ...[gauges.mail.waiting, age(gauges.mail.oldestUnsentAt), gauges.mail.failedOfADay],
    Math.max(0, ...inStep),
    Math.max(0, ...keys.map(({ since }) => age(since))),
  ]);
}
