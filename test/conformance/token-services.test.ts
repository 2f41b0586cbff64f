// Postern itself words everything that reaches a token service of the Front-End, field by field from a list. Here a
// stranger, and then a user who has signed in, tries to get a credential of his own wording there in some other part of
// the request.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOAP_HEADERS, type TestRequest } from "../../simulator/test-client.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { usernameToken } from "./support/passwords.ts";
import { rawSend } from "./support/raw-http.ts";
import {
  ANONYMOUS_GRANT,
  accessTokenIn,
  grantRequest,
  OAUTH_TOKEN,
  tokenRequest,
  WEB_TICKET_SERVICE,
  WINDOWS_GRANT,
} from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const ANON = `${WEB_TICKET_SERVICE}/Anon`;
const PASSWORD = "Directory-Only-Alice-31!";
const GRANT = { grant_type: "password", username: "alice@contoso.test", password: PASSWORD };
const QUERY = `?${new URLSearchParams(GRANT)}`;
const GUEST = ANONYMOUS_GRANT.body;
const CREDENTIAL_FIELDS = `username=alice@contoso.test&password=${encodeURIComponent(PASSWORD)}`;
const WITHOUT_KEY =
  "grant_type=urn:microsoft.rtc:anonmeeting&ms_rtc_conferenceuri=sip:alice@contoso.test;gruu;opaque=x";
const TOKEN = usernameToken(btoa("CONTOSO\\alice"), btoa(PASSWORD));
const anon = () => tokenRequest("saml", "sip:anyone@contoso.test", { path: ANON });

const multipart = (fields: Readonly<Record<string, string>>): TestRequest => ({
  path: OAUTH_TOKEN,
  method: "POST",
  headers: { "content-type": "multipart/form-data; boundary=b" },
  body: `${Object.entries(fields)
    .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}--b--\r\n`,
});
const asForm = (contentType: string, body: string): TestRequest => ({
  path: OAUTH_TOKEN,
  method: "POST",
  headers: { "content-type": contentType },
  body,
});
const guestWith = (fields: string): TestRequest => grantRequest(`${GUEST}&${fields}`);
const inEnvelope = (replace: (body: string) => string): TestRequest => ({ ...anon(), body: replace(anon().body) });
const header = (security: string) =>
  inEnvelope((body) => body.replace("<soap:Body>", `<soap:Header>${security}</soap:Header><soap:Body>`));

/** Checks that no credential, and no word of the client's own, arrives with what `act` sends. */
async function nothingCarried(act: () => Promise<unknown>) {
  const ledger = await gateway.arrivals(act);
  expect(ledger.directoryPasswordAttempts).toEqual([]);
  for (const { path, headers } of ledger.requests) {
    expect([OAUTH_TOKEN, WEB_TICKET_SERVICE, ANON]).toContain(path);
    expect(Object.keys(headers)).not.toContain("cookie");
    expect(Object.keys(headers)).not.toContain("referer");
    expect(headers["content-type"]).toMatch(/^(application\/x-www-form-urlencoded|text\/xml);\s?charset=utf-8$/i);
    expect(JSON.stringify(headers)).not.toMatch(/alice|Directory-Only|password/i);
  }
  return ledger;
}

describe("S-19 S-45: a stranger's credential does not pass a token service", () => {
  it.each<[string, () => TestRequest]>([
    ["a query beside a guest's form", () => ({ ...ANONYMOUS_GRANT, path: OAUTH_TOKEN + QUERY })],
    ["a query in another case", () => ({ ...ANONYMOUS_GRANT, path: `/webticket/OAUTHTOKEN${QUERY}` })],
    ["a query at /Anon", () => ({ ...anon(), path: ANON + QUERY })],
    [
      "cookies",
      () => ({
        ...ANONYMOUS_GRANT,
        headers: { ...ANONYMOUS_GRANT.headers, cookie: CREDENTIAL_FIELDS.replaceAll("&", "; ") },
      }),
    ],
    [
      "cookies at /Anon",
      () => ({ ...anon(), headers: { ...SOAP_HEADERS, cookie: "grant_type=password; username=alice; password=x" } }),
    ],
    [
      "a referer",
      () => ({ ...ANONYMOUS_GRANT, headers: { ...ANONYMOUS_GRANT.headers, referer: `https://x/${QUERY}` } }),
    ],
    ["Basic", () => ({ ...anon(), headers: { ...SOAP_HEADERS, authorization: `Basic ${btoa(`alice:${PASSWORD}`)}` } })],
    [
      "an origin with a path",
      () => ({ ...ANONYMOUS_GRANT, headers: { ...ANONYMOUS_GRANT.headers, origin: `https://alice:${PASSWORD}@x/` } }),
    ],
  ])("%s: the guest is served, and nothing else goes on", async (_, request) => {
    await nothingCarried(async () => {
      expect((await gateway.send(request())).status).toBe(200);
    });
  });

  it.each<[string, () => TestRequest]>([
    ["a multipart form", () => multipart(GRANT)],
    ["a guest's multipart form", () => multipart({ ...GRANT, grant_type: "urn:microsoft.rtc:anonmeeting" })],
    [
      "a form that is multipart, too",
      () => {
        const request = multipart(GRANT);
        return { ...request, body: `${request.body}&${GUEST}&x=` };
      },
    ],
    ["a form said to be text", () => asForm("text/plain", GUEST)],
    [
      "a form said to be two things",
      () => asForm("application/x-www-form-urlencoded, multipart/form-data; boundary=b", GUEST),
    ],
    ["a form with a boundary", () => asForm("application/x-www-form-urlencoded; boundary=b", GUEST)],
    ["a form of no type", () => ({ path: OAUTH_TOKEN, method: "POST", body: GUEST })],
    ["Grant_Type", () => guestWith(`Grant_Type=password&${CREDENTIAL_FIELDS}`)],
    ["Grant_Type first", () => grantRequest(`Grant_Type=password&${CREDENTIAL_FIELDS}&${GUEST}`)],
    ["an encoded name", () => guestWith("grant%5Ftyp%65=password&username=alice")],
    ["a name with a plus", () => guestWith("+grant_type=password&username=alice")],
    ["a name with a NUL", () => guestWith("grant_type%00=password&username=alice")],
    ["a name with a mark", () => guestWith("%EF%BB%BFgrant_type=password&username=alice")],
    ["a semicolon form", () => grantRequest(`${WITHOUT_KEY}&password=x;grant_type=password;username=alice`)],
    ["a user name", () => guestWith("username=alice")],
    ["two keys", () => guestWith("password=y")],
    ["two keys in two cases", () => guestWith("PASSWORD=y")],
    ["an unknown field", () => guestWith("assertion=PHNhbWw+")],
    ["a field without a name", () => guestWith("=password")],
    ["a scope of its own", () => guestWith("scope=password")],
    ["a conference that is none", () => grantRequest(`${WITHOUT_KEY}&password=x`)],
    ["a key with a line", () => grantRequest(GUEST.replace("password=", "password=a%0D%0Ab"))],
    ["a token at /Anon", () => header(`<wsse:Security>${TOKEN}</wsse:Security>`)],
    ["a token beside the security header", () => header(TOKEN)],
    ["a token in the body", () => inEnvelope((body) => body.replace("</wst:RequestSecurityToken>", `${TOKEN}$&`))],
    [
      "a token on behalf of",
      () => inEnvelope((body) => body.replace("<wst:Entropy>", `<wst:OnBehalfOf>${TOKEN}</wst:OnBehalfOf>$&`)),
    ],
    ["a token behind the body", () => inEnvelope((body) => body.replace("</soap:Envelope>", `${TOKEN}$&`))],
    [
      "a token without its namespace",
      () => header("<Security><UsernameToken><Username>YQ==</Username></UsernameToken></Security>"),
    ],
    [
      "a certificate",
      () => header("<wsse:Security><wsse:BinarySecurityToken>MIIB</wsse:BinarySecurityToken></wsse:Security>"),
    ],
    [
      "an assertion",
      () => header('<wsse:Security><Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/></wsse:Security>'),
    ],
    [
      "a signature",
      () => header('<wsse:Security><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></wsse:Security>'),
    ],
    ["a password alone", () => header("<wsse:Security><wsse:Password>x</wsse:Password></wsse:Security>")],
    [
      "two requests",
      () => inEnvelope((body) => body.replace(/<wst:RequestSecurityToken .*<\/wst:RequestSecurityToken>/, "$&$&")),
    ],
  ])("%s: refused at the edge", async (_, request) => {
    const ledger = await nothingCarried(async () => {
      expect([400, 500]).toContain((await gateway.send(request())).status);
    });
    expect(ledger.requests).toEqual([]);
  });

  it("metadata is asked for without a query, cookies and credentials", async () => {
    const ledger = await gateway.arrivals(async () => {
      for (const service of [
        WEB_TICKET_SERVICE,
        "/CertProv/CertProvisioningService.svc",
        "/GroupExpansion/service.svc",
      ]) {
        const headers = { ...SOAP_HEADERS, cookie: "grant_type=password; username=alice; password=x" };
        const posted = await gateway.send({
          path: `${service}/mex`,
          method: "POST",
          headers,
          body: header(TOKEN).body ?? "",
        });
        expect(posted.status).toBe(400);
        expect(
          (await gateway.send({ path: `${service}/mex${QUERY}`, headers: { cookie: headers.cookie } })).status,
        ).toBe(200);
      }
    });
    expect(ledger.directoryPasswordAttempts).toEqual([]);
    expect(ledger.requests.map(({ path }) => path)).toEqual([
      `${WEB_TICKET_SERVICE}/mex`,
      "/CertProv/CertProvisioningService.svc/mex",
      "/GroupExpansion/service.svc/mex",
    ]);
  });
});

describe("S-19 S-45: nor does that of a user who has signed in", () => {
  it.each<[string, () => TestRequest & { body: string }]>([
    ["a query", () => ({ ...WINDOWS_GRANT, path: OAUTH_TOKEN + QUERY })],
    [
      "cookies",
      () => ({ ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, cookie: "username=alice; password=x" } }),
    ],
    [
      "a query before a RequestSecurityToken",
      () => ({ ...tokenRequest("saml", gateway.alice.sipUri), path: WEB_TICKET_SERVICE + QUERY }),
    ],
    [
      "an element that nobody knows",
      () => {
        const request = tokenRequest("cwt", gateway.alice.sipUri);
        return { ...request, body: request.body.replace("<wst:Entropy>", "<x:Note xmlns:x='x'>alice</x:Note>$&") };
      },
    ],
  ])("%s: served, and nothing else goes on", async (_, request) => {
    await nothingCarried(async () => {
      expect((await signIn(gateway, request(), gateway.alice)).status).toBe(200);
    });
  });

  it.each<[string, (request: TestRequest & { body: string }) => TestRequest & { body: string }]>([
    [
      "a UsernameToken in the header",
      (r) => ({
        ...r,
        body: r.body.replace("<soap:Body>", `<soap:Header><wsse:Security>${TOKEN}</wsse:Security></soap:Header>$&`),
      }),
    ],
    [
      "a UsernameToken in the body",
      (r) => ({ ...r, body: r.body.replace("<wst:Entropy>", `<wst:ActAs>${TOKEN}</wst:ActAs>$&`) }),
    ],
  ])("%s: refused", async (_, change) => {
    const ledger = await nothingCarried(async () => {
      expect((await signIn(gateway, change(tokenRequest("saml", gateway.alice.sipUri)), gateway.alice)).status).toBe(
        500,
      );
    });
    expect(ledger.requests).toEqual([]);
  });

  it("a GET relays nothing that is not a ticket: it is answered at the edge", async () => {
    const ledger = await gateway.arrivals(async () => {
      for (const path of [WEB_TICKET_SERVICE, OAUTH_TOKEN, OAUTH_TOKEN + QUERY]) {
        const answer = await signIn(gateway, { path, method: "GET" }, gateway.alice);
        expect([answer.status, answer.headers.allow, answer.text]).toEqual([405, "POST", ""]);
      }
    });
    expect([ledger.requests, ledger.signOns]).toEqual([[], []]);
  });
});

describe("what clients need passes in Postern's words", () => {
  it("a guest's renewal, with the ticket that is inside the envelope", async () => {
    const first = accessTokenIn((await gateway.send(ANONYMOUS_GRANT)).text);
    await nothingCarried(async () => {
      const renewal = `grant_type=urn:microsoft.rtc:anonmeeting&scope=all&ms_rtc_renew=cwt%3D${first}`;
      expect((await gateway.send(grantRequest(renewal))).status).toBe(200);
    });
  });

  it("content types as clients spell them", async () => {
    for (const type of ["APPLICATION/X-WWW-Form-Urlencoded", 'application/x-www-form-urlencoded ; charset="UTF-8"']) {
      expect((await gateway.send(asForm(type, GUEST))).status).toBe(200);
    }
  });

  it("a RequestSecurityToken keeps its Context, entropy and address", async () => {
    const appliesTo = "https://web.contoso.test/GroupExpansion/service.svc";
    const request = tokenRequest("saml", gateway.alice.sipUri, { appliesTo });
    const { text } = await signIn(gateway, request, gateway.alice);
    expect(text).toContain('Context="6b29fc40-ca47-1067-b31d-00dd010662da"');
    expect(text).toContain(`<saml:Audience>${appliesTo}</saml:Audience>`);
    expect(text).toContain("/CK/PSHA1");
  });

  it("headers in which a credential could hide stay outside; those that name the client pass", async () => {
    const lines = [
      ...Object.entries(ANONYMOUS_GRANT.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
      "User-Agent: LWA/15.0",
      "X-Ms-Origin: https://apps.contoso.test",
      "Client-Request-Id: 6b29fc40",
    ];
    const ledger = await gateway.arrivals(() =>
      rawSend(gateway, { target: OAUTH_TOKEN, method: "POST", lines, body: GUEST }),
    );
    expect(ledger.requests[0]?.headers).toMatchObject({
      "user-agent": "LWA/15.0",
      "x-ms-origin": "https://apps.contoso.test",
      "client-request-id": "6b29fc40",
    });
  });
});
