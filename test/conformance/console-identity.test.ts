// The started gateway with an identity provider behind the console's sign-in: OpenID Connect against the certified
// `oidc-provider`, and Cloudflare Access played by a server with its keys.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { carol, type IdentityProvider, startIdentityProvider, testBrowser } from "./support/identity-provider.ts";

const SESSION = "__Host-postern-console";
const ROLES = "admin=lync-admins helpdesk=service-desk";

/** Where the console is for a browser. */
const originOf = ({ gateway, consoleHost }: TestGateway): string => `http://${consoleHost}:${new URL(gateway).port}`;

/** A browser that finds the console, and everything else where it is. */
const browserAt = (gateway: TestGateway) =>
  testBrowser(async (url, init) => {
    const { origin, host, pathname, search } = new URL(url);
    if (origin !== originOf(gateway)) return fetch(url, { ...init, redirect: "manual" });
    const answer = await gateway.send({ host, path: pathname + search, ...init });
    const headers = new Headers();
    for (const name of Object.keys(answer.headers)) for (const line of answer.lines(name)) headers.append(name, line);
    return new Response(answer.text === "" ? null : answer.text, { status: answer.status, headers });
  });

const administratorsOf = async (gateway: TestGateway, email: unknown) => {
  const [rows] = await gateway.execute([
    `select id, role, source, subject, name, disabled_at from administrators where email = '${email}'`,
  ]);
  return rows ?? [];
};

let people = 0;
/** Somebody whom nobody has seen before. */
const somebody = (more: object = {}) => ({ ...carol, sub: `c-${++people}`, email: `c${people}@contoso.test`, ...more });

describe("signing in at an OpenID Connect provider", () => {
  let idp: IdentityProvider;
  let gateway: TestGateway;
  let origin: string;
  let browser: ReturnType<typeof testBrowser>;

  beforeAll(async () => {
    idp = await startIdentityProvider();
    gateway = await startTestGateway({
      variables: {
        ...{ CONSOLE_OIDC_ISSUER: idp.issuer, CONSOLE_OIDC_CLIENT_ID: idp.clientId },
        ...{ CONSOLE_OIDC_CLIENT_SECRET: idp.clientSecret, CONSOLE_ROLES: ROLES },
      },
    });
    origin = originOf(gateway);
    idp.register(`${origin}/sign-in/openid/callback`);
  });
  afterAll(async () => {
    await gateway.stop();
    await idp.stop();
  });
  beforeEach(() => {
    browser = browserAt(gateway);
  });

  /** Until the provider sends the browser back; the address to which it does. */
  const untilBack = (path = "/sign-in/openid?next=/", by = browser) =>
    by.until(origin + path, `${origin}/sign-in/openid/callback`);
  const signIn = async (path?: string, by = browser) => by.visit((await untilBack(path, by)).href);
  const refused = async (answer: Response) => {
    expect(browser.cookies(origin).has(SESSION)).toBe(false);
    return { status: answer.status, text: await answer.text() };
  };

  it("S-39: lets in with the role of the claims, and the audit has the person", async () => {
    const person = somebody();
    idp.next(person);
    const page = await (await browser.visit(`${origin}/sign-in`)).text();
    expect(page).toContain('href="/sign-in/openid?next=%2F"');
    const answer = await signIn();
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(SESSION)) ?? "";
    for (const part of ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"]) expect(cookie).toContain(part);
    const overview = await browser.visit(`${origin}/`);
    expect(overview.status).toBe(200);
    expect(await overview.text()).toContain("Carol Lee");

    const [row, ...others] = await administratorsOf(gateway, person.email);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ role: "admin", source: "oidc", subject: `${idp.issuer}#${person.sub}` });
    const [events] = await gateway.execute([
      `select reason, channel, why from audit_events where changed_by = '${row?.id}' order by id`,
    ]);
    expect(events).toEqual([
      { reason: "administrator-created", channel: "console", why: expect.stringContaining("role by the claim groups") },
      { reason: "administrator-signed-in", channel: "console", why: "openid" },
    ]);
  });

  it("goes on where the person wanted to go, on this host only", async () => {
    idp.next(somebody());
    expect((await signIn("/sign-in/openid?next=/users%3Fq%3Dalice")).headers.get("location")).toBe("/users?q=alice");
    for (const evil of ["https://evil.test/", "//evil.test/", "/\\evil.test"]) {
      const answer = await signIn(`/sign-in/openid?${new URLSearchParams({ next: evil })}`);
      expect(answer.headers.get("location")).toBe("/");
    }
  });

  it("is refused without a role, and nobody is added", async () => {
    const person = somebody({ groups: ["staff"] });
    idp.next(person);
    const { status, text } = await refused(await signIn());
    expect(status).toBe(403);
    expect(text).toContain("none of your groups has a role");
    expect(await administratorsOf(gateway, person.email)).toEqual([]);
    await expect.poll(() => gateway.log.some((line) => /identity-refused.*"detail":"no-role"/.test(line))).toBe(true);
  });

  it("is refused to somebody whose role was taken away, at once and from then on", async () => {
    const person = somebody();
    idp.next(person);
    await signIn();
    await gateway.execute([`update administrators set disabled_at = 1 where email = '${person.email}'`]);
    expect((await browser.visit(`${origin}/`)).headers.get("location")).toMatch(/^\/sign-in/);
    const answer = await signIn(undefined, browserAt(gateway));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("taken your access to this console away");
  });

  it("has the role that the claims give at the next sign-in", async () => {
    const person = somebody();
    idp.next(person);
    await signIn();
    idp.next({ ...person, groups: ["service-desk"] });
    await signIn(undefined, browserAt(gateway));
    expect(await administratorsOf(gateway, person.email)).toMatchObject([{ role: "helpdesk" }]);
  });

  it("S-25: cannot be finished in another browser than the one that began it (login CSRF)", async () => {
    idp.next(somebody());
    const mallorys = await untilBack("/sign-in/openid", browserAt(gateway));
    const { status, text } = await refused(await browser.visit(mallorys.href));
    expect(status).toBe(400);
    expect(text).toContain("was not begun in this browser");
    await browser.visit(`${origin}/sign-in/openid`);
    expect((await refused(await browser.visit(mallorys.href))).status).toBe(403);
  });

  it("S-25: cannot be finished twice, and not with another answer", async () => {
    idp.next(somebody());
    const back = await untilBack();
    expect((await browser.visit(back.href)).status).toBe(303);
    expect((await browser.visit(back.href)).status).toBe(400);
    const forged = await untilBack(undefined, browserAt(gateway));
    expect(forged.searchParams.get("state")).not.toBe(back.searchParams.get("state"));
    for (const [name, value] of [
      ["state", "x"],
      ["code", "x"],
      ["iss", "https://evil.test"],
    ] as const) {
      const other = browserAt(gateway);
      const changed = await untilBack(undefined, other);
      changed.searchParams.set(name, value);
      expect((await other.visit(changed.href)).status).toBe(403);
      expect(other.cookies(origin).has(SESSION)).toBe(false);
    }
  });

  it("S-25: makes a network wait that tries to make up answers", async () => {
    const from = { "cf-connecting-ip": "198.51.100.77" };
    const statuses: number[] = [];
    for (let tries = 0; tries < 120 && statuses.at(-1) !== 429; tries++) {
      statuses.push((await browser.visit(`${origin}/sign-in/openid/callback?code=${tries}&state=x`, from)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([400, 429]));
    idp.next(somebody());
    expect((await signIn()).status).toBe(303);
  });

  it("proves once more who is signed in, in the same session, at the provider", async () => {
    const person = somebody();
    idp.next(person);
    await signIn();
    const before = browser.cookies(origin).get(SESSION);
    const [row] = await administratorsOf(gateway, person.email);
    const freshAt = async () => {
      const [rows] = await gateway.execute([`select fresh_at from web_sessions where administrator_id = '${row?.id}'`]);
      return rows?.map(({ fresh_at }) => Number(fresh_at)) ?? [];
    };
    await gateway.execute([`update web_sessions set fresh_at = 0 where administrator_id = '${row?.id}'`]);
    const [asked, start] = [idp.signIns(), Date.now()];
    const answer = await signIn("/sign-in/openid?fresh=1&next=/confirm/go-on%3Fpending%3Dx");
    expect(answer.headers.get("location")).toBe("/confirm/go-on?pending=x");
    expect(idp.signIns()).toBe(asked + 1);
    expect(browser.cookies(origin).get(SESSION)).toBe(before);
    expect(await freshAt()).toEqual([expect.any(Number)]);
    expect((await freshAt())[0]).toBeGreaterThan(start - 2_000);

    await gateway.execute([`update web_sessions set fresh_at = 0 where administrator_id = '${row?.id}'`]);
    browser.forget(idp.issuer);
    idp.next(somebody());
    const other = await signIn("/sign-in/openid?fresh=1");
    expect(other.status).toBe(403);
    expect(await other.text()).toContain("another person");
    expect(await freshAt()).toEqual([0]);
  });

  it("ends with signing out, and the cookie is good for nothing then", async () => {
    idp.next(somebody());
    await signIn();
    const cookie = `${SESSION}=${browser.cookies(origin).get(SESSION)}`;
    expect((await browser.visit(`${origin}/sign-out`, {}, {})).headers.get("location")).toBe("/sign-in");
    expect(browser.cookies(origin).has(SESSION)).toBe(false);
    expect((await browser.visit(`${origin}/`, { cookie })).headers.get("location")).toMatch(/^\/sign-in/);
  });

  it("speaks German to who reads German", async () => {
    const german = { "accept-language": "de-AT" };
    const answer = await browser.visit(`${origin}/sign-in/openid/callback?code=1&state=x`, german);
    expect(await answer.text()).toContain("nicht in diesem Browser begonnen");
  });

  it("S-16: writes no secret, code or token into the log", () => {
    const log = gateway.log.join("\n");
    expect(log).not.toContain(idp.clientSecret);
    expect(log).not.toMatch(/code=|state=|eyJ/);
  });

  it("says plainly that the provider is down", async () => {
    idp.next(somebody());
    const back = await untilBack();
    await idp.stop();
    const { status, text } = await refused(await browser.visit(back.href));
    expect(status).toBe(503);
    expect(text).toContain("The identity provider does not answer");
    await expect
      .poll(() => gateway.log.some((line) => /identity-refused.*provider-unreachable: /.test(line)))
      .toBe(true);
  });
});

describe("Cloudflare Access in front", () => {
  const AUDIENCE = "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228";
  let access: Server;
  let issuer: string;
  let key: Awaited<ReturnType<typeof generateKeyPair>>;
  let gateway: TestGateway;
  let origin: string;
  let browser: ReturnType<typeof testBrowser>;

  beforeAll(async () => {
    key = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(key.publicKey)), kid: "one", alg: "RS256", use: "sig" };
    access = createServer((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(request.url === "/cdn-cgi/access/certs" ? JSON.stringify({ keys: [jwk] }) : "{}");
    });
    await new Promise<void>((resolve) => void access.listen(0, "127.0.0.1", resolve));
    issuer = `http://127.0.0.1:${(access.address() as AddressInfo).port}`;
    gateway = await startTestGateway({
      variables: {
        ...{ CONSOLE_ACCESS_TEAM: issuer, CONSOLE_ACCESS_AUDIENCE: AUDIENCE },
        ...{ CONSOLE_ROLES: ROLES, CONSOLE_ROLES_CLAIM: "custom.groups" },
        // Nobody listens there.
        ...{
          CONSOLE_OIDC_ISSUER: "http://127.0.0.1:9",
          CONSOLE_OIDC_CLIENT_ID: "c",
          CONSOLE_OIDC_CLIENT_SECRET: "secret-of-nobody",
        },
      },
    });
    origin = originOf(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    access.closeAllConnections();
    await new Promise((resolve) => access.close(resolve));
  });
  beforeEach(() => {
    browser = browserAt(gateway);
  });

  const assertion = async (person: { sub: string; email?: unknown }, claims: object = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    const token = await new SignJWT({
      ...{ aud: [AUDIENCE], iss: issuer, iat: now, nbf: now, exp: now + 300, type: "app" },
      ...{ sub: person.sub, email: person.email, custom: { groups: ["lync-admins"] }, ...claims },
    })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .sign(key.privateKey);
    return { "cf-access-jwt-assertion": token };
  };

  it("lets in who is named by it, while it names the same person", async () => {
    const person = somebody();
    const headers = await assertion(person);
    expect(await (await browser.visit(`${origin}/sign-in`, headers)).text()).toContain('action="/sign-in/access"');
    const answer = await browser.visit(`${origin}/sign-in/access`, headers, { next: "/users" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/users"]);
    expect(await administratorsOf(gateway, person.email)).toMatchObject([
      { role: "admin", source: "access", subject: `${issuer}#${person.sub}`, name: person.email },
    ]);
    expect((await browser.visit(`${origin}/`, headers)).status).toBe(200);
    const another = await browser.visit(`${origin}/`, await assertion(somebody()));
    expect(another.headers.get("location")).toMatch(/^\/sign-in/);
    expect((await browser.visit(`${origin}/`, headers)).status).toBe(200);
  });

  it("S-25: gives nothing to who gets around it, whatever session that browser has", async () => {
    const headers = await assertion(somebody());
    await browser.visit(`${origin}/sign-in/access`, headers, {});
    expect(browser.cookies(origin).has(SESSION)).toBe(true);
    for (const path of ["/", "/sign-in", "/invite", "/sign-in/openid", "/nothing"]) {
      const answer = await browser.visit(origin + path);
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain("did not come through Cloudflare Access");
    }
    for (const path of ["/sign-in/access", "/sign-in/passkey/options", "/sign-out", "/language"]) {
      expect((await browser.visit(origin + path, {}, {})).status).toBe(403);
    }
    expect((await browser.visit(`${origin}/`, headers)).status).toBe(200);
  });

  it("is refused for another application, of another team, out of time, or without a role", async () => {
    const person = somebody();
    const now = Math.floor(Date.now() / 1_000);
    for (const claims of [
      { aud: ["f".repeat(64)] },
      { iss: "https://fabrikam.cloudflareaccess.com" },
      { exp: now - 60 },
    ]) {
      expect((await browser.visit(`${origin}/sign-in`, await assertion(person, claims))).status).toBe(403);
    }
    const without = await assertion(person, { custom: {} });
    const answer = await browser.visit(`${origin}/sign-in/access`, without, {});
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("none of your groups has a role");
    expect(await administratorsOf(gateway, person.email)).toEqual([]);
  });

  it("is no fresh factor, and lets the person make the first passkey, which is one", async () => {
    const headers = await assertion(somebody());
    await browser.visit(`${origin}/sign-in/access`, headers, {});
    const account = await (await browser.visit(`${origin}/account`, headers)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(account)?.[1] ?? "";
    const made = await browser.visit(`${origin}/settings/tokens`, headers, { csrf, name: "a", scope: "admin" });
    expect(made.status).toBe(403);
    expect(await made.text()).toContain("Is it you?");
    expect((await browser.visit(`${origin}/account/passkeys/new`, headers, { csrf })).status).toBe(200);
    const [rows] = await gateway.execute(["select count(*) as tokens from api_tokens"]);
    expect(rows).toEqual([{ tokens: 0 }]);
  });

  it("signs nobody in for another site's page", async () => {
    const headers = await assertion(somebody());
    const foreign = await browser.visit(`${origin}/sign-in/access`, { ...headers, origin: "https://evil.test" }, {});
    expect(foreign.status).toBe(403);
    expect(browser.cookies(origin).has(SESSION)).toBe(false);
  });

  it("says plainly that another provider cannot be reached", async () => {
    const answer = await browser.visit(`${origin}/sign-in/openid`, await assertion(somebody()));
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("The identity provider does not answer");
  });
});
