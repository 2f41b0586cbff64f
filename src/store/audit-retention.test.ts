// S-44: how long the audit keeps what happened, by the Worker's own scheduled handler against D1 in workerd.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import worker from "../worker.ts";
import { insertEvents, MAX_EVENTS_OF_A_PURGE } from "./audit.ts";
import { readRetention } from "./audit-retention.ts";
import { openDatabase } from "./database.ts";
import { auditEvents } from "./schema.ts";

const db = openDatabase(env.DB);
const DAY_MS = 86_400_000;
let lines: Record<string, unknown>[] = [];

beforeEach(async () => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => {
    lines.push(JSON.parse(line));
  });
  await db.delete(auditEvents);
});

/** The parts of a configuration besides `env`. These tests never use them. */
const outside = { fetch: () => Promise.reject(new Error("asked the Front-End")) } as unknown as Fetcher;
const whole = { ...env, ORIGIN: outside, CONNECTOR: outside, CONNECTOR_SECRET: "secret" };

/** As the cron trigger calls it. */
const cron = (variables: Record<string, string> = {}, bindings: object = {}): Promise<void> =>
  worker.scheduled({} as ScheduledController, { ...whole, ...variables, ...bindings });

/** Events so many days old. */
const aged = (days: number, times = 1) =>
  insertEvents(
    db,
    Array.from({ length: times }, () => eventAt(Date.now() - days * DAY_MS)),
  );
const kept = async () => (await findEvents(db, {}, 10)).map(({ at, reason, why }) => ({ at, reason, why }));

describe("the cron trigger", () => {
  it("S-44: deletes what is older than 180 days, keeps the rest, and is in the audit itself", async () => {
    await aged(181, 3);
    await aged(179);
    await cron();
    const [event, ...rest] = await kept();
    expect(rest).toMatchObject([{ reason: "wrong-proof" }]);
    expect(event).toMatchObject({ reason: "audit-purged", why: expect.stringMatching(/^3 events before .*180 days/) });
    expect(lines).toMatchObject([
      { event: "change", channel: "clock", outcome: "changed", reason: "audit-purged", why: event?.why },
    ]);
    await cron();
    expect(await kept()).toEqual([event, ...rest]);
    expect(lines).toHaveLength(1);
  });

  it("keeps as many days as it is told, or everything", async () => {
    await aged(400);
    await aged(20);
    await cron({ AUDIT_RETENTION_DAYS: "forever" });
    expect(await kept()).toHaveLength(2);
    await cron({ AUDIT_RETENTION_DAYS: "30" });
    expect((await kept()).map(({ reason }) => reason)).toEqual(["audit-purged", "wrong-proof"]);
  });

  it("S-44: goes by the time that people see, whatever the ids say", async () => {
    await aged(1, 2);
    await env.DB.prepare("UPDATE audit_events SET at = ? WHERE id = (SELECT max(id) FROM audit_events)")
      .bind(Date.now() - 181 * DAY_MS)
      .run();
    await cron();
    expect((await kept()).map(({ reason }) => reason)).toEqual(["audit-purged", "wrong-proof"]);
  });

  it("S-44: deletes so many a run, and the next run goes on", async () => {
    const ids = Array.from({ length: 5 * MAX_EVENTS_OF_A_PURGE }, (_, at) => `e_${String(at).padStart(9, "0")}`);
    await env.DB.prepare(
      "INSERT INTO audit_events (id, at, request_id, channel, host, source, user_agent, workstation, outcome, reason) SELECT value, 0, '', 'ntlm', '', '', '', '', 'refused', 'old' FROM json_each(?)",
    )
      .bind(JSON.stringify(ids))
      .run();
    const left = async () =>
      (await env.DB.prepare("SELECT count(*) AS n FROM audit_events WHERE reason = 'old'").first<{ n: number }>())?.n;
    await cron();
    expect(await left()).toBe(MAX_EVENTS_OF_A_PURGE);
    await cron();
    expect(await left()).toBe(0);
  });

  it("deletes nothing with a fault in a variable or in D1, and says so", async () => {
    await aged(400);
    await cron({ AUDIT_RETENTION_DAYS: "0" });
    const failing = (): never => {
      throw new Error("down");
    };
    await cron({}, { DB: { prepare: failing, batch: failing } });
    expect(await kept()).toHaveLength(1);
    expect(lines).toMatchObject([
      { event: "configuration", detail: expect.stringContaining("AUDIT_RETENTION_DAYS") },
      { event: "unavailable", reason: "audit-purge" },
      { event: "unavailable", reason: "hourly" },
    ]);
  });
});

it("AUDIT_RETENTION_DAYS is a number of days or forever, and anything else a fault with its fix", () => {
  expect(readRetention({})).toEqual({ days: 180 });
  expect(readRetention({ AUDIT_RETENTION_DAYS: " 30 " })).toEqual({ days: 30 });
  expect(readRetention({ AUDIT_RETENTION_DAYS: "forever" })).toEqual({ days: undefined });
  for (const text of ["", "0", "-1", "3651", "1.5", "1e3", "never", "30d"]) {
    expect(readRetention({ AUDIT_RETENTION_DAYS: text })).toEqual({
      fault: expect.stringContaining("a number of days from 1 to 3650"),
    });
  }
});
