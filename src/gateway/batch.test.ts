import { env as workerEnv } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  APPLICATION,
  BATCHING,
  BOUNDARY,
  batchOf,
  encode,
  envelope,
  GET_ME,
  HOST_LINE,
  post,
  request,
} from "../../test/kit/batches.ts";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { canonicalTarget } from "../core/http/canonical.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { batchFault } from "./batch.ts";

/** The outcome of a batch that is sent to this path: `passed`, or the reason. */
function judged(body: string, path = `${APPLICATION}/batch`): string {
  const outer = canonicalTarget(`https://web.contoso.test${path}`);
  if (!outer.ok) throw new Error(outer.reason);
  return batchFault(BATCHING, encode(body), outer.value) ?? "passed";
}
const one = (method: string, target: string, ...lines: readonly string[]): string =>
  batchOf(GET_ME, request([`${method} ${target} HTTP/1.1`, HOST_LINE, ...lines]));
const withHost = (host: string): string => batchOf(request([`GET ${APPLICATION}/me HTTP/1.1`, `Host: ${host}`]));

describe("S-34: a part passes if it would have passed by itself", () => {
  it.each<[string, string]>([
    ["reading", batchOf(GET_ME, GET_ME)],
    ["writing", batchOf(post(`${APPLICATION}/me/note`, '{"message":"x"}'))],
    ["putting", one("PUT", `${APPLICATION}/me/note`, 'If-Match: "1"')],
    ["deleting", one("DELETE", `${APPLICATION}/me/note`)],
    ["the application itself", one("GET", APPLICATION)],
    ["the application's end", one("DELETE", APPLICATION)],
    ["a query", one("GET", `${APPLICATION}/people?query=a%20b&limit=1`)],
    ["an encoded name", one("GET", `${APPLICATION}/people/a%20b`)],
    ...[
      "/people/sip:bob%40contoso.test",
      "/people/sip%3abob%40contoso.test",
      "/people/o%27neil",
      "/people/a%3Db",
      "/people/%c3%a9",
      "/people/%C3%a9",
      "/photos/%7ebob%2ejpg",
      "/%6de",
    ].map((path): [string, string] => [`the equivalent spelling ${path}`, one("GET", `${APPLICATION}${path}`)]),
    ["an encoded digit of the application's number", one("GET", `${APPLICATION.replace("103", "%3103")}/me`)],
    ["an encoded slash in a query", one("GET", `${APPLICATION}/me?next=%2fx`)],
    ["another letter case of the path", one("GET", `${APPLICATION.toUpperCase()}/ME`)],
    ["a name that begins like a forbidden one", one("GET", `${APPLICATION}/eventsofmine`)],
    [
      "the headers of a browser",
      one(
        "GET",
        `${APPLICATION}/me`,
        "Origin: https://x",
        "Referer: https://x/",
        "X-Ms-Origin: https://x",
        "X-Requested-With: XMLHttpRequest",
        "X-MS-RequiresMinResourceVersion: 2",
        "X-MS-Namespace: internal",
        "X-Ms-SDK-Version: SkypeWeb/0.4.275",
        "X-Ms-SDK-Host: Exchange",
      ),
    ],
    ["the default port in Host", withHost("web.contoso.test:443")],
    ["a Host in capitals", withHost("WEB.CONTOSO.TEST")],
  ])("%s", (_, body) => {
    expect(judged(body)).toBe("passed");
  });

  it("also with a web ticket's family", () => {
    const application = "/ucwa/v1/applications/103";
    expect(judged(batchOf(request([`GET ${application}/me HTTP/1.1`, HOST_LINE])), `${application}/batch`)).toBe(
      "passed",
    );
  });
});

describe("S-34: one bad part, and the batch is refused", () => {
  it.each([
    "fe01.contoso.local",
    "meet.contoso.test",
    "web.contoso.test.evil.test",
    "web.contoso.test:4443",
    "web.contoso.test:443:443",
    "web.contoso.test.",
    "web.contoso.test@evil.test",
    "evil.test@web.contoso.test",
    `web.contoso.test${APPLICATION}`,
    "web.contoso.test, web.contoso.test",
    "",
  ])("the Host `%s`", (host) => {
    expect(judged(withHost(host))).toBe("another-host");
  });

  it.each([
    "/cscp",
    "/ucwa/oauth/v1/applications",
    "/ucwa/oauth/v1/applications/",
    "/ucwa/oauth/v1/applications/104/me",
    "/ucwa/oauth/v1/applications/1030/me",
    "/ucwa/oauth/v1/applications/103x",
    "/ucwa/v1/applications/103/me",
    "/ucwa/oauth/v1",
    "/webticket/webticketservice.svc",
    "/WebTicket/oauthtoken",
    "/Autodiscover/AutodiscoverService.svc/root/user",
    "/abs/handler",
    "/ucwa/oauth/v1/applications/10%34/me",
    "/%75cwa/v1/applications/103/me",
    "/",
    "/?/ucwa/oauth/v1/applications/103/me",
  ])("the target %s is outside the application", (target) => {
    expect(judged(one("GET", target))).toBe("outside-application");
  });

  it("no part creates an application, in any family of addresses", () => {
    const creation = '{"UserAgent":"x","EndpointId":"y","Culture":"en-US"}';
    for (const target of ["/ucwa/oauth/v1/applications", "/ucwa/v1/applications", "/UCWA/OAuth/V1/Applications"]) {
      expect(judged(batchOf(post(target, creation))), target).toBe("outside-application");
    }
  });

  it.each([
    `${APPLICATION}/../104/me`,
    `${APPLICATION}/%2e%2e/104/me`,
    `${APPLICATION}/me/..%2f..%2f104/me`,
    `${APPLICATION}/..%5c104/me`,
    `${APPLICATION}\\..\\104`,
    `${APPLICATION}/%252e%252e/104`,
    `${APPLICATION}//me`,
    `/${APPLICATION}/me`,
    `${APPLICATION}/me;x`,
    `${APPLICATION}/me#x`,
    `${APPLICATION}/me?x#/cscp`,
    `${APPLICATION}/people%2fx`,
    `${APPLICATION}/people%2Fx?a=b`,
    `${APPLICATION}%2fme`,
    `${APPLICATION}/me%3fx`,
    `${APPLICATION}/me%3Bx`,
    `${APPLICATION}/me%23x`,
    `${APPLICATION}/me%2e`,
    `${APPLICATION}/%25%36%35vents`,
    `${APPLICATION}/me%5cx`,
    `${APPLICATION}/%e9`,
    `${APPLICATION}/%u0065vents`,
    `${APPLICATION}/me%EF%BC%8Fx`,
    `${APPLICATION}/(S(x))/me`,
    `${APPLICATION}/%28S%28x%29%29/me`,
    `${APPLICATION}/me::$DATA`,
    `${APPLICATION}/me%3a%3A%24DATA`,
    `${APPLICATION}/me:$i30`,
    `${APPLICATION}/EVENTS~1`,
    `${APPLICATION}/EVENTS%7e1`,
    `${APPLICATION}/%63on`,
    `${APPLICATION}%e2%88%95events`,
    `${APPLICATION}/me%00`,
    `${APPLICATION}/me%0d%0aX:y`,
    `${APPLICATION}/%c0%af`,
    `${APPLICATION}/me.`,
    `${APPLICATION}/me%20`,
    `${APPLICATION}/%`,
    `${APPLICATION}/${"a".repeat(4_096)}`,
  ])("S-32: the spelling %s, which Postern would refuse or correct", (target) => {
    expect(judged(one("GET", target))).toBe("not-canonical");
  });

  it.each([
    `${APPLICATION}/batch`,
    `${APPLICATION}/Batch`,
    `${APPLICATION}/batch/`,
    `${APPLICATION}/x/batch/y`,
    `${APPLICATION}/%62atch`,
    `${APPLICATION}/x/b%61tch/y`,
  ])("a batch within a batch: %s", (target) => {
    expect(judged(batchOf(post(target, "--x\r\n")))).toBe("nested-batch");
  });

  it.each([
    `${APPLICATION}/events`,
    `${APPLICATION}/Events?ack=1`,
    `${APPLICATION}/events/`,
    `${APPLICATION}/events/x`,
    `${APPLICATION}/%65vents`,
    `${APPLICATION}/%45%56%45%4e%54%53?ack=1`,
  ])("the event channel: %s", (target) => {
    expect(judged(one("GET", target))).toBe("event-channel");
  });

  it.each(["HEAD", "OPTIONS", "TRACE", "PATCH", "CONNECT", "PROPFIND"])("the method %s", (method) => {
    expect(judged(one(method, `${APPLICATION}/me`))).toBe("method-not-allowed");
  });

  it.each([
    "Authorization: Bearer cwt=x",
    "Authorization: NTLM x",
    "Proxy-Authorization: Basic x",
    "X-MS-WebTicket: cwt=x",
    "Cookie: a=b",
    "Cookie: cwt_ucwa=x",
    "X-Forwarded-For: 10.0.0.1",
    "X-Forwarded-Host: fe01.contoso.local",
    "Forwarded: for=x",
    "Via: 1.1 x",
    "X-HTTP-Method-Override: DELETE",
    "X-Http-Method: DELETE",
    "X-Original-URL: /cscp",
    "X-Rewrite-URL: /cscp",
    "Cf-Access-Client-Id: x",
    "Connection: keep-alive",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "Content-Encoding: gzip",
    "Content-Encoding: identity, gzip",
    "TE: trailers",
    "Data: {}",
  ])("S-31: the header `%s`", (line) => {
    expect(judged(one("GET", `${APPLICATION}/me`, line))).toBe("header-not-allowed");
  });

  it("everything that the reader refuses, with the reader's reason", () => {
    expect(judged(envelope([GET_ME]))).toBe("part-type");
    expect(judged("")).toBe("preamble");
  });

  it("the last part as well as the first", () => {
    const bad = request(["GET /cscp HTTP/1.1", HOST_LINE]);
    for (let place = 0; place < 5; place++) {
      const parts = Array.from({ length: 5 }, (_, n) => (n === place ? bad : GET_ME));
      expect(judged(batchOf(...parts))).toBe("outside-application");
    }
  });
});

describe("on the way to the Front-End", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /**
   * Sends a batch as a meeting guest; no guard is asked about a guest's ticket. Returns the answer, and the bodies that
   * arrived.
   */
  async function sent(body: Uint8Array, type = BATCHING): Promise<{ status: number; arrived: readonly Uint8Array[] }> {
    const keyring = parseKeyring(workerEnv.SEALING_KEYS);
    if (!keyring.ok) throw new Error(keyring.reason);
    const expiresAt = Date.now() + 60_000;
    const guest = {
      kind: "anonymous",
      sipUri: "sip:alice@contoso.test",
      id: "guest",
      expiresAt,
      inner: "AAEB",
      pool: "",
    } as const;
    const arrived: Uint8Array[] = [];
    const fetch = async (input: RequestInfo, init?: RequestInit): Promise<Response> => {
      arrived.push(new Uint8Array(await new Request(input, init).arrayBuffer()));
      return new Response();
    };
    const ORIGIN = { fetch } as unknown as Fetcher;
    const env: Env = { ...(workerEnv as unknown as Env), ORIGIN, CONNECTOR: ORIGIN, CONNECTOR_SECRET: "secret" };
    const headers = { authorization: `Bearer cwt=${sealTicket(keyring.value, guest)}`, "content-type": type };
    const asked = new Request(`https://web.contoso.test${APPLICATION}/batch`, { method: "POST", body, headers });
    return { status: (await app.fetch(asked, env)).status, arrived };
  }

  it("S-34: a batch is what was judged, byte for byte", async () => {
    const body = encode(
      `\r\n${batchOf(post(`${APPLICATION}/me/note`, "\u00fc\ufeff\n\r\n \t"), GET_ME, `${GET_ME}\r\n`)}`,
    );
    expect(await sent(body)).toEqual({ status: 200, arrived: [body] });
    expect(await sent(body, `Multipart/Batching; Boundary="${BOUNDARY}"`)).toEqual({ status: 200, arrived: [body] });
  });

  it("S-34: a batch that is refused is nowhere, and one line of the log says why", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect(await sent(encode(one("GET", "/cscp")))).toEqual({ status: 400, arrived: [] });
    const line = { event: "request-refused", reason: "outside-application", host: "web.contoso.test" };
    expect(log.mock.calls.map(([text]) => JSON.parse(text))).toMatchObject([
      { ...line, status: 400, method: "POST", path: "/ucwa/oauth/v1/applications/*/batch" },
    ]);
  });

  // Some decoders drop a mark, or repair bytes. The Front-End would then see something that Postern did not.
  it("S-34: no decoder stands between what is judged and what is sent", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect(await sent(encode(`\ufeff${batchOf(GET_ME)}`))).toEqual({ status: 400, arrived: [] });
    expect(await sent(Uint8Array.of(...encode(batchOf(GET_ME)), 0xff))).toEqual({ status: 400, arrived: [] });
  });
});

it.each(["identity", "Identity", "identity, identity"])("`Content-Encoding: %s` in a part is no encoding", (coding) => {
  expect(judged(one("GET", `${APPLICATION}/me`, `Content-Encoding: ${coding}`))).toBe("passed");
});
