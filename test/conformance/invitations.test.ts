// Invitations of users, from outside: what a person does with one, and what somebody does who has none, an old one, or
// somebody else's.

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { invitationCodeOf } from "../../src/core/credentials/invitation-code.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;

beforeAll(async () => {
  const people = ["dora", "emil", "fay", "gus", "hal", "ida"];
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
const open = (code: string, headers?: Headers) => post("/join", { code }, headers);
const use = (code: string, device = "iphone", headers?: Headers) => post("/join/device", { code, device }, headers);
const get = (path: string, host = gateway.portalHost) => gateway.send({ host, path });

const passwordIn = ({ text }: TestResponse): string | undefined => /<output id="secret"[^>]*>([^<]+)</.exec(text)?.[1];

describe("S-56: what a person does with an invitation", () => {
  it("sees for whom it is, says the device, gets one app password, and signs in with it", async () => {
    const { code, link } = await invite("bob");
    expect(link).toBe(`http://${gateway.portalHost}:${new URL(gateway.portalUrl).port}/join#${code}`);
    const asked = await open(code);
    expect([asked.status, passwordIn(asked)]).toEqual([200, undefined]);
    expect(asked.text).toContain("Hello, bob@contoso.test");
    const shown = await use(code.toUpperCase());
    const password = passwordIn(shown) ?? "";
    expect([shown.status, password]).toEqual([200, expect.any(String)]);
    expect(shown.text).toContain("CONTOSO\\bob");
    const signedIn = await signIn(gateway, WINDOWS_GRANT, { ...gateway.bob, password });
    expect(signedIn.status).toBe(200);
    expect(await operator(gateway, "password", "list", "bob@contoso.test")).toContainEqual(
      expect.objectContaining({ label: "iPhone or iPad", state: "live" }),
    );
    const events = await operator(gateway, "audit", "--user", "bob@contoso.test", "--reason", "invitation-used");
    expect(events).toEqual([
      expect.objectContaining({ channel: "portal", by: expect.objectContaining({ kind: "invitation" }) }),
    ]);
  });

  it("is told in both languages what becomes of the device", async () => {
    const said = async (language: string) => {
      const { code } = await invite("dora");
      return (await open(code, { "accept-language": language })).text;
    };
    await operator(gateway, "user", "set", "dora@contoso.test", "--enrolment", "approval");
    expect(await said("en")).toContain("waits until your help desk approves it");
    expect(await said("de-CH")).toContain("wartet das Gerät, bis Ihr Helpdesk es zulässt");
    await operator(gateway, "user", "set", "dora@contoso.test", "--enrolment", "closed");
    expect(await said("en")).toContain("only if your help desk expects them");
    await operator(gateway, "user", "set", "dora@contoso.test", "--enrolment", "window");
    expect(await said("en")).toContain("only after your help desk has opened a short time");
    await operator(gateway, "device", "window", "dora@contoso.test", "--for", "10m");
    expect(await said("en")).toContain("Sign in on the device before");
    await operator(gateway, "user", "set", "dora@contoso.test", "--enrolment", "open", "--max-devices", "0");
    expect(await said("en")).toContain("no more are allowed");
  });
});

describe("S-56: an invitation works once", () => {
  it("for the second of two presses, however they come", async () => {
    const { code } = await invite("emil");
    const all = await Promise.all(Array.from({ length: 12 }, () => use(code)));
    expect(all.filter((each) => passwordIn(each) !== undefined)).toHaveLength(1);
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(11).fill(403)]);
    const again = await use(code);
    expect([again.status, passwordIn(again)]).toEqual([403, undefined]);
    expect((await open(code)).status).toBe(403);
  });

  it("is not used up by reading: a link that a mail scanner opened is as good as before", async () => {
    const { code } = await invite("emil");
    for (const path of ["/join", `/join?code=${code}`, `/join/${code}`, "/join/device", `/join/device?code=${code}`]) {
      const answer = await get(path);
      expect(answer.text, path).not.toContain("emil");
      await gateway.send({ host: gateway.portalHost, path, method: "HEAD" });
    }
    await open(code);
    expect(passwordIn(await use(code))).toBeDefined();
  });

  it("is over when a newer one is made, or it is withdrawn, or its time is over", async () => {
    const first = await invite("fay");
    const second = await invite("fay");
    expect((await open(first.code)).status).toBe(403);
    expect((await open(second.code)).status).toBe(200);
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

  it("is over when its user is disabled, also after the page was opened, and enabling does not bring it back", async () => {
    const { code } = await invite("gus");
    expect((await open(code)).status).toBe(200);
    await operator(gateway, "user", "disable", "gus@contoso.test");
    expect((await use(code)).status).toBe(403);
    await operator(gateway, "user", "enable", "gus@contoso.test");
    expect((await use(code)).status).toBe(403);
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

  it("gives nothing to somebody with too many app passwords, and stays good", async () => {
    const { code } = await invite("ida");
    const [user] = await gateway.execute(["SELECT id FROM users WHERE sip_uri = 'sip:ida@contoso.test'"]);
    const rows = Array.from(
      { length: 50 },
      (_, at) =>
        `INSERT INTO app_passwords (id, user_id, label, nt_hashes, created_at) VALUES ('p_full${at}', '${String(user?.[0]?.id)}', 'x', 'x', 0)`,
    );
    await gateway.execute(rows);
    const full = await use(code);
    expect([full.status, passwordIn(full)]).toEqual([409, undefined]);
    await gateway.execute(["DELETE FROM app_passwords WHERE id LIKE 'p_full%'"]);
    expect(passwordIn(await use(code))).toBeDefined();
  });
});

describe("S-22 S-25 S-56: codes that are tried", () => {
  it("look all the same: never made, used, of a disabled user, of another gateway", async () => {
    const used = await invite("emil");
    await use(used.code);
    const disabled = await invite("gus");
    await operator(gateway, "user", "disable", "gus@contoso.test");
    const answers = await Promise.all([aCode(), used.code, disabled.code, aCode()].flatMap((code) => [open(code)]));
    await operator(gateway, "user", "enable", "gus@contoso.test");
    const shapes = answers.map(({ status, text }) => `${status} ${text.replaceAll(/code-\d+/g, "code")}`);
    expect(new Set(shapes).size).toBe(1);
    expect(shapes[0]).toMatch(/^403/);
  });

  it("count at the network: after a hundred it waits, and a good code is refused there, and nowhere else", async () => {
    const { code } = await invite("emil");
    const from = { "cf-connecting-ip": "203.0.113.99" };
    for (let tries = 0; tries < 130; tries += 10) {
      await Promise.all(Array.from({ length: 10 }, () => open(aCode(), from)));
    }
    const locked = (await operator(gateway, "lock", "show", "203.0.113.99")) as { waitUntil: string | null };
    expect(locked.waitUntil).not.toBeNull();
    expect((await open(code, from)).status).toBe(403);
    expect((await open(code)).status).toBe(200);
    expect(gateway.log.filter((line) => /203\.0\.113\.99.*invitation-refused/.test(line)).length).toBeGreaterThan(50);
  });

  it("one wrong code makes no colleague of the same network wait, and counts once however often it is sent", async () => {
    const from = { "cf-connecting-ip": "203.0.113.98" };
    const wrong = aCode();
    for (let tries = 0; tries < 15; tries++) await open(wrong, from);
    const locked = (await operator(gateway, "lock", "show", "203.0.113.98")) as { level: number };
    expect(locked.level).toBeLessThan(2);
    const { code } = await invite("emil");
    expect((await open(code, from)).status).toBe(200);
  });

  it("a mistyped code is no guess: it says so, and nothing is counted", async () => {
    const from = { "cf-connecting-ip": "203.0.113.97" };
    for (const typed of ["", "x", aCode().slice(1), `${aCode()}0`, "<script>alert(1)</script>", "ü".repeat(28)]) {
      const answer = await open(typed, from);
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
      expect((await open(code, { "content-type": type })).status).toBe(status);
    }
    expect((await post("/join", { code: "x".repeat(10_000) })).status).toBe(413);
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
    for (const answer of [await open(code, headers), await use(code, "iphone", headers)]) {
      expect([answer.status, passwordIn(answer)]).toEqual([403, undefined]);
      expect(answer.text).not.toContain("bob");
    }
    expect((await open(code)).status).toBe(200);
  });
});

describe("S-33 S-56: other hosts", () => {
  it("the portal's paths are on the portal's host alone, and nothing else is there", async () => {
    for (const host of [gateway.adminHost, gateway.consoleHost, "web.contoso.test", "unknown.contoso.test"]) {
      const { text } = await get("/join", host);
      expect(text, host).not.toContain("Set up a device");
    }
    for (const path of ["/v1/whoami", "/users", "/WebTicket/WebTicketService.svc", "/sign-in"]) {
      expect((await get(path)).status, path).toBe(404);
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
    for (const answer of [
      await get("/join"),
      await open(code),
      await use(code),
      await open(aCode()),
      await get("/x"),
    ]) {
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["x-frame-options"]).toBe("DENY");
      expect(answer.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(answer.text).not.toMatch(/<script(?![^>]* src=)| style=| on\w+=/);
      expect(answer.text).toContain('<meta name="robots" content="noindex"/>');
    }
  });
});

describe("S-16 S-40 S-56: the secret is nowhere", () => {
  it("neither the code nor the app password is in the log, the audit, the database or an export", async () => {
    const { code, id } = await invite("bob");
    await open(code);
    await open(aCode());
    const password = passwordIn(await use(code)) ?? "?";
    const open2 = await invite("bob");
    const tables = ["user_invitations", "audit_events", "app_passwords", "idempotency"];
    const rows = await gateway.execute(tables.map((table) => `SELECT * FROM ${table}`));
    const exported = await operator(gateway, "user", "export", "bob@contoso.test");
    const everything = JSON.stringify([rows, exported, gateway.log]);
    expect(everything).toContain(id);
    expect(JSON.stringify(exported)).toContain(open2.id);
    for (const secret of [code, password, open2.code]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(secret.replaceAll("-", ""));
    }
  });
});
