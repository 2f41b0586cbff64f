import { describe, expect, it } from "vitest";
import {
  APPLICATION,
  BATCHING,
  batchOf,
  encode,
  envelope,
  GET_ME,
  HOST_LINE,
  post,
  request,
} from "../lync/test-batch.ts";
import { batchFault } from "./batch.ts";
import { canonicalTarget } from "./canonical.ts";

/** What becomes of a batch sent to this path: `passed`, or the reason. */
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
    "/",
    "/?/ucwa/oauth/v1/applications/103/me",
  ])("the target %s is outside the application", (target) => {
    expect(judged(one("GET", target))).toBe("outside-application");
  });

  it("no part creates an application, in whichever family", () => {
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
    `${APPLICATION}/%6de`,
    `${APPLICATION}/%65vents`,
    `${APPLICATION}/people/%c3%a9`,
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

  it.each([`${APPLICATION}/batch`, `${APPLICATION}/Batch`, `${APPLICATION}/batch/`, `${APPLICATION}/x/batch/y`])(
    "a batch within a batch: %s",
    (target) => {
      expect(judged(batchOf(post(target, "--x\r\n")))).toBe("nested-batch");
    },
  );

  it.each([
    `${APPLICATION}/events`,
    `${APPLICATION}/Events?ack=1`,
    `${APPLICATION}/events/`,
    `${APPLICATION}/events/x`,
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
    "TE: trailers",
    "Data: {}",
  ])("S-31: the header `%s`", (line) => {
    expect(judged(one("GET", `${APPLICATION}/me`, line))).toBe("header-not-allowed");
  });

  it("whatever the reader refuses, with the reader's reason", () => {
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
