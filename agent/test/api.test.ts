// The client of the admin API: what it asks again and what it does not, and the sentences of its faults.

import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { type Api, apiAt, apiOver, type OnAttempt } from "../src/api/client.ts";
import { ApiFault } from "../src/api/fault.ts";
import { transportTo } from "../src/api/transport.ts";
import { waitBefore } from "../src/api/wait.ts";
import { secretOf } from "../src/config/secrets.ts";

const TOKEN = "pt_0123456789abcdef_secret";
const said = v.object({ value: v.number() });
let stop = async (): Promise<void> => undefined;
afterEach(() => stop());

async function gateway(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A client that does not wait, but says how long it would. */
const client = (url: URL, waits: number[] = [], onAttempt: OnAttempt = () => undefined): Api =>
  apiOver(transportTo({ url, headers: {} }), url.host, onAttempt, async (ms) => waits.push(ms));
const faultOf = async (asked: Promise<unknown>): Promise<ApiFault> => {
  const fault = await asked.catch((one: unknown) => one);
  if (fault instanceof ApiFault) return fault;
  throw new Error(`not a fault: ${String(fault)}`);
};
/** Answers the statuses one after the other, and then 200. */
const after =
  (statuses: readonly number[], headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    const status = statuses[seen++] ?? 200;
    response.writeHead(status, headers).end(JSON.stringify({ value: seen }));
  };
let seen = 0;
afterEach(() => {
  seen = 0;
});

describe("asks again", () => {
  it("what may pass: a busy gateway, a broken one, one that breaks off", async () => {
    const outcomes: string[] = [];
    const url = await gateway((request, response) => {
      if (seen !== 2) return after([429, 503])(request, response);
      seen += 1;
      request.socket.destroy();
    });
    const api = client(url, [], (_, outcome) => outcomes.push(outcome));
    expect(await api.get("/v1/x", {}, said)).toEqual({ value: 4 });
    expect(outcomes).toEqual(["429", "503", "no-answer", "200"]);
  });

  it("five times at most, each after a longer wait, with the same idempotency key where it must not happen twice", async () => {
    const keys = new Set<unknown>();
    const waits: number[] = [];
    const url = await gateway((request, response) => {
      keys.add(request.headers["idempotency-key"]);
      after([500, 500, 500, 500, 500, 500])(request, response);
    });
    expect((await faultOf(client(url, waits).post("/v1/x", {}, said, { once: true }))).kind).toBe("unreachable");
    expect([seen, keys.size, [...keys][0] !== undefined]).toEqual([5, 1, true]);
    expect(waits.length).toBe(4);
    for (const [at, wait] of waits.entries()) expect(wait).toBeLessThanOrEqual(500 * 2 ** at);
  });

  it("not before the time that the gateway names, and not at all when that is too long", async () => {
    const waits: number[] = [];
    const url = await gateway(after([429, 429], { "retry-after": "7" }));
    await client(url, waits).get("/v1/x", {}, said);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(7_000);
    await stop();
    seen = 0;
    expect(
      (await faultOf(client(await gateway(after([429], { "retry-after": "3600" }))).get("/", {}, said))).status,
    ).toBe(429);
    expect(seen).toBe(1);
  });

  it("nothing else: a refusal is an answer", async () => {
    const body = { code: "forbidden-scope", title: "The token may not do this", status: 403 };
    const url = await gateway((_, response) => {
      seen += 1;
      response.writeHead(403).end(JSON.stringify(body));
    });
    const fault = await faultOf(client(url).get("/v1/x", {}, said));
    expect([seen, fault.kind, fault.code]).toEqual([1, "refused", "forbidden-scope"]);
    expect(fault.fix).toContain("--scope directory");
  });
});

it("waits within bounds, drawn so that agents do not come back together", () => {
  expect(waitBefore(1, undefined, 0, 0)).toBe(250);
  expect(waitBefore(1, undefined, 0, 1)).toBe(500);
  expect(waitBefore(99, undefined, 0, 1)).toBe(20_000);
  expect(waitBefore(1, "61", 0, 0)).toBeUndefined();
  expect(waitBefore(1, new Date(5_000).toUTCString(), 0, 0)).toBe(5_250);
  expect(waitBefore(1, "soon", 0, 0)).toBe(250);
});

describe("a sentence with its fix", () => {
  const answering = (status: number, headers = {}, body = ""): RequestListener => {
    return (_, response) => void response.writeHead(status, headers).end(body);
  };
  it.each<[string, RequestListener, ApiFault["kind"], string]>([
    ["a token that opens nothing", answering(404), "closed", "token create NAME --scope directory"],
    [
      "Access in front, by redirect",
      answering(302, { location: "https://contoso.cloudflareaccess.com/x" }),
      "closed",
      "gateway.access",
    ],
    ["Access in front, by 403", answering(403, {}, "<html>"), "closed", "gateway.access"],
    ["something that is not the gateway", answering(200, {}, "<html>"), "unreadable", "same release"],
    ["another shape", answering(200, {}, '{"value":"1"}'), "unreadable", "same release"],
    ["a page of a proxy", answering(501, {}, "<html>"), "unreachable", "ADMIN_HOST"],
    ["an answer without end", answering(200, {}, "x".repeat(9 * 1024 * 1024)), "unreachable", "gateway.url"],
  ])("%s", async (_, listener, kind, fix) => {
    const fault = await faultOf(client(await gateway(listener)).get("/v1/x", {}, said, { attempts: 1 }));
    expect([fault.kind, fault.fix.includes(fix), fault.fix]).toEqual([kind, true, fault.fix]);
  });

  it("nobody there", async () => {
    const url = await gateway(answering(200));
    await stop();
    const fault = await faultOf(client(url).get("/v1/x", {}, said, { attempts: 1 }));
    expect([fault.kind, fault.message.includes("ECONNREFUSED")]).toEqual(["unreachable", true]);
  });
});

it("S-58: sends the token and Access's service token to the gateway, follows no redirect, and names neither in a fault", async () => {
  const headers: unknown[] = [];
  const url = await gateway((request, response) => {
    headers.push(request.headers);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  const gatewaySettings = { url: url.origin, host: "admin.contoso.test", tokenFile: "/t", access: undefined };
  const access = { id: secretOf("id.access"), secret: secretOf("access-secret") };
  const secrets = { token: secretOf(TOKEN), access, bindPassword: secretOf("p"), ca: undefined };
  const fault = await faultOf(apiAt({ gateway: gatewaySettings, secrets }, () => undefined).get("/v1/x", {}, said));
  expect(headers).toEqual([
    expect.objectContaining({
      ...{ host: "admin.contoso.test", authorization: `Bearer ${TOKEN}` },
      ...{ "cf-access-client-id": "id.access", "cf-access-client-secret": "access-secret" },
    }),
  ]);
  expect(`${fault.message} ${fault.fix} ${fault.stack}`).not.toMatch(/secret/);
});

it("ends at once when it is told to", async () => {
  const url = await gateway(() => undefined);
  const stopping = new AbortController();
  const asked = client(url).get("/v1/x", {}, said, { signal: stopping.signal });
  setTimeout(() => stopping.abort(), 50);
  await expect(asked).rejects.toThrow();
  expect(stopping.signal.aborted).toBe(true);
});
