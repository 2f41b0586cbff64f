// Pages of a Front-End that have a sign-in form of their own, and the tokens with which one server speaks for a user.
// Where Postern accepts no credential itself, it must not pass a credential on.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FORM_HEADERS, type TestRequest } from "../../simulator/test-client.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { asBearer } from "./support/presenting.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const HOSTS = ["web", "lyncdiscover", "lyncdiscoverinternal", "meet", "dialin"].map((name) => `${name}.contoso.test`);
const PAGES = [
  ...[
    "/dialin/",
    "/dialin/Conference.aspx",
    "/DialIn/login.aspx",
    "/scheduler",
    "/Scheduler/",
    "/scheduler/login.aspx",
  ],
  ...["/PhoneConferencing/", "/conf/x", "/contoso.test/dialin/login.aspx", "/", "/login.aspx"],
];
const FORM = "userName=CONTOSO%5Cbob&password=Directory-Only-Bob-47%21";
const JSON_BODY = JSON.stringify({ userName: "CONTOSO\\bob", password: "Directory-Only-Bob-47!" });
const MULTIPART =
  '--b\r\nContent-Disposition: form-data; name="userName"\r\n\r\nCONTOSO\\bob\r\n' +
  '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nDirectory-Only-Bob-47!\r\n--b--\r\n';

/** A password for one page, in every way in which the page would accept it. */
const tries = (host: string, path: string): readonly TestRequest[] => [
  { host, path, method: "POST", headers: FORM_HEADERS, body: FORM },
  { host, path, method: "POST", headers: { "content-type": "application/json" }, body: JSON_BODY },
  { host, path, method: "POST", headers: { "content-type": "multipart/form-data; boundary=b" }, body: MULTIPART },
  { host, path: `${path}?__VIEWSTATE=%2fwEP&${FORM}` },
  { host, path: `${path}?${FORM}&%5F_eventtarget=x`, method: "HEAD" },
];

describe("S-19: a password for a page's own sign-in form", () => {
  it.each(HOSTS)("never reaches the Front-End through %s, whoever sends it", async (host) => {
    const { requests, directoryPasswordAttempts } = await gateway.arrivals(async () => {
      for (const request of PAGES.flatMap((path) => tries(host, path))) {
        const signedIn = { ...request, headers: { ...request.headers, authorization: `Bearer cwt=${ticket}` } };
        for (const each of [request, signedIn]) {
          const { status } = await gateway.send(each);
          // The meeting page at the root of a meet host has no form, and takes a POST.
          const meeting = host === "meet.contoso.test" && !/dialin|scheduler|conf/i.test(each.path);
          expect(meeting ? [200] : [400, 401, 404, 405], `${each.method} ${each.path}`).toContain(status);
        }
      }
    });
    expect(directoryPasswordAttempts).toEqual([]);
    if (host !== "meet.contoso.test") expect(requests).toEqual([]);
  });

  it("the pages themselves are read: the dial-in numbers by anybody, the scheduler with a ticket in a header", async () => {
    expect((await gateway.send({ host: "dialin.contoso.test", path: "/?language=de-DE" })).status).toBe(200);
    expect((await gateway.send(asBearer(ticket, "/scheduler/"))).status).toBe(200);
  });
});

describe("a browser at the scheduler, the response groups and the PIN page", () => {
  it.each(["/scheduler/", "/RgsClients/Tab.aspx", "/PhoneConferencing/", "/conf/"])(
    "%s: is refused, because it sends no ticket, not even as a cookie (docs/published.md)",
    async (path) => {
      const { requests } = await gateway.arrivals(async () => {
        for (const headers of [{}, { cookie: `cwt_ucwa=${ticket}` }]) {
          const answer = await gateway.send({ path, headers });
          expect([answer.status, answer.lines("www-authenticate")]).toEqual([401, []]);
        }
      });
      expect(requests).toEqual([]);
    },
  );
});

describe("a server-to-server token", () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const app = `${part({ typ: "JWT", alg: "RS256" })}.${part({ iss: "00000002-0000-0ff1-ce00-000000000000" })}.c2ln`;
  const user = `${part({ typ: "JWT", alg: "none" })}.${part({ smtp: "alice@contoso.test", actortoken: app })}.`;
  const UCWA = "/ucwa/oauth/v1/applications";
  const PLACES = [
    ...[UCWA, "/ucwa/v1/applications", `${UCWA}/101/onlineMeetings/myOnlineMeetings`],
    ...["/Autodiscover/AutodiscoverService.svc/root/oauth/user", "/Autodiscover/AutodiscoverService.svc/root/user"],
    ...["/WebTicket/WebTicketService.svc", "/WebTicket/oauthtoken", "/WebTicket/WebTicketService.svc/Auth"],
    ...["/CertProv/CertProvisioningService.svc", "/GroupExpansion/service.svc", "/abs/handler", "/scheduler/"],
  ];

  it.each([
    ["of Exchange for a user", user],
    ["of Exchange itself", app],
    ["that is not whole", "a.b.c"],
  ])("S-31: %s opens nothing, and the Front-End does not see it", async (_, token) => {
    const { requests, unknownTickets } = await gateway.arrivals(async () => {
      for (const path of PLACES) {
        for (const method of ["GET", "POST"]) {
          const answer = await gateway.send({ path, method, headers: { authorization: `Bearer ${token}` } });
          expect([400, 401, 404, 405, 500], `${method} ${path}`).toContain(answer.status);
        }
      }
    });
    expect([requests, unknownTickets]).toEqual([[], []]);
  });

  it("S-31: is told of no partner it could name, so that Exchange gives up at once", async () => {
    for (const authorization of ["Bearer", `Bearer ${user}`]) {
      const answer = await gateway.send({ path: UCWA, method: "POST", headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.lines("www-authenticate").join()).toMatch(/^MsRtcOAuth /);
      expect(answer.lines("www-authenticate").join()).not.toMatch(/trusted_issuers/);
    }
  });

  it("S-31: beside a ticket in X-MS-WebTicket the ticket alone counts, and goes on alone", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const headers = { authorization: `Bearer ${user}`, "x-ms-webticket": `cwt=${ticket}` };
      expect((await gateway.send({ path: "/abs/handler", headers })).status).toBe(200);
    });
    expect(requests.map(({ headers, identity }) => [headers.authorization, identity])).toEqual([
      [undefined, "sip:alice@contoso.test"],
    ]);
  });
});
