// Devices of all users as a client of the API lists and changes them.

import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem } from "../../../test/kit/api.ts";
import { owner } from "../../../test/kit/devices.ts";
import type { Partnership } from "../../core/device/partnership.ts";
import { type DeviceFacts, UNKNOWN_DEVICE } from "../../core/device/types.ts";
import { openDatabase } from "../../store/database.ts";
import { claimDevice, savePartnerships } from "../../store/partnerships.ts";
import { partnerships } from "../../store/schema.ts";

const db = openDatabase(env.DB);
const DAY_MS = 86_400_000;
const NOW = Date.now();
type Page = { readonly items: readonly { readonly id: string; readonly user: string }[]; readonly next: string | null };

const SOME = {
  old: {
    product: "AndroidLync",
    version: "6.25.0.38",
    type: "phone",
    state: "allowed",
    daysAgo: 90,
    model: "SM-G930U",
  },
  new: { product: "AndroidLync", version: "6.250.1", type: "phone", state: "pending", daysAgo: 1, model: "Pixel 8" },
  pc: { product: "OC", version: "16.0.4266", type: "desktop", state: "allowed", daysAgo: 30, model: "" },
} as const;
type Name = keyof typeof SOME;
const ids = new Map<string, Name>();
let who: Awaited<ReturnType<typeof owner>>;

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  who = await owner();
  for (const [name, { state, daysAgo, ...facts }] of Object.entries(SOME)) {
    const at = NOW - daysAgo * DAY_MS;
    const id = `d_${name.padEnd(16, "a")}`;
    ids.set(id, name as Name);
    const partnership = {
      ...{ id, key: `endpoint:id-of-${name}`, provisional: false, credentialId: null, state, decision: null },
      ...{ decidedBy: "policy", decidedAt: at, reason: "enrolled", firstSeenAt: at, lastSeenAt: at },
      source: { network: "203.0.113.7", country: "DE", asn: 3320 },
      facts: { ...UNKNOWN_DEVICE, ...facts, workstation: name === "pc" ? "BÜRO-17" : "" },
    };
    await savePartnerships(db, who.id, [partnership], []);
  }
});

const named = ({ items }: Page) => items.map(({ id }) => ids.get(id)).toSorted();
const list = (query: string) => apiAnswer<Page>("GET", `/v1/devices?${query}`);
const day = (ago: number) => new Date(NOW - ago * DAY_MS + 60_000).toISOString();

describe("the list of devices", () => {
  it.each<[string, Name[]]>([
    ["", ["new", "old", "pc"]],
    ["state=pending", ["new"]],
    ["type=phone", ["new", "old"]],
    ["product=androidlync", ["new", "old"]],
    ["version=6.25", ["old"]],
    ["version=6.25.0.38", ["old"]],
    [`seenBefore=${day(29)}`, ["old", "pc"]],
    [`seenAfter=${day(31)}`, ["new", "pc"]],
    [`seenBefore=${day(29)}&type=phone`, ["old"]],
    ["state=allowed&type=phone&product=AndroidLync&version=6", ["old"]],
    ["q=sm-g93", ["old"]],
    ["q=b%C3%BCro", ["pc"]],
    ["q=id-of-new", ["new"]],
    ["q=d_pc", ["pc"]],
    ["q=pixel%20androidl", ["new"]],
    ["q=pixel%20windows", []],
  ])("%s", async (query, names) => {
    expect(named(await list(query))).toEqual(names);
    const user = encodeURIComponent(who.sipUri);
    expect(named(await list(`${query}&user=${user}`))).toEqual(names);
  });

  it("finds a version that most devices have, page by page", async () => {
    const more = await owner();
    const facts = { ...UNKNOWN_DEVICE, version: "99.1" };
    const common = Array.from({ length: 2_100 }, (_, n) => ({
      ...{ id: `d_v${String(n).padStart(15, "0")}`, key: `endpoint:v${n}`, provisional: false, credentialId: null },
      ...({ state: "allowed", decision: null, decidedBy: "policy", decidedAt: 0, reason: "enrolled", facts } as const),
      ...{ source: { network: "203.0.113.7", country: "DE", asn: 3320 }, firstSeenAt: 0, lastSeenAt: NOW },
    }));
    for (let n = 0; n < common.length; n += 100) await savePartnerships(db, more.id, common.slice(n, n + 100), []);
    const first = await list("version=99&limit=100");
    expect([first.items.length, first.items[0]?.id]).toEqual([100, "d_v000000000000000"]);
    const second = await list(`version=99.1&limit=1&after=${first.next}`);
    expect(second.items.map(({ id }) => id)).toEqual(["d_v000000000000100"]);
    expect((await list("version=99.1&type=phone")).items).toEqual([]);
    expect(named(await list("version=6.25"))).toEqual(["old"]);
    await db.delete(partnerships).where(eq(partnerships.userId, more.id));
  });

  it("finds devices by their user's names, and follows a change of what a device says", async () => {
    const word = who.sipUri.slice(4).split("@", 1)[0] ?? "";
    expect(named(await list(`q=${word}`))).toEqual(["new", "old", "pc"]);
    const id = [...ids].find(([, name]) => name === "new")?.[0] ?? "";
    const at = { firstSeenAt: NOW - DAY_MS, lastSeenAt: NOW - DAY_MS };
    const partnership: Omit<Partnership, "facts"> = {
      ...{ id, key: "endpoint:id-of-new", provisional: false, credentialId: null, state: "pending", decision: null },
      ...{ decidedBy: "policy", decidedAt: 0, reason: "enrolled", ...at },
      source: { network: "203.0.113.7", country: "DE", asn: 3320 },
    };
    const told = { product: "AndroidLync", version: "6.250.1", type: "phone" } as const;
    const facts: DeviceFacts = { ...UNKNOWN_DEVICE, ...told };
    await savePartnerships(db, who.id, [{ ...partnership, facts: { ...facts, model: "Fairphone 6" } }], []);
    expect([named(await list("q=pixel")), named(await list("q=fairphone"))]).toEqual([[], ["new"]]);
    await savePartnerships(db, who.id, [{ ...partnership, facts: { ...facts, model: "Pixel 8" } }], []);
  });

  it("comes in pages by each order, and refuses a cursor of another list", async () => {
    for (const query of ["limit=1", `limit=1&seenBefore=${day(0)}`]) {
      const seen: string[] = [];
      let page = await list(query);
      for (;;) {
        seen.push(...page.items.map(({ id }) => id));
        if (page.next === null) break;
        page = await list(`${query}&after=${page.next}`);
      }
      expect(new Set(seen).size).toBe(3);
      expect(seen).toHaveLength(3);
    }
    expect(await apiProblem("GET", "/v1/devices?after=eyJ4")).toEqual([400, "unusable-query"]);
  });
});

describe("a device that is only seen again", () => {
  it("costs the rows of the device and its time, and a changed one those of its words", async () => {
    let written = 0;
    const batch: D1Database["batch"] = async <T>(statements: D1PreparedStatement[]) => {
      const results = await env.DB.batch<T>(statements);
      written += results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
      return results;
    };
    const metered = openDatabase({ prepare: env.DB.prepare.bind(env.DB), batch } as D1Database);
    const rowsOf = async (present: Partnership): Promise<number> => {
      written = 0;
      await savePartnerships(metered, other.id, [present], []);
      return written;
    };
    const other = await owner();
    const partnership: Partnership & { readonly key: string } = {
      ...{ id: "d_seenagainaaaaaaa", key: "endpoint:seen", provisional: false, credentialId: null, state: "allowed" },
      ...{ decision: null, decidedBy: "policy", decidedAt: 0, reason: "enrolled", firstSeenAt: 0, lastSeenAt: 0 },
      source: { network: "203.0.113.7", country: "DE", asn: 3320 },
      facts: UNKNOWN_DEVICE,
    };
    await claimDevice(db, other.id, partnership, NOW);
    const again = { ...partnership, lastSeenAt: 3_600_000 };
    expect(await rowsOf(again)).toBe(2); // the row, and the index of the time
    expect(await rowsOf(again)).toBe(0);
    const renamed = { ...again, facts: { ...UNKNOWN_DEVICE, model: "Pixel" } };
    expect(await rowsOf(renamed)).toBeLessThanOrEqual(16);
    await savePartnerships(db, other.id, [], [partnership.id]);
  });
});

describe("many devices at once", () => {
  it("each for itself, with a report for each, and in a dry run nothing", async () => {
    const person = await owner();
    const ticket = await person.signIn("p_1");
    await person.names(ticket, "phone");
    await person.confirms(ticket, undefined);
    const device = person.own("phone");
    const items = [
      { user: person.sipUri, device },
      { user: person.sipUri, device: "no-such" },
      { user: "nobody@contoso.test", device: "x" },
    ];
    const batch = (dryRun: boolean) =>
      apiAnswer("POST", "/v1/devices/batch", { body: { action: "block", items, dryRun, why: "lost" } });
    const path = `/v1/users/${person.id}/devices/${encodeURIComponent(device)}`;
    const failed = [
      { row: 1, code: "no-such-device" },
      { row: 2, code: "no-such-user" },
    ];
    expect(await batch(true)).toMatchObject({ rows: [{ row: 0, status: "done" }, ...failed] });
    expect(await apiAnswer("GET", path)).toMatchObject({ device: { state: "allowed" } });
    expect(await batch(false)).toMatchObject({
      rows: [{ row: 0, status: "done", device: { state: "blocked" } }, ...failed],
    });
    expect(await apiAnswer("GET", path)).toMatchObject({ device: { state: "blocked", reason: "lost" }, keys: [] });
    expect(await batch(true)).toMatchObject({ rows: [{ row: 0, status: "unchanged" }, ...failed] });
    expect(await batch(false)).toMatchObject({ rows: [{ row: 0, status: "unchanged" }, ...failed] });
    const reset = { action: "reset-key", items: items.slice(0, 1) };
    expect(await apiAnswer("POST", "/v1/devices/batch", { body: reset })).toMatchObject({
      rows: [{ status: "unchanged" }], // it never had a key
    });
    expect(await apiAnswer("GET", "/v1/devices/contests")).toMatchObject({ items: [], next: null });
  });
});
