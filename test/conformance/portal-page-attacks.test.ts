// What every page of the portal must have and must not have: its headers, what others have typed, where it leads, and
// on which host it answers. The pages are walked by their links, so a new one is walked, too.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { portalBrowser } from "../kit/gateway/portal-browser.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { type PortalPerson, portalPerson } from "./support/portal.ts";
import { creation } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

/** Typed wherever somebody may type: text, attribute, replacement pattern. */
const EVIL = `$&$'"'><script>alert(1)</script><img src=x onerror=alert(2)>`;
const POLICY =
  "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; img-src 'self' data:";

let gateway: TestGateway;
let vera: PortalPerson;

const userNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});

beforeAll(async () => {
  gateway = await startTestGateway({
    moreUsers: ["vera", "wim"].map(userNamed),
    simulator: { newcomersAt: "contoso.test" },
  });
  const text = EVIL.replaceAll("'", "''");
  await gateway.execute([
    `UPDATE users SET display_name = '${text}', mail = 'vera@contoso.test' WHERE account = 'vera'`,
    "DELETE FROM app_passwords WHERE user_id IN (SELECT id FROM users WHERE account = 'vera')",
  ]);
  vera = await portalPerson(gateway, "vera");
  for (let made = 0; made < 3; made++) {
    const { text: page } = await vera.post("/devices/new/iphone", { name: EVIL, once: `evil-${made}` });
    const password = /<output id="secret"[^>]*>([^<]+)</.exec(page)?.[1] ?? "";
    const cwt = await compactTicket(gateway, { ...userNamed("vera"), password });
    const request = creation(crypto.randomUUID());
    const body = JSON.stringify({
      ...JSON.parse(request.body),
      userAgent: `${EVIL}/5.8 (${EVIL}; ${EVIL})`,
      culture: EVIL,
    });
    const headers = { ...request.headers, "user-agent": EVIL, "x-ms-webticket": `cwt=${cwt}` };
    await gateway.send({ ...request, body, headers });
  }
  await portalBrowser(gateway).signInWithPasskey(vera.passkey);
  const elsewhere = portalBrowser(gateway);
  const { challenge } = JSON.parse((await elsewhere.post("/sign-in/passkey/options")).text) as { challenge: string };
  const claims = { origin: `http://${gateway.portalHost}`, rpId: gateway.portalHost };
  const response = vera.passkey.authenticate({ ...claims, challenge });
  await elsewhere.post("/sign-in/passkey", { next: "/", response }, { "user-agent": EVIL });
  const [, id = ""] = /passkeys\/rename">.*?name="id" value="([^"]+)"/s.exec((await vera.get("/security")).text) ?? [];
  await vera.post("/security/passkeys/rename", { id, name: EVIL });
  await vi.waitFor(async () => expect((await vera.get("/devices")).text).toMatch(/d_[a-z2-7]{16}/), {
    timeout: 60_000,
  });
  const [, device = ""] = /(d_[a-z2-7]{16})/.exec((await vera.get("/devices")).text) ?? [];
  await operator(gateway, "device", "block", "vera@contoso.test", device, "--why", EVIL).catch(() => undefined);
  await vi.waitFor(async () => expect((await vera.get("/activity")).text).toMatch(/event=e_/), { timeout: 60_000 });
});
afterAll(() => gateway?.stop());

const unescaped = (text: string): string =>
  text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'");

/** Every page that links lead to: path → answer. Of one kind of page a few are enough. */
async function walk(): Promise<ReadonlyMap<string, TestResponse>> {
  const seen = new Map<string, TestResponse>();
  const kinds = new Map<string, number>();
  const open = ["/", "/nowhere", "/join", "/confirm/go-on?pending=x", "/security/passkey", "/security/codes"];
  open.push("/?done=constructor", "/devices?done=__proto__", "/security?done=toString", "/devices/new/constructor");
  open.push(`/devices?done=${encodeURIComponent(EVIL)}`, `/confirm/go-on?pending=${encodeURIComponent(EVIL)}`);
  open.push(`/activity?after=${encodeURIComponent(EVIL)}`, `/devices/lost?device=${encodeURIComponent(EVIL)}`);
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const kind = path.replace(/\?.*/, "").replaceAll(/\/[a-z]_[^/]+/g, "/:id");
    const times = kinds.get(kind) ?? 0;
    if (seen.has(path) || times >= 4 || seen.size > 120) continue;
    kinds.set(kind, times + 1);
    const answer = await vera.get(path);
    seen.set(path, answer);
    for (const [, href = ""] of answer.text.matchAll(/(?:<a [^>]*?href|hx-get)="([^"]+)"/g)) {
      if (href.startsWith("/")) open.push(unescaped(href).replace(/#.*/, ""));
    }
    if (answer.headers.location?.startsWith("/")) open.push(answer.headers.location);
  }
  return seen;
}

describe("S-66: every page of the portal", () => {
  let pages: ReadonlyMap<string, TestResponse>;
  beforeAll(async () => {
    pages = await walk();
  });
  const html = () => [...pages].filter(([, { headers }]) => headers["content-type"]?.startsWith("text/html"));

  it("was walked, and none of them failed", () => {
    for (const area of ["/devices", "/activity", "/security", "/my-data", "/devices/lost", "/devices/new"])
      expect([...pages.keys()]).toContain(area);
    expect([...pages.keys()].filter((path) => /^\/devices\/d_/.test(path)).length).toBeGreaterThan(1);
    expect([...pages].filter(([, { status }]) => status >= 500).map(([path]) => path)).toEqual([]);
  });

  it("has the headers that keep scripts, frames and caches out", () => {
    for (const [path, { headers }] of pages) {
      expect(headers["content-security-policy"], path).toBe(POLICY);
      expect(headers["x-frame-options"], path).toBe("DENY");
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["referrer-policy"], path).toMatch(/^(?:same-origin|no-referrer)$/);
      expect(headers["cache-control"], path).toContain("no-store");
      expect(headers.etag, path).toBeUndefined();
      expect(headers["access-control-allow-origin"], path).toBeUndefined();
    }
  });

  it("shows what others have typed as text, and runs nothing of it", () => {
    let shown = 0;
    for (const [path, { text }] of html()) {
      if (text.includes("&lt;script&gt;alert(1)")) shown++;
      expect(text, path).not.toMatch(/<script>alert|<img src=x|="[^"]*"'?><script/);
      expect(text, path).not.toMatch(/<style|<script(?![^>]* src="\/-\/)|<iframe|<object|<embed|<base/i);
      const names = text.replaceAll(/="[^"]*"/g, "=");
      expect(/<[a-z][^>]*\s(?:style|on\w+|srcdoc)=[^>]*>/i.exec(names)?.[0], path).toBeUndefined();
      for (const [, url = ""] of text.matchAll(/\s(?:href|src|action|formaction|hx-get)="([^"]*)"/g)) {
        expect(url, path).toMatch(/^(?:\/(?![/\\])|#|\?|mailto:|sip:|lync|data:image\/svg)/);
      }
    }
    expect(shown).toBeGreaterThan(5);
  });

  it("shows a name as it was typed, whatever a replacement would make of it", async () => {
    const { text } = await vera.get("/activity");
    const names = text.match(/.{0,32}&lt;script&gt;alert\(1\)/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toContain("$&amp;$&#39;&quot;&#39;&gt;&lt;script");
    expect(text).not.toContain("{label}");
    expect(text).not.toContain("{device}");
  });

  it("has no secret of the session in an address", () => {
    for (const [path, { headers, text }] of pages) {
      expect(headers.location ?? "/", path).toMatch(/^\/(?![/\\])/);
      for (const [, value] of vera.cookies) expect(text, path).not.toContain(value.split(".")[1]);
      expect(path).not.toMatch(/csrf|kept|secret/);
    }
  });
});

describe("S-66: where a form leads", () => {
  const LINKS = [
    ...["//evil.example", "/\\evil.example", "/..//evil.example", "/%2e//evil.example", "https://evil.example"],
    ...["/\t/evil.example", "/%09/evil.example", "/\r\nSet-Cookie: x=1", "/%2f%2fevil.example", "javascript:alert(1)"],
  ];
  it.each([...LINKS, `/..//${"x".repeat(4_000)}`])("is a page of the portal: %j", async (next) => {
    const there = (location = ""): string => new URL(location, `http://${gateway.portalHost}/x`).host;
    const query = new URLSearchParams({ next });
    const answers = [
      await vera.get(`/sign-in?${query}`),
      await vera.post("/language", { language: "de", back: next }),
      await vera.post("/recovery-codes/kept", { next }),
      await vera.get(`/sign-in/openid?${query}`),
    ];
    for (const { headers } of answers) expect(there(headers.location ?? "/")).toBe(gateway.portalHost);
    expect(answers.flatMap((answer) => answer.lines("set-cookie")).join()).not.toContain("x=1");
    const page = await portalBrowser(gateway).get(`/sign-in?${query}`);
    expect(there(unescaped(/name="next" value="([^"]*)"/.exec(page.text)?.[1] ?? ""))).toBe(gateway.portalHost);
  });
});

describe("S-66: the portal's host", () => {
  const PATHS = ["/", "/sign-in", "/join", "/devices", "/security", "/my-data"];
  it("is the only one that answers as the portal, whatever a proxy's header says", async () => {
    const host = gateway.portalHost;
    const cookie = [...vera.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const others = [
      gateway.adminHost,
      gateway.consoleHost,
      ...gateway.hosts,
      "nobody.example",
      `x.${host}`,
      "127.0.0.1",
    ];
    for (const other of others) {
      for (const path of PATHS) {
        for (const more of [{}, { "x-forwarded-host": host, "x-host": host, forwarded: `host=${host}` }]) {
          const { text } = await gateway.send({ host: other, path, headers: { cookie, ...more } });
          expect([other, path, /My devices|data-passkey="register"|vera@/.test(text)]).toEqual([other, path, false]);
        }
      }
    }
    for (const same of [host.toUpperCase(), `${host}:8787`, `${host}.`]) {
      expect((await gateway.send({ host: same, path: "/security", headers: { cookie } })).status, same).toBe(200);
    }
    const said = await portalBrowser(gateway).get("/sign-in", { "x-forwarded-host": "evil.example" });
    expect(said.text).not.toContain("evil.example");
  });
});
