// The assertion of Cloudflare Access, with keys made here. What is right in every other respect must be refused for the
// one thing that is wrong.

import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AccessVerifier, accessVerifier } from "./access.ts";
import type { Fetch } from "./bounded-fetch.ts";

const ISSUER = "https://contoso.cloudflareaccess.com";
const AUDIENCE = "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228";
const START = 1_795_000_000_000;
const MINUTE = 60_000;
const CAROL = { sub: "7335d417-61da-459d-899c-0a01c76a2f94", email: "carol@contoso.test", type: "app" };

type Key = { readonly kid: string; readonly alg: string; readonly pair: Awaited<ReturnType<typeof generateKeyPair>> };
const makeKey = async (kid: string, alg = "RS256"): Promise<Key> => ({
  ...{ kid, alg, pair: await generateKeyPair(alg, { extractable: true }) },
});

let first: Key | undefined;
let published: Key[];
let asked: string[];
let answer: () => Promise<Response>;
let verify: AccessVerifier;
let now: number;

const publish: Fetch = (url) => {
  asked.push(url);
  return answer();
};
const keySet = async () =>
  Response.json({
    keys: await Promise.all(
      published.map(async ({ kid, alg, pair }) => ({ ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" })),
    ),
  });

/** The clock of the test is also the clock of the library. */
const at = (time: number) => {
  now = time;
  vi.setSystemTime(time);
};

const assertion = (
  key: Key | undefined,
  claims: Record<string, unknown> = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> => {
  if (key === undefined) throw new Error("no key");
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({
    aud: [AUDIENCE],
    iss: ISSUER,
    iat: seconds,
    nbf: seconds,
    exp: seconds + 300,
    ...CAROL,
    ...claims,
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })
    .sign(key.pair.privateKey);
};
const judged = async (text: string | null) => {
  const verified = await verify(text, now);
  return verified.ok ? "let in" : verified.reason;
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  at(START);
  first ??= await makeKey("one");
  published = [first];
  asked = [];
  answer = keySet;
  verify = accessVerifier({ issuer: ISSUER, audience: AUDIENCE }, false, publish);
});
afterEach(() => void vi.useRealTimers());

describe("an assertion of Cloudflare Access", () => {
  it("names the person, whose address Access has verified", async () => {
    const verified = await verify(await assertion(published[0], { custom: { groups: ["lync-admins"] } }), now);
    expect(verified).toMatchObject({
      ok: true,
      value: { source: "access", issuer: ISSUER, subject: CAROL.sub, email: CAROL.email, emailVerified: true },
    });
    expect(verified).toMatchObject({ value: { claims: { custom: { groups: ["lync-admins"] } } } });
    expect(asked).toEqual([`${ISSUER}/cdn-cgi/access/certs`]);
  });

  it("may be signed with ES256", async () => {
    published = [await makeKey("curve", "ES256")];
    expect(await judged(await assertion(published[0]))).toBe("let in");
  });

  it.each([null, ""])("is missing when somebody got around Access (%j)", async (given) => {
    expect(await judged(given)).toBe("assertion-missing");
    expect(asked).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ["is for another application", "assertion-for-another", { aud: ["f".repeat(64)] }],
    ["has no audience", "assertion-for-another", { aud: undefined }],
    ["is another team's", "assertion-for-another", { iss: "https://fabrikam.cloudflareaccess.com" }],
    ["has a longer issuer", "assertion-for-another", { iss: `${ISSUER}/` }],
    ["has expired", "assertion-out-of-time", { exp: START / 1_000 - 6 }],
    ["is not valid yet", "assertion-out-of-time", { nbf: START / 1_000 + 6 }],
    ["never ends", "assertion-invalid", { exp: undefined }],
    ["has no time of its making", "assertion-invalid", { iat: undefined }],
    ["is a service token's", "subject-missing", { sub: "", common_name: "robot.access" }],
    ["has no address", "email-missing", { email: undefined }],
  ])("is refused when it %s", async (_what, reason, claims) => {
    expect(await judged(await assertion(published[0], claims))).toBe(reason);
  });

  it("is refused when it has expired, however it was good before", async () => {
    const text = await assertion(published[0]);
    expect(await judged(text)).toBe("let in");
    at(START + 6 * MINUTE);
    expect(await judged(text)).toBe("assertion-out-of-time");
  });

  it("is refused without a signature, and costs no question", async () => {
    const [, payload] = (await assertion(published[0])).split(".");
    const none = (header: object) => `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.`;
    expect(await judged(none({ alg: "none", kid: "one" }))).toBe("assertion-invalid");
    expect(await judged(none({ alg: "NONE", kid: "one" }))).toBe("assertion-invalid");
    expect(await judged(none({ kid: "one" }))).toBe("assertion-invalid");
    expect(asked).toEqual([]);
  });

  it("is refused when the public key was used as a shared secret", async () => {
    const [key] = published;
    const spki = Buffer.from(JSON.stringify(await exportJWK(key?.pair.publicKey ?? new Uint8Array())));
    const text = await new SignJWT({
      aud: AUDIENCE,
      iss: ISSUER,
      iat: START / 1_000,
      exp: START / 1_000 + 60,
      ...CAROL,
    })
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(spki);
    expect(await judged(text)).toBe("assertion-invalid");
    expect(asked).toEqual([]);
  });

  it.each(["RS384", "RS512", "PS256"])("is refused when it is signed with %s", async (alg) => {
    published = [await makeKey("one", alg)];
    expect(await judged(await assertion(published[0]))).toBe("assertion-invalid");
  });

  it("is refused when another key signed it under the same name", async () => {
    expect(await judged(await assertion(await makeKey("one")))).toBe("assertion-invalid");
  });

  it("is refused when it brings its own key", async () => {
    const own = await makeKey("own");
    const jwk = await exportJWK(own.pair.publicKey);
    expect(await judged(await assertion(own, {}, { jwk }))).toBe("assertion-key-unknown");
    expect(await judged(await assertion(own, {}, { jku: "https://evil.test/keys" }))).toBe("assertion-key-unknown");
    expect(asked).toEqual([`${ISSUER}/cdn-cgi/access/certs`]);
  });

  it.each([
    ["nonsense", "nonsense"],
    ["two assertions in one header", undefined],
    ["four parts", "a.b.c.d"],
  ])("is refused when it is %s", async (_what, text) => {
    const good = await assertion(published[0]);
    expect(await judged(text ?? `${good}, ${good}`)).toBe("assertion-invalid");
  });

  it("is refused when a character of it was changed", async () => {
    const [header, , signature] = (await assertion(published[0])).split(".");
    const [, payload] = (await assertion(published[0], { email: "mallory@contoso.test" })).split(".");
    expect(await judged([header, payload, signature].join("."))).toBe("assertion-invalid");
  });

  it("is refused when it is huge, before anything is read of it", async () => {
    expect(await judged(await assertion(published[0], { padding: "x".repeat(20_000) }))).toBe("assertion-too-large");
    expect(asked).toEqual([]);
  });
});

describe("the keys of Cloudflare Access", () => {
  it("are asked for once, and again after ten minutes", async () => {
    for (let minute = 0; minute < 10; minute += 3) {
      at(START + minute * MINUTE);
      expect(await judged(await assertion(published[0]))).toBe("let in");
    }
    expect(asked).toHaveLength(1);
    at(START + 11 * MINUTE);
    expect(await judged(await assertion(published[0]))).toBe("let in");
    expect(asked).toHaveLength(2);
  });

  it("are asked for again when Access has a new one, a minute after the last time at the earliest", async () => {
    expect(await judged(await assertion(published[0]))).toBe("let in");
    const next = await makeKey("two");
    published = [next, ...published];
    for (let second = 0; second < 60; second += 20) {
      at(START + second * 1_000);
      expect(await judged(await assertion(next))).toBe("assertion-key-unknown");
    }
    expect(asked).toHaveLength(1);
    at(START + MINUTE);
    expect(await judged(await assertion(next))).toBe("let in");
    expect(await judged(await assertion(published[1]))).toBe("let in");
    expect(asked).toHaveLength(2);
  });

  it("that were taken back are not good any longer", async () => {
    const [old] = published;
    expect(await judged(await assertion(old))).toBe("let in");
    published = [await makeKey("two")];
    at(START + MINUTE);
    expect(await judged(await assertion(published[0]))).toBe("let in");
    expect(await judged(await assertion(old))).toBe("assertion-key-unknown");
  });

  it.each<[string, () => Promise<Response>]>([
    ["cannot be reached", () => Promise.reject(new TypeError("network connection lost"))],
    ["answers 500", async () => new Response("no", { status: 500 })],
    ["sends elsewhere", async () => new Response(null, { status: 302, headers: { location: "https://evil.test/" } })],
    ["answers with a page", async () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["answers with something else", async () => Response.json({ keys: "none" })],
    ["answers with too much", async () => Response.json({ keys: [], padding: "x".repeat(300_000) })],
    ["breaks off", async () => new Response(new ReadableStream({ pull: (c) => c.error(new Error("reset")) }))],
  ])("let nobody in, and nobody is blamed, when their address %s", async (_what, given) => {
    answer = given;
    expect(await judged(await assertion(published[0]))).toBe("access-unreachable");
    answer = keySet;
    expect(await judged(await assertion(published[0]))).toBe("let in");
  });

  it("are asked for over http only on this machine, and only in a local run", async () => {
    const local = { issuer: "http://127.0.0.1:8799", audience: AUDIENCE };
    verify = accessVerifier(local, false, publish);
    expect(await judged(await assertion(published[0], { iss: local.issuer }))).toBe("access-unreachable");
    verify = accessVerifier({ ...local, issuer: "http://access.contoso.test" }, true, publish);
    expect(await judged(await assertion(published[0], { iss: "http://access.contoso.test" }))).toBe(
      "access-unreachable",
    );
    expect(asked).toEqual([]);
    verify = accessVerifier(local, true, publish);
    expect(await judged(await assertion(published[0], { iss: local.issuer }))).toBe("let in");
  });
});
