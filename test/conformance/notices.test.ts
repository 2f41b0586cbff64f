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
  });
  await gateway.execute([
    `UPDATE users SET mail = 'bob@mail.test', language = 'de' WHERE sip_uri = '${gateway.bob.sipUri}'`,
  ]);
}, PATIENCE.timeout);
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
