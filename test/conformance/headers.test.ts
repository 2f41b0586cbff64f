// Headers, seen from outside. Towards the Front-End, Postern passes on only what a Lync client has reason to send.
// Towards the client, it removes whatever the Front-End says about itself and its network, on every kind of answer.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor } from "./support/ntlm.ts";
import { type RawRequest, rawSend } from "./support/raw-http.ts";
import { ANONYMOUS_GRANT, opaque, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

/** A word in every hostile header, so that a search finds it wherever it ends up. */
const EVIL = "evil-7f3a";

const HOSTILE = [
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Forwarded-Server",
  "X-Forwarded-User",
  "X-Forwarded-Client-Cert",
  "X-Forwarded",
  "Forwarded",
  "Forwarded-For",
  "X-Real-IP",
  "X-Client-IP",
  "Client-IP",
  "True-Client-IP",
  "X-Cluster-Client-IP",
  "X-Originating-IP",
  "X-Remote-Addr",
  "Remote-User",
  "X-Remote-User",
  "X-User",
  "X-Auth-User",
  "X-WEBAUTH-USER",
  "X-Ms-Client-Principal-Name",
  "X-MS-Proxy",
  "X-MS-Forwarded-Client-IP",
  "X-MS-Server-Fqdn",
  "X-MS-Identity",
  "X-ARR-LOG-ID",
  "X-ARR-SSL",
  "X-ARR-ClientCert",
  "X-SSL-Client-Cert",
  "Front-End-Https",
  "CF-Connecting-IP",
  "CF-Connecting-IPv6",
  "CF-Ray",
  "CF-IPCountry",
  "CF-Visitor",
  "CF-Worker",
  "CF-EW-Via",
  "Cdn-Loop",
  "Cf-Access-Jwt-Assertion",
  "Cf-Access-Authenticated-User-Email",
  "Cf-Access-Client-Id",
  "Cf-Access-Client-Secret",
  "Via",
  "X-Original-URL",
  "X-Rewrite-URL",
  "X-Original-Host",
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "Translate",
  "SSL_CLIENT_CERT",
  "HTTP_X_FORWARDED_FOR",
  "Proxy",
  "X-Postern-User",
  "Max-Forwards",
  "X-Request-Id",
] as const;

const spelt = (name: string): string[] => [
  name,
  name.toUpperCase(),
  name.toLowerCase(),
  name.replaceAll("-", "_"),
  name.toLowerCase().replaceAll("-", "_"),
];
const hostileLines = (): string[] => [...new Set(HOSTILE.flatMap(spelt))].map((name) => `${name}: ${EVIL}`);

/** Every header that may arrive, written out here a second time on purpose. */
const ADMITTED = new Set(
  (
    "accept accept-encoding accept-language authorization cache-control client-request-id connection content-length " +
    "content-type cookie host origin pragma range referer soapaction transfer-encoding user-agent x-ms-correlation-id " +
    "x-ms-namespace x-ms-origin x-ms-requiresminresourceversion x-ms-sdk-host x-ms-sdk-instance x-ms-sdk-session " +
    "x-ms-sdk-version x-ms-webticket x-request-id x-requested-with"
  ).split(" "),
);

describe("S-31: what the Front-End sees of a client's headers", () => {
  const expectClean = async (request: RawRequest, status: number): Promise<Record<string, string>> => {
    const { requests } = await gateway.arrivals(async () => {
      expect((await rawSend(gateway, request)).status).toBe(status);
    });
    const [arrived, ...more] = requests;
    expect([arrived?.host, more]).toEqual(["web.contoso.test", []]);
    for (const [name, value] of Object.entries(arrived?.headers ?? {})) {
      expect(ADMITTED, `${name}: ${value}`).toContain(name);
      expect(value).not.toContain(EVIL);
    }
    return { ...arrived?.headers };
  };

  it("on an open row", async () => {
    await expectClean({ target: "/meet/x", lines: hostileLines() }, 200);
  });

  it("on a ticket row", async () => {
    const lines = [...hostileLines(), `Authorization: Bearer cwt=${ticket}`];
    await expectClean({ target: "/ucwa/oauth/v1/applications/1", lines }, 404);
  });

  it("in a sign-in", async () => {
    const challenged = await challengeFor(gateway, WINDOWS_GRANT);
    const lines = [
      ...hostileLines(),
      "Content-Type: application/x-www-form-urlencoded",
      `Authorization: ${authorization(answerTo(challenged, gateway.alice), 3)}`,
    ];
    const { target, ...request } = { target: WINDOWS_GRANT.path, method: "POST", body: WINDOWS_GRANT.body, lines };
    await expectClean({ target, ...request }, 200);
  });

  it("in an anonymous sign-in", async () => {
    const lines = [...hostileLines(), "Content-Type: application/x-www-form-urlencoded"];
    await expectClean({ target: ANONYMOUS_GRANT.path, method: "POST", body: ANONYMOUS_GRANT.body, lines }, 200);
  });

  it("named in Connection, a header of Postern's does not vanish", async () => {
    const lines = [`Authorization: Bearer cwt=${ticket}`, "Connection: close, authorization, x-ms-webticket, host"];
    const headers = await expectClean({ target: "/ucwa/oauth/v1/applications/1", lines }, 404);
    expect(headers.authorization).toMatch(/^Bearer /);
  });

  it("what clients need passes unchanged", async () => {
    const lines = [
      "User-Agent: UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
      "Accept: application/vnd.microsoft.rtc.autodiscover+xml;v=1",
      "Accept-Language: de-DE",
      "X-Ms-Origin: https://apps.contoso.test",
      "X-Ms-Namespace: internal",
      'SOAPAction: "urn:x"',
      "Range: bytes=0-9",
      "Cookie: lang=de; cwt_ucwa=stolen; CF_Authorization=stolen; theme=dark",
    ];
    const headers = await expectClean({ target: "/meet/x", lines }, 200);
    expect(headers).toMatchObject({
      "user-agent": "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
      accept: "application/vnd.microsoft.rtc.autodiscover+xml;v=1",
      "accept-language": "de-DE",
      "x-ms-origin": "https://apps.contoso.test",
      "x-ms-namespace": "internal",
      soapaction: '"urn:x"',
      range: "bytes=0-9",
    });
  });
});

/** Header lines that only the Front-End could have written, and words that only the inside knows. */
const LEAK =
  /contoso\.local|fe01|pool\.contoso|source\s*=|microsoft-iis|asp\.net|4\.0\.30319|(^|\n)(server|via|x-powered-by|x-aspnet\S*|x-ms-server-fqdn|persistent-auth|authentication-info|proxy-authenticate):/i;
const OWN_CHALLENGE =
  /^(NTLM|Negotiate)( [A-Za-z0-9+/=]+)?$|^MsRtcOAuth href="https:\/\/web\.contoso\.test\/WebTicket\/oauthtoken"/;

const head = (answer: TestResponse): string =>
  Object.entries(answer.headers)
    .filter(([name]) => name !== "x-request-id") // random digits may look like anything
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

function expectNoLeak(answer: TestResponse, what: string): void {
  expect(head(answer), what).not.toMatch(LEAK);
  const challenges = answer.lines("www-authenticate");
  expect(challenges.length, what).toBeLessThanOrEqual(1);
  for (const challenge of challenges) expect(challenge, what).toMatch(OWN_CHALLENGE);
}

describe("S-36: what a client sees of the Front-End's headers", () => {
  const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
  const fail = (path: string): Promise<Response> =>
    fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body: JSON.stringify({ path, kind: "internal-error" }) });
  const bearer = () => ({ authorization: `Bearer cwt=${ticket}` });

  it("the simulated Front-End has something to hide", async () => {
    const answer = await fetch(`${gateway.frontEnd}/meet`, {
      headers: { host: "web.contoso.test" },
      redirect: "manual",
    });
    expect(JSON.stringify([...answer.headers])).toMatch(LEAK);
  });

  it("200, 301, 400, 401, 404, 405 and 500, from every row that passes them on", async () => {
    const saml = await desktopTicket(gateway, gateway.atDesk.alice);
    const opaqueTicket = { "x-ms-webticket": opaque(saml.assertion) };
    const plan: readonly (readonly [status: number, request: TestRequest])[] = [
      [200, { path: "/", host: "lyncdiscover.contoso.test" }],
      [200, { path: ROOT }],
      [200, { path: "/WebTicket/WebTicketService.svc/mex" }],
      [200, { path: `${ROOT}/user`, headers: opaqueTicket }],
      [200, { path: `${ROOT}/oauth/user`, headers: bearer() }],
      [200, { path: "/abs/handler", headers: opaqueTicket }],
      [200, { path: "/abs/files/C-0.lsabs", headers: { "x-ms-webticket": `cwt=${ticket}` } }],
      [200, { path: "/Reach/sip.svc", headers: opaqueTicket }],
      [200, { path: "/meet/alice/5D3KQ7XT", host: "meet.contoso.test" }],
      [200, { ...ANONYMOUS_GRANT }],
      [301, { path: "/meet" }],
      [301, { path: "/dialin" }],
      [400, { path: "/WebTicket/oauthtoken", method: "POST", body: "grant_type=password&username=a&password=b" }],
      [400, { ...ANONYMOUS_GRANT, body: ANONYMOUS_GRANT.body.replace("5D3KQ7XT", "WRONGKEY") }],
      [401, { path: `${ROOT}/user` }],
      [401, { path: `${ROOT}/oauth/user` }],
      [401, { path: "/abs/" }],
      [401, { path: "/WebTicket/WebTicketService.svc" }],
      [404, { path: "/cscp" }],
      [404, { path: "/ucwa/oauth/v1/applications/42", headers: bearer() }],
      [405, { path: `${ROOT}/user`, method: "POST", headers: opaqueTicket }],
      [405, { path: "/abs/handler", method: "HEAD", headers: opaqueTicket }],
      [405, { path: "/ucwa/oauth/v1/applications", headers: bearer() }],
      [500, { path: "/WebTicket/WebTicketService.svc/Anon", method: "POST", body: "<x/>" }],
    ];
    for (const [status, request] of plan) {
      const answer = await gateway.send(request);
      const what = `${request.method ?? "GET"} ${request.path}`;
      expect(answer.status, what).toBe(status);
      expectNoLeak(answer, what);
    }
  });

  it("a redirect of IIS to its own name becomes a path", async () => {
    for (const path of ["/meet", "/dialin"]) {
      const { status, headers } = await gateway.send({ path });
      expect([status, headers.location]).toEqual([301, `${path}/`]);
    }
  });

  it("an internal error, from an open, a ticket and a sign-in row", async () => {
    const signIn = async (): Promise<TestResponse> => {
      const challenged = await challengeFor(gateway, WINDOWS_GRANT);
      const headers = {
        ...WINDOWS_GRANT.headers,
        authorization: authorization(answerTo(challenged, gateway.alice), 3),
      };
      return gateway.send({ ...WINDOWS_GRANT, headers });
    };
    const soap = async (): Promise<TestResponse> => {
      const request = tokenRequest("saml", "sip:alice@contoso.test");
      const challenged = await challengeFor(gateway, request);
      const headers = { ...request.headers, authorization: authorization(answerTo(challenged, gateway.alice), 3) };
      return gateway.send({ ...request, headers });
    };
    const failing: readonly (readonly [string, () => Promise<TestResponse>])[] = [
      ["/meet/x", () => gateway.send({ path: "/meet/x" })],
      ["/abs/handler", () => gateway.send({ path: "/abs/handler", headers: { "x-ms-webticket": `cwt=${ticket}` } })],
      ["/webticket/oauthtoken", signIn],
      ["/webticket/webticketservice.svc", soap],
    ];
    for (const [path, act] of failing) {
      await fail(path);
      const answer = await act();
      expect([400, 500], path).toContain(answer.status);
      expectNoLeak(answer, path);
      expect(answer.text, path).not.toMatch(/contoso\.local|fe01/i);
    }
  });

  it("a ticket that the Front-End has forgotten: Postern's own challenge, not the Front-End's", async () => {
    await fetch(`${gateway.frontEnd}/_sim/expire`, { method: "POST", body: "{}" });
    for (const [path, headers] of [
      [`${ROOT}/oauth/user`, bearer()],
      ["/abs/handler", { "x-ms-webticket": `cwt=${ticket}` }],
    ] as const) {
      const { requests } = await gateway.arrivals(async () => {
        const answer = await gateway.send({ path, headers });
        expect(answer.status).toBe(401);
        expectNoLeak(answer, path);
        expect(answer.headers["x-ms-webticketurl"]).toBe("https://web.contoso.test/WebTicket/WebTicketService.svc");
      });
      expect(requests.map(({ status }) => status)).toEqual([401]);
    }
  });
});
