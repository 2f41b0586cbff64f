// The started gateway with the organisation's identity provider behind the portal's sign-in: OpenID Connect against the
// certified `oidc-provider`.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PORTAL_SESSION } from "../kit/gateway/portal-browser.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type IdentityProvider, startIdentityProvider, testBrowser } from "./support/identity-provider.ts";
import { operator } from "./support/operator.ts";

let idp: IdentityProvider;
let gateway: TestGateway;
let origin: string;
let browser: ReturnType<typeof testBrowser>;

const NAMES = ["ada", "bea", "cleo", "dan", "eve", "finn", "gail"];
const addressOf = (name: string): string => `${name}@contoso.test`;

/** A browser that finds the portal, and everything else where it is. */
const newBrowser = () =>
  testBrowser(async (url, init) => {
    const { origin: at, host, pathname, search } = new URL(url);
    if (at !== origin) return fetch(url, { ...init, redirect: "manual" });
    const answer = await gateway.send({ host, path: pathname + search, ...init });
    const headers = new Headers();
    for (const name of Object.keys(answer.headers)) for (const line of answer.lines(name)) headers.append(name, line);
    return new Response(answer.text === "" ? null : answer.text, { status: answer.status, headers });
  });

beforeAll(async () => {
  idp = await startIdentityProvider({ inIdToken: true });
  gateway = await startTestGateway({
    moreUsers: NAMES.map((account) => ({
      ...{ sipUri: `sip:${addressOf(account)}`, upn: `${account}@ad.contoso.test`, domain: "CONTOSO", account },
    })),
    variables: {
      ...{ PORTAL_OIDC_ISSUER: idp.issuer, PORTAL_OIDC_CLIENT_ID: idp.clientId },
      ...{ PORTAL_OIDC_CLIENT_SECRET: idp.clientSecret, PORTAL_OIDC_CLAIM: "email" },
      PORTAL_OIDC_TWO_FACTORS: "provider",
    },
  });
  origin = `http://${gateway.portalHost}`;
  idp.register(`${origin}/sign-in/openid/callback`);
});
afterAll(async () => {
  await gateway.stop();
  await idp.stop();
});
beforeEach(() => {
  browser = newBrowser();
});

const account = (name: string, more: object = {}) => ({
  ...{ sub: `id-${name}`, email: addressOf(name), email_verified: true, name: `${name} Smith` },
  ...more,
});
const untilBack = (path = "/sign-in/openid?next=/", by = browser) =>
  by.until(origin + path, `${origin}/sign-in/openid/callback`);
const signIn = async (path?: string, by = browser) => by.visit((await untilBack(path, by)).href);
const isIn = async (by = browser) => (await by.visit(`${origin}/security`)).status === 200;

describe("S-67: signing in at the organisation's identity provider", () => {
  it("needs no invitation and no passkey", async () => {
    idp.next(account("ada"));
    const page = await (await browser.visit(`${origin}/sign-in`)).text();
    expect(page).toContain('href="/sign-in/openid?next=%2F"');
    const answer = await signIn("/sign-in/openid?next=/security");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/security"]);
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(PORTAL_SESSION)) ?? "";
    for (const part of ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"]) expect(cookie).toContain(part);
    expect(await isIn()).toBe(true);
  });

  it("adds nobody, and says it to who is not known, without a session", async () => {
    idp.next(account("nobody"));
    const answer = await signIn();
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("is not connected with anybody here");
    expect(browser.cookies(origin).has(PORTAL_SESSION)).toBe(false);
    await expect.poll(() => gateway.log.some((line) => /identity-refused.*"detail":"not-known"/.test(line))).toBe(true);
  });

  it("knows a person by the provider's own id from then on, and takes no other account for the person", async () => {
    idp.next(account("bea"));
    await signIn();
    idp.next(account("bea", { email: "new-name@contoso.test" }));
    expect((await signIn("/sign-in/openid", newBrowser())).status).toBe(303);
    idp.next(account("bea", { sub: "id-another" }));
    const answer = await signIn("/sign-in/openid", newBrowser());
    expect([answer.status, (await answer.text()).includes("Another account")]).toEqual([403, true]);
  });

  it("lets nobody in whose address is not verified", async () => {
    idp.next(account("cleo", { email_verified: false }));
    expect((await signIn()).status).toBe(403);
  });

  it("S-60: ends for somebody who is disabled, at once and until enabled", async () => {
    idp.next(account("dan"));
    await signIn();
    expect(await isIn()).toBe(true);
    await operator(gateway, "user", "disable", addressOf("dan"));
    expect(await isIn()).toBe(false);
    expect((await signIn("/sign-in/openid", newBrowser())).status).toBe(403);
  });

  it("S-25: cannot be finished in another browser (login CSRF), and not twice", async () => {
    idp.next(account("eve"));
    const mallorys = await untilBack("/sign-in/openid", newBrowser());
    expect((await browser.visit(mallorys.href)).status).toBe(400);
    const back = await untilBack();
    expect((await browser.visit(back.href)).status).toBe(303);
    expect((await newBrowser().visit(back.href)).status).toBe(400);
  });

  it("S-66: goes on within this host only", async () => {
    idp.next(account("finn"));
    for (const evil of ["https://evil.test/", "//evil.test/", "/\\evil.test", "/..//evil.test"]) {
      const answer = await signIn(`/sign-in/openid?${new URLSearchParams({ next: evil })}`, newBrowser());
      expect(new URL(answer.headers.get("location") ?? "", origin).origin).toBe(origin);
    }
  });
});
