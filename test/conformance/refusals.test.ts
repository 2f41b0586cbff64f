// Each refusal leaves one line in the log, and the id of its request in the answer. From both, `postern why --request`
// tells an administrator what was refused, why, and which word to search for.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { LINES_OF_A_NETWORK } from "../../src/trace/line-limit.ts";
import { explanationOf } from "../../src/trace/reasons.ts";
import { PATIENCE } from "../kit/patience.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

type Line = Readonly<Record<string, unknown>>;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ budgets: { services: 20, pages: 1_000 } });
});
afterAll(() => gateway?.stop());

const refusals = (): Line[] => gateway.log.map((line) => JSON.parse(line)).filter(({ event }) => /refused/.test(event));

/** Waits for the line of an answer. Fails when there is more than one. */
async function lineOf(answer: TestResponse): Promise<Line> {
  const id = answer.headers["x-request-id"] ?? "";
  expect(id).toMatch(/^[\w-]{16,64}$/);
  const found = await vi.waitFor(() => {
    const lines = refusals().filter(({ requestId }) => requestId === id);
    expect(lines).toHaveLength(1);
    return lines;
  }, PATIENCE);
  return found[0] ?? {};
}

const form = (body: string) => ({
  path: "/WebTicket/oauthtoken",
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body,
});

const CASES: readonly (readonly [reason: string, status: number, request: () => TestRequest])[] = [
  ["ambiguous-path", 400, () => ({ path: "/abs//x?secret=1" })],
  ["bad-encoding", 400, () => ({ path: "/abs/%zz" })],
  ["path-too-long", 400, () => ({ path: `/${"a".repeat(4_100)}` })],
  ["no-such-host", 404, () => ({ path: "/", host: "www.contoso.test" })],
  ["admin-no-key", 404, () => ({ path: "/v1/locks", host: gateway.adminHost })],
  [
    "admin-wrong-key",
    404,
    () => ({ path: "/v1/locks", host: gateway.adminHost, headers: { authorization: "Bearer x" } }),
  ],
  [
    "admin-request",
    404,
    () => ({ path: "/v1/x", host: gateway.adminHost, headers: { authorization: `Bearer ${gateway.adminKey}` } }),
  ],
  ["not-published", 404, () => ({ path: "/owa/auth/logon.aspx" })],
  ["row-closed", 404, () => ({ path: "/RequestHandlerExt/ucdevice.upx" })],
  ["method-not-allowed", 405, () => ({ path: "/meet/alice/ABC123", method: "DELETE" })],
  ["content-encoding", 400, () => ({ ...form("x"), headers: { "content-encoding": "gzip" } })],
  ["body-with-get", 400, () => ({ path: "/meet/x", headers: { "content-length": "1" }, body: "x" })],
  ["body-too-large", 413, () => form("x".repeat(20_000))],
  [
    "not-utf-8",
    400,
    () => ({ ...form("x"), headers: { "content-type": "text/plain; charset=utf-7" }, body: "\u00e4" }),
  ],
  ["not-an-ntlm-message", 401, () => ({ path: "/WebTicket/oauthtoken", headers: { authorization: "Basic YTpi" } })],
  ["not-a-token-request", 400, () => form("a=b")],
  ["grant-not-supported", 400, () => form("grant_type=authorization_code")],
  ["grant-not-usable", 400, () => form("grant_type=password&username=alice")],
  ["guest-not-admitted", 400, () => form("grant_type=urn:microsoft.rtc:anonmeeting&ms_rtc_renew=cwt%3DAAEB")],
  [
    "not-a-ticket",
    401,
    () => ({ path: "/ucwa/oauth/v1/applications/1", headers: { authorization: "Bearer cwt=AAEB" } }),
  ],
  ["not-one-ticket", 401, () => ({ path: "/ucwa/oauth/v1/applications/1", headers: { authorization: "Basic YTpi" } })],
  ["metadata-request-not-xml", 400, () => ({ path: "/WebTicket/WebTicketService.svc/mex", method: "POST", body: "x" })],
];

describe("a refusal", () => {
  it.each(CASES)("%s: %i, with one line in the log", async (reason, status, request) => {
    const asked = request();
    const answer = await gateway.send(asked);
    expect(answer.status).toBe(status);
    const line = await lineOf(answer);
    expect(line).toMatchObject({
      reason,
      status,
      method: asked.method ?? "GET",
      host: asked.host ?? "web.contoso.test",
    });
    expect(line.path).toMatch(/^\/[^?]*$/);
    expect(JSON.stringify(line)).not.toMatch(/secret|ABC123|alice|YTpi|AAEB/);
    expect(JSON.stringify(line).length).toBeLessThan(1_000);
    // The answer says nothing of the reason.
    expect(answer.text + JSON.stringify(answer.headers)).not.toContain(reason);
    expect(explanationOf(reason)).toBeDefined();
  });

  it("is explained by the command, from the log and the id in the answer", async () => {
    const answer = await gateway.send({ path: "/abs//x" });
    await lineOf(answer);
    writeFileSync(join(gateway.home, "log.jsonl"), `${gateway.log.join("\n")}\n`);
    const told = await operator(gateway, "why", "--request", String(answer.headers["x-request-id"]));
    expect(told).toMatchObject({
      refusals: [{ line: { reason: "ambiguous-path" }, means: expect.stringMatching(/IIS/) }],
      events: [],
    });
  });

  it("network-over-budget: 429", async () => {
    const headers = { "cf-connecting-ip": "203.0.113.200" };
    let answer = await gateway.send({ path: "/", host: "lyncdiscover.contoso.test", headers });
    for (let i = 0; i < 30 && answer.status === 200; i++) {
      answer = await gateway.send({ path: "/", host: "lyncdiscover.contoso.test", headers });
    }
    expect(answer.status).toBe(429);
    expect(await lineOf(answer)).toMatchObject({ reason: "network-over-budget", status: 429, source: "203.0.113.200" });
  });

  it("front-end-unreachable: 503", async () => {
    const body = JSON.stringify({ path: "/meet/x", kind: "drop" });
    await fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body });
    expect(await lineOf(await gateway.send({ path: "/meet/x" }))).toMatchObject({ reason: "front-end-unreachable" });
  });

  it("of a sign-in is an event of the audit with the id of the answer, and no line beside it", async () => {
    const answer = await signIn(gateway, WINDOWS_GRANT, gateway.alice, { password: "wrong" });
    expect(answer.status).toBe(401);
    const requestId = answer.headers["x-request-id"];
    const lines = await vi.waitFor(() => {
      const found = gateway.log.filter((line) => line.includes(String(requestId)));
      expect(found.length).toBeGreaterThan(0);
      return found.map((line) => JSON.parse(line));
    }, PATIENCE);
    expect(lines).toMatchObject([{ event: "sign-in", reason: "wrong-proof", requestId }]);
  });

  it("S-74: of the Front-End, and an answer that is none, has the id that the Front-End was told", async () => {
    const ids: unknown[] = [];
    const { requests } = await gateway.arrivals(async () => {
      for (const path of ["/meet/x", "/lwa/no-such-page-at-all.html"]) {
        ids.push((await gateway.send({ path })).headers["x-request-id"]);
      }
    });
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(requests.map(({ headers }) => headers["x-request-id"])).toEqual(ids);
  });

  it("has Cloudflare's ray id where there is one, and never what a client makes of it", async () => {
    const send = (ray: string) => gateway.send({ path: "/nothing", headers: { "cf-ray": ray } });
    expect((await send("9a3c5e7f1b2d4c6e-FRA")).headers["x-request-id"]).toBe("9a3c5e7f1b2d4c6e-FRA");
    expect((await send("<script>")).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it("S-38: each closed row of the publish table leaves its line", async () => {
  const closed = PUBLISH_TABLE.filter(({ access }) => access.kind === "closed").map(({ path }) =>
    path.replace("/*", "/x"),
  );
  expect(closed.length).toBeGreaterThan(15);
  for (const path of closed) {
    const headers = { "cf-connecting-ip": "203.0.113.201" };
    expect(await lineOf(await gateway.send({ path, headers }))).toMatchObject({ reason: "row-closed", path });
  }
});

it("S-44: a flood of refusals from one network has so many lines and no more", async () => {
  const headers = { "cf-connecting-ip": "203.0.113.202" };
  const asked = 5 * LINES_OF_A_NETWORK;
  for (let i = 0; i < asked; i++) await gateway.send({ path: `/flood${i}`, headers });
  await gateway.send({ path: "/flood", headers: { "cf-connecting-ip": "203.0.113.203" } });
  const of = (network: string) => refusals().filter(({ source }) => source === network);
  await vi.waitFor(() => expect(of("203.0.113.203")).toHaveLength(1), PATIENCE);
  // The flood may run over the end of a minute, and so count in two minutes.
  expect(of("203.0.113.202").length).toBeGreaterThanOrEqual(LINES_OF_A_NETWORK);
  expect(of("203.0.113.202").length).toBeLessThan(asked);
}, 120_000);
