// How commands reach a gateway: the target, its token, and answers that the API did not give.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localAdminKey } from "../../local/keys.ts";
import { path } from "../../src/core/text/api-address.ts";
import { CliFault } from "../fault.ts";
import { type Api, apiOf } from "./api.ts";
import { addressOf, chosenTarget } from "./choose.ts";
import { readTargets, targetsFile, writeTargets } from "./targets.ts";

const TOKEN = "pt_0123456789abcdef_secret";
let state: string;
let stop: () => Promise<void>;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "postern-reach-"));
  stop = async () => undefined;
});
afterEach(async () => {
  await stop();
  rmSync(state, { recursive: true });
});

/** Starts a gateway that answers so, and leaves its files as `npm start` does. Returns what it was sent. */
async function running(answer: RequestListener): Promise<IncomingMessage[]> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  localAdminKey(state);
  const demo = { gateway: `http://127.0.0.1:${port}`, adminHost: "admin.contoso.test" };
  writeFileSync(join(state, "demo.json"), JSON.stringify(demo));
  return seen;
}

type Env = Readonly<Record<string, string>>;
const target = (env: Env = {}, given?: string) => chosenTarget({ env: { HOME: state, ...env }, state }, given);
const local = (): Api => apiOf(target());

/** The fault that a call ends with. */
async function faultOf(call: () => unknown): Promise<CliFault> {
  try {
    await call();
  } catch (fault) {
    if (fault instanceof CliFault) return fault;
    throw fault;
  }
  expect.fail("there was no fault");
}

describe("the gateway of npm start", () => {
  it("is asked under its admin host with the kept key", async () => {
    const seen = await running((_, response) => response.end('{"a":1}'));
    expect(await local().get("/v1/locks")).toEqual({ a: 1 });
    const headers = seen.map(({ headers }) => [headers.host, headers.authorization]);
    expect(headers).toEqual([[expect.stringMatching(/^admin\.contoso\.test:\d+$/), `Bearer ${localAdminKey(state)}`]]);
    expect(seen.map(({ method, url }) => [method, url])).toEqual([["GET", "/v1/locks"]]);
  });

  it("gets a body as JSON, and a POST a key of its own by which it can be repeated", async () => {
    let sent = "";
    const seen = await running((request, response) => {
      request.on("data", (chunk) => {
        sent += chunk;
      });
      request.on("end", () => response.end("{}"));
    });
    await local().post("/v1/policy", { why: "ünïcode" }, { query: { after: "a b", none: undefined }, ifMatch: '"v1"' });
    expect(JSON.parse(sent)).toEqual({ why: "ünïcode" });
    const [{ url, headers } = expect.fail("nothing was sent")] = seen;
    expect(url).toBe("/v1/policy?after=a+b");
    expect(headers).toMatchObject({ "content-type": "application/json", "if-match": '"v1"' });
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(sent)));
    expect(headers["idempotency-key"]).toMatch(/^[\w-]{36}$/);
  });

  it("is asked again with the same key after the time for which it asks", async () => {
    const seen = await running((_, response) => {
      if (seen.length === 1) response.writeHead(429, { "retry-after": "0" });
      response.end("{}");
    });
    await local().post("/v1/tokens");
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  it("says of a problem what is wrong, where, what to do, and what scripts need", async () => {
    const problem = {
      ...{ code: "invalid", title: "Fields cannot be used", detail: "Two fields cannot be used.", requestId: "r1" },
      ...{ fix: "Correct them.", errors: [{ path: "rows.0.user", message: "Give a name." }] },
    };
    await running((_, response) => response.writeHead(422).end(JSON.stringify(problem)));
    const { kind, message, fix, details } = await faultOf(() => local().get("/v1/users"));
    expect([kind, message, fix]).toEqual([
      "usage",
      "Two fields cannot be used",
      "rows.0.user: Give a name.\nCorrect them.",
    ]);
    expect(details).toEqual({ code: "invalid", target: "local", errors: problem.errors, requestId: "r1" });
  });

  it.each([
    [400, "usage"],
    [403, "forbidden"],
    [404, "notFound"],
    [409, "conflict"],
    [412, "conflict"],
    [422, "usage"],
    [500, "failure"],
    [503, "failure"],
  ])("a problem of status %i is a fault of the kind %s", async (status, kind) => {
    await running((_, response) => response.writeHead(status).end('{"code":"x","title":"A title."}'));
    const fault = await faultOf(() => local().get("/v1/users"));
    expect([fault.kind, fault.message]).toEqual([kind, "A title"]);
  });

  it.each([
    [404, {}, "", "does not accept the key"],
    [503, {}, "", "cannot answer now"],
    [302, { location: "https://contoso.cloudflareaccess.com/cdn-cgi/access/login" }, "", "Cloudflare Access"],
    [403, {}, "<html>", "Cloudflare Access"],
    [200, {}, "<html>", "answered 200, which is no answer of the API"],
    [301, { location: "https://elsewhere.test/" }, "", "answered 301"],
  ])("%i %j %j is a fault with its fix, and nothing is followed", async (status, headers, body, text) => {
    const seen = await running((_, response) => response.writeHead(status, headers).end(body));
    const { kind, message, fix } = await faultOf(() => local().get("/v1/locks"));
    expect([kind, seen.length]).toEqual(["failure", 1]);
    expect(message).toContain(text);
    expect(fix).toMatch(/^[A-Z]/);
    expect(message + fix).not.toContain(localAdminKey(state));
  });

  it("that is not running is a fault that says how to start it", async () => {
    const never = await faultOf(local);
    expect(never.message).toBe("the local gateway is not running");
    expect(never.fix).toContain("npm start");
    await running((_, response) => response.end("{}"));
    await stop();
    stop = async () => undefined;
    expect(await faultOf(() => local().get("/v1/locks"))).toMatchObject({ message: never.message });
  });

  it("an answer that breaks off is no answer", async () => {
    await running((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    });
    expect((await faultOf(() => local().get("/v1/locks"))).message).toBe("the local gateway is not running");
  });

  it("S-16: has a key that is made once, for the owner's eyes", () => {
    const made = localAdminKey(state);
    expect(Buffer.from(made, "base64").length).toBe(32);
    expect(localAdminKey(state)).toBe(made);
    expect(statSync(join(state, "admin.json")).mode & 0o777).toBe(0o600);
    writeFileSync(join(state, "admin.json"), "{}");
    expect(() => localAdminKey(state)).toThrow('has no "adminKey"');
  });
});

describe("lists", () => {
  /** Answers with rows 0 to 1199, in pages as long as the request asks. */
  const rows = () =>
    running((request, response) => {
      const query = new URL(request.url ?? "", "http://x").searchParams;
      const [from, limit] = [Number(query.get("after") ?? 0), Number(query.get("limit"))];
      const items = Array.from({ length: Math.min(limit, 1_200 - from) }, (_, at) => from + at);
      response.end(JSON.stringify({ items, next: from + limit < 1_200 ? String(from + limit) : null }));
    });

  it.each([
    [{}, 100, "100", ["100"]],
    [{ limit: 700 }, 700, "700", ["500", "200"]],
    [{ all: true }, 1_200, null, ["500", "500", "500"]],
  ])("%j gives %i rows", async (paging, count, next, limits) => {
    const seen = await rows();
    const heard: string[] = [];
    const page = await local().pages<number>("/v1/users", { q: "x" }, paging, (rows) => heard.push(rows));
    expect([page.items.length, page.items.at(-1), page.next]).toEqual([count, count - 1, next]);
    expect(seen.map(({ url }) => new URL(url ?? "", "http://x").searchParams.get("limit"))).toEqual(limits);
    expect(heard.slice(-2)).toEqual([`${count} rows`, ""]);
  });
});

describe("targets", () => {
  it("local has the token that npm start keeps; without one, the bootstrap key", async () => {
    await running((_, response) => response.end("{}"));
    expect(target().headers.authorization).toBe(`Bearer ${localAdminKey(state)}`);
    writeFileSync(join(state, "token.json"), JSON.stringify({ token: TOKEN }));
    expect(target().headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  const kept = { use: "staging", targets: { staging: { url: "https://staging.test", token: TOKEN } } };
  const where = () => ({ env: { HOME: state } });

  it("S-16: are in a file of the owner's, in the folder that XDG names", () => {
    writeTargets(where(), kept);
    const file = join(state, ".config", "postern", "targets.json");
    expect([targetsFile(where()), statSync(file).mode & 0o777]).toEqual([file, 0o600]);
    expect(readTargets(where())).toEqual(kept);
    const config = join(state, "x");
    expect(targetsFile({ env: { XDG_CONFIG_HOME: config } })).toBe(join(config, "postern", "targets.json"));
    expect(targetsFile({ env: { HOME: state, XDG_CONFIG_HOME: "relative" } })).toBe(file);
  });

  it.each([0o640, 0o604, 0o666, 0o620])("S-16: a file of mode %o is not read", async (mode) => {
    writeTargets(where(), kept);
    chmodSync(targetsFile(where()), mode);
    const { message, fix } = await faultOf(() => readTargets(where()));
    expect(message).toContain("others may read it");
    expect(fix).toContain("chmod 600");
    expect(await faultOf(() => target({}, "staging"))).toMatchObject({ message });
  });

  it.each(["", "{", "[]", "null", '{"targets":{"a":{}}}', '{"targets":[1]}'])(
    "a damaged file is named: %j",
    async (text) => {
      mkdirSync(join(state, ".config", "postern"), { recursive: true });
      writeFileSync(targetsFile(where()), text, { mode: 0o600 });
      expect((await faultOf(() => readTargets(where()))).message).toMatch(/targets\.json is damaged$/);
      expect(readFileSync(targetsFile(where()), "utf8")).toBe(text);
    },
  );

  it("are chosen by --target, then the environment, then what is in use, then npm start's", async () => {
    await running((_, response) => response.end("{}"));
    expect(target().name).toBe("local");
    writeTargets(where(), {
      ...kept,
      targets: { ...kept.targets, other: { url: "https://other.test", token: TOKEN } },
    });
    expect(target().name).toBe("staging");
    expect(target({ POSTERN_TARGET: "other" }).url.href).toBe("https://other.test/");
    const ci = { POSTERN_URL: "https://ci.test", POSTERN_TOKEN: TOKEN };
    expect(target(ci)).toMatchObject({ name: "ci.test", headers: { authorization: `Bearer ${TOKEN}` } });
    expect(target({ ...ci, POSTERN_TARGET: "staging" }, "local").name).toBe("local");
    expect((await faultOf(() => target({ ...ci, POSTERN_TARGET: "staging" }))).message).toContain("both set");
    expect((await faultOf(() => target({}, "nowhere"))).message).toBe('there is no target "nowhere"');
  });

  it("bring a service token of Access", () => {
    const env = {
      POSTERN_URL: "https://ci.test",
      POSTERN_TOKEN: TOKEN,
      POSTERN_ACCESS_CLIENT_ID: "i",
      POSTERN_ACCESS_CLIENT_SECRET: "s",
    };
    expect(target(env).headers).toMatchObject({ "cf-access-client-id": "i", "cf-access-client-secret": "s" });
  });

  it.each([
    [{ POSTERN_URL: "https://ci.test" }, "POSTERN_TOKEN is not set"],
    [{ POSTERN_URL: "https://ci.test", POSTERN_TOKEN: "a\r\nbcdefghijklmnopqrst" }, "POSTERN_TOKEN is not a token"],
  ])("%j: %s", async (env, text) => {
    expect((await faultOf(() => target(env))).message).toBe(text);
  });

  it.each([
    "http://ci.test",
    "https://ci.test/v1",
    "https://a:b@ci.test",
    "ci.test",
    "ftp://ci.test",
    "https://ci.test?x=1",
  ])("%s is no address that a token is sent to", async (text) => {
    expect((await faultOf(() => addressOf(text))).kind).toBe("usage");
  });
});

it("a path has each value as one segment", () => {
  expect(path`/v1/users/${"contoso\\alice"}/devices/${"endpoint:a/../b?c#d"}`).toBe(
    "/v1/users/contoso%5Calice/devices/endpoint%3Aa%2F..%2Fb%3Fc%23d",
  );
});
