// What the admin API says a policy would do to the devices in use, against D1 in workerd.

import { env } from "cloudflare:test";
import { eq, getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { askApp } from "../../test/kit/ask-app.ts";
import { owner } from "../../test/kit/devices.ts";
import { variablesWith } from "../../test/kit/variables.ts";
import { UNKNOWN_DEVICE } from "../core/device/types.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import { openDatabase } from "../store/database.ts";
import { savePartnerships } from "../store/partnerships.ts";
import { partnerships, users } from "../store/schema.ts";
import type { PolicyImpactAnswer } from "./schemas/policy.ts";

const KEY = Buffer.alloc(32, 8).toString("base64");
const HOST = "postern.contoso.test";
const DAY_MS = 86_400_000;
const db = openDatabase(env.DB);
const worker = variablesWith({ ADMIN_HOST: HOST, ADMIN_KEYS: KEY });

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
  await db.delete(partnerships);
});

function ask(body: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return Promise.resolve(askApp(`https://${HOST}/v1/policy/check`, init, worker));
}

async function impact(...rules: object[]): Promise<PolicyImpactAnswer> {
  const response = await ask({ policy: { ...DEFAULT_POLICY, rules } });
  expect(response.status).toBe(200);
  return (await response.json<{ impact: PolicyImpactAnswer }>()).impact;
}

async function changed(passive: object): Promise<PolicyImpactAnswer> {
  const response = await ask({ policy: { ...DEFAULT_POLICY, passive: { ...DEFAULT_POLICY.passive, ...passive } } });
  return (await response.json<{ impact: PolicyImpactAnswer }>()).impact;
}

type State = "allowed" | "quarantined" | "pending" | "blocked";

/** So many phones of one user, with what sets them apart. */
async function phones(
  count: number,
  { state = "allowed" as State, daysAgo = 1, os = "Android 14", approved = false } = {},
) {
  const { id } = await owner();
  const at = Date.now() - daysAgo * DAY_MS;
  const source = { network: "203.0.113.7", country: "DE", asn: 64496 };
  const present = Array.from({ length: count }, () => ({
    ...{ id: `d_${crypto.randomUUID().slice(0, 16)}`, key: `endpoint:${crypto.randomUUID()}`, provisional: false },
    ...{
      credentialId: null,
      state,
      decision: approved ? ("allow" as const) : null,
      decidedBy: "policy",
      decidedAt: at,
    },
    ...{ reason: "enrolled", source, firstSeenAt: at, lastSeenAt: at },
    facts: { ...UNKNOWN_DEVICE, platform: "android" as const, os },
  }));
  for (const each of present) await savePartnerships(db, id, [each], []);
}

const ALL = { code: "all", action: "block", reason: "All" };
const OLD = { code: "old", action: "quarantine", reason: "Old", when: { os: "Android 8*" } };

describe("POST /v1/policy/check", () => {
  it("counts the devices that are let in now and were seen lately, and those it would refuse", async () => {
    await phones(3);
    await phones(2, { os: "Android 8.0.0" });
    await phones(1, { daysAgo: 29, approved: true });
    await phones(4, { daysAgo: 31 });
    for (const state of ["quarantined", "pending", "blocked"] as const) await phones(1, { state });
    const verdicts = [
      { before: "allow", after: "allow", devices: 6 },
      { before: "block", after: "block", devices: 2 },
      { before: "quarantine", after: "quarantine", devices: 1 },
    ];
    const none = { refused: 0, extent: "none", examples: [] };
    expect(await impact()).toMatchObject({
      version: 0,
      judged: 9,
      whole: true,
      inUse: 6,
      inUseDays: 30,
      ...none,
      verdicts,
    });
    expect(await impact(OLD)).toMatchObject({
      ...{ inUse: 6, refused: 2, extent: "some" },
      verdicts: expect.arrayContaining([{ before: "allow", after: "quarantine", devices: 2 }]),
    });
    // Approved by name comes before every rule.
    expect(await impact(ALL)).toMatchObject({ inUse: 6, refused: 5, extent: "most" });
  });

  it("S-92: counts each person once whose app passwords it would refuse, or the page", async () => {
    await phones(2);
    await phones(1);
    const [{ userId = "" } = {}] = await db.select({ userId: partnerships.userId }).from(partnerships).limit(1);
    await db
      .update(partnerships)
      .set({ credentialId: `passive:${userId}` })
      .where(eq(partnerships.userId, userId));
    const { signIns } = await changed({ mode: "must" });
    expect(signIns).toMatchObject({ users: 2, passwordRefused: 1, pageRefused: 0 });
    expect(signIns.examples).toEqual([
      { user: expect.stringMatching(/^sip:/), before: "never", after: "must", refused: "password" },
    ]);
    expect((await changed({ mode: "never" })).signIns).toMatchObject({ passwordRefused: 0, pageRefused: 0 });
  });

  it("says when it is every one, and names ten", async () => {
    await phones(12);
    const { examples, ...rest } = await impact(ALL);
    expect(rest).toMatchObject({ inUse: 12, refused: 12, extent: "all" });
    expect(examples).toHaveLength(10);
    expect(examples[0]).toMatchObject({ user: expect.stringMatching(/^sip:/), action: "block", reason: "all" });
  });

  it.each([
    [1, 1, "some"],
    [1, 2, "most"],
  ] as const)("of %i that stay and %i that do not: %s", async (stay, go, extent) => {
    await phones(stay);
    await phones(go, { os: "Android 8.0.0" });
    expect((await impact(OLD)).extent).toBe(extent);
  });

  it("judges the first 5,000 devices, and says that there are more", async () => {
    await phones(1);
    const copies = (table: SQLiteTable, count: number, which: string, changed: Readonly<Record<string, string>>) => {
      const columns = Object.values(getTableColumns(table)).map(({ name }) => name);
      const name = getTableName(table);
      return env.DB.exec(
        `insert into ${name} (${columns}) with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select ${columns.map((column) => changed[column] ?? column)} from ${name}, n where ${which}`,
      );
    };
    // Nobody has 5,000 devices, and counting them for each of them would take seconds.
    await copies(users, 1_000, "id in (select user_id from partnerships)", {
      id: "id || i",
      sip_uri: "sip_uri || i",
      upn: "upn || i",
    });
    const ofOthers = { id: "id || i", device_key: "device_key || i", user_id: "user_id || (i % 1000 + 1)" };
    await copies(partnerships, 4_999, "true", ofOthers);
    expect(await impact(ALL)).toMatchObject({ judged: 5_000, whole: true, refused: 5_000, extent: "all" });
    await phones(1);
    expect(await impact(ALL)).toMatchObject({ judged: 5_000, whole: false, refused: 5_000, extent: "all" });
  });

  it("where nothing is in use, refuses nothing", async () => {
    expect(await impact(ALL)).toMatchObject({ inUse: 0, refused: 0, extent: "none" });
  });

  it("says what is wrong with a policy, and answers nobody without a key", async () => {
    for (const [body, code] of [
      [{ policy: { rules: 1 } }, "bad-policy"],
      [[], "unusable-body"],
    ] as const) {
      const response = await ask(body);
      expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([400, code]);
    }
    const stranger = await askApp(`https://${HOST}/v1/policy/check`, { method: "POST" }, worker);
    expect(stranger.status).toBe(404);
  });
});
