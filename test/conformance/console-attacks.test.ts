// Attacks on each route of the console. The routes come from its router, so a new one is attacked, too: without a
// session, with each role, with forms from elsewhere, and without a fresh factor.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { type ConsoleRoute, consoleNames, consoleRoutes } from "../kit/gateway/console-routes.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

vi.mock("cloudflare:workers", () => ({ waitUntil: () => undefined, env: {}, DurableObject: class {} }));

/** What anybody may ask: it is the way in. Each has its own attacks in console-{sign-in,invitation}-attacks.test.ts. */
const OPEN = /^\/(?:-\/|favicon\.ico|language|sign-in|sign-out|invite)/;
/** The person's own sign-in, which has no role. */
const OWN = /^\/(?:account|confirm)/;
/** What a help desk must never change (docs/api.md, scope `admin`). */
const ADMINS_TABLES = ["administrators", "admin_invitations", "passkeys", "api_tokens", "policies"];
const TABLES = [...ADMINS_TABLES, "users", "names", "user_groups", "app_passwords", "partnerships", "idempotency"];

let gateway: TestGateway;
let routes: readonly ConsoleRoute[];
let viewer: ConsoleUser;
let helpdesk: ConsoleUser;
let admin: ConsoleUser;
let params: Readonly<Record<string, string>>;

beforeAll(async () => {
  gateway = await startTestGateway();
  routes = await consoleRoutes();
  viewer = await consoleAs(gateway, "viewer");
  helpdesk = await consoleAs(gateway, "helpdesk");
  admin = await consoleAs(gateway, "admin");
  const [token] = await gateway.execute([
    `INSERT INTO api_tokens (id, name, scope, hash, created_at, created_by, expires_at)
     VALUES ('t_aaaaaaaaaaaaaaaa', 'target', 'read', 'x', 1, 'key', 9999999999999) RETURNING id`,
  ]);
  params = {
    ...{ user: await idOf("alice@contoso.test"), id: (await consoleAs(gateway, "admin")).administratorId },
    ...{ token: String(token?.[0]?.id), device: "d_aaaaaaaaaaaaaaaa", event: "e_aaaaaaaaaaaaaaaa" },
    password: String((await gateway.execute(["SELECT id FROM app_passwords LIMIT 1"]))[0]?.[0]?.id),
  };
});
afterAll(() => gateway?.stop());

const idOf = async (upn: string): Promise<string> =>
  (await admin.get(`/users/${upn}`)).headers.location?.replace("/users/", "") ?? "";

/** The path of a route with something that exists in each of its places. */
const filled = (path: string, places = params): string =>
  path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) => places[name] ?? "x").replace("*", "x");
const all = (method: ConsoleRoute["method"], except = OPEN) =>
  routes.filter((route) => route.method === method && !except.test(route.path));

type Fields = Readonly<Record<string, string | undefined>>;

/** Everything that a form could change, as it is now. */
async function state(tables = TABLES): Promise<string> {
  const rows = await gateway.execute(tables.map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`));
  return JSON.stringify(rows);
}

/** Fields with which every form says something that the API would take from an administrator. */
const FIELDS = {
  ...{ why: "attack", name: "mallory@contoso.test", email: "mallory@contoso.test", role: "admin", scope: "admin" },
  ...{
    sipUri: "mallory@contoso.test",
    account: "CONTOSO\\mallory",
    upn: "mallory@contoso.test",
    label: "x",
    sure: "yes",
  },
  ...{ audit: "delete", expiresInDays: "1", displayName: "Mallory", groups: "admins", minutes: "60", action: "block" },
  ...{ enrolment: "open", maxDevices: "9", ends: "never", old: "0", to: "person", disabled: "no", language: "de" },
};
const fields = () => ({ ...FIELDS, device: `${params.user}/${params.device}`, lost: params.password, passkey: "x" });

describe("S-51: a form that changes something", () => {
  it("is there in every area", () => {
    expect(all("POST").length).toBeGreaterThan(30);
    expect(consoleNames()).toEqual(expect.arrayContaining(["etag", "once", "pending", "done", "after", "why"]));
  });

  it.each<[string, Record<string, string>, (form: Fields) => Fields]>([
    ["without an Origin", { origin: "" }, (form) => form],
    ["of another site", { origin: "https://evil.example" }, (form) => form],
    ["of a page without an origin", { origin: "null" }, (form) => form],
    ["of our host over another scheme", { origin: "https://console.localhost" }, (form) => form],
    ["of our host on another port", { origin: "http://console.localhost:1" }, (form) => form],
    ["that the browser calls cross-site", { "sec-fetch-site": "cross-site" }, (form) => form],
    ["that the browser calls same-site", { "sec-fetch-site": "same-site" }, (form) => form],
    ["that nobody's page has sent", { "sec-fetch-site": "none" }, (form) => form],
    ["without the token", {}, (form) => ({ ...form, csrf: undefined })],
    ["with an empty token", {}, (form) => ({ ...form, csrf: "" })],
    ["with another session's token", {}, (form) => ({ ...form, csrf: viewer.csrf })],
    ["with the right token as JSON", { "content-type": "application/json" }, (form) => form],
    ["with the right token as text", { "content-type": "text/plain" }, (form) => form],
    ["of no type", { "content-type": "" }, (form) => form],
    ["in parts", { "content-type": "multipart/form-data; boundary=x" }, (form) => form],
  ])("%s is refused on every route, and nothing is done", async (_what, headers, change) => {
    const before = await state();
    for (const { path } of all("POST")) {
      const { status, text } = await admin.post(filled(path), change(fields()), headers);
      expect(status, path).toBe(403);
      expect(text, path).toMatch(/^<!doctype html>/);
    }
    expect(await state()).toBe(before);
  });

  it("is refused on the way in, too, when it is of another site", async () => {
    const open = routes.filter(({ method, path }) => method === "POST" && OPEN.test(path));
    expect(open.length).toBeGreaterThan(6);
    for (const { path } of open) {
      for (const headers of [{ origin: "https://evil.example" }, { origin: "" }, { "sec-fetch-site": "cross-site" }]) {
        const { status, headers: sent } = await admin.post(path, fields(), headers);
        expect([status, sent["set-cookie"]], path).toEqual([403, undefined]);
      }
    }
    expect((await admin.get("/account")).status).toBe(200);
  });

  it("is no GET, PUT, PATCH or DELETE", async () => {
    const before = await state();
    for (const { path } of all("POST", /^$/)) {
      for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]) {
        const { cookie } = admin;
        const headers = { cookie, origin: `http://${gateway.consoleHost}`, "x-http-method-override": "POST" };
        const { status } = await gateway.send({ host: gateway.consoleHost, path: filled(path), method, headers });
        expect(status, `${method} ${path}`).toBe(405);
      }
      const asked = `${filled(path)}?${new URLSearchParams({ ...FIELDS, csrf: admin.csrf })}`;
      expect((await admin.get(asked)).status, path).toBeLessThan(500);
    }
    expect(await state()).toBe(before);
  });
});

describe("S-50: without a session", () => {
  it("no route gives or does anything", async () => {
    const before = await state();
    for (const { method, path } of routes.filter((route) => !OPEN.test(route.path))) {
      const ask =
        method === "GET" ? viewer.get : (at: string, h: Record<string, string>) => viewer.post(at, fields(), h);
      for (const cookie of ["", "__Host-postern-console=x", `__Host-postern-console=${"A".repeat(43)}`]) {
        const { status, headers, text } = await ask(filled(path), { cookie });
        expect([status, headers.location?.startsWith("/sign-in?next="), text], path).toEqual([303, true, ""]);
      }
    }
    expect(await state()).toBe(before);
  });

  it("a part of a page sends the whole page to the sign-in", async () => {
    const { status, headers } = await viewer.get("/users?q=a", { cookie: "", "hx-request": "true" });
    expect([status, headers["hx-redirect"]]).toEqual([401, "/sign-in?next=%2Fusers%3Fq%3Da"]);
  });
});

describe("a role", () => {
  it("viewer changes nothing by any form", async () => {
    const before = await state();
    for (const { path } of all("POST", new RegExp(`${OPEN.source}|${OWN.source}`))) {
      const { status } = await viewer.post(filled(path), fields());
      expect(status, path).toBeLessThan(500);
    }
    expect(await state()).toBe(before);
  });

  it("helpdesk changes nothing that is an administrator's", async () => {
    const before = await state(ADMINS_TABLES);
    const names = await state(["names", "user_groups"]);
    const refused: string[] = [];
    for (const { path } of all("POST", new RegExp(`${OPEN.source}|${OWN.source}`))) {
      const { status } = await helpdesk.post(filled(path), fields());
      expect(status, path).toBeLessThan(500);
      if (status === 403) refused.push(path);
    }
    expect(await state(ADMINS_TABLES)).toBe(before);
    expect(await state(["names", "user_groups"])).toBe(names);
    expect(refused).toEqual(expect.arrayContaining(["/settings/tokens", "/settings/administrators/:id", "/users/new"]));
    for (const path of routes.map((route) => route.path).filter((path) => /^\/settings\/./.test(path))) {
      if (all("POST").some((route) => route.path === path)) expect(refused, path).toContain(path);
    }
  });

  it("below admin reads nobody's tokens and no administrator's page", async () => {
    const target = "target";
    for (const who of [viewer, helpdesk]) {
      for (const { path } of all("GET").filter((route) => /^\/settings\/./.test(route.path))) {
        const { status, text } = await who.get(filled(path));
        expect(status, path).toBe(/^\/settings\/(?:directory|mail)/.test(path) ? 200 : 403);
        expect(text, path).not.toContain(target);
      }
    }
    expect((await admin.get("/settings/tokens")).text).toContain(target);
  });
});

describe("S-52: a fresh factor", () => {
  /** What destroys or opens. Each of these lies behind a fresh factor for good. */
  const DESTROYS = [
    ...["/users/:user/disable", "/users/:user/delete", "/users/:user/new-password", "/account/passkeys/remove"],
    ...["/users/:user/passwords/:password/renew", "/account/passkeys/new", "/settings/tokens"],
    ...["/settings/tokens/:token/revoke", "/settings/administrators", "/settings/administrators/:id"],
    ...["/settings/administrators/:id/disable", "/settings/administrators/:id/enable"],
    ...["/settings/administrators/:id/invite", "/settings/administrators/:id/passkeys/remove"],
    ...["/settings/administrators/:id/sign-out", "/settings/directory/:source/adoption"],
    "/settings/directory/:source/unlink",
  ];

  it("is asked for before each of them, and nothing is done meanwhile", async () => {
    const stale = await consoleAs(gateway, "admin", { provedAgo: 5 * 60_000 });
    const before = await state();
    for (const path of DESTROYS) {
      const { status, text } = await stale.post(filled(path), fields());
      expect([status, /name="pending"|cannot be confirmed|passkey/.test(text)], path).toEqual([403, true]);
    }
    expect(await state()).toBe(before);
  });

  it("is behind every form about administrators, tokens and policies that there will be", async () => {
    const stale = await consoleAs(gateway, "admin", { provedAgo: 5 * 60_000 });
    const before = await state(ADMINS_TABLES);
    for (const { path } of all("POST", OWN)) await stale.post(filled(path), OPEN.test(path) ? {} : fields());
    expect(await state(ADMINS_TABLES)).toBe(before);
  });
});
