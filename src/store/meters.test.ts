// What isolates and the audit counted, in D1 in workerd. A counter that Prometheus reads never falls: not when an
// isolate ends, not when writes get lost or come late, not when rows are folded, not when old events are deleted.

import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { runs } from "../../test/kit/runs.ts";
import { auditLines } from "../api/metrics/audit-lines.ts";
import type { AuditedEvent } from "../audit/event.ts";
import { Exposition } from "../metrics/exposition.ts";
import { meteredLines } from "../metrics/metered.ts";
import { Meters } from "../metrics/meters.ts";
import { insertEvents, purgeEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { FOLD_AFTER_MS, foldMeters, keepMeters, noteJob, readMeters } from "./meters.ts";

const db = openDatabase(env.DB);
const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;

beforeEach(async () => {
  const tables = ["meters", "audit_counts", "audit_events", "job_runs"];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`delete from ${table}`)));
});

/** The lines of all counters as Prometheus reads them. */
async function scraped(now: number): Promise<Map<string, number>> {
  const { metered, audit } = await readMeters(db, now);
  const lines = new Exposition();
  meteredLines(lines, metered);
  auditLines(lines, audit);
  const samples = lines
    .text()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

const REFUSED = 'postern_refusals_total{reason="not-published"}';
const WRONG = 'postern_sign_in_reasons_total{outcome="refused",reason="wrong-proof"}';

it("S-73: counts an event once, however often it is sent, and an event that stands for several as many", async () => {
  const events = [
    eventAt(NOW),
    eventAt(NOW, { repeats: 7 }),
    eventAt(NOW, { channel: "guest", reason: "wrong-conference-key" }),
  ];
  await insertEvents(db, events);
  await insertEvents(db, events);
  const counters = await scraped(NOW);
  expect(counters.get(WRONG)).toBe(8);
  expect(counters.get('postern_sign_ins_total{channel="ntlm",outcome="refused"}')).toBe(8);
  expect(counters.get('postern_sign_ins_total{channel="guest",outcome="refused"}')).toBe(1);
  expect(counters.get('postern_sign_ins_total{channel="portal",outcome="signed-in"}')).toBe(0);
});

it("S-73: puts the statuses of a Front-End under one label", async () => {
  await insertEvents(
    db,
    [503, 500, 404].map((status) => eventAt(NOW, { outcome: "failed", reason: `front-end-${status}` })),
  );
  const counters = await scraped(NOW);
  expect(counters.get('postern_sign_in_reasons_total{outcome="failed",reason="front-end-status"}')).toBe(3);
  expect([...counters.keys()].filter((key) => /front-end-\d/.test(key))).toEqual([]);
});

it("S-73: a write that comes late does not take anything back", async () => {
  const meters = new Meters();
  meters.count("refusals", "not-published");
  const early = meters.row(NOW);
  meters.count("refusals", "not-published");
  await keepMeters(db, meters.row(NOW + 1));
  await keepMeters(db, early);
  expect((await scraped(NOW + 2)).get(REFUSED)).toBe(2);
});

it("S-73: polls of an isolate that has said nothing for long are not open any more; its times stay", async () => {
  const meters = new Meters();
  meters.pollOpened(NOW);
  meters.connector("ok", NOW);
  await keepMeters(db, meters.row(NOW));
  expect((await readMeters(db, NOW + 60_000)).metered).toMatchObject({ openPolls: 1, isolates: 1, connectorAt: NOW });
  expect((await readMeters(db, NOW + 10 * 60_000)).metered).toMatchObject({ openPolls: 0, isolates: 0 });
  await foldMeters(db, NOW + 2 * HOUR);
  expect((await readMeters(db, NOW + 2 * HOUR)).metered).toMatchObject({ openPolls: 0, connectorAt: NOW });
});

it("S-73: a key that another version wrote does no harm", async () => {
  await env.DB.prepare("insert into meters values ('old', ?, ?, 0, 0, 0)")
    .bind(
      NOW,
      JSON.stringify({ "gone|a": 3, "requests|too|few": 2, "stage|user-guard|7": 4, "stage|user-guard|sum": 20 }),
    )
    .run();
  const counters = await scraped(NOW);
  expect([...counters.keys()].filter((key) => /gone|few/.test(key))).toEqual([]);
  expect(counters.get('postern_stage_duration_seconds_bucket{stage="user-guard",le="0.007"}')).toBe(4);
  expect(counters.get('postern_stage_duration_seconds_bucket{stage="user-guard",le="0.005"}')).toBe(0);
  expect(counters.get('postern_stage_duration_seconds_count{stage="user-guard"}')).toBe(4);
});

it("S-73: notes the last run of a job", async () => {
  for (const at of [NOW, NOW + HOUR]) await noteJob(db, { job: "hourly", at, took: 12, failed: 0 });
  expect((await readMeters(db, NOW)).jobs).toEqual([{ job: "hourly", at: NOW + HOUR, took: 12, failed: 0 }]);
});

type Step =
  | { readonly kind: "count" | "write" | "lost" | "ends"; readonly isolate: number }
  | { readonly kind: "fold" | "event" | "resend" | "purge" }
  | { readonly kind: "passes"; readonly minutes: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("count" as const), isolate: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("write" as const, "lost" as const, "ends" as const),
      isolate: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("fold" as const, "event" as const, "resend" as const, "purge" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("passes" as const), minutes: fc.constantFrom(1, 20, 45, 70, 200) }),
  },
);

it("S-73: no counter falls, and none counts twice, whatever happens to isolates, writes and old events", {
  timeout: 240_000,
}, async () => {
  const clear = ["meters", "audit_counts", "audit_events"].map((table) => env.DB.prepare(`delete from ${table}`));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await env.DB.batch(clear);
      let now = NOW;
      let isolates = [new Meters(), new Meters(), new Meters()];
      let events: AuditedEvent[] = [];
      /** What was counted; of the isolates, only what D1 got. */
      let [refused, attempted] = [0, 0];
      const unwritten = [0, 0, 0];
      let before = await scraped(now);
      for (const each of steps) {
        now += 1;
        if (each.kind === "passes") now += each.minutes * 60_000;
        else if (each.kind === "fold") await foldMeters(db, now);
        else if (each.kind === "event") {
          const event = eventAt(now, now % 3 === 0 ? { repeats: 5 } : {});
          events.push(event);
          attempted += event.repeats ?? 1;
          await insertEvents(db, [event]);
        } else if (each.kind === "resend") await insertEvents(db, events.slice(-3));
        else if (each.kind === "purge") {
          await purgeEvents(db, now - HOUR, () =>
            eventAt(now, { channel: "clock", outcome: "changed", reason: "audit-purged" }),
          );
          events = events.filter(({ at }) => at >= now - HOUR); // a guard sends no event again that is so old
        } else if ("isolate" in each) {
          const { isolate } = each;
          const meters = isolates[isolate] ?? new Meters();
          if (each.kind === "count") {
            meters.count("refusals", "not-published");
            meters.time("request", "open", now % 4_000);
            unwritten[isolate] = (unwritten[isolate] ?? 0) + 1;
          } else if (each.kind === "ends") {
            isolates = isolates.map((old, at) => (at === isolate ? new Meters() : old));
            unwritten[isolate] = 0;
          } else {
            const row = meters.row(now);
            if (each.kind === "write") {
              await keepMeters(db, row);
              meters.stored(row);
              refused += unwritten[isolate] ?? 0;
              unwritten[isolate] = 0;
            }
          }
        }
        const after = await scraped(now);
        for (const [line, value] of before) expect(after.get(line), line).toBeGreaterThanOrEqual(value);
        before = after;
      }
      expect(before.get(REFUSED) ?? 0).toBe(refused);
      expect(before.get(WRONG)).toBe(attempted);
    }),
    { numRuns: runs(400) },
  );
});

it("S-73: folding leaves one row for all isolates that have ended, and touches none that has not", async () => {
  for (let n = 0; n < 5; n++) {
    const meters = new Meters();
    meters.count("refusals", "not-published");
    await keepMeters(db, meters.row(NOW - (n < 4 ? FOLD_AFTER_MS + 1 : 0)));
  }
  await foldMeters(db, NOW);
  const { results } = await env.DB.prepare("select isolate, counts from meters order by isolate").all();
  expect(results).toHaveLength(2);
  expect(results).toContainEqual({ isolate: "folded", counts: JSON.stringify({ "refusals|not-published": 4 }) });
  await foldMeters(db, NOW);
  expect((await scraped(NOW)).get(REFUSED)).toBe(5);
});

it("S-73: costs what docs/costs.md says: a row for each event, and a row for each write of an isolate", async () => {
  const cost = async (sql: string, ...values: readonly unknown[]) => {
    const { meta } = await env.DB.prepare(sql)
      .bind(...values)
      .run();
    return [meta.rows_read, meta.rows_written];
  };
  const fields = "id, at, request_id, channel, host, source, user_agent, workstation, outcome, reason";
  const event = `insert into audit_events (${fields}) values (?, 1, '', 'ntlm', '', '', '', '', 'signed-in', 'saml')`;
  const first = await cost(event, "e_1");
  const next = await cost(event, "e_2");
  await env.DB.prepare("drop trigger audit_counted").run();
  const uncounted = await cost(event, "e_3");
  const row = "insert into meters values (?, ?, '{}', 0, 0, 0) on conflict (isolate) do update set at = excluded.at";
  const begun = await cost(row, "an isolate", NOW);
  const replaced = await cost(row, "an isolate", NOW + 1);
  expect({ first, next, uncounted }).toEqual({ first: [2, 5], next: [3, 4], uncounted: [0, 3] });
  expect({ begun, replaced }).toEqual({ begun: [0, 2], replaced: [1, 1] });
});
