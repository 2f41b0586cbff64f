// What every answer of the console must have and must not have: its headers, whose host it answers on, what others have
// typed, where it leads, and what a cache keeps. The pages are walked by their links, so a new one is walked, too.

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

/** Typed wherever somebody may type: text, attribute, right-to-left override, formula. */
const EVIL = `=1+1"'><script>alert(1)</script><img src=x onerror=alert(2)>`;
const POLICY =
  "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; img-src 'self' data:";

let gateway: TestGateway;
let admin: ConsoleUser;

beforeAll(async () => {
  gateway = await startTestGateway();
  admin = await consoleAs(gateway, "admin", { name: EVIL });
  const text = EVIL.replaceAll("'", "''");
  await gateway.execute([
    `UPDATE users SET display_name = '${text}'`,
    `UPDATE app_passwords SET label = '${text}'`,
    `UPDATE web_sessions SET user_agent = '${text}'`,
    `INSERT INTO passkeys (id, administrator_id, user_handle, public_key, counter, transports, name, device_type, backed_up, rp_id, created_at)
     VALUES ('pk', '${admin.administratorId}', 'h', x'00', 0, '[]', '${text}', 'singleDevice', 0, 'console.localhost', 1)`,
    `INSERT INTO api_tokens (id, name, scope, hash, created_at, created_by, expires_at)
     VALUES ('t_aaaaaaaaaaaaaaaa', '${text}', 'read', 'x', 1, '${admin.administratorId}', 9999999999999)`,
  ]);
  const { headers } = await admin.get("/users/alice@contoso.test");
  await admin.post(`${headers.location}/new-password`, { label: EVIL.slice(0, 100), days: "90" });
  await admin.post(`${headers.location}/disable`, { why: EVIL });
  await admin.post(`${headers.location}/enable`);
});
afterAll(() => gateway?.stop());

const host = () => gateway.consoleHost;
const unescaped = (text: string): string =>
  text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'");

/** Every page that links lead to, from the overview on: path → answer. Of one kind of page a few are enough. */
async function walk(who: ConsoleUser): Promise<ReadonlyMap<string, TestResponse>> {
  const seen = new Map<string, TestResponse>();
  const kinds = new Map<string, number>();
  const open = ["/", "/nowhere", "/users/nobody", "/account", "/invite", "/sign-in", "/confirm/go-on?pending=x"];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const kind = path.replace(/\?.*/, "").replaceAll(/\/[a-z]_[^/]+/g, "/:id");
    const times = kinds.get(kind) ?? 0;
    if (seen.has(path) || times >= 3 || seen.size > 120 || path.startsWith("/audit/new")) continue;
    kinds.set(kind, times + 1);
    const answer = await who.get(path);
    seen.set(path, answer);
    for (const [, href = ""] of answer.text.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      if (href.startsWith("/")) open.push(unescaped(href).replace(/#.*/, ""));
    }
    if (answer.headers.location?.startsWith("/")) open.push(answer.headers.location);
  }
  return seen;
}

describe("every page", () => {
  let pages: ReadonlyMap<string, TestResponse>;
  beforeAll(async () => {
    pages = await walk(admin);
  });
  const html = () => [...pages].filter(([, { headers }]) => headers["content-type"]?.startsWith("text/html"));

  it("was walked, and none of them failed", () => {
    expect(pages.size).toBeGreaterThan(30);
    for (const area of ["/users", "/devices", "/audit", "/settings", "/settings/tokens", "/account"])
      expect([...pages.keys()]).toContain(area);
    expect([...pages].filter(([, { status }]) => status >= 500).map(([path]) => path)).toEqual([]);
  });

  it("has the headers that keep scripts, frames and caches out", () => {
    for (const [path, { headers }] of pages) {
      expect(headers["content-security-policy"], path).toBe(POLICY);
      expect(headers["x-frame-options"], path).toBe("DENY");
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["referrer-policy"], path).toBe("same-origin");
      expect(headers["cache-control"], path).toContain("no-store");
      expect(headers.etag, path).toBeUndefined();
      expect(headers["strict-transport-security"], path).toBeUndefined(); // a local run has no TLS
      expect(headers["access-control-allow-origin"], path).toBeUndefined();
    }
  });

  it("has no script, style or handler of its own text, and nothing of another host", () => {
    for (const [path, { text }] of html()) {
      expect(text, path).not.toMatch(/<style|<script(?![^>]* src="\/-\/)|<iframe|<object|<embed|<base/i);
      const names = text.replaceAll(/="[^"]*"/g, "=");
      expect(/<[a-z][^>]*\s(?:style|on\w+|srcdoc)=[^>]*>/i.exec(names)?.[0], path).toBeUndefined();
      expect(text, path).not.toMatch(/(?:href|src|action)="\s*(?:javascript|data|vbscript):/i);
      for (const [, url = ""] of text.matchAll(/\s(?:href|src|action|formaction)="([^"]*)"/g)) {
        expect(url, path).toMatch(/^(?:\/(?![/\\])|#|\?|mailto:|https:\/\/(?:github|learn\.microsoft)\.com\/)/);
      }
    }
  });

  it("shows what others have typed as text", () => {
    let shown = 0;
    for (const [path, { text }] of html()) {
      if (text.includes("&lt;script&gt;alert(1)")) shown++;
      expect(text, path).not.toMatch(/<script>alert|<img src=x/);
      expect(text, path).not.toMatch(/="[^"]*"'?><script/);
    }
    expect(shown).toBeGreaterThan(8);
  });

  it("sends nobody to another host, and has no secret in an address", () => {
    for (const [path, { headers, text }] of pages) {
      expect(headers.location ?? "/", path).toMatch(/^\/(?![/\\])/);
      expect(headers.location ?? "", path).not.toContain(admin.csrf);
      expect(text, path).not.toContain(admin.cookie.split("=")[1]);
      for (const [, url = ""] of text.matchAll(/\s(?:href|src|action|formaction)="([^"]*)"/g))
        expect(url).not.toContain(admin.csrf);
    }
  });
});

describe("an export", () => {
  it("of the audit has no formula, and is no page", async () => {
    await expect
      .poll(async () => (await admin.get("/audit/export?format=csv")).text, { timeout: 60_000 })
      .toContain("1+1");
    const { headers, text } = await admin.get("/audit/export?format=csv");
    expect(headers["content-type"]).toContain("text/csv");
    expect(headers["content-disposition"]).toMatch(/^attachment/);
    expect(headers["cache-control"]).toContain("no-store");
    expect(text).not.toMatch(/(?:^|,)"?[=+@\t]/m);
  });
});

describe("where a sign-in leads", () => {
  const LINKS = [
    ...["//evil.example", "/\\evil.example", "/..//evil.example", "/%2e//evil.example", "https://evil.example"],
    ...["/\t/evil.example", "/%09/evil.example", "/\r\nSet-Cookie: x=1", "/%2f%2fevil.example", "javascript:alert(1)"],
  ];
  it.each([...LINKS, `/..//${"x".repeat(4_000)}`])("S-50: is a page of the console: %j", async (next) => {
    const there = (location = ""): string => new URL(location, `http://${host()}/x`).host;
    const { headers } = await admin.get(`/sign-in?${new URLSearchParams({ next })}`);
    expect([there(headers.location), headers["set-cookie"]]).toEqual([host(), undefined]);
    const chosen = await admin.post("/language", { language: "de", back: next });
    expect([chosen.status, there(chosen.headers.location)]).toEqual([303, host()]);
    const page = await admin.get(`/sign-in?${new URLSearchParams({ next })}`, { cookie: "" });
    const shown = /name="next" value="([^"]*)"/.exec(page.text)?.[1] ?? "";
    expect(there(unescaped(shown))).toBe(host());
  });
});

describe("the console's host", () => {
  const ask = (at: string, path: string, headers = {}) =>
    gateway.send({ host: at, path, headers: { cookie: admin.cookie, ...headers } });
  const PATHS = ["/", "/account", "/sign-in", "/invite", "/users", "/settings/tokens", "/-/postern.css"];

  it("is the only one that answers as the console", async () => {
    const others = [gateway.adminHost, ...gateway.hosts, "nobody.example", `x.${host()}`, "127.0.0.1"];
    for (const other of others) {
      for (const path of PATHS) {
        for (const more of [{}, { "x-forwarded-host": host(), "x-host": host(), forwarded: `host=${host()}` }]) {
          const { headers, text } = await ask(other, path, more);
          expect(headers["content-security-policy"] ?? "", `${other}${path}`).not.toContain(
            "frame-ancestors 'none'; object",
          );
          expect(text, `${other}${path}`).not.toMatch(/Postern console|data-passkey|csrf/);
        }
      }
    }
  });

  it("is the console in every spelling of the host, and whatever a proxy's header says", async () => {
    for (const same of [host().toUpperCase(), `${host()}:8787`, `${host()}.`])
      expect((await ask(same, "/sign-in")).status).toBe(303);
    const said = await ask(host(), "/sign-in", {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      cookie: "",
    });
    expect(said.status).toBe(200);
    expect(said.text).not.toContain("evil.example");
  });

  it("has nothing of the gateway or the API", async () => {
    const key = { authorization: `Bearer ${gateway.adminKey}`, cookie: "" };
    for (const path of [
      "/v1/users",
      "/v1/administrators",
      "/v1/meta",
      "/webticket/webticketservice.svc",
      "/ucwa/v1/applications",
    ]) {
      const { status, headers } = await ask(host(), path, key);
      expect([status, headers.location?.startsWith("/sign-in")], path).toEqual([303, true]);
    }
    expect((await ask(host(), "/v1/users")).status).toBe(404);
  });
});

describe("a cache", () => {
  it("keeps static files for good, and no page", async () => {
    const { text } = await admin.get("/sign-in", { cookie: "" });
    const files = [...text.matchAll(/(?:href|src)="(\/-\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) {
      const { status, headers } = await admin.get(path, { cookie: "" });
      expect([status, headers["cache-control"]], path).toEqual([200, "public, max-age=31536000, immutable"]);
      expect(headers["set-cookie"], path).toBeUndefined();
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      const stale = await admin.get(path.replace(/\.[0-9a-f]{16}\./, ".0000000000000000."));
      expect([stale.status, stale.headers["cache-control"]], path).toEqual([404, "no-store"]);
    }
    for (const path of ["/-/", "/-/x", "/-/__proto__.0000000000000000.css", "/-/..%2fpico.css", "/-/constructor.x.css"])
      expect((await admin.get(path)).status, path).toBe(404);
  });

  it("gets no part of a page, no 304 and no body of a HEAD", async () => {
    for (const path of ["/", "/users", "/account", "/settings/tokens"]) {
      const asked = { range: "bytes=0-10", "if-none-match": "*", "if-modified-since": new Date().toUTCString() };
      expect((await admin.get(path, asked)).status, path).toBe(200);
      const { cookie } = admin;
      const head = await gateway.send({ host: host(), path, method: "HEAD", headers: { cookie } });
      expect([head.status, head.bytes.length, head.headers["cache-control"]], path).toEqual([200, 0, "no-store"]);
      const anonymous = await gateway.send({ host: host(), path, method: "HEAD" });
      expect(anonymous.status, path).toBe(303);
    }
  });

  it("a compressed form is not unpacked", async () => {
    const body = gzipSync(`csrf=${admin.csrf}&${"a".repeat(1_000_000)}`).toString("latin1");
    const { status } = await gateway.send({
      ...{ host: host(), path: "/account/sessions/end-others", method: "POST", body },
      headers: {
        ...{ cookie: admin.cookie, origin: `http://${host()}`, "content-encoding": "gzip" },
        ...{ "content-type": "application/x-www-form-urlencoded", "content-length": String(Buffer.byteLength(body)) },
      },
    });
    expect(status).toBe(403);
  });
});

describe("over plain HTTP, where it is refused", () => {
  let deployed: TestGateway;
  beforeAll(async () => {
    deployed = await startTestGateway({ variables: { PLAIN_HTTP: "refuse" } });
  });
  afterAll(() => deployed?.stop());

  it("nothing answers as a console", async () => {
    const who = await consoleAs(deployed, "admin");
    for (const path of ["/", "/sign-in", "/account", "/invite"]) {
      const { status, text, headers } = await who.get(path);
      const nowhere = await deployed.send({ host: "nobody.example", path });
      expect([status, text, headers["set-cookie"]], path).toEqual([nowhere.status, nowhere.text, undefined]);
    }
  });
});
