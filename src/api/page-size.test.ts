// No list answers more than a hundred kilobytes, however long its items are; its `next` goes on after the last one
// shown.

import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { apiAnswer } from "../../test/kit/api.ts";
import { owner } from "../../test/kit/devices.ts";
import { UNKNOWN_DEVICE } from "../core/device/types.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import { addUsers } from "../store/add-users.ts";
import { openDatabase } from "../store/database.ts";
import { savePartnerships } from "../store/partnerships.ts";
import { administrators, apiTokens, appPasswords, deviceContests, partnerships, policies } from "../store/schema.ts";

const db = openDatabase(env.DB);
const NOW = Date.now();
const DAY_MS = 86_400_000;
const MANY = 300;
const LONG = "x".repeat(400);
const MAX_BYTES = 100 * 1024;
const numbered = (at: number): string => String(at).padStart(3, "0");
const each = Array.from({ length: MANY }, (_, at) => numbered(at));

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await addUsers(
    db,
    each.map((n) => ({
      sipUri: `u${n}@long.test`,
      account: `LONG\\u${n}`,
      displayName: LONG.slice(0, 200),
      groups: [LONG.slice(0, 64), `g${LONG.slice(0, 60)}`, `h${LONG.slice(0, 60)}`],
    })),
    NOW,
  );
  const [who, other] = [await owner(), await owner()];
  const device = (n: string) => ({
    ...{
      id: `d_${n}`.padEnd(18, "a"),
      key: `endpoint:${n}-${LONG.slice(0, 250)}`,
      provisional: false,
      credentialId: null,
    },
    ...{ state: "allowed" as const, decision: null, decidedBy: "policy", decidedAt: NOW, reason: "enrolled" },
    ...{ firstSeenAt: NOW, lastSeenAt: NOW, source: { network: "203.0.113.7", country: "DE", asn: 3320 } },
    facts: { ...UNKNOWN_DEVICE, platform: "android" as const, userAgent: LONG },
  });
  for (const n of each) await savePartnerships(db, who.id, [device(n)], []);
  const rows = <T>(row: (n: string, at: number) => T): T[] => each.map(row);
  const password = (n: string, at: number) => ({
    ...{ id: `p_${n}`, userId: who.id, label: LONG, ntHashes: "sealed", createdAt: NOW },
    expiresAt: NOW + DAY_MS + at,
  });
  for (const row of rows(password)) await db.insert(appPasswords).values(row);
  for (const n of each) {
    const made = { createdAt: NOW, createdBy: "t_0" };
    await db.insert(deviceContests).values({ key: `endpoint:${n}-${LONG.slice(0, 250)}`, userId: other.id, at: NOW });
    await db
      .insert(administrators)
      .values({ ...made, id: `a_${n}`, name: LONG, email: `${n}@long.test`, role: "viewer" });
    const token = { hash: `hash ${n}`, expiresAt: NOW + DAY_MS, scope: "read" as const };
    await db.insert(apiTokens).values({ ...made, ...token, id: `t_${n}`, name: LONG });
    const applied = { version: Number(n) + 1, at: NOW, by: "t_0", why: LONG, policy: DEFAULT_POLICY };
    await db.insert(policies).values(applied);
  }
}, 120_000);

type Page = { readonly items: readonly object[]; readonly next: string | null };
async function whole(
  ask: (after: string) => Promise<Page>,
): Promise<{ readonly items: object[]; readonly pages: number }> {
  const items: object[] = [];
  for (let [after, pages]: [string, number] = ["", 1]; ; pages++) {
    const page = await ask(after);
    expect(new TextEncoder().encode(JSON.stringify(page)).length).toBeLessThan(MAX_BYTES);
    items.push(...page.items);
    if (page.next === null) return { items, pages };
    after = page.next;
  }
}

describe("every list has less than 100 KB, and all of its items", () => {
  it.each<[string, number]>([
    ["/v1/users?q=@long.test", MANY],
    [`/v1/users?group=${LONG.slice(0, 64)}`, MANY],
    ["/v1/devices?type=unknown", MANY],
    ["/v1/devices/contests?limit=500", MANY],
    [`/v1/passwords?expiresBefore=${new Date(NOW + 2 * DAY_MS).toISOString()}`, MANY],
    ["/v1/tokens?limit=500", MANY],
    ["/v1/administrators?limit=500", MANY],
    ["/v1/policy/history?limit=500", MANY],
  ])("%s", async (path, count) => {
    const list = path.includes("limit") ? path : `${path}&limit=500`;
    const { items, pages } = await whole((after) =>
      apiAnswer<Page>("GET", after === "" ? list : `${list}&after=${encodeURIComponent(after)}`),
    );
    expect(pages).toBeGreaterThan(1);
    expect(items.length).toBeGreaterThanOrEqual(count);
    expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(items.length);
  });

  it.each([7, 500])("the preview of a policy, %i at a time, counts each device once", async (limit) => {
    const policy = { ...DEFAULT_POLICY, rules: [{ code: "all", action: "block", reason: "All" }] };
    let inUse = 0;
    const { items } = await whole(async (after) => {
      const page = await apiAnswer<Page & { readonly inUse: number }>("POST", "/v1/policy/preview", {
        body: { policy, limit, ...(after === "" ? {} : { after }) },
      });
      inUse += page.inUse;
      return page;
    });
    const devices = (await db.select({ id: partnerships.id }).from(partnerships)).length;
    expect([items.length, inUse]).toEqual([devices, devices]);
  });
});
