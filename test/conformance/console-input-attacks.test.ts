// What nobody would type, in every field, query and path of the console: nothing fails, nothing is done, and no header
// is anybody's but ours. Routes and names come from the code, so new ones are tried, too.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { type ConsoleRoute, consoleNames, consoleRoutes } from "../kit/gateway/console-routes.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { inParallel } from "./support/raw-http.ts";

vi.mock("cloudflare:workers", () => ({ waitUntil: () => undefined, env: {}, DurableObject: class {} }));

/** Three forms answer when nothing more is served, which takes seconds. Meanwhile others are sent. */
const AT_ONCE = 8;

let gateway: TestGateway;
let routes: readonly ConsoleRoute[];
let admin: ConsoleUser;
let places: Readonly<Record<string, string>>;

beforeAll(async () => {
  gateway = await startTestGateway();
  routes = await consoleRoutes();
  admin = await consoleAs(gateway, "admin");
  const [user] = await gateway.execute(["SELECT id FROM users LIMIT 1"]);
  const [password] = await gateway.execute(["SELECT id FROM app_passwords LIMIT 1"]);
  places = {
    ...{ user: String(user?.[0]?.id), password: String(password?.[0]?.id), device: "d_aaaaaaaaaaaaaaaa" },
    ...{
      id: (await consoleAs(gateway, "admin")).administratorId,
      token: "t_aaaaaaaaaaaaaaaa",
      event: "e_aaaaaaaaaaaaaaaa",
    },
  };
});
afterAll(() => gateway?.stop());

const filled = (path: string, by = places): string =>
  path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) => by[name] ?? "x").replace("*", "x");
const all = (method: ConsoleRoute["method"]) => routes.filter((route) => route.method === method);

/** What nobody types, in every field at once. */
const JUNK = [
  ["nothing", ""],
  ["line breaks", "a\r\nSet-Cookie: x=1"],
  ["a zero byte and other alphabets", "a\0b\u202eÄ𝕏\ufffe"],
  ["a path", "/..//evil.example"],
  ["dots", ".."],
  ["a prototype", "__proto__"],
  ["a number", "-1e309"],
  ["markup", `"><script>alert(1)</script>`],
  ["a long text", "x".repeat(3_000)],
] as const;

const isOurs = (headers: Readonly<Record<string, string>>): boolean =>
  !(headers["set-cookie"] ?? "").includes("x=1") && !/^(?:https?:)?[\\/]{2}/.test(headers.location ?? "");

describe("no input", () => {
  const names = consoleNames();

  it.each(JUNK)("makes a form fail: %s", async (_what, junk) => {
    const form = Object.fromEntries(names.map((name) => [name, junk]));
    const faults: string[] = [];
    await inParallel(all("POST"), AT_ONCE, async ({ path }) => {
      const someone = await consoleAs(gateway, "admin"); // one of the forms ends sessions
      const { status, headers } = await someone.post(filled(path), form);
      if (status >= 500 || !isOurs(headers)) faults.push(`${path}: ${status}`);
    });
    expect(faults).toEqual([]);
  });

  it.each(JUNK)("makes a page fail: %s", async (_what, junk) => {
    const faults: string[] = [];
    await inParallel(all("GET"), AT_ONCE, async ({ path }, n) => {
      if (path === "/audit/new" && junk === "") return; // it waits for an event
      const one = names[n % names.length] ?? "";
      for (const each of [names, [one]]) {
        const query = new URLSearchParams(each.map((name): [string, string] => [name, junk]));
        if (path === "/audit/new") query.set("after", `${junk}x`);
        const { status, headers } = await admin.get(`${filled(path)}?${query}`);
        if (status >= 500 || !isOurs(headers)) faults.push(`${path}?${each.length}: ${status}`);
      }
    });
    expect(faults).toEqual([]);
  });

  it.each([
    "%2e%2e",
    "%252e%252e",
    "..%2f..",
    "%0d%0aSet-Cookie:%20x=1",
    "%00",
    "%ff",
    "%e2%80%ae",
    "%ed%a0%80",
    "a%2fb",
    "%5c..",
    "%3f",
    "%23",
    "__proto__",
    "x".repeat(2_000),
  ])("in a path makes anything fail: %s", async (junk) => {
    const filledIn = routes.filter((route) => route.path.includes(":"));
    await inParallel(filledIn, AT_ONCE, async ({ method, path }) => {
      const junked = Object.fromEntries(Object.keys(places).map((name) => [name, junk]));
      const at = filled(path, junked);
      const answer = method === "GET" ? await admin.get(at) : await admin.post(at, { why: "x" });
      expect(answer.status, at).toBeLessThan(500);
      expect(isOurs(answer.headers), at).toBe(true);
    });
  });

  it.each<[string, string, number]>([
    ["that is too long", `csrf=$&x=${"x".repeat(300_000)}`, 413],
    ["of ten thousand fields", `csrf=$&${"a=1&".repeat(10_000)}`, 0],
    ["of bytes that are no UTF-8", "csrf=$&name=%ff%fe&why=%c3%28&etag=%80", 0],
    ["with half an escape", "csrf=$&name=%&why=%4&etag=%zz", 0],
    ["with two tokens", "csrf=wrong&csrf=$", 403],
  ])("as a form makes anything fail: one %s", async (_what, text, expected) => {
    const forms = all("POST").filter((route) => !/^\/(?:sign|invite|language)/.test(route.path));
    await inParallel(forms, AT_ONCE, async ({ path }) => {
      const someone = await consoleAs(gateway, "admin");
      const body = text.replace("$", someone.csrf);
      const { status } = await gateway.send({
        ...{ host: gateway.consoleHost, path: filled(path), method: "POST", body },
        headers: {
          ...{ cookie: someone.cookie, origin: `http://${gateway.consoleHost}` },
          ...{ "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) },
        },
      });
      expect(status, path).toBeLessThan(500);
      if (expected !== 0) expect(status, path).toBe(expected);
    });
  });
});
