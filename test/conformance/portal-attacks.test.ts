// Attacks on each route of the portal, against the started gateway. The routes come from its router, so a new one is
// attacked, too: with forms from elsewhere, without a session, with one that is entering, without a fresh factor, and
// for what is another person's.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { csrfToken } from "../../src/web/csrf.ts";
import { type ConsoleRoute, portalRoutes } from "../kit/gateway/console-routes.ts";
import { PASSPHRASE, PORTAL_SESSION, type PortalBrowser, portalBrowser } from "../kit/gateway/portal-browser.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { type PortalPerson, portalPerson } from "./support/portal.ts";
import { creation } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

vi.mock("cloudflare:workers", () => ({ waitUntil: () => undefined, env: {}, DurableObject: class {} }));

/** What anybody may ask: it is the way in. */
const OPEN = /^\/(?:-\/|favicon\.ico|language|sign-in|sign-out|join)/;
/** What a form could change; not when an app password was last used, which D1 hears later. */
const KEPT = [
  "SELECT id, user_id, label, nt_hashes, revoked_at, expires_at, renewed_at FROM app_passwords ORDER BY 1",
  "SELECT id, user_id, state, decided_by FROM partnerships ORDER BY 1",
  ...["users", "names", "portal_passkeys", "portal_subjects"].map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`),
];
const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";

type Fields = Readonly<Record<string, string>>;

let gateway: TestGateway;
let routes: readonly ConsoleRoute[];
let victim: PortalPerson;
let mallory: PortalPerson;
let entering: PortalBrowser;
/** What the victim has. */
let owned: Readonly<Record<"device" | "password" | "event" | "session" | "passkey", string>>;

const accounts = ["vera", "mallory", "entering"];
const userNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});

beforeAll(async () => {
  gateway = await startTestGateway({ moreUsers: accounts.map(userNamed), simulator: { newcomersAt: "contoso.test" } });
  await gateway.execute(["DELETE FROM app_passwords WHERE user_id IN (SELECT id FROM users WHERE account <> 'bob')"]);
  routes = await portalRoutes();
  [victim, mallory] = [await portalPerson(gateway, "vera"), await portalPerson(gateway, "mallory")];
  await portalBrowser(gateway).signInWithPasskey(victim.passkey); // a session to end
  const { link } = (await operator(gateway, "user", "invite", "entering@contoso.test")) as { link: string };
  entering = portalBrowser(gateway);
  await entering.enter(new URL(link).hash.slice(1));
  const password = await victim.newPassword("iphone");
  const cwt = await compactTicket(gateway, { ...userNamed("vera"), password });
  const request = creation(crypto.randomUUID());
  const body = JSON.stringify({ ...JSON.parse(request.body), userAgent: IPHONE });
  await gateway.send({ ...request, body, headers: { ...request.headers, "x-ms-webticket": `cwt=${cwt}` } });
  await vi.waitFor(async () => expect(await idIn("/devices", /d_[a-z2-7]{16}/)).not.toBe(""), { timeout: 60_000 });
  await vi.waitFor(async () => expect(await idIn("/activity", /event=(e_\w+)/)).not.toBe(""), { timeout: 60_000 });
  const inD1 = async () => (await gateway.execute(["SELECT id FROM partnerships"]))[0]?.length;
  await vi.waitFor(async () => expect(await inD1()).toBe(1), { timeout: 60_000 });
  const [passwords] = await gateway.execute(["SELECT id FROM app_passwords ORDER BY created_at DESC LIMIT 1"]);
  owned = {
    ...{ device: await idIn("/devices", /d_[a-z2-7]{16}/), event: await idIn("/activity", /event=(e_\w+)/) },
    ...{ password: String(passwords?.[0]?.id), session: await idIn("/security", /value="(s_\w+)"/) },
    passkey: await idIn("/security", /passkeys\/rename">.*?name="id" value="([^"]+)"/s),
  };
});
afterAll(() => gateway?.stop());

async function idIn(path: string, pattern: RegExp): Promise<string> {
  const [all = "", group = all] = pattern.exec((await victim.get(path)).text) ?? [];
  return group;
}

/** The path of a route with what is the victim's in each of its places. */
const filled = (path: string): string =>
  path
    .replaceAll(/:(\w+)(?:\{[^}]*(?:\{\d+\})?\})?/g, (_, name: string) =>
      name === "kind" ? "iphone" : ((owned as Fields)[name] ?? "x"),
    )
    .replace("*", "x");
const all = (method: ConsoleRoute["method"], except = OPEN) =>
  routes.filter((route) => route.method === method && !except.test(route.path));

/** Every form says something that would be right for the victim. */
const fields = (): Fields => ({
  ...{ device: owned.device, password: owned.password, event: owned.event, id: owned.passkey, name: "Mallory's" },
  ...{ lost: owned.device, shown: "999999999999999", what: "app", next: "/", once: "attack", renewed: "0" },
});

/** Everything that a form could change, as it is now. */
async function state(): Promise<string> {
  const rows = await gateway.execute([...KEPT]);
  const pages = [await victim.get("/security"), await victim.get("/devices")];
  return JSON.stringify([
    rows,
    pages.map(({ status, text }) => [status, text.replaceAll(/\d+ (?:minutes?|seconds?)/g, "")]),
  ]);
}

describe("S-66: a form of the portal", () => {
  it("is there in every area, and the victim has something in each", () => {
    expect(all("POST").length).toBeGreaterThan(20);
    expect(Object.values(owned)).not.toContain("");
  });

  it.each<[string, Record<string, string>, Fields]>([
    ["without an Origin", { origin: "" }, {}],
    ["of another site", { origin: "https://evil.example" }, {}],
    ["of a page without an origin", { origin: "null" }, {}],
    ["of our host over another scheme", { origin: "https://portal.localhost" }, {}],
    ["that the browser calls cross-site", { "sec-fetch-site": "cross-site" }, {}],
    ["that the browser calls same-site", { "sec-fetch-site": "same-site" }, {}],
    ["that nobody's page has sent", { "sec-fetch-site": "none" }, {}],
    ["with an empty token", {}, { csrf: "" }],
    ["with another session's token", {}, { csrf: "other" }],
    ["with the right token as JSON", { "content-type": "application/json" }, {}],
    ["with the right token as text", { "content-type": "text/plain" }, {}],
    ["in parts", { "content-type": "multipart/form-data; boundary=x" }, {}],
  ])("%s is refused on every route, and nothing is done", async (_what, headers, more) => {
    const before = await state();
    const [, secret = ""] = (mallory.cookies.get(PORTAL_SESSION) ?? "").split(".");
    const csrf = more.csrf === "other" ? { csrf: csrfToken(secret) } : more;
    for (const { path } of all("POST")) {
      const { status, text } = await victim.post(filled(path), { ...fields(), ...csrf }, headers);
      expect([path, status, text.slice(0, 15)]).toEqual([path, 403, "<!doctype html>"]);
    }
    expect(await state()).toBe(before);
  });

  it("is refused on the way in, too, when it is of another site, and gives no cookie", async () => {
    const open = routes.filter(({ method, path }) => method === "POST" && OPEN.test(path));
    expect(open.length).toBeGreaterThan(4);
    for (const { path } of open) {
      for (const headers of [{ origin: "https://evil.example" }, { origin: "" }, { "sec-fetch-site": "cross-site" }]) {
        const { status, headers: sent } = await victim.post(path, fields(), headers);
        expect([path, status, sent["set-cookie"]]).toEqual([path, 403, undefined]);
      }
    }
    expect((await victim.get("/security")).status).toBe(200);
  });

  it("is no GET, PUT, PATCH or DELETE", async () => {
    const before = await state();
    const cookie = `${PORTAL_SESSION}=${victim.cookies.get(PORTAL_SESSION)}`;
    const host = gateway.portalHost;
    for (const { path } of all("POST", /^$/)) {
      for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
        const headers = { cookie, origin: `http://${host}`, "x-http-method-override": "POST" };
        const { status } = await gateway.send({ host, path: filled(path), method, headers });
        expect([method, path, status]).toEqual([method, path, 405]);
      }
      const [, secret = ""] = (victim.cookies.get(PORTAL_SESSION) ?? "").split(".");
      const asked = `${filled(path)}?${new URLSearchParams({ ...fields(), csrf: csrfToken(secret) })}`;
      expect((await victim.get(asked)).status, path).toBeLessThan(500);
    }
    expect(await state()).toBe(before);
  });
});

describe("S-60: a session", () => {
  it("of nobody, or with a part of somebody's, gives and does nothing on any route", async () => {
    const before = await state();
    const [id = ""] = (victim.cookies.get(PORTAL_SESSION) ?? "").split(".");
    const [, secret = ""] = (mallory.cookies.get(PORTAL_SESSION) ?? "").split(".");
    for (const value of [undefined, "x", `${id}.${secret}`, `${id}.${"A".repeat(43)}`]) {
      const nobody = portalBrowser(gateway);
      if (value !== undefined) nobody.cookies.set(PORTAL_SESSION, value);
      for (const { method, path } of [...all("GET"), ...all("POST")]) {
        const answer = method === "GET" ? await nobody.get(filled(path)) : await nobody.post(filled(path), fields());
        expect([path, answer.status, answer.headers.location?.startsWith("/sign-in"), answer.text]).toEqual([
          ...[path, 303, true, ""],
        ]);
      }
    }
    expect(await state()).toBe(before);
  });

  it("that began with an invitation reaches nothing but the registration", async () => {
    for (const { method, path } of [...all("GET"), ...all("POST")].filter((route) => !/^\/welcome/.test(route.path))) {
      const answer = method === "GET" ? await entering.get(filled(path)) : await entering.post(filled(path), fields());
      expect([path, answer.status, answer.headers.location]).toEqual([path, 303, "/welcome"]);
    }
  });

  it("of the portal opens no other host, and no other host's path is the portal's", async () => {
    const cookie = `${PORTAL_SESSION}=${victim.cookies.get(PORTAL_SESSION)}`;
    for (const host of [gateway.adminHost, gateway.consoleHost, ...gateway.hosts, "nobody.example"]) {
      for (const { path } of all("GET", /^\/-\//)) {
        const { text, headers } = await gateway.send({ host, path: filled(path), headers: { cookie } });
        expect([host, path, text.includes("vera@"), headers["set-cookie"]]).toEqual([host, path, false, undefined]);
      }
    }
    for (const path of ["/v1/users", "/users", "/webticket/webticketservice.svc", "/ucwa/v1/applications"]) {
      expect((await victim.get(path, { authorization: `Bearer ${gateway.adminKey}` })).status, path).toBe(404);
    }
  });
});

describe("S-66: what is another person's", () => {
  it("is found and changed by no route, whatever id is in the address and in the form", async () => {
    const before = await state();
    for (const id of [owned.passkey, owned.session]) {
      for (const lost of [owned.device, owned.password, `device:${owned.device}`, `password:${owned.password}`]) {
        for (const { path } of all(
          "POST",
          new RegExp(`${OPEN.source}|^/security/(?:codes/remove|recovery-codes|sessions/end-others)`),
        )) {
          const { status, text } = await mallory.post(filled(path), { ...fields(), id, lost });
          expect([path, status < 500, text.includes("vera")]).toEqual([path, true, false]);
        }
      }
    }
    for (const { path } of all("GET")) {
      const { status, text } = await mallory.get(`${filled(path)}?event=${owned.event}&after=${owned.event}`);
      expect([path, status < 500, text.includes("vera"), text.includes("iPhoneLync")]).toEqual([
        path,
        true,
        false,
        false,
      ]);
    }
    const mine = async () =>
      (
        await gateway.execute([
          `SELECT count(*) AS n FROM app_passwords WHERE user_id = (SELECT id FROM users WHERE account = 'vera')`,
        ])
      )[0]?.[0]?.n;
    expect(await mine()).toBe(1);
    const rows = (json: string) => (JSON.parse(json) as [unknown[][], unknown])[1];
    expect(rows(await state())).toEqual(rows(before));
    const report = await mallory.post("/activity/not-me", { event: owned.event });
    expect(report.status).toBe(404);
    expect((await victim.get("/security")).status).toBe(200);
  });

  it("is in no copy of one's data, and no secret is", async () => {
    const { text, status } = await victim.post("/my-data/download", {});
    expect(status).toBe(200);
    expect(text).toContain("vera@contoso.test");
    for (const other of ["mallory", "entering@", "alice", "bob@"]) expect(text, other).not.toContain(other);
    const [, secret = ""] = (victim.cookies.get(PORTAL_SESSION) ?? "").split(".");
    const [kept] = await gateway.execute([
      "SELECT nt_hashes AS sealed FROM app_passwords ORDER BY created_at DESC LIMIT 1",
    ]);
    for (const each of [secret, csrfToken(secret), PASSPHRASE, String(kept?.[0]?.sealed)])
      expect(text).not.toContain(each);
    // Nor where an administrator was, nor which host administrators use.
    const { events } = JSON.parse(text) as { events: Record<string, unknown>[] };
    const [invited] = events.filter(({ reason }) => reason === "user-invited");
    expect(invited).toMatchObject({ by: expect.any(String), source: "", host: "", userAgent: "" });
    expect(text).not.toContain(gateway.adminHost);
    expect(text).not.toMatch(/"(?:hash|mark|sealed|secret|publicKey|ntHashes)"/i);
  });
});
