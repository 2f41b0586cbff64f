import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { signingKey } from "../core/crypto/signing-keys.ts";
import { boundConnector, type Connector, connectorSignOn, tunnelConnector } from "./connector.ts";
import { signOrder } from "./sign-on-order.ts";

const SEED = Buffer.alloc(32, 5);
const target = { issuer: "https://web.contoso.test", service: "HTTP/web.contoso.test" };
const alice = { upn: "alice@corp.contoso.test" };
const FIRST = { afterRejection: false };
const TOKEN = "Negotiate YIIG";

/** A connector that answers as the test says. It keeps what it was asked. */
function standIn(name: string, answer: (signal: AbortSignal) => Response | Promise<Response>) {
  const asked: string[] = [];
  const connector: Connector = {
    name,
    fetch: async (init) => {
      asked.push(String(init.body));
      if (!init.signal) throw new Error("no time limit");
      return answer(init.signal);
    },
  };
  return { connector, asked };
}
const good = () => Response.json({ authorization: TOKEN });
const dead = (): Response => {
  throw new Error("Network connection lost.");
};
const saying = (status: number, error: string) => () => Response.json({ error }, { status });

function signOnThrough(connectors: readonly Connector[], now: () => number = Date.now) {
  return connectorSignOn(
    connectors,
    async (order) => signOrder(await signingKey(SEED), order, now()),
    { ...target, withinMs: 6_000 },
    now,
  );
}

describe("an order", () => {
  it("is signed, for one user, one service, one connector, half a minute and one use", async () => {
    const [a, b] = [standIn("connector-a", dead), standIn("connector-b", good)];
    const now = Date.now();
    const signOn = signOnThrough([a.connector, b.connector]);
    expect(await signOn.credentialsFor(alice, FIRST)).toEqual({
      ok: true,
      value: { headers: { authorization: TOKEN } },
    });
    const { id, publicJwk } = await signingKey(SEED);
    const ids = new Set<unknown>();
    for (const [jws = "", audience] of [
      [a.asked[0], "connector-a"],
      [b.asked[0], "connector-b"],
    ] as const) {
      const key = await importJWK(publicJwk, "EdDSA");
      const { payload, protectedHeader } = await jwtVerify(jws, key, { algorithms: ["EdDSA"], audience });
      expect(protectedHeader).toEqual({ alg: "EdDSA", kid: id, typ: "postern-sign-on+jwt" });
      const { iat = 0, exp = 0, jti, ...rest } = payload;
      expect(rest).toEqual({ iss: target.issuer, aud: audience, sub: alice.upn, service: target.service });
      expect([exp - iat, Math.abs(iat * 1000 - now) < 60_000]).toEqual([30, true]);
      expect(jti).toMatch(/^[\w-]{22}$/);
      ids.add(jti);
      expect(jws.length).toBeLessThan(4096);
    }
    expect(ids.size).toBe(2);
  });

  it("after a rejection asks for a ticket that is got anew", async () => {
    const { connector, asked } = standIn("connector-a", good);
    const signOn = signOnThrough([connector]);
    await signOn.credentialsFor(alice, { afterRejection: true });
    await signOn.credentialsFor(alice, FIRST);
    expect(asked.map((jws) => decodeJwt(jws).anew)).toEqual([true, undefined]);
  });
});

describe("S-37: one connector of two", () => {
  it.each([
    ["is away", dead],
    ["knows no such key", saying(401, "unauthorized")],
    ["does not serve this service", saying(403, "service-not-allowed")],
    ["has no directory", saying(503, "directory-unavailable")],
    ["is busy", saying(503, "busy")],
    ["is no connector", () => new Response("<html>", { status: 404 })],
    ["says it knows nothing at that path", saying(404, "not-found")],
    ["is a tunnel without a connector", () => new Response("error code: 1033", { status: 530 })],
    ["redirects", () => new Response(null, { status: 302, headers: { location: "https://evil.test/" } })],
    ["answers without a token", () => Response.json({})],
    ["answers with another scheme", () => Response.json({ authorization: "NTLM TlRM" })],
    ["answers with what no header can hold", () => Response.json({ authorization: "Negotiate YIIG\r\nHost: evil" })],
    ["answers with two values", () => Response.json({ authorization: "Negotiate YIIG, Basic YTpi" })],
    ["answers null", () => Response.json(null)],
    ["answers no JSON", () => new Response("Negotiate YIIG")],
    ["answers with something huge", () => Response.json({ authorization: `Negotiate ${"A".repeat(300_000)}` })],
  ])("%s: the other is asked", async (_, answer) => {
    const [a, b] = [standIn("connector-a", answer), standIn("connector-b", good)];
    expect(await signOnThrough([a.connector, b.connector]).credentialsFor(alice, FIRST)).toMatchObject({ ok: true });
    const only = standIn("connector-a", answer);
    const alone = await signOnThrough([only.connector]).credentialsFor(alice, FIRST);
    expect(alone).toEqual({ ok: false, reason: "unreachable" });
  });

  it("failed: it is asked last for half a minute, and then first again", async () => {
    let now = Date.now();
    let broken = true;
    const a = standIn("connector-a", () => (broken ? dead() : good()));
    const b = standIn("connector-b", good);
    const signOn = signOnThrough([a.connector, b.connector], () => now);
    const counts = async (): Promise<readonly number[]> => {
      await signOn.credentialsFor(alice, FIRST);
      return [a.asked.length, b.asked.length];
    };
    expect(await counts()).toEqual([1, 1]);
    broken = false;
    now += 29_000;
    expect(await counts()).toEqual([1, 2]);
    now += 2_000;
    expect(await counts()).toEqual([2, 2]);
  });

  it("failed, and then the other: whoever answers is asked", async () => {
    const a = standIn("connector-a", () => (a.asked.length === 1 ? dead() : good()));
    const b = standIn("connector-b", () => (b.asked.length === 1 ? good() : dead()));
    const signOn = signOnThrough([a.connector, b.connector]);
    for (let time = 0; time < 3; time++) expect((await signOn.credentialsFor(alice, FIRST)).ok).toBe(true);
  });

  it("is busy: it is not avoided for that", async () => {
    const a = standIn("connector-a", saying(503, "busy"));
    const b = standIn("connector-b", good);
    const signOn = signOnThrough([a.connector, b.connector]);
    await signOn.credentialsFor(alice, FIRST);
    await signOn.credentialsFor(alice, FIRST);
    expect(a.asked.length).toBe(2);
  });

  it("does not know the user: its word counts, and the other is not asked", async () => {
    const a = standIn("connector-a", saying(404, "unknown-user"));
    const b = standIn("connector-b", good);
    const signOn = signOnThrough([a.connector, b.connector]);
    expect(await signOn.credentialsFor(alice, FIRST)).toEqual({ ok: false, reason: "unknown-user" });
    expect(b.asked).toEqual([]);
  });

  it("does not answer: the other has half of the time left", async () => {
    const hang = (signal: AbortSignal): Promise<Response> =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("timed out"))));
    const a = standIn("connector-a", hang);
    const b = standIn("connector-b", good);
    expect((await signOnThrough([a.connector, b.connector]).credentialsFor(alice, FIRST)).ok).toBe(true);
    const both = signOnThrough([standIn("connector-a", hang).connector, standIn("connector-b", hang).connector]);
    expect(await both.credentialsFor(alice, FIRST)).toEqual({ ok: false, reason: "unreachable" });
  });
});

describe("how a connector is reached", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const recorder = () => {
    const seen: Request[] = [];
    const fetcher = async (input: string, more: RequestInit) => {
      seen.push(new Request(input, more));
      return good();
    };
    return { seen, fetcher };
  };
  const init = { method: "POST", headers: { "content-type": "application/jwt" }, body: "a.b.c" };

  it("behind a binding: by its name, which leads nowhere else", async () => {
    const { seen, fetcher } = recorder();
    await boundConnector("connector-a", { fetch: fetcher } as unknown as Fetcher).fetch(init);
    expect(seen.map(({ url, method }) => [url, method])).toEqual([["http://connector-a/v1/authorization", "POST"]]);
  });

  it("behind a tunnel: with the Access token", async () => {
    const { seen, fetcher } = recorder();
    vi.stubGlobal("fetch", fetcher);
    const token = { clientId: "id.access", clientSecret: "secret" };
    await tunnelConnector("connector-b", "https://connector-b.contoso.net", token).fetch(init);
    const [request] = seen;
    expect(request?.url).toBe("https://connector-b.contoso.net/v1/authorization");
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      "content-type": "application/jwt",
      "cf-access-client-id": "id.access",
      "cf-access-client-secret": "secret",
    });
  });
});

it("S-16: what a stranger in a connector's place says is not logged", async () => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
  for (const said of ["a".repeat(100_000), "eyJhbGciOiJFZERTQSJ9.e30.c2ln", "line\nbreak"]) {
    await signOnThrough([standIn("connector-a", saying(500, said)).connector]).credentialsFor(alice, FIRST);
  }
  spy.mockRestore();
  expect(lines.map((line) => JSON.parse(line).detail)).toEqual(Array(3).fill("connector-a: 500 without a reason"));
});

it("S-16: what is logged of a connector that fails holds no order and no key", async () => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
  const a = standIn("connector-a", saying(401, "unauthorized"));
  const b = standIn("connector-b", dead);
  await signOnThrough([a.connector, b.connector]).credentialsFor(alice, FIRST);
  spy.mockRestore();
  expect(lines.map((line) => JSON.parse(line).detail)).toEqual([
    "connector-a: 401 unauthorized",
    "connector-b: Error: Network connection lost.",
  ]);
  const jws = a.asked[0] ?? "";
  expect(decodeProtectedHeader(jws).alg).toBe("EdDSA");
  for (const secret of [...jws.split("."), SEED.toString("base64")]) expect(lines.join("\n")).not.toContain(secret);
});
