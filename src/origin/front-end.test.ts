import { afterEach, describe, expect, it, vi } from "vitest";
import { bindingFrontEnd, type FrontEnd, type FrontEndRequest, tunnelFrontEnd } from "./front-end.ts";

const TOKEN = { clientId: "token-id.access", clientSecret: "token-secret" };
const ORIGINS = new Map([
  ["web.contoso.test", "https://web-origin.contoso.net"],
  ["meet.contoso.test", "https://meet-origin.contoso.net:8443"],
]);

const ask = (more: Partial<FrontEndRequest> = {}): FrontEndRequest => ({
  host: "web.contoso.test",
  pathAndQuery: "/abs/%20x?a=1",
  method: "GET",
  headers: { accept: "text/xml" },
  body: null,
  signal: undefined,
  ...more,
});

/** The request that an adapter sent. */
async function sent(adapter: (fetcher: typeof fetch) => FrontEnd, request: FrontEndRequest): Promise<Request> {
  const seen: Request[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    seen.push(new Request(input, init));
    return new Response("answer");
  };
  await adapter(fetcher).fetch(request);
  const [only, ...more] = seen;
  if (only === undefined || more.length > 0) throw new Error(`${seen.length} requests`);
  return only;
}

const binding = (fetcher: typeof fetch): FrontEnd => bindingFrontEnd({ fetch: fetcher } as unknown as Fetcher);
const tunnel = (fetcher: typeof fetch): FrontEnd => {
  vi.stubGlobal("fetch", fetcher);
  return tunnelFrontEnd(ORIGINS, TOKEN);
};
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a Front-End behind a service binding", () => {
  it("is asked for the public host, over https, with the path as it is", async () => {
    const request = await sent(binding, ask());
    expect(request.url).toBe("https://web.contoso.test/abs/%20x?a=1");
    expect([...request.headers]).toEqual([["accept", "text/xml"]]);
  });
});

describe("a Front-End behind a tunnel", () => {
  it("is asked at the tunnel of the public host, with the Access token", async () => {
    const request = await sent(tunnel, ask({ host: "meet.contoso.test" }));
    expect(request.url).toBe("https://meet-origin.contoso.net:8443/abs/%20x?a=1");
    expect(Object.fromEntries(request.headers)).toEqual({
      accept: "text/xml",
      "cf-access-client-id": TOKEN.clientId,
      "cf-access-client-secret": TOKEN.clientSecret,
    });
  });

  it("S-31: gets the gateway's token, whatever a client would like to send", async () => {
    const headers = { "cf-access-client-id": "mine", "cf-access-client-secret": "mine" };
    const request = await sent(tunnel, ask({ headers }));
    expect(request.headers.get("cf-access-client-secret")).toBe(TOKEN.clientSecret);
    expect(headers["cf-access-client-secret"]).toBe("mine");
  });

  it("S-37: without a tunnel for the host is not asked at all", async () => {
    const fetcher = vi.fn<typeof fetch>();
    await expect(tunnel(fetcher).fetch(ask({ host: "dialin.contoso.test" }))).rejects.toThrow("no tunnel");
    expect(fetcher).not.toHaveBeenCalled();
  });
});

describe.each([
  ["binding", binding],
  ["tunnel", tunnel],
] as const)("either way (%s)", (_, adapter) => {
  it("method and body go as they are", async () => {
    const request = await sent(adapter, ask({ method: "POST", body: new Uint8Array([1, 2, 3]) }));
    expect([request.method, [...new Uint8Array(await request.arrayBuffer())]]).toEqual(["POST", [1, 2, 3]]);
  });

  it("S-35: no cache answers in the Front-End's stead, and none keeps what it says", async () => {
    for (const request of [ask(), ask({ method: "POST", body: "x" })]) {
      const calls: (RequestInit | undefined)[] = [];
      const fetcher: typeof fetch = async (_input, init) => {
        calls.push(init);
        return new Response("answer");
      };
      await adapter(fetcher).fetch(request);
      expect(calls.map((init) => init?.cache)).toEqual(["no-store"]);
      expect((await sent(adapter, request)).cache).toBe("no-store");
    }
  });

  it("redirects are the client's to follow", async () => {
    expect((await sent(adapter, ask())).redirect).toBe("manual");
  });

  it("a path can lead to no other host", async () => {
    const before = new URL((await sent(adapter, ask())).url).host;
    for (const pathAndQuery of ["//evil.test/", "/@evil.test/", "/\\evil.test/", "/?https://evil.test/"]) {
      expect(new URL((await sent(adapter, ask({ pathAndQuery }))).url).host, pathAndQuery).toBe(before);
    }
  });

  it("the request ends when its signal says so", async () => {
    const controller = new AbortController();
    const hanging: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("ended")));
      });
    const answer = adapter(hanging).fetch(ask({ signal: controller.signal }));
    controller.abort();
    await expect(answer).rejects.toThrow("ended");
  });

  it("an origin that cannot be reached is an exception, for the caller to answer with 503", async () => {
    const failing: typeof fetch = () => Promise.reject(new Error("Network connection lost."));
    await expect(adapter(failing).fetch(ask())).rejects.toThrow();
  });
});
