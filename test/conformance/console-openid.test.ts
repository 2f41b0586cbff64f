// Signing in at an OpenID Connect provider, against the certified `oidc-provider`. Each attack changes one thing of an
// exchange that succeeds without it.

import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fetch, platformFetch } from "../../src/web/identity/bounded-fetch.ts";
import { type OpenIdProvider, openIdProvider } from "../../src/web/identity/openid.ts";
import { carol, type IdentityProvider, startIdentityProvider, testBrowser } from "./support/identity-provider.ts";

const CALLBACK = "http://console.localhost:8787/sign-in/openid/callback";

let there: IdentityProvider;
let browser: ReturnType<typeof testBrowser>;
/** Answers of the provider are changed by this on their way. */
let tamper: (url: string, answer: Response) => Promise<Response>;
let asked: string[];
let provider: OpenIdProvider;

const ask: Fetch = async (url, init) => {
  asked.push(new URL(url).pathname);
  return tamper(url, await platformFetch(url, init));
};
const configOf = (idp: IdentityProvider) => ({
  ...{ issuer: idp.issuer, clientId: idp.clientId, clientSecret: idp.clientSecret },
  ...{ plainHttp: true, claims: ["email", "groups"], scopeClaim: "groups" },
});

beforeAll(async () => {
  there = await startIdentityProvider({ redirectUris: [CALLBACK] });
});
afterAll(() => there.stop());
beforeEach(() => {
  browser = testBrowser();
  tamper = async (_, answer) => answer;
  asked = [];
  provider = openIdProvider(configOf(there), ask);
  there.next(carol);
});

const begin = async (fresh = false, at = provider) => {
  const begun = await at.begin({ now: Date.now(), redirectUri: CALLBACK, fresh });
  if (!begun.ok) throw new Error(begun.reason);
  return begun.value;
};
/** Until the provider has sent the browser back. */
const cameBack = async (fresh = false, at = provider) => {
  const { url, kept } = await begin(fresh, at);
  return { kept, callback: await browser.until(url, CALLBACK) };
};
const finish = (callback: URL, kept: string, at = provider) => at.finish(callback, kept, Date.now());
const reason = async (callback: URL, kept: string, at = provider) => {
  const end = await finish(callback, kept, at);
  return end.ok ? "signed in" : end.reason;
};
const changed = (kept: string, change: object) => JSON.stringify({ ...JSON.parse(kept), ...change });

/** Changes the ID token of the provider's answer. */
const withIdToken = (change: (claims: JWTPayload) => Promise<string> | string): void => {
  tamper = async (url, answer) => {
    if (!url.endsWith("/token")) return answer;
    const body = (await answer.json()) as { id_token: string };
    return Response.json({ ...body, id_token: await change(decodeJwt(body.id_token)) });
  };
};

describe("what the browser is sent with", () => {
  it("is a request for a code, bound to a state, a nonce and a PKCE challenge, without a secret", async () => {
    const { url, kept } = await begin();
    const { origin, searchParams } = new URL(url);
    expect(origin).toBe(there.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ response_type: "code", client_id: there.clientId, redirect_uri: CALLBACK },
      ...{ scope: "openid email profile groups", code_challenge_method: "S256" },
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(url).not.toContain(JSON.parse(kept).verifier);
    const again = new URL((await begin()).url).searchParams;
    for (const name of ["state", "nonce", "code_challenge"]) expect(again.get(name)).not.toBe(searchParams.get(name));
    expect(asked).toEqual(["/.well-known/openid-configuration"]);
  });
});

describe("somebody who signs in at the provider", () => {
  it("is known by subject, verified address, name and groups, for which the provider is asked", async () => {
    const { callback, kept } = await cameBack();
    expect(await finish(callback, kept)).toMatchObject({
      ok: true,
      value: {
        ...{ issuer: there.issuer, subject: carol.sub },
        claims: {
          ...{ email: "carol@contoso.test", email_verified: true, name: "Carol Lee" },
          groups: ["staff", "lync-admins"],
        },
      },
    });
    expect(asked).toEqual(["/.well-known/openid-configuration", "/token", "/jwks", "/me"]);
  });

  it.each(["client_secret_basic", "client_secret_post"] as const)(
    "is known from the ID token alone where it says everything (%s)",
    async (authentication) => {
      const idp = await startIdentityProvider({ redirectUris: [CALLBACK], inIdToken: true, authentication });
      try {
        const at = openIdProvider(configOf(idp), ask);
        const { callback, kept } = await cameBack(false, at);
        expect(await finish(callback, kept, at)).toMatchObject({ ok: true, value: { subject: carol.sub } });
        expect(asked).not.toContain("/me");
      } finally {
        await idp.stop();
      }
    },
  );

  it("and goes back instead is refused", async () => {
    there.next("cancel");
    const { callback, kept } = await cameBack();
    expect(await finish(callback, kept)).toEqual({
      ok: false,
      reason: "provider-refused",
      detail: "access_denied: no",
    });
  });
});

describe("a fresh factor", () => {
  it("is asked for although the provider has a session, and only then", async () => {
    await cameBack();
    const before = there.signIns();
    await cameBack();
    expect(there.signIns()).toBe(before);
    const start = Date.now();
    const { callback, kept } = await cameBack(true);
    expect(there.signIns()).toBe(before + 1);
    const end = await finish(callback, kept);
    expect(end.ok && end.value.authenticatedAt).toBeGreaterThanOrEqual(start - 1_000);
  });

  it("is refused when the provider used its old session, or does not say when", async () => {
    const { url, kept } = await begin(true);
    const lazy = new URL(url);
    lazy.searchParams.delete("prompt");
    lazy.searchParams.set("max_age", "9999");
    await cameBack(); // a session at the provider, which it uses now
    const callback = await browser.until(lazy.href, CALLBACK);
    const later = changed(kept, { begunAt: Date.now() + 120_000 });
    expect(await reason(callback, later)).toBe("not-fresh");

    const silent = await begin(true);
    const without = new URL(silent.url);
    without.searchParams.delete("prompt");
    without.searchParams.delete("max_age");
    expect(await reason(await browser.until(without.href, CALLBACK), silent.kept)).toBe("not-fresh");
  });
});

describe("an attack on the way back", () => {
  it.each<[string, string, (callback: URL) => void]>([
    ["another state", "answer-invalid", (url) => url.searchParams.set("state", "x".repeat(43))],
    ["no state", "answer-invalid", (url) => url.searchParams.delete("state")],
    ["two states", "answer-invalid", (url) => url.searchParams.append("state", "x")],
    ["another issuer (mix-up, RFC 9207)", "answer-invalid", (url) => url.searchParams.set("iss", "https://evil.test")],
    ["no issuer, of a provider that names itself", "answer-invalid", (url) => url.searchParams.delete("iss")],
    ["no code", "answer-invalid", (url) => url.searchParams.delete("code")],
    ["another code", "code-refused", (url) => url.searchParams.set("code", "x".repeat(43))],
    ["a token beside the code", "provider-unsupported", (url) => url.searchParams.set("id_token", "a.b.c")],
    ["an error with another state", "answer-invalid", (url) => (url.search = "?error=access_denied&state=x")],
  ])("with %s is refused", async (_what, refused, change) => {
    const { callback, kept } = await cameBack();
    change(callback);
    expect(await reason(callback, kept)).toBe(refused);
  });

  it("with a code that was used before is refused", async () => {
    const { callback, kept } = await cameBack();
    expect(await reason(callback, kept)).toBe("signed in");
    expect(await reason(callback, kept)).toBe("code-refused");
  });

  it("with a code that was made for another browser is refused by its PKCE challenge", async () => {
    const [mine, theirs] = [await cameBack(), await cameBack()];
    const injected = new URL(mine.callback);
    injected.searchParams.set("code", theirs.callback.searchParams.get("code") ?? "");
    expect(await reason(injected, mine.kept)).toBe("code-refused");
  });

  it("with another nonce is refused", async () => {
    const { callback, kept } = await cameBack();
    expect(await reason(callback, changed(kept, { nonce: "x".repeat(43) }))).toBe("answer-invalid");
  });
});

describe("an ID token", () => {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signed = (claims: JWTPayload, header: object = {}, key = there.signingKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one", ...header }).sign(key);

  it("that says the same under the same key is taken, so each of the next is refused for its one change", async () => {
    const { callback, kept } = await cameBack();
    withIdToken((claims) => signed(claims));
    expect(await reason(callback, kept)).toBe("signed in");
  });

  it.each<[string, string, (claims: JWTPayload) => Promise<string> | string]>([
    ["signed by another key", "answer-invalid", (claims) => signed(claims, {}, other.privateKey)],
    ["signed by a key that is unknown", "answer-invalid", (claims) => signed(claims, { kid: "two" }, other.privateKey)],
    ["without a signature", "answer-invalid", (claims) => new UnsecuredJWT(claims).encode()],
    [
      "signed with the client's secret",
      "answer-invalid",
      (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(there.clientSecret)),
    ],
    ["for another client", "answer-invalid", (claims) => signed({ ...claims, aud: "another" })],
    ["for another client as well", "answer-invalid", (claims) => signed({ ...claims, aud: [there.clientId, "b"] }, {})],
    ["of another issuer", "answer-invalid", (claims) => signed({ ...claims, iss: "https://evil.test" })],
    [
      "with a part that must be understood",
      "provider-unsupported",
      (claims) => signed(claims, { crit: ["b64"], b64: true }),
    ],
    ["that has expired", "answer-invalid", (claims) => signed({ ...claims, exp: 1_700_000_000 })],
    ["without a nonce", "answer-invalid", ({ nonce: _, ...claims }) => signed(claims)],
    ["that is none", "answer-invalid", () => "nonsense"],
  ])("%s is refused", async (_what, refused, change) => {
    const { callback, kept } = await cameBack();
    withIdToken(change);
    expect(await reason(callback, kept)).toBe(refused);
    expect(asked).not.toContain("/me");
  });

  it("that is missing is refused", async () => {
    const { callback, kept } = await cameBack();
    tamper = async (url, answer) => {
      if (!url.endsWith("/token")) return answer;
      const { id_token: _, ...body } = (await answer.json()) as Record<string, unknown>;
      return Response.json(body);
    };
    expect(await reason(callback, kept)).toBe("answer-invalid");
  });

  it("of one person with the details of another is refused", async () => {
    const { callback, kept } = await cameBack();
    tamper = async (url, answer) => {
      if (!url.endsWith("/me")) return answer;
      return Response.json({ ...((await answer.json()) as object), sub: "somebody-else" });
    };
    expect(await reason(callback, kept)).toBe("answer-invalid");
  });
});

describe("a provider", () => {
  const begun = async (at: OpenIdProvider) => at.begin({ now: Date.now(), redirectUri: CALLBACK });

  it("that does not accept the client is told to the log, without the secret", async () => {
    const at = openIdProvider({ ...configOf(there), clientSecret: "wrong-secret-of-the-client" }, ask);
    const { callback, kept } = await cameBack(false, at);
    const end = await finish(callback, kept, at);
    expect(end).toMatchObject({ ok: false, reason: "provider-misconfigured" });
    expect(JSON.stringify(end)).not.toContain("wrong-secret");
  });

  it.each<[string, string, (answer: Response) => Promise<Response>]>([
    ["is down", "provider-unreachable", () => Promise.reject(new TypeError("fetch failed"))],
    ["answers 503", "provider-unreachable", async () => new Response("", { status: 503 })],
    ["sends elsewhere", "provider-unreachable", async () => Response.redirect("https://evil.test/", 302)],
    ["answers with a page", "provider-unreachable", async () => new Response("<p>hello")],
    ["answers with too much", "provider-unreachable", async () => Response.json({ padding: "x".repeat(300_000) })],
    [
      "calls itself something else",
      "provider-misconfigured",
      async (answer) => Response.json({ ...((await answer.json()) as object), issuer: "https://evil.test" }),
    ],
    [
      "signs people in over http elsewhere",
      "provider-unsupported",
      async (answer) =>
        Response.json({ ...((await answer.json()) as object), authorization_endpoint: "http://evil.test/auth" }),
    ],
    [
      "has a script for an address",
      "provider-unsupported",
      async (answer) =>
        Response.json({ ...((await answer.json()) as object), authorization_endpoint: "javascript:alert(1)" }),
    ],
  ])("that %s is not begun with, and is asked again the next time", async (_what, refused, change) => {
    tamper = (_, answer) => change(answer);
    expect(await begun(provider)).toMatchObject({ ok: false, reason: refused });
    tamper = async (_, answer) => answer;
    if (refused !== "provider-unsupported") expect(await begun(provider)).toMatchObject({ ok: true });
  });

  it.each(["/token", "/jwks", "/me"])("that goes down at %s signs nobody in", async (path) => {
    const { callback, kept } = await cameBack();
    tamper = async (url, answer) => (url.endsWith(path) ? new Response("", { status: 502 }) : answer);
    expect(await reason(callback, kept)).toBe("provider-unreachable");
  });

  it("knows no way to authenticate that Postern knows: it is said", async () => {
    tamper = async (url, answer) =>
      url.includes("/.well-known/")
        ? Response.json({
            ...((await answer.json()) as object),
            token_endpoint_auth_methods_supported: ["tls_client_auth"],
          })
        : answer;
    const { callback, kept } = await cameBack();
    expect(await finish(callback, kept)).toMatchObject({
      ...{ ok: false, reason: "provider-unsupported" },
      detail: "token_endpoint_auth_methods_supported: tls_client_auth",
    });
    expect(asked).not.toContain("/token");
  });

  it("is asked over http only in a local run", async () => {
    const at = openIdProvider({ ...configOf(there), plainHttp: false }, ask);
    expect(await begun(at)).toMatchObject({ ok: false, reason: "provider-unsupported" });
    expect(asked).toEqual([]);
  });
});
