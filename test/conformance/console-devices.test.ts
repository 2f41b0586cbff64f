// The console's pages of devices, walked over HTTP as each role may: found, approved forty at a time, blocked and
// forgotten.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { seedDevices, seededId, seededUserId } from "../kit/gateway/seeded-devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

const FORTY = 40;
const PHONE = {
  type: "phone",
  platform: "android",
  product: "AndroidLync",
  version: "6.25.0.38",
  model: "Pixel 8",
} as const;
const DESKTOP = { type: "desktop", platform: "windows", product: "OC", workstation: `<b>"PC"&co</b>` } as const;
/** Behind the forty that wait. */
const [ALLOWED, BLOCKED, OLD, CONTESTED, LAST] = [FORTY, FORTY + 1, FORTY + 2, FORTY + 3, FORTY + 4];

let gateway: TestGateway;
let people: Record<"viewer" | "helpdesk" | "admin", ConsoleUser>;
beforeAll(async () => {
  gateway = await startTestGateway();
  await seedDevices(gateway, [
    ...Array.from({ length: FORTY }, (_, n) => ({
      user: `w${"abcdefghij"[n % 10]}`,
      state: "quarantined" as const,
      facts: PHONE,
    })),
    { user: "mia", state: "allowed", facts: DESKTOP, key: "device:00000000-0000-4000-8000-000000000001" },
    { user: "mia", state: "blocked", facts: PHONE },
    { user: "mia", state: "allowed", facts: PHONE, seenDaysAgo: 45 },
    { user: "noa", state: "allowed", facts: PHONE, key: "endpoint:contested" },
    { user: "noa", state: "allowed", facts: PHONE },
    // More than a page in all.
    ...Array.from({ length: 10 }, () => ({ user: "zoe", state: "expired" as const, seenDaysAgo: 200 })),
  ]);
  await gateway.execute([
    `INSERT INTO device_contests (contested_key, contester_id, contested_at) VALUES ('endpoint:contested', '${seededUserId("mia")}', ${Date.now()})`,
  ]);
  const [viewer, helpdesk, admin] = await Promise.all([
    consoleAs(gateway, "viewer"),
    consoleAs(gateway, "helpdesk"),
    consoleAs(gateway, "admin"),
  ]);
  people = { viewer, helpdesk, admin };
});
afterAll(() => gateway?.stop());

const idOf = (user: string, at: number): string => `${seededUserId(user)}/${seededId(at)}`;
/** The ids of devices to which a page has links. */
const listed = (text: string): string[] => [
  ...new Set([...text.matchAll(/href="\/devices\/(d_\w+)"/g)].map(([, id = ""]) => id)),
];
const page = async (path: string, who: ConsoleUser = people.helpdesk): Promise<string> => {
  const answer = await who.get(path);
  expect(answer.status, path).toBe(200);
  expect(answer.bytes.length).toBeLessThan(100_000);
  return answer.text;
};
const act = (who: ConsoleUser, action: string, device: string | readonly string[], more: object = {}) =>
  who.post("/devices/batch", { action, device, back: "/devices?state=quarantined", ...more });
/** What the API says of a device now. */
async function standing(user: string, at: number): Promise<unknown> {
  const answer = await gateway.send({
    path: `/v1/users/${seededUserId(user)}/devices/${seededId(at)}`,
    host: gateway.adminHost,
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  return answer.status === 200 ? (JSON.parse(answer.text) as { device: unknown }).device : answer.status;
}

describe("the list of devices", () => {
  it.each<[string, number[]]>([
    ["state=blocked", [BLOCKED]],
    ["type=desktop", [ALLOWED]],
    ["q=pc", []],
    ["q=mia", [ALLOWED, BLOCKED, OLD]],
    ["q=mia&type=phone&product=androidlync&version=6.25", [BLOCKED, OLD]],
    ["q=mia&seen=not-month", [OLD]],
    ["q=mia&seen=week", [ALLOWED, BLOCKED]],
    [`user=${seededUserId("noa")}`, [CONTESTED, LAST]],
    ["state=nonsense&type=nonsense&seen=nonsense&q=mia", [ALLOWED, BLOCKED, OLD]],
  ])("?%s", async (query, found) => {
    expect(listed(await page(`/devices?${query}`)).toSorted()).toEqual(found.map(seededId).toSorted());
  });

  it("says first how many wait, comes in pages, and shows what a device claims as text", async () => {
    const first = await page("/devices");
    expect(first).toContain("40 devices wait for approval.");
    expect(first).toContain('rel="next"');
    expect(await page("/devices?q=mia")).toContain("&lt;b&gt;&quot;PC&quot;&amp;co&lt;/b&gt;");
    expect(await page("/devices?state=pending")).toContain("No device matches.");
  });

  it("has boxes and buttons for those who may use them, and says so in German", async () => {
    expect(await page("/devices", people.viewer)).not.toContain('name="device"');
    expect(await page("/devices", people.admin)).toContain('name="device"');
    const german = await people.viewer.get("/devices?state=quarantined", { "accept-language": "de-AT" });
    expect(german.text).toContain("Wartet auf Zulassung");
  });

  it("leads from an id to the page at its person, and from an unknown one nowhere", async () => {
    const to = await people.viewer.get(`/devices/${seededId(ALLOWED)}`);
    expect([to.status, to.headers.location]).toEqual([
      303,
      `/users/${seededUserId("mia")}/devices/${seededId(ALLOWED)}`,
    ]);
    expect((await people.viewer.get("/devices/d_zzzzzzzzzzzzzzzz")).status).toBe(404);
  });
});

describe("many devices at once", () => {
  it("S-46: forty that wait are approved by one form, with a reason, and a report for each", async () => {
    const { helpdesk } = people;
    const boxes = [
      ...(await page("/devices?state=quarantined&tick=all")).matchAll(/name="device" value="([^"]+)" checked/g),
    ];
    expect(boxes).toHaveLength(FORTY);
    const devices = boxes.map(([, value = ""]) => value);
    const report = await act(helpdesk, "approve", [...devices, idOf("mia", 99)], { why: "new phones" });
    expect(report.status).toBe(200);
    expect(report.text).toContain("40 devices approved");
    expect(report.text).toContain("The user has no such device.");
    expect(await standing("wa", 0)).toMatchObject({
      ...{ state: "allowed", decision: "allow", reason: "new phones", decidedBy: helpdesk.administratorId },
    });
    expect(await page("/devices?state=quarantined")).toContain("No device waits for approval.");
  });

  it("blocking asks first, and of several asks for a fresh factor", async () => {
    const stale = await consoleAs(gateway, "helpdesk", { provedAgo: 3_600_000 });
    const two = [idOf("wa", 0), idOf("wb", 1)];
    const question = await act(stale, "block", two, { why: "lost" });
    expect([question.status, question.text.includes("Block 2 devices?")]).toEqual([200, true]);
    expect(await standing("wa", 0)).toMatchObject({ state: "allowed" });
    expect((await act(stale, "block", two, { sure: "yes" })).status).toBe(403);
    expect(await standing("wa", 0)).toMatchObject({ state: "allowed" });
    // Of one it does not: a lost phone at two in the morning.
    expect((await act(stale, "block", idOf("wc", 2), { sure: "yes", why: "lost" })).status).toBe(200);
    expect(await standing("wc", 2)).toMatchObject({ state: "blocked", reason: "lost" });
    expect((await act(people.helpdesk, "block", two, { sure: "yes" })).text).toContain("2 devices blocked");
    expect(await standing("wb", 1)).toMatchObject({ state: "blocked" });
  });

  it("of a computer the report has the command that ends its certificates", async () => {
    const report = await act(people.helpdesk, "block", idOf("mia", ALLOWED), { sure: "yes" });
    expect(report.text).toContain("Revoke-CsClientCertificate -Identity &#39;sip:mia@contoso.test&#39;");
  });

  it("a form that is sent twice does it once, and says the same", async () => {
    const sent = { sure: "yes", once: crypto.randomUUID() };
    const first = await act(people.helpdesk, "forget", idOf("noa", LAST), sent);
    const second = await act(people.helpdesk, "forget", idOf("noa", LAST), sent);
    expect([first.text, second.text].map((text) => text.includes("1 device forgotten"))).toEqual([true, true]);
    expect(await standing("noa", LAST)).toBe(404);
  });

  it("nothing ticked is nothing done, and the way back stays on this host", async () => {
    const nothing = await act(people.helpdesk, "approve", []);
    expect(nothing.headers.location).toBe("/devices?state=quarantined&done=none");
    expect(await page("/devices?state=quarantined&done=none")).toContain("No device was ticked");
    for (const back of ["https://evil.test/", "//evil.test", "/settings", "javascript:alert(1)"]) {
      const answer = await act(people.helpdesk, "approve", ["../../x", "u_1/d_1/../x"], { back });
      expect(answer.headers.location).toBe("/devices?done=none");
    }
  });

  it("is refused to a viewer, and to a form of another page", async () => {
    expect((await act(people.viewer, "approve", idOf("mia", BLOCKED))).status).toBe(403);
    expect((await act(people.viewer, "forget", idOf("mia", BLOCKED), { sure: "yes" })).status).toBe(403);
    expect((await act(people.admin, "approve", idOf("mia", BLOCKED), { csrf: "x" })).status).toBe(403);
    expect(await standing("mia", BLOCKED)).toMatchObject({ state: "blocked" });
  });
});

describe("contested ids", () => {
  it("S-28: are listed with both sides, and freed at the one who has it", async () => {
    const list = await page("/devices/contests");
    expect(list).toContain("endpoint:contested");
    expect(list).toContain("mia@contoso.test");
    expect(await page("/devices/contests", people.viewer)).not.toContain("<button>Free");
    const [, device = ""] = /name="device" value="([^"]+)"/.exec(list) ?? [];
    expect(device).toBe(`noa@contoso.test/${seededId(CONTESTED)}`);
    const freed = await act(people.helpdesk, "forget", device, { sure: "yes", back: "/devices/contests" });
    expect(freed.text).toContain("1 device forgotten");
    expect(await page("/devices/contests")).toContain("No id is contested.");
  });
});
