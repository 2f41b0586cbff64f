import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runIn } from "../test/kit/gateway/command.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-zone-"));
const SAMPLE = readFileSync(join(import.meta.dirname, "..", "wrangler.toml"), "utf8");
const FILLED = SAMPLE.replaceAll("contoso.com", "fabrikam.com");
writeFileSync(join(folder, "wrangler.toml"), FILLED);
const FILE = ["--config", "wrangler.toml"];
const HOSTS = ["lyncdiscover.fabrikam.com", "web.fabrikam.com", "meet.fabrikam.com", "dialin.fabrikam.com"];

type Rule = { id?: string; ref: string; expression?: string; action_parameters?: Record<string, unknown> };
/** The rules of a zone, by phase; undefined when nobody has made any in that phase. */
const phases = new Map<string, Rule[]>();
const settings = new Map<string, string>();
const asked: string[] = [];
let status = 200;
let token = "";

/** As much of Cloudflare's API as the command asks. */
const server = createServer(async (request, response) => {
  const say = (result: unknown, code = status): void => {
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify({ result, errors: code === 200 ? [] : [{ message: "no" }] }));
  };
  const { url = "", method = "" } = request;
  asked.push(`${method} ${url}`);
  token = request.headers.authorization ?? "";
  if (status !== 200) return say(null);
  if (url === "/zones?name=fabrikam.com") return say([{ id: "z1" }]);
  if (url.startsWith("/zones?")) return say([]);
  const setting = /^\/zones\/z1\/settings\/(.*)$/.exec(url)?.[1];
  if (setting !== undefined) return say({ value: settings.get(setting) });
  const phase = /^\/zones\/z1\/rulesets\/phases\/(.*)\/entrypoint$/.exec(url)?.[1];
  if (phase !== undefined) {
    const rules = phases.get(phase);
    return rules === undefined ? say(null, 404) : say({ id: phase, rules });
  }
  const body = (await json(request)) as Rule & { phase: string; rules: Rule[] };
  const [, ruleset, , rule] = /^\/zones\/z1\/rulesets(?:\/([^/]+)\/rules(\/(.*))?)?$/.exec(url) ?? [];
  if (method === "POST" && ruleset === undefined)
    phases.set(
      body.phase,
      body.rules.map((one) => ({ ...one, id: one.ref })),
    );
  else if (method === "POST") phases.get(ruleset ?? "")?.push({ ...body, id: body.ref });
  else {
    const rules = phases.get(ruleset ?? "") ?? [];
    const at = rules.findIndex(({ id }) => id === rule);
    rules[at] = { ...rules[at], ...body };
  }
  return say({});
});

let base = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  phases.clear();
  asked.length = 0;
  status = 200;
  for (const [name, value] of Object.entries({ always_use_https: "on", http3: "off", http2: "off", "0rtt": "off" }))
    settings.set(name, value);
  settings.set("min_tls_version", "1.2");
});

const applied = (zone = "fabrikam.com", env = {}) =>
  runIn({ folder, env: { CLOUDFLARE_API_TOKEN: "cf-secret", CLOUDFLARE_API_BASE_URL: base, ...env } }, [
    ...["zone", "apply", zone],
    ...FILE,
  ]);

describe("zone rules", () => {
  it("prints the rules for Postern's hosts and no others, without asking anybody", async () => {
    const { code, out } = await runIn({ folder }, ["zone", "rules", ...FILE, "--json"]);
    expect(code).toBe(0);
    const rules = JSON.parse(out) as { phase: string; rule: Rule & { action: string } }[];
    expect(rules.map(({ phase, rule }) => [phase, rule.action])).toEqual([
      ["http_config_settings", "set_config"],
      ["http_request_firewall_custom", "skip"],
      ["http_request_cache_settings", "set_cache_settings"],
    ]);
    const wanted = `http.host in {${HOSTS.map((host) => `"${host}"`).join(" ")}}`;
    for (const { rule } of rules) expect(rule.expression).toBe(wanted);
    expect(asked).toEqual([]);
  });

  it("leaves the zone's own defences to the pages that people open", async () => {
    const also = FILLED.replace('# CONSOLE_HOST = "postern.fabrikam.com"', 'CONSOLE_HOST = "postern.fabrikam.com"');
    writeFileSync(join(folder, "console.toml"), also);
    const { out } = await runIn({ folder }, ["zone", "rules", "--config", "console.toml", "--json"]);
    const rules = JSON.parse(out) as { rule: Rule }[];
    const withConsole = rules.map(({ rule }) => rule.expression?.includes('"postern.fabrikam.com"'));
    expect(withConsole).toEqual([true, false, true]);
  });

  it("refuses a host that could end the list in the expression", async () => {
    writeFileSync(
      join(folder, "bad.toml"),
      `[env.production.vars]\nPUBLIC_HOSTS = 'a.b"} or true or http.host in {"x'`,
    );
    const { code, err } = await runIn({ folder }, ["zone", "rules", "--config", "bad.toml"]);
    expect([code, err]).toEqual([2, expect.stringContaining("is not a host name")]);
  });
});

describe("zone apply", () => {
  it("adds the rules beside those that are there, and a second time changes nothing", async () => {
    phases.set("http_request_firewall_custom", [{ id: "own", ref: "own" }]);
    const first = await applied();
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(first.out.match(/^added: /gm)).toHaveLength(3);
    expect(first.out).toContain("always_use_https is on; off.");
    expect(first.out).not.toContain("http3");
    expect(phases.get("http_request_firewall_custom")?.map(({ ref }) => ref)).toEqual(["own", "postern_no_challenge"]);
    expect(token).toBe("Bearer cf-secret");

    asked.length = 0;
    expect((await applied()).out.match(/^as it was: /gm)).toHaveLength(3);
    expect(asked.filter((one) => !one.startsWith("GET "))).toEqual([]);
  });

  it("changes its own rule when it is another one by now", async () => {
    await applied();
    const [rule] = phases.get("http_config_settings") ?? [];
    if (rule?.action_parameters) rule.action_parameters.bic = true;
    expect((await applied()).out).toContain("changed: no browser check");
    expect(phases.get("http_config_settings")?.[0]?.action_parameters?.bic).toBe(false);
  });

  it.each([
    ["a zone that has none of the hosts", "other.com", {}, 2, "none of the hosts is in the zone other.com"],
    ["no token", "fabrikam.com", { CLOUDFLARE_API_TOKEN: "" }, 2, "CLOUDFLARE_API_TOKEN is not set"],
    ["a token over http", "fabrikam.com", { CLOUDFLARE_API_BASE_URL: "http://api.test" }, 2, "in the clear"],
    ["no zone", "com", {}, 1, 'the token sees no zone "com"'],
  ])("says what is wrong: %s", async (_case, zone, env, code, words) => {
    const run = await applied(zone, env);
    expect([run.code, run.err]).toEqual([code, expect.stringContaining(words)]);
    expect(run.err + run.out).not.toContain("cf-secret");
  });

  it("says that the token may not do it", async () => {
    status = 403;
    const run = await applied();
    expect([run.code, run.err]).toEqual([1, expect.stringContaining("the token may not do this")]);
  });
});
