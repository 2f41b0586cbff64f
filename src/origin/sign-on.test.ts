import { describe, expect, it } from "vitest";
import { noSignOn, simulatedSignOn } from "./sign-on.ts";

const SERVICE = "http/web.contoso.test";
const FIRST = { afterRejection: false };
const alice = { upn: "alice@contoso.test" };

const connector = (fetch: Fetcher["fetch"]): Fetcher => ({ fetch }) as unknown as Fetcher;
const answering = (answer: () => Response): Fetcher => connector(async () => answer());

describe("the simulated connector", () => {
  it("is asked for one user and one service, with its secret, and its answer is passed on", async () => {
    const seen: Request[] = [];
    const fetcher = connector(async (input: RequestInfo | URL, init?: RequestInit) => {
      seen.push(new Request(input as RequestInfo, init));
      return Response.json({ authorization: "Negotiate YII=" });
    });
    expect(await simulatedSignOn(fetcher, "s3cret", SERVICE, 5_000).credentialsFor(alice, FIRST)).toEqual({
      ok: true,
      value: { headers: { authorization: "Negotiate YII=" } },
    });
    const [request] = seen;
    expect([request?.method, new URL(request?.url ?? "").pathname]).toEqual(["POST", "/v1/authorization"]);
    expect(request?.headers.get("authorization")).toBe("Bearer s3cret");
    expect(await request?.json()).toEqual({ user: alice.upn, service: SERVICE });
  });

  it.each([
    ["a user it does not know", () => Response.json({ error: "unknown-user" }, { status: 404 }), "unknown-user"],
    ["a wrong secret", () => Response.json({ error: "unauthorized" }, { status: 401 }), "unreachable"],
    [
      "a service it does not serve",
      () => Response.json({ error: "service-not-allowed" }, { status: 403 }),
      "unreachable",
    ],
    ["an error", () => new Response("oops", { status: 500 }), "unreachable"],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "/" } }), "unreachable"],
    ["no JSON", () => new Response("<html>"), "unreachable"],
    ["no body", () => new Response(null, { status: 204 }), "unreachable"],
    ["null", () => Response.json(null), "unreachable"],
    ["no token", () => Response.json({ authorisation: "Negotiate YII=" }), "unreachable"],
    ["a token that is none", () => Response.json({ authorization: 1 }), "unreachable"],
    ["NTLM", () => Response.json({ authorization: "NTLM TlRM" }), "unreachable"],
    ["Basic", () => Response.json({ authorization: "Basic YTpi" }), "unreachable"],
    [
      "a token with an error status",
      () => Response.json({ authorization: "Negotiate YII=" }, { status: 500 }),
      "unreachable",
    ],
  ] as const)("S-37: %s signs nobody on", async (_, answer, reason) => {
    const signOn = simulatedSignOn(answering(answer), "s3cret", SERVICE, 5_000);
    expect(await signOn.credentialsFor(alice, FIRST)).toEqual({ ok: false, reason });
  });

  it("S-37: that cannot be reached signs nobody on", async () => {
    const fetcher = connector(() => Promise.reject(new Error("Network connection lost.")));
    expect(await simulatedSignOn(fetcher, "x", SERVICE, 5_000).credentialsFor(alice, FIRST)).toEqual({
      ok: false,
      reason: "unreachable",
    });
  });

  it("S-37: that does not answer is waited for a few seconds, and signs nobody on", async () => {
    const fetcher = connector(
      (_input: RequestInfo | URL, init?: RequestInit) =>
        new Promise<Response>((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(new Error("timed out")));
        }),
    );
    expect(await simulatedSignOn(fetcher, "x", SERVICE, 5_000).credentialsFor(alice, FIRST)).toEqual({
      ok: false,
      reason: "unreachable",
    });
  });
});

it("no sign-on at all signs nobody on", async () => {
  expect(await noSignOn.credentialsFor(alice, FIRST)).toEqual({ ok: false, reason: "not-configured" });
});
