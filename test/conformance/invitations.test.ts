// Invitations of users, from outside: what a person does with one, and what somebody does who has none, an old one, or
// somebody else's.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { invitationCodeOf } from "../../src/core/credentials/invitation-code.ts";
import { softwarePasskey } from "../kit/gateway/passkey.ts";
import { PASSPHRASE, PORTAL_SESSION, portalBrowser } from "../kit/gateway/portal-browser.ts";
import { PATIENCE } from "../kit/patience.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let gateway: TestGateway;

beforeAll(async () => {
  const people = ["emil", "fay", "gus", "hal"];
  gateway = await startTestGateway({ moreUsers: people.map(userNamed) });
});
afterAll(() => gateway?.stop());

const userNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test` },
  ...{ domain: "CONTOSO", account },
});

type Invitation = { readonly id: string; readonly link: string; readonly code: string };

async function invite(user: string, ...more: string[]): Promise<Invitation> {
  const made = (await operator(gateway, "user", "invite", `${user}@contoso.test`, ...more)) as Invitation;
  return { ...made, code: new URL(made.link).hash.slice(1) };
}

const aCode = (): string => invitationCodeOf(randomBytes(16));

type Headers = Readonly<Record<string, string>>;

function post(path: string, fields: Readonly<Record<string, string>>, headers: Headers = {}): Promise<TestResponse> {
  const { portalHost: host } = gateway;
  const body = new URLSearchParams(fields).toString();
  const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
  return gateway.send({ host, path, method: "POST", body, headers: { ...form, origin: `http://${host}`, ...headers } });
}
const use = (code: string, headers?: Headers) => post("/join", { code }, headers);
const get = (path: string, host = gateway.portalHost) => gateway.send({ host, path });

/** Whether an answer begins a session. */
const letsIn = (answer: TestResponse): boolean =>
  answer.status === 303 &&
  answer.headers.location === "/welcome" &&
  answer.lines("set-cookie").some((line) => line.startsWith(`${PORTAL_SESSION}=u_`));

describe("S-56 S-59: what a person does with an invitation", () => {
  it("comes in, registers two factors, and is then somebody who is signed in", async () => {
    const { code, link } = await invite("bob");
    expect(link).toBe(`http://${gateway.portalHost}:${new URL(gateway.portalUrl).port}/join#${code}`);
    const browser = portalBrowser(gateway);
    expect(letsIn(await browser.enter(code.toUpperCase()))).toBe(true);
    const asked = await browser.get("/welcome");
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining("Hello, bob@contoso.test")]);
    for (const path of ["/", "/devices", "/security", "/devices/new", "/my-data"]) {
      const { status, headers } = await browser.get(path);
      expect([status, headers.location], path).toEqual([303, "/welcome"]);
    }
    const made = await browser.makePasskey(softwarePasskey());
    expect([made.status, made.headers.location]).toEqual([303, "/?done=welcome"]);
    expect((await browser.get("/")).status).toBe(200);
    // The same link once more in the same browser: there is nothing to type, and nothing new.
    const again = await browser.enter(code);
    expect([again.status, again.headers.location, again.lines("set-cookie")]).toEqual([303, "/", []]);
    expect((await portalBrowser(gateway).enter(code)).status).toBe(403);
    const events = () => operator(gateway, "audit", "--user", "bob@contoso.test", "--reason", "invitation-used");
    await expect
      .poll(events, PATIENCE) // a guard tells D1 a moment later
      .toEqual([expect.objectContaining({ channel: "portal", by: expect.objectContaining({ kind: "invitation" }) })]);
    const [listed] = (await operator(gateway, "invitation", "list", "bob@contoso.test")) as { state: string }[];
    expect(listed?.state).toBe("used");
  });
});

describe("S-56: an invitation works once", () => {
  it("for the second of two presses, however they come", async () => {
    const { code } = await invite("emil");
    const all = await Promise.all(Array.from({ length: 12 }, () => use(code)));
    expect(all.filter(letsIn)).toHaveLength(1);
    expect(all.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(11).fill(403)]);
    const again = await use(code);
    expect([again.status, again.lines("set-cookie")]).toEqual([403, []]);
  });

  it("is not used up by reading: a link that a mail scanner opened is as good as before", async () => {
    const { code } = await invite("emil");
    for (const path of ["/join", `/join?code=${code}`, `/join/${code}`, "/welcome", `/welcome?code=${code}`]) {
      const answer = await get(path);
      expect(answer.text, path).not.toContain("emil");
      await gateway.send({ host: gateway.portalHost, path, method: "HEAD" });
    }
    expect(letsIn(await use(code))).toBe(true);
  });

  it("is over when a newer one is made, or it is withdrawn, or its time is over", async () => {
    const first = await invite("fay");
    const second = await invite("fay");
    expect((await use(first.code)).status).toBe(403);
    await operator(gateway, "invitation", "withdraw", "fay@contoso.test");
    expect((await use(second.code)).status).toBe(403);
    const third = await invite("fay", "--minutes", "1");
    await gateway.execute([`UPDATE user_invitations SET expires_at = 1 WHERE id = '${third.id}'`]);
    expect(await operator(gateway, "invitation", "list", "fay@contoso.test")).toMatchObject([
      { state: "expired" },
      { state: "ended" },
      { state: "ended" },
    ]);
  });

  it("is over when its user is disabled, also for who has come in with it, and enabling does not bring it back", async () => {
    const [{ code: earlier }, browser] = [await invite("gus"), portalBrowser(gateway)];
    await browser.enter(earlier);
    expect((await browser.get("/welcome")).status).toBe(200);
    const { code } = await invite("gus");
    await operator(gateway, "user", "disable", "gus@contoso.test");
    expect((await use(code)).status).toBe(403);
    expect((await browser.get("/welcome")).headers.location).toMatch(/^\/sign-in/);
    await operator(gateway, "user", "enable", "gus@contoso.test");
    expect((await use(code)).status).toBe(403);
    expect((await browser.get("/welcome")).headers.location).toMatch(/^\/sign-in/);
    const [newest] = (await operator(gateway, "invitation", "list", "gus@contoso.test")) as { state: string }[];
    expect(newest?.state).toBe("ended");
  });

  it("is over when its user gets another address, account or UPN, or is deleted", async () => {
    const moved = await invite("hal");
    await operator(gateway, "user", "rename", "hal@contoso.test", "--sip-uri", "hal.two@contoso.test");
    expect((await use(moved.code)).status).toBe(403);
    const renamed = await invite("hal.two");
    await operator(gateway, "user", "rename", "hal.two@contoso.test", "--account", "CONTOSO\\hal2");
    expect((await use(renamed.code)).status).toBe(403);
    const gone = await invite("hal.two");
    await operator(gateway, "user", "delete", "hal.two@contoso.test", "--yes");
    expect((await use(gone.code)).status).toBe(403);
    const left = await gateway.execute([`SELECT count(*) AS n FROM user_invitations WHERE id = '${gone.id}'`]);
    expect(left[0]?.[0]?.n).toBe(0);
  });
});

describe("S-22 S-25 S-56: codes that are tried", () => {
  it("look all the same: never made, used, of a disabled user, of another gateway", async () => {
    const used = await invite("emil");
    await use(used.code);
    const disabled = await invite("gus");
    await operator(gateway, "user", "disable", "gus@contoso.test");
    const answers = await Promise.all([aCode(), used.code, disabled.code, aCode()].map((code) => use(code)));
    await operator(gateway, "user", "enable", "gus@contoso.test");
    const shapes = answers.map(({ status, text }) => `${status} ${text.replaceAll(/code-\d+/g, "code")}`);
    expect(new Set(shapes).size).toBe(1);
    expect(shapes[0]).toMatch(/^403/);
  });

  it("count at the network: after a hundred it waits, and a good code is refused there, and nowhere else", async () => {
    const { code } = await invite("emil");
    const from = { "cf-connecting-ip": "203.0.113.99" };
    for (let tries = 0; tries < 130; tries += 10) {
      await Promise.all(Array.from({ length: 10 }, () => use(aCode(), from)));
    }
    const locked = (await operator(gateway, "lock", "show", "203.0.113.99")) as { waitUntil: string | null };
    expect(locked.waitUntil).not.toBeNull();
    expect((await use(code, from)).status).toBe(403);
    expect(letsIn(await use(code))).toBe(true);
    expect(gateway.log.filter((line) => /203\.0\.113\.99.*invitation-refused/.test(line)).length).toBeGreaterThan(50);
  });

  it("one wrong code makes no colleague of the same network wait, and counts once however often it is sent", async () => {
    const from = { "cf-connecting-ip": "203.0.113.98" };
    const wrong = aCode();
    for (let tries = 0; tries < 15; tries++) await use(wrong, from);
    const locked = (await operator(gateway, "lock", "show", "203.0.113.98")) as { level: number };
    expect(locked.level).toBeLessThan(2);
    const { code } = await invite("emil");
    expect(letsIn(await use(code, from))).toBe(true);
  });

  it("a mistyped code is no guess: it says so, and nothing is counted", async () => {
    const from = { "cf-connecting-ip": "203.0.113.97" };
    for (const typed of ["", "x", aCode().slice(1), `${aCode()}0`, "<script>alert(1)</script>", "ü".repeat(28)]) {
      const answer = await use(typed, from);
      expect(answer.status, typed).toBe(400);
      expect(answer.text).not.toContain("<script>alert");
    }
    await expect(operator(gateway, "lock", "show", "203.0.113.97")).resolves.toMatchObject({ level: 0 });
  });

  it("a body that is no form, or too long, is refused without a look", async () => {
    const { code } = await invite("emil");
    for (const [type, status] of [
      ["application/json", 400],
      ["text/plain", 400],
    ] as const) {
      expect((await use(code, { "content-type": type })).status).toBe(status);
    }
    expect((await post("/join", { code: "x".repeat(70_000) })).status).toBe(413);
  });
});

describe("S-51 S-56: a form of another page", () => {
  it.each<[string, Headers]>([
    ["without an Origin", { origin: "" }],
    ["of another site", { origin: "https://evil.example" }],
    ["of the console", { origin: "http://console.localhost" }],
    ["that the browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["that the browser calls same-site", { "sec-fetch-site": "same-site" }],
  ])("%s is refused, and uses nothing up", async (_, headers) => {
    const { code } = await invite("bob");
    const answer = await use(code, headers);
    expect([answer.status, answer.lines("set-cookie")]).toEqual([403, []]);
    expect(answer.text).not.toContain("bob");
    expect(letsIn(await use(code))).toBe(true);
  });
});

describe("S-33 S-56: other hosts", () => {
  it("the portal's paths are on the portal's host alone, and nothing else is there", async () => {
    for (const host of [gateway.adminHost, gateway.consoleHost, "web.contoso.test", "unknown.contoso.test"]) {
      const { text } = await get("/join", host);
      expect(text, host).not.toContain("Skype for Business");
    }
    for (const path of ["/v1/whoami", "/users", "/WebTicket/WebTicketService.svc", "/invite"]) {
      expect((await get(path)).headers.location, path).toMatch(/^\/sign-in\?next=/);
    }
    const { code } = await invite("bob");
    const answer = await gateway.send({
      ...{ host: "portal.localhost.evil.example", path: "/join", method: "POST", body: `code=${code}` },
      headers: { origin: "http://portal.localhost", "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(404);
  });

  it("every page is kept by no cache, framed by nobody, and has no script of its own text", async () => {
    const { code } = await invite("bob");
    const browser = portalBrowser(gateway);
    const answers = [await get("/join"), await browser.enter(code), await use(aCode()), await get("/x")];
    const inside = [await browser.get("/welcome"), await browser.get("/welcome/codes"), await browser.get("/x")];
    for (const answer of [...answers, ...inside]) {
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["x-frame-options"]).toBe("DENY");
      expect(answer.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(answer.text).not.toMatch(/<script(?![^>]* src=)| style=| on\w+=/);
      if (answer.status !== 303) expect(answer.text).toContain('<meta name="robots" content="noindex"/>');
    }
  });
});

describe("S-16 S-40 S-56: the secret is nowhere", () => {
  it("neither the code nor a factor's secret is in the log, the audit, the database or an export", async () => {
    const { code, id } = await invite("bob");
    await use(aCode());
    const browser = portalBrowser(gateway);
    await browser.enter(code);
    const { key, recoveryCodes } = await browser.setUpCodes();
    expect(recoveryCodes).toHaveLength(10);
    const cookie = browser.cookies.get(PORTAL_SESSION) ?? "?";
    const open2 = await invite("bob");
    const tables = ["user_invitations", "audit_events", "app_passwords", "idempotency"];
    const rows = await gateway.execute(tables.map((table) => `SELECT * FROM ${table}`));
    const exported = await operator(gateway, "user", "export", "bob@contoso.test");
    const everything = JSON.stringify([rows, exported, gateway.log]);
    expect(everything).toContain(id);
    expect(exported).toMatchObject({
      invitations: expect.arrayContaining([expect.objectContaining({ id: open2.id, usedAt: null })]),
    });
    const secrets = [
      code,
      open2.code,
      key.replaceAll(" ", ""),
      ...recoveryCodes,
      cookie.split(".")[1] ?? "?",
      PASSPHRASE,
    ];
    for (const secret of secrets) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(secret.replaceAll("-", ""));
    }
  });
});
