// OpenID Connect in workerd, where the console runs, with a small provider of its own. What a real provider answers,
// and what an attacker makes of it, is in test/conformance/console-openid.test.ts.

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fetch } from "./bounded-fetch.ts";
import { type OpenIdProvider, openIdProvider } from "./openid.ts";

const ISSUER = "https://login.contoso.test/tenant";
const CALLBACK = "https://console.contoso.test/sign-in/openid/callback";
const START = 1_795_000_000_000;
const MINUTE = 60_000;

let key: { readonly kid: string; readonly pair: Awaited<ReturnType<typeof generateKeyPair>> };
let asked: string[];
let now: number;
let said: JWTPayload;
let published: Record<string, unknown>;
let provider: OpenIdProvider;

const at = (time: number) => {
  now = time;
  vi.setSystemTime(time);
};
const makeKey = async (kid: string) => ({ kid, pair: await generateKeyPair("ES256", { extractable: true }) });

const ask: Fetch = async (url, init) => {
  const { pathname } = new URL(url);
  asked.push(pathname);
  if (pathname.endsWith("/openid-configuration")) return Response.json(published);
  if (pathname === "/keys") {
    return Response.json({ keys: [{ ...(await exportJWK(key.pair.publicKey)), kid: key.kid, alg: "ES256" }] });
  }
  const times = { iat: Math.floor(now / 1_000), exp: Math.floor(now / 1_000) + 300 };
  const nonce = init.body?.get("code") ?? ""; // here the code says which nonce it belongs to
  const token = await new SignJWT({ iss: ISSUER, aud: "client", ...times, nonce, ...said })
    .setProtectedHeader({ alg: "ES256", kid: key.kid })
    .sign(key.pair.privateKey);
  return Response.json({ access_token: "a", token_type: "Bearer", id_token: token });
};

const signIn = async () => {
  const begun = await provider.begin({ now, redirectUri: CALLBACK });
  if (!begun.ok) return begun;
  const sent = new URL(begun.value.url).searchParams;
  const back = new URLSearchParams({ code: sent.get("nonce") ?? "", state: sent.get("state") ?? "" });
  return provider.finish(new URL(`${CALLBACK}?${back}`), begun.value.kept, now);
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  at(START);
  key = await makeKey("one");
  asked = [];
  said = { sub: "7", email: "carol@contoso.test", email_verified: true, groups: ["lync-admins"] };
  published = {
    ...{ issuer: ISSUER, authorization_endpoint: "https://login.contoso.test/authorize?tenant=7" },
    ...{ token_endpoint: "https://login.contoso.test/token", jwks_uri: "https://login.contoso.test/keys" },
    id_token_signing_alg_values_supported: ["ES256"],
  };
  const config = {
    issuer: ISSUER,
    clientId: "client",
    clientSecret: "secret",
    plainHttp: false,
    claims: ["email", "groups"],
  };
  provider = openIdProvider(config, ask);
});
afterEach(() => void vi.useRealTimers());

describe("OpenID Connect in workerd", () => {
  it("signs somebody in, also several at one moment", async () => {
    for (const end of await Promise.all([signIn(), signIn(), signIn()])) {
      expect(end).toMatchObject({ ok: true, value: { subject: "7", claims: { email: "carol@contoso.test" } } });
    }
  });

  it("keeps what the address of the provider has already, and asks for no scope that it does not know", async () => {
    const begun = await provider.begin({ now, redirectUri: CALLBACK });
    const sent = new URL(begun.ok ? begun.value.url : "").searchParams;
    expect([sent.get("tenant"), sent.get("scope")]).toEqual(["7", "openid email profile"]);
    expect(sent.has("prompt")).toBe(false);
  });

  it("asks for what the provider publishes once in ten minutes, and for its keys at least every five", async () => {
    await signIn();
    at(START + 4 * MINUTE);
    await signIn();
    expect(asked.filter((path) => path !== "/token")).toEqual(["/tenant/.well-known/openid-configuration", "/keys"]);
    at(START + 6 * MINUTE);
    await signIn();
    expect(asked.filter((path) => path === "/keys")).toHaveLength(2);
    at(START + 11 * MINUTE);
    await signIn();
    expect(asked.filter((path) => path.endsWith("openid-configuration"))).toHaveLength(2);
  });

  it("takes a new key of the provider, a minute after it asked for the keys at the earliest", async () => {
    await signIn();
    key = await makeKey("two");
    expect(await signIn()).toMatchObject({ ok: false, reason: "answer-invalid" });
    expect(asked.filter((path) => path === "/keys")).toHaveLength(1);
    at(START + MINUTE);
    expect(await signIn()).toMatchObject({ ok: true });
    expect(asked.filter((path) => path === "/keys")).toHaveLength(2);
  });

  it("is content without an address to ask for more, and says what is missing", async () => {
    said = { sub: "7" };
    expect(await signIn()).toMatchObject({ ok: true, value: { issuer: ISSUER, subject: "7" } });
    said = {};
    expect(await signIn()).toMatchObject({ ok: false });
  });

  it("does not send the secret to a token endpoint without TLS", async () => {
    published = { ...published, token_endpoint: "http://login.contoso.test/token" };
    expect(await signIn()).toMatchObject({ ok: false, reason: "provider-unsupported" });
    expect(asked).toEqual(["/tenant/.well-known/openid-configuration"]);
  });
});
