// S-65: mail that the Worker delivers, all the way over HTTP: from what an administrator or a device does to a receiver
// that verifies, fails, hangs and redirects; and through the binding for mail that workerd runs locally.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { apiOf } from "../../cli/reach/api.ts";
import { chosenTarget } from "../../cli/reach/choose.ts";
import type { NoticeAnswer, NoticeTestedAnswer } from "../../src/api/schemas/notices.ts";
import type { HealthAnswer } from "../../src/api/schemas/tokens.ts";
import { consoleAs } from "../kit/gateway/console.ts";
import { softwarePasskey } from "../kit/gateway/passkey.ts";
import { portalBrowser } from "../kit/gateway/portal-browser.ts";
import { PATIENCE } from "../kit/patience.ts";
import { phoneOf } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { creation } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
const OLD_SECRET = `whsec_${Buffer.alloc(24, 6).toString("base64")}`;
const EVERY_MINUTE = "* * * * *";
type Manners = "takes" | "fails" | "hangs" | "redirects";
type Letter = { readonly id: string; readonly kind: string; readonly to: string; readonly text: string };
type Got = { readonly path: string; readonly headers: Record<string, string>; readonly body: string };

let gateway: TestGateway;
let receiver: Server;
let manners: Manners = "takes";
const got: Got[] = [];
/** What arrived for that address, verified. */
const letters = (to: string): Letter[] =>
  got
    .map(({ headers, body }) => (new Webhook(OLD_SECRET).verify(body, headers) as { data: Letter }).data)
    .filter((letter) => letter.to === to);

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      got.push({ path: request.url ?? "", headers, body: Buffer.concat(chunks).toString() });
      if (manners === "takes") response.writeHead(204).end();
      else if (manners === "fails") response.writeHead(500).end("sorry");
      else if (manners === "redirects") response.writeHead(307, { location: "/elsewhere" }).end();
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  gateway = await startTestGateway({
    variables: {
      ...{ NOTICE_DELIVERY: "webhook", NOTICE_WEBHOOK_URL: `http://127.0.0.1:${port}/postern` },
      ...{ NOTICE_WEBHOOK_SECRETS: `${SECRET} ${OLD_SECRET}`, NOTICE_HELPDESK: "desk@contoso.test" },
      NOTICE_HELPDESK_KINDS: "password-created",
    },
    moreUsers: ["cora", "dora"].map((account) => ({
      ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
    })),
  });
  await gateway.execute([
    "UPDATE users SET mail = replace(substr(sip_uri, 5), 'contoso', 'mail') WHERE sip_uri LIKE 'sip:_ora@%'",
  ]);
  await gateway.execute([
    `UPDATE users SET mail = 'bob@mail.test', language = 'de' WHERE sip_uri = '${gateway.bob.sipUri}'`,
  ]);
});
afterAll(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await gateway?.stop();
});

const test = async (to: string): Promise<NoticeTestedAnswer> =>
  (await operator(gateway, "notice", "test", "--to", to)) as NoticeTestedAnswer;
/** As if the wait of everything that waits were over. */
const timePasses = () => gateway.execute(["UPDATE notices SET due_at = created_at WHERE ended_at IS NULL"]);
const waiting = async () => (await operator(gateway, "notice", "list")) as NoticeAnswer[];

describe("S-65: mail by a webhook", () => {
  it("a test arrives at once, signed with both secrets, and the command says so", async () => {
    manners = "takes";
    expect(await test("one@contoso.test")).toMatchObject({ to: "one@contoso.test", end: "sent" });
    expect(letters("one@contoso.test")).toMatchObject([{ kind: "test", text: expect.stringContaining("a test") }]);
    const [last] = got.slice(-1);
    expect(() => new Webhook(SECRET).verify(last?.body ?? "", last?.headers ?? {})).not.toThrow();
    expect(last?.headers["idempotency-key"]).toBe(last?.headers["webhook-id"]);
  });

  it("what an administrator does is told at once to the person and to the help desk, without the secret", async () => {
    manners = "takes";
    const made = (await operator(gateway, "password", "create", gateway.bob.upn, "--label", "Händi")) as {
      readonly password: string;
    };
    await vi.waitFor(() => expect(letters("bob@mail.test")).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => expect(letters("desk@contoso.test")).toHaveLength(1), PATIENCE);
    expect(letters("bob@mail.test")[0]?.text).toContain("Name: Händi");
    expect(letters("bob@mail.test")[0]?.text).toContain("App-Passwort");
    expect(got.map(({ body }) => body).join()).not.toContain(made.password);
  });

  it("what a device does is told once its event is in D1", async () => {
    manners = "takes";
    const ticket = await compactTicket(gateway, gateway.bob);
    const request = creation(phoneOf(gateway.bob));
    const headers = { ...request.headers, "x-ms-webticket": `cwt=${ticket}` };
    expect((await gateway.send({ ...request, headers })).status).toBe(201);
    await vi.waitFor(() => expect(letters("bob@mail.test").map(({ kind }) => kind)).toContain("device-new"), PATIENCE);
  });

  it("what fails is kept, warned of, and sent by the cron trigger when its time has come, with the same id", async () => {
    manners = "fails";
    const { end } = await test("two@contoso.test");
    expect(end).toBe("later: the webhook answered 500");
    await gateway.ring(EVERY_MINUTE); // its wait is not over
    expect(letters("two@contoso.test")).toHaveLength(1);
    manners = "takes";
    await gateway.execute(["UPDATE notices SET created_at = created_at - 7200000 WHERE ended_at IS NULL"]);
    const health = (await operator(gateway, "health")) as HealthAnswer;
    expect(health.mail).toMatchObject({ delivery: "webhook", waiting: 1, oldestUnsentAt: expect.any(String) });
    expect(health.warnings.find(({ code }) => code === "mail-waits")?.detail).toMatch(
      /^Mail waits, because the webhook does not take it, the oldest for 120 minutes .*500\.$/,
    );
    await timePasses();
    await gateway.ring(EVERY_MINUTE);
    const [first, second, ...more] = letters("two@contoso.test");
    expect([second?.id, more]).toEqual([first?.id, []]);
    expect(await waiting()).toEqual([]);
  });

  it("follows no redirect, and a receiver that hangs holds up no answer and nothing for long", async () => {
    manners = "redirects";
    expect((await test("three@contoso.test")).end).toBe("later: the webhook redirects (307)");
    expect(got.filter(({ path }) => path === "/elsewhere")).toEqual([]);
    manners = "hangs";
    const before = got.length;
    await operator(gateway, "password", "create", gateway.bob.upn, "--label", "slow");
    await vi.waitFor(() => expect(got).toHaveLength(before + 1), PATIENCE);
    await vi.waitFor(
      async () => expect((await waiting()).map(({ end }) => end)).toContain("the webhook did not answer in time"),
      PATIENCE,
    );
    manners = "takes";
    await timePasses();
    await gateway.ring("17 * * * *"); // the other trigger sends as well
    expect(await waiting()).toEqual([]);
  });

  it("an agent that asks meanwhile gets nothing, and is told why", async () => {
    const api = apiOf(chosenTarget({ env: {}, state: gateway.home }, "local"));
    await expect(api.post("/v1/notices/take", {})).rejects.toMatchObject({
      message: expect.stringContaining("NOTICE_DELIVERY"),
    });
  });

  it("no secret and no link is in the log", () => {
    const log = gateway.log.join("\n");
    for (const secret of [SECRET, OLD_SECRET, SECRET.slice(6)]) expect(log).not.toContain(secret);
  });
});

describe("S-65: what happens in the portal", () => {
  const kinds = (to: string) => letters(to).map(({ kind }) => kind);
  const arrive = (to: string, ...expected: string[]) => vi.waitFor(() => expect(kinds(to)).toEqual(expected), PATIENCE);

  it("an invitation, what it was used for, and what changes later, is told in one mail each", async () => {
    manners = "takes";
    const { link } = (await operator(gateway, "user", "invite", "cora@contoso.test", "--mail")) as { link: string };
    const to = "cora@mail.test";
    await arrive(to, "invitation");
    expect(letters(to)[0]?.text).toContain(link);
    const browser = portalBrowser(gateway, "192.0.2.61");
    await browser.enter(new URL(link).hash.slice(1));
    const { app, recoveryCodes } = await browser.setUpCodes();
    await arrive(to, "invitation", "invitation-used");
    expect(letters(to)[1]?.text).toContain("192.0.2.61");
    const elsewhere = portalBrowser(gateway, "192.0.2.62");
    expect((await elsewhere.signIn("cora@contoso.test", recoveryCodes[0] ?? "")).status).toBe(303);
    await arrive(to, "invitation", "invitation-used", "recovery-code-used");
    expect((await elsewhere.signIn("cora@contoso.test", app.code())).status).toBe(303);
    expect((await elsewhere.post("/language", { language: "de", back: "/" })).status).toBe(303);
    const made = await elsewhere.makePasskey(softwarePasskey(), "/security/passkey");
    expect(made.status).toBe(303);
    await arrive(to, "invitation", "invitation-used", "recovery-code-used", "passkey-added");
    expect(letters(to)[2]?.text).toContain("Hello cora@contoso.test");
    expect(letters(to)[3]?.text).toContain("Guten Tag cora@contoso.test"); // as the person chose in the portal
    const secret = await elsewhere.newPassword("iphone");
    expect(secret).not.toBe("");
    await arrive(to, "invitation", "invitation-used", "recovery-code-used", "passkey-added", "password-created");
    const all = letters(to).map(({ text }) => text);
    expect(all.join()).not.toContain(secret);
    expect(all.slice(1).join()).not.toContain(new URL(link).hash.slice(1));
    expect(all.join()).not.toMatch(/[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}/);
  });

  it("S-57: being locked out is told once, however long somebody goes on", async () => {
    manners = "takes";
    const to = "dora@mail.test";
    const { link } = (await operator(gateway, "user", "invite", "dora@contoso.test")) as { link: string };
    const place = "192.0.2.71";
    const browser = portalBrowser(gateway, place);
    await browser.enter(new URL(link).hash.slice(1));
    const { app } = await browser.setUpCodes();
    expect((await portalBrowser(gateway, place).signIn("dora@contoso.test", app.code())).status).toBe(303);
    for (let tries = 0; tries < 40; tries++) {
      await portalBrowser(gateway, place).signIn("dora@contoso.test", "000000", `not this passphrase ${tries}`);
    }
    await arrive(to, "invitation-used", "portal-locked");
    for (let tries = 0; tries < 10; tries++) {
      await portalBrowser(gateway, place).signIn("dora@contoso.test", "000000", `nor this passphrase ${tries}`);
    }
    await gateway.ring(EVERY_MINUTE);
    expect(kinds(to)).toEqual(["invitation-used", "portal-locked"]);
  });
});

describe("S-65: the console's page about mail", () => {
  it("says who delivers, and its button sends a test at once, or says that it failed", async () => {
    const admin = await consoleAs(gateway, "admin");
    const page = await admin.get("/settings/mail");
    expect(page.text).toContain("a webhook");
    expect(page.text).toContain("The gateway posts it to your webhook.");
    manners = "takes";
    const sent = await admin.post("/settings/mail/test", { to: "page@contoso.test", once: crypto.randomUUID() });
    expect([sent.status, sent.headers.location]).toEqual([303, "/settings/mail?done=test-sent"]);
    manners = "fails";
    const failed = await admin.post("/settings/mail/test", { to: "page@contoso.test", once: crypto.randomUUID() });
    expect(failed.headers.location).toBe("/settings/mail?done=test-failed");
    const again = await admin.get("/settings/mail?done=test-failed");
    expect(again.text).toContain("The test was not sent.");
    expect(again.text).toContain("the webhook answered 500");
    const german = await consoleAs(gateway, "admin", { headers: { "accept-language": "de" } });
    expect((await german.get("/settings/mail")).text).toContain("Das Gateway übergibt sie Ihrem Webhook.");
  });
});

describe("S-65: mail by Cloudflare's binding", () => {
  it("is taken by the binding of workerd, and the command says so", async () => {
    const other = await startTestGateway({
      variables: { NOTICE_DELIVERY: "email", NOTICE_FROM: "Contoso IT <postern@contoso.test>" },
    });
    try {
      const tested = (await operator(other, "notice", "test", "--to", "one@contoso.test")) as NoticeTestedAnswer;
      expect(tested.end).toBe("sent");
    } finally {
      await other.stop();
    }
  });

  it("without a sender the gateway serves nothing, and the log says what to do", async () => {
    const other = await startTestGateway({ variables: { NOTICE_DELIVERY: "email" } });
    try {
      expect((await other.send({ path: "/" })).status).toBe(503);
      expect(other.log.join("\n")).toContain("NOTICE_FROM is not set. Say who mail comes from");
    } finally {
      await other.stop();
    }
  });
});
