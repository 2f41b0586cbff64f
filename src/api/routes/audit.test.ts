// The audit as a client of the API reads it: listed, followed, exported.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { eventAt } from "../../../test/kit/events.ts";
import { insertEvents } from "../../store/audit.ts";
import { openDatabase } from "../../store/database.ts";
import { auditEvents } from "../../store/schema.ts";
import type { AuditEventAnswer, AuditEventsAnswer } from "../schemas/audit.ts";

const db = openDatabase(env.DB);
const NOW = Date.now();
const SECOND = 1_000;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await db.delete(auditEvents);
});

let token = ""; // a key of ADMIN_KEYS would be in the audit itself
beforeAll(async () => {
  token = await tokenOf("read");
});
const list = (query: string) => apiAnswer<AuditEventsAnswer>("GET", `/v1/audit?${query}`, { token });
const times = ({ items }: AuditEventsAnswer) => items.map(({ at }) => (Date.parse(at) - NOW) / SECOND);
/** Events so many seconds before or after now. */
const put = async (...at: number[]): Promise<void> => {
  await insertEvents(
    db,
    at.map((seconds) => eventAt(NOW + seconds * SECOND)),
  );
};

/** Every page of a query. */
async function pages(query: string, between = async (): Promise<void> => undefined): Promise<number[]> {
  const all: number[] = [];
  let after = "";
  for (;;) {
    const page = await list(`${query}${after}`);
    all.push(...times(page));
    if (page.next === null) return all;
    after = `&after=${page.next}`;
    await between();
  }
}

describe("the list", () => {
  it("comes in pages, in both orders, and neither misses nor repeats an event while others come", async () => {
    await put(-5, -4, -3, -2, -1);
    let more = 0;
    const between = () => put(++more);
    expect(await pages("limit=2", between)).toEqual([-1, -2, -3, -4, -5]);
    expect(await pages("limit=2&order=asc")).toEqual([-5, -4, -3, -2, -1, 1, 2]);
  });

  it("shows who made a change, and what was changed", async () => {
    const helper = await tokenOf("helpdesk");
    await apiAnswer("POST", "/v1/locks/networks/192.0.2.77/clear", { token: helper, body: { why: "called us" } });
    const [event] = (await list(`by=t_${helper.slice(3, 19)}`)).items;
    expect(event).toMatchObject({
      outcome: "changed",
      by: { name: "a helpdesk", kind: "token" },
      why: "192.0.2.77: called us",
    });
  });

  it.each([
    ["source=203.0.113.7&outcome=refused&reason=wrong-proof", 1],
    ["reason=saml", 1],
    ["outcome=signed-in", 1],
    ["source=192.0.2.9", 0],
    ["device=d_x", 0],
    ["user=u_aaaaaaaaaaaaaaaa", 0],
    ["request=9a3c5e7f1b2d4c6e", 2],
  ])("%s finds %i", async (query, count) => {
    await insertEvents(db, [eventAt(NOW), eventAt(NOW + 1, { outcome: "signed-in", reason: "saml" })]);
    expect((await list(query)).items).toHaveLength(count);
  });

  it.each(["after=x", "after=W10", "limit=501", "order=up", "since=yesterday", "source=me", "wait=26"])(
    "%s is refused",
    async (query) => expect((await apiProblem("GET", `/v1/audit?${query}`))[0]).toBe(400),
  );

  it("has no more than a hundred kilobytes on a page, whatever was asked for", async () => {
    const wide = { userAgent: "x".repeat(256), why: "y".repeat(255) };
    for (let part = 0; part < 3; part++) {
      await insertEvents(
        db,
        Array.from({ length: 100 }, (_, n) => eventAt(NOW + part * 100 + n, wide)),
      );
    }
    const response = await callApi("GET", "/v1/audit?limit=500", { token });
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(100 * 1024);
    expect(await pages("limit=500")).toHaveLength(300);
  });
});

describe("following", () => {
  it("begins now, gives what comes, also what comes late, and none twice", async () => {
    await put(-10, -9);
    const begin = await list("wait=0");
    expect(begin.items).toEqual([]);
    await put(-1);
    await put(-8); // its guard was slow
    const first = await list(`wait=5&after=${begin.next}`);
    expect(times(first)).toEqual([-1, -8]);
    expect((await list(`wait=0&after=${first.next}`)).items).toEqual([]);
  });

  it("from an earlier time gives that first, page by page, and then what comes", async () => {
    await put(-5, -4, -3);
    const since = `since=${new Date(NOW - 4_500).toISOString()}`;
    const first = await list(`wait=0&limit=1&${since}`);
    await put(-2);
    const second = await list(`wait=0&limit=1&${since}&after=${first.next}`);
    const third = await list(`wait=5&limit=9&${since}&after=${second.next}`);
    expect([first, second, third].map(times)).toEqual([[-4], [-3], [-2]]);
  });

  it("waits for an event of its filter", async () => {
    const begin = await list("wait=0&outcome=failed");
    const waiting = list(`wait=20&outcome=failed&after=${begin.next}`);
    await put(1);
    await insertEvents(db, [eventAt(NOW + 2_000, { outcome: "failed", reason: "front-end-unreachable" })]);
    expect(times(await waiting)).toEqual([2]);
  });
});

describe("the export", () => {
  it("streams a hundred thousand events, each once, oldest first", async () => {
    await env.DB.prepare(
      "INSERT INTO audit_events (id, at, request_id, channel, host, source, user_agent, workstation, outcome, reason) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) SELECT printf('e_000000000%010d', i), i, '', 'ntlm', '', '', '', '', 'refused', 'waiting' FROM n",
    ).run();
    const response = await callApi("GET", "/v1/audit/export?format=jsonl", { token });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const { lines, largest } = await linesOf(response);
    expect(lines.length).toBe(100_000);
    expect(lines.every((line, at) => line.includes(`"id":"e_000000000${String(at).padStart(10, "0")}"`))).toBe(true);
    expect(largest).toBeLessThan(4 * 1024 * 1024); // a page, however many there are
  });

  it("of CSV has a head, and no cell that a spreadsheet takes for a formula", async () => {
    await insertEvents(db, [eventAt(NOW, { userAgent: '=HYPERLINK("http://x")', workstation: "@SUM(1)" })]);
    const text = await (await callApi("GET", "/v1/audit/export?format=csv&outcome=refused")).text();
    const [head, row] = text.split("\r\n");
    expect(head).toMatch(/^id,at,user,userId,outcome/);
    expect(row).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(row).toContain(`"'@SUM(1)"`);
  });

  it("leaves out what the filter leaves out", async () => {
    await insertEvents(db, [
      eventAt(NOW - 5),
      eventAt(NOW - 4, { outcome: "failed", reason: "front-end-unreachable" }),
    ]);
    const { lines } = await linesOf(await callApi("GET", "/v1/audit/export?outcome=failed&source=203.0.113.7"));
    expect(lines.map((line) => (JSON.parse(line) as AuditEventAnswer).outcome)).toEqual(["failed"]);
  });
});

/** The lines of a stream, and its largest part. */
async function linesOf(response: Response): Promise<{ lines: string[]; largest: number }> {
  let [text, largest] = ["", 0];
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    largest = Math.max(largest, chunk.length);
    text += decoder.decode(chunk, { stream: true });
  }
  return { lines: text.split("\n").filter((line) => line !== ""), largest };
}

describe("one event in words", () => {
  const DESK = { by: "t_0", why: "stolen" };

  it("S-39: says what happened and what to do, in the language that is asked for", async () => {
    const refused = eventAt(Date.now(), { userId: "u_x", user: "sip:anna@contoso.test" });
    const blocked = eventAt(Date.now(), { ...DESK, channel: "command", outcome: "changed", reason: "device-blocked" });
    await insertEvents(openDatabase(env.DB), [refused, blocked]);
    const path = `/v1/audit/events/${refused.id}`;
    expect(await apiAnswer("GET", path)).toMatchObject({
      event: { id: refused.id, reason: "wrong-proof", by: null },
      explained: {
        said: expect.stringMatching(
          /^Somebody tried to sign in as anna@contoso\.test from 203\.0\.113\.7, and was refused\./,
        ),
        fix: expect.stringContaining("make a new app password"),
      },
    });
    expect(await apiAnswer("GET", `/v1/audit/events/${blocked.id}?language=de`)).toMatchObject({
      explained: {
        said: "t_0 hat ein Gerät von jemand gesperrt. Von da an wird es abgewiesen. Vermerkt ist dazu: stolen.",
        fix: null,
      },
    });
  });

  it("is refused for an id that there is not, another language, and a token that may not read", async () => {
    expect(await apiProblem("GET", "/v1/audit/events/e_0")).toEqual([404, "no-such-event"]);
    expect(await apiProblem("GET", "/v1/audit/events/e_0?language=fr")).toEqual([400, "unusable-query"]);
    for (const scope of ["directory", "metrics"] as const) {
      const token = await tokenOf(scope);
      expect(await apiProblem("GET", "/v1/audit/events/e_0", { token })).toEqual([403, "forbidden-scope"]);
    }
  });
});
