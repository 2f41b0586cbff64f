// S-79: whom the cron trigger erases after leaving the directory, and whom it does not.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, tokenOf } from "../../test/kit/api.ts";
import { eventAt } from "../../test/kit/events.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import worker from "../worker.ts";
import { LEAVERS_OF_A_DAY } from "./leavers.ts";
import type { AuditEventsAnswer } from "./schemas/audit.ts";
import type { UsersPageAnswer } from "./schemas/directory.ts";
import type { LeaverAnswer, LeaversErasedAnswer } from "./schemas/leavers.ts";
import type { HealthAnswer } from "./schemas/tokens.ts";

const DAY_MS = 86_400_000;
const on = { ...apiEnv, LEAVERS_ERASED_AFTER_DAYS: "30" };

beforeEach(async () => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
  for (const table of ["audit_events", "users", "directory_sources", "api_tokens"]) {
    await env.DB.exec(`DELETE FROM ${table}`);
  }
});

let people = 0;
/** Somebody whom the directory has not let in for so many days. */
async function leaver(days: number, state = "deleted", source = "ad"): Promise<string> {
  const name = `left${++people}`;
  const token = await tokenOf("directory");
  const person = { sipUri: `${name}@corp.test`, account: `CORP\\${name}`, sid: `S-1-5-21-1-1-1-${people}` };
  for (const row of [
    { key: `${source}:${name}`, state: "in", person },
    { key: `${source}:${name}`, state },
  ]) {
    await apiAnswer("POST", "/v1/directory/apply", { token, body: { source, rows: [row] } });
  }
  await env.DB.prepare("UPDATE directory_links SET since = ? WHERE directory_key = ?")
    .bind(Date.now() - days * DAY_MS, `${source}:${name}`)
    .run();
  return `sip:${name}@corp.test`;
}

/** The agent says that everything is in step. */
const inStep = (report: object = {}): Promise<unknown> =>
  apiAnswer("PUT", "/v1/directory/ad/report", {
    body: { inStep: true, compared: true, people: 1, problems: [], brake: null, ...report },
  });
const cron = (variables: object = on) =>
  worker.scheduled({ cron: "17 * * * *" } as ScheduledController, variables as never);
const there = async () => (await apiAnswer<UsersPageAnswer>("GET", "/v1/users")).items.map(({ sipUri }) => sipUri);
const warnings = async () =>
  (await apiAnswer<HealthAnswer>("GET", "/v1/health", { on })).warnings
    .map(({ code }) => code)
    .filter((code) => code.startsWith("leavers"));

describe("S-79: the cron trigger", () => {
  it("erases who left long enough ago, and the event names nobody", async () => {
    await inStep();
    const gone = await leaver(31);
    const lately = await leaver(29, "disabled");
    expect(await warnings()).toEqual(["leavers-erased-soon"]);
    await cron();
    expect(await there()).toEqual([lately]);
    const { items } = await apiAnswer<AuditEventsAnswer>("GET", "/v1/audit?reason=user-erased");
    expect(items).toMatchObject([
      { channel: "clock", user: null, why: expect.stringMatching(/left the directory ad \(deleted\) 31 days ago$/) },
    ]);
    const events = await env.DB.prepare("SELECT * FROM audit_events").all();
    expect(JSON.stringify(events.results)).not.toContain(gone.slice("sip:".length));
  });

  it("erases nobody where it is not said, who is kept, who was let in again, or who was made by hand", async () => {
    await inStep();
    const kept = await leaver(400);
    await apiAnswer("POST", `/v1/users/${kept.slice(4)}/keep`, { body: { keep: true, why: "a case at court" } });
    const back = await leaver(400);
    await env.DB.exec(`UPDATE users SET disabled_at = NULL WHERE sip_uri = '${back}'`);
    await apiAnswer("POST", "/v1/users", { body: { sipUri: "hand@corp.test", account: "CORP\\hand" } });
    await apiAnswer("POST", "/v1/users/hand@corp.test/disable", { body: {} });
    await cron();
    await leaver(400);
    await cron(apiEnv);
    expect(await there()).toHaveLength(4);
    expect(await apiProblem("POST", "/v1/users/hand@corp.test/keep", { body: { keep: true } })).toEqual([
      422,
      "invalid",
    ]);
    const { items } = await apiAnswer<{ items: LeaverAnswer[] }>("GET", "/v1/directory/leavers", { on });
    expect(items.filter(({ erasedFrom }) => erasedFrom === null).map(({ sipUri }) => sipUri)).toEqual(
      expect.arrayContaining([kept, back]),
    );
    await apiAnswer("POST", `/v1/users/${kept.slice(4)}/keep`, { body: { keep: false } });
    await cron();
    expect(await there()).not.toContain(kept);
  });

  it.each([
    ["has never reported", async (): Promise<unknown> => undefined],
    [
      "has been silent for an hour",
      async (): Promise<unknown> => {
        await inStep();
        return env.DB.exec(`UPDATE directory_sources SET in_step_at = ${Date.now() - 3_600_000}`);
      },
    ],
    [
      "has not compared everybody today",
      async (): Promise<unknown> => {
        await inStep();
        return env.DB.exec(`UPDATE directory_sources SET compared_at = ${Date.now() - 2 * DAY_MS}`);
      },
    ],
    ["has its brake on", () => inStep({ brake: { wanted: 90, of: 100, examples: [] } })],
  ] as const satisfies readonly (readonly [string, () => Promise<unknown>])[])(
    "erases nobody of a directory that %s",
    async (_, report) => {
      await leaver(400);
      await report();
      await cron();
      expect(await there()).toHaveLength(1);
      expect(await warnings()).toEqual(["leavers-erased-soon", "leavers-wait"]);
    },
  );

  it("believes a provider that speaks SCIM while its token is used", async () => {
    await leaver(400, "disabled", "scim");
    await env.DB.exec("UPDATE api_tokens SET last_used_at = 0");
    await cron();
    expect(await there()).toHaveLength(1);
    await env.DB.exec(`UPDATE api_tokens SET last_used_at = ${Date.now() - DAY_MS}`);
    await cron();
    expect(await there()).toEqual([]);
  });

  it("erases no more in a day than some, and an administrator's word does", async () => {
    await inStep();
    await leaver(400);
    const before = Array.from({ length: LEAVERS_OF_A_DAY }, () => ({
      ...eventAt(Date.now() - 1_000, { outcome: "changed", reason: "user-erased" }),
      channel: "clock" as const,
    }));
    await insertEvents(openDatabase(env.DB), before);
    await cron();
    expect(await there()).toHaveLength(1);
    const token = await tokenOf("directory");
    expect(await apiProblem("POST", "/v1/directory/leavers/erase", { on, token, body: {} })).toEqual([
      403,
      "forbidden-scope",
    ]);
    const erased = await apiAnswer<LeaversErasedAnswer>("POST", "/v1/directory/leavers/erase", { on, body: {} });
    expect([erased, await there()]).toEqual([{ erased: 1, left: 0 }, []]);
  });

  it("goes on with the next run after a failure, and does not stop the rest of the trigger", async () => {
    await inStep();
    await leaver(400);
    const failing = { ...on, USER_GUARD: { getByName: () => ({ networks: () => Promise.reject(new Error("away")) }) } };
    await cron(failing);
    expect(await there()).toHaveLength(1);
    await cron();
    expect(await there()).toEqual([]);
  });
});

it("S-79: the list comes in pages, the longest ago first", async () => {
  const names = [];
  for (const days of [10, 30, 20]) names[days] = await leaver(days);
  type Page = { readonly items: LeaverAnswer[]; readonly next: string };
  const first = await apiAnswer<Page>("GET", "/v1/directory/leavers?limit=2", { on });
  const second = await apiAnswer<Page>("GET", `/v1/directory/leavers?limit=2&after=${first.next}`, { on });
  expect([first, second].flatMap(({ items }) => items.map(({ sipUri }) => sipUri))).toEqual([
    names[30],
    names[20],
    names[10],
  ]);
  expect([second.next, first.items[0]?.erasedFrom]).toEqual([null, expect.any(String)]);
  expect(await apiProblem("GET", "/v1/directory/leavers?after=x")).toEqual([400, "unusable-query"]);
});
