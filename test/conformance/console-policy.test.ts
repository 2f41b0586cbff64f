// The console's pages of the policy, walked over HTTP as each role may: edited, checked, weighed against today's
// devices, applied, and brought back; and two administrators who collide.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { seedDevices } from "../kit/gateway/seeded-devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
let people: Record<"viewer" | "helpdesk" | "admin" | "other", ConsoleUser>;
beforeAll(async () => {
  gateway = await startTestGateway();
  const phone = (platform: "android" | "ios") =>
    ({ type: "phone", platform, product: "Lync", version: "6.25" }) as const;
  await seedDevices(gateway, [
    ...Array.from({ length: 12 }, () => ({ user: "mia", state: "allowed" as const, facts: phone("android") })),
    ...Array.from({ length: 20 }, () => ({ user: "noa", state: "allowed" as const, facts: phone("ios") })),
    { user: "noa", state: "quarantined", facts: phone("ios") },
    { user: "noa", state: "allowed", facts: phone("android"), seenDaysAgo: 60 },
  ]);
  const [viewer, helpdesk, admin, other] = await Promise.all([
    consoleAs(gateway, "viewer"),
    consoleAs(gateway, "helpdesk"),
    consoleAs(gateway, "admin"),
    consoleAs(gateway, "admin", { name: "Olga Other" }),
  ]);
  people = { viewer, helpdesk, admin, other };
});
afterAll(() => gateway?.stop());

const NO_ANDROID = `# ours & <theirs>
[[rules]]
code = "no-android"
action = "block"
reason = "No Android any more"
when = { platform = "android" }
`;
const EVERYBODY = '[[rules]]\ncode = "all"\naction = "quarantine"\nreason = "All wait"\n';

/** As a browser sends the lines of a text. */
const typed = (text: string): string => text.replaceAll("\n", "\r\n");
const page = async (path: string, who: ConsoleUser = people.viewer): Promise<string> => {
  const answer = await who.get(path);
  expect(answer.status, path).toBe(200);
  expect(answer.bytes.length).toBeLessThan(100_000);
  return answer.text;
};
const seenOn = (text: string): string => /name="seen" value="(\d+)"/.exec(text)?.[1] ?? "none";
const version = async (): Promise<string> => seenOn(await page("/policy/edit"));
const apply = async (who: ConsoleUser, text: string, more: object = {}) =>
  who.post("/policy/apply", { text: typed(text), seen: await version(), why: "ticket 1", ...more });

describe("the policy", () => {
  it("is shown with its version, in words and as text, to each role", async () => {
    for (const who of Object.values(people)) {
      const text = await page("/policy", who);
      expect(text).toContain("Nobody has applied a policy yet");
      expect(text).toContain("New devices are let in by themselves.");
      expect(text).toContain("expireAfterDays = 90");
    }
    expect(await page("/policy/history")).toContain("No policy was applied yet.");
  });

  it("is checked as it is typed, with the line of each fault, and without a script as well", async () => {
    const text = typed(
      '[enrolment]\nmode = "ajar"\n\n[[rules]]\ncode = "x"\naction = "block"\nreason = "R"\nwhen = { os = "" }\n',
    );
    const live = await people.viewer.post("/policy/check", { text, seen: "0" }, { "hx-request": "true" });
    expect(live.status).toBe(200);
    expect(live.text).not.toContain("<html");
    expect(live.text).toContain("<strong>Line 2: </strong><code>enrolment.mode</code>");
    expect(live.text).toContain("<strong>Line 8: </strong><code>rules[0].when.os</code>");
    const whole = await people.viewer.post("/policy/check", { text, seen: "0" });
    expect(whole.status).toBe(422);
    expect(whole.text).toContain("2 faults: this cannot be applied.");
    expect(whole.text).toContain("mode = &quot;ajar&quot;");
    const broken = await people.viewer.post("/policy/check", { text: typed("a = 1\nb = "), seen: "0" });
    expect(broken.text).toContain("<strong>Line 2: </strong>");
    const fine = await people.viewer.post(
      "/policy/check",
      { text: typed(NO_ANDROID), seen: "0" },
      { "hx-request": "true" },
    );
    expect(fine.text).toContain("It can be applied. One thing is different");
  });

  it("S-46: is weighed against today's devices: how many, and which", async () => {
    const { viewer, admin } = people;
    const seen = await version();
    const preview = await admin.post("/policy/preview", { text: typed(NO_ANDROID), seen });
    expect(preview.status).toBe(200);
    expect(preview.text).toContain("<b>12</b> would be blocked");
    expect(preview.text).toContain("<b>21</b> stay as they are");
    expect(preview.text).toContain("mia@contoso.test");
    expect(preview.text).toContain("Apply this policy");
    expect(preview.text).toContain("# ours &amp; &lt;theirs&gt;");
    const [, after = ""] = /name="after" value="([^"]+)"/.exec(preview.text) ?? [];
    const rest = await admin.post("/policy/preview/devices", { text: typed(NO_ANDROID), seen, after });
    expect([...rest.text.matchAll(/href="\/devices\/d_/g)]).toHaveLength(2);
    const looking = await viewer.post("/policy/preview", { text: typed(NO_ANDROID), seen });
    expect(looking.text).toContain("<b>12</b> would be blocked");
    expect(looking.text).not.toContain("Apply this policy");
    const all = await admin.post("/policy/preview", { text: typed(EVERYBODY), seen });
    expect(all.text).toContain("It would shut out every device in use.");
    expect(all.text).toContain('name="sure"');
  });

  it("is applied by an administrator only, after a fresh factor, and kept as it was written", async () => {
    for (const who of [people.viewer, people.helpdesk]) expect((await apply(who, NO_ANDROID)).status).toBe(403);
    const stale = await consoleAs(gateway, "admin", { provedAgo: 3_600_000 });
    const asked = await apply(stale, NO_ANDROID);
    expect([asked.status, await version()]).toEqual([403, "0"]);
    const done = await apply(people.admin, NO_ANDROID);
    expect([done.status, done.headers.location]).toEqual([303, "/policy?done=applied"]);
    const shown = await page("/policy?done=applied");
    expect(shown).toContain("every device is judged by it");
    expect(shown).toContain("In force: Version 1");
    expect(shown).toContain("Carol admin");
    expect(shown).toContain("ticket 1");
    const answer = await gateway.send({
      path: "/v1/policy",
      host: gateway.adminHost,
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    expect(JSON.parse(answer.text)).toMatchObject({ version: 1, text: NO_ANDROID });
    const same = await people.admin.post("/policy/preview", { text: typed(NO_ANDROID), seen: "1" });
    expect(same.headers.location).toBe("/policy?done=same");
  });

  it("S-46: of two administrators the second sees what the first changed, and keeps the text", async () => {
    const { admin, other } = people;
    const seen = await version();
    expect((await apply(other, `${NO_ANDROID}\n${EVERYBODY}`, { why: "everybody waits" })).status).toBe(303);
    const mine = `expireAfterDays = 7\n${NO_ANDROID}`;
    for (const path of ["/policy/preview", "/policy/apply"]) {
      const late = await admin.post(path, { text: typed(mine), seen, why: "mine" });
      expect(late.status).toBe(412);
      expect(late.text).toContain("Olga Other applied another policy");
      expect(late.text).toContain("everybody waits");
      expect(late.text).toContain("<strong>all</strong>");
      expect(late.text).toContain("expireAfterDays = 7");
      expect(seenOn(late.text)).toBe("2");
    }
    expect(await version()).toBe("2");
  });

  it("has a history, two versions of which can be compared", async () => {
    const history = await page("/policy/history", people.helpdesk);
    expect(history).toContain("Olga Other");
    expect(history).toContain("everybody waits");
    expect(history).not.toContain("Bring back");
    expect(await page("/policy/history", people.admin)).toContain('href="/policy/history/1/back"');
    expect(await page("/policy/history/1")).toContain("# ours &amp; &lt;theirs&gt;");
    const diff = await page("/policy/diff?from=1&to=2");
    expect(diff).toContain("<strong>all</strong>");
    expect(diff).toMatch(/<span class="unseen">added: <\/span><ins>code = &quot;all&quot;<\/ins>/);
    expect(await page("/policy/diff?from=2&to=0")).toMatch(/<span class="unseen">removed: <\/span><del># ours/);
    expect((await people.viewer.get("/policy/history/99")).status).toBe(404);
    expect((await people.viewer.get("/policy/diff?from=1&to=99")).status).toBe(404);
    expect((await people.viewer.get("/policy/diff?from=x")).status).toBe(422);
  });

  it("goes back to an earlier version after a preview, with a reason", async () => {
    const { admin, helpdesk } = people;
    const preview = await page("/policy/history/1/back", admin);
    expect(preview).toContain("Back to version 1");
    expect(preview).toContain("would be let in again");
    expect(preview).toContain("Bring version 1 back");
    expect(await page("/policy/history/1/back", helpdesk)).not.toContain("Bring version 1 back");
    const back = { version: "1", seen: "2", why: "it was better" };
    expect((await helpdesk.post("/policy/rollback", back)).status).toBe(403);
    const late = await admin.post("/policy/rollback", { ...back, seen: "1" });
    expect([late.status, late.text.includes("Olga Other applied another policy")]).toEqual([412, true]);
    expect(late.text).toContain('value="it was better"');
    const done = await admin.post("/policy/rollback", back);
    expect(done.headers.location).toBe("/policy?done=back");
    const shown = await page("/policy");
    expect(shown).toContain("In force: Version 3");
    expect(shown).toContain("back to version 1: it was better");
  });

  it("is told to the guards once more by an administrator, and a script is sent on by a header", async () => {
    expect((await people.helpdesk.post("/policy/spread", {})).status).toBe(403);
    const told = await people.admin.post("/policy/spread", { done: "spread" }, { "hx-request": "true" });
    expect([told.status, told.headers["hx-redirect"]]).toEqual([204, "/policy?done=spread"]);
  });

  it("S-46: is told to many people's guards page by page, and the form of each page leads to the next", async () => {
    const many = Array.from({ length: 205 }, (_, n) => {
      const user = [...String(n)].map((digit) => "abcdefghij"[Number(digit)]).join("");
      return { user: `many${user}`, state: "allowed" as const };
    });
    await seedDevices(gateway, many, 1_000);
    const first = await people.admin.post("/policy/spread", { done: "applied" });
    expect(first.status).toBe(200);
    expect(first.text).toContain("200 so far");
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(first.text)?.[1] ?? "";
    const rest = { done: field("done"), told: field("told"), after: field("after") };
    expect(rest).toMatchObject({ done: "applied", told: "200" });
    expect((await people.admin.post("/policy/spread", rest)).headers.location).toBe("/policy?done=applied");
  });

  it("does not take a form of another page, nor one without a version", async () => {
    expect((await apply(people.admin, EVERYBODY, { csrf: "x" })).status).toBe(403);
    expect((await apply(people.admin, EVERYBODY, { seen: "" })).headers.location).toBe("/policy/edit");
    expect(await version()).toBe("3");
  });
});
