// What a stranger is told at every row of the publish table, in the dialect of that row. The Front-End hears of none of
// it, and no credential except a checked ticket ever gets there.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { rawSend } from "./support/raw-http.ts";
import { shapeOf } from "./support/shape.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
const OAUTH_CHALLENGE =
  /^MsRtcOAuth href="https:\/\/web\.contoso\.test\/WebTicket\/oauthtoken",grant_type="urn:microsoft\.rtc:windows,urn:microsoft\.rtc:anonmeeting"$/;

// Written out here, and not taken from the table: clients rely on it.
const WEB_TICKET_ROWS = [
  ["GET", `${ROOT}/user`],
  ["GET", `${ROOT}/user?sipuri=sip:alice@contoso.test`],
  ["GET", "/CertProv/CertProvisioningService.svc"],
  ["POST", "/CertProv/CertProvisioningService.svc"],
  ["POST", "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1"],
  ["GET", "/Reach/sip.svc"],
  ["POST", "/Reach/sip.svc"],
  ["GET", "/abs"],
  ["GET", "/abs/"],
  ["GET", "/abs/handler"],
  ["HEAD", "/abs/files/C-0.lsabs"],
  ["GET", "/GroupExpansion/service.svc"],
  ["POST", "/GroupExpansion/service.svc"],
  ["POST", "/GroupExpansion/service.svc/WebTicket_Bearer"],
  ["GET", "/scheduler/"],
  ["GET", "/PhoneConferencing"],
  ["GET", "/conf"],
  ["POST", "/RgsClients/AgentService.svc"],
] as const;
const OAUTH_ROWS = [
  ["GET", `${ROOT}/oauth/user`],
  ["POST", "/ucwa/v1/applications"],
  ["GET", "/ucwa/v1/applications/101/events?ack=1"],
  ["POST", "/ucwa/oauth/v1/applications"],
  ["DELETE", "/ucwa/oauth/v1/applications/101"],
  ["POST", "/ucwa/v1/applications/101/batch"],
  ["POST", "/ucwa/oauth/v1/applications/101/batch"],
  ["GET", "/ucwa/oauth/v1/applications/101/photos/alice@contoso.test"],
] as const;
const OPEN_ROWS = [
  ["lyncdiscover.contoso.test", "/"],
  ["lyncdiscoverinternal.contoso.test", "/"],
  ["web.contoso.test", ROOT],
  ["web.contoso.test", "/Autodiscover/XFrame/XFrame.html"],
  ["web.contoso.test", `${ROOT}/xframe`],
  ["web.contoso.test", `${ROOT}/XFrame/XFrame.html`],
  ["lyncdiscover.contoso.test", `${ROOT}/xframe`],
  ["lyncdiscover.contoso.test", `${ROOT}/XFrame.html`],
  ["lyncdiscover.contoso.test", "/xframe"],
  ["lyncdiscover.contoso.test", "/XFrame/XFrame.html"],
  ["lyncdiscoverinternal.contoso.test", "/XFrame.html"],
  ["web.contoso.test", "/WebTicket/WebTicketService.svc/mex"],
  ["web.contoso.test", "/CertProv/CertProvisioningService.svc/mex"],
  ["web.contoso.test", "/GroupExpansion/service.svc/mex"],
  ["meet.contoso.test", "/meet/alice/5D3KQ7XT"],
  ["dialin.contoso.test", "/"],
  ["web.contoso.test", "/dialin/"],
  ["web.contoso.test", "/lwa/WebPages/LwaClient.aspx"],
  ["web.contoso.test", "/DataCollabWeb/x"],
] as const;

const BODY = "<x/>";
const post = (method: string) =>
  method === "POST" ? { method, body: BODY, headers: { "content-type": "text/xml" } } : { method };

describe("a stranger", () => {
  it.each(WEB_TICKET_ROWS)("%s %s: told where to get a web ticket, and offered no scheme", async (method, path) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await gateway.send({ path, ...post(method) });
      expect(answer.status).toBe(401);
      expect(answer.lines("x-ms-webticketurl")).toEqual(["https://web.contoso.test/WebTicket/WebTicketService.svc"]);
      expect(answer.lines("x-ms-webticketsupported")).toEqual(["cwt,saml"]);
      expect(answer.lines("www-authenticate")).toEqual([]);
    });
    expect(requests).toEqual([]);
  });

  it.each(OAUTH_ROWS)("%s %s: told where to get an OAuth ticket", async (method, path) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await gateway.send({ path, ...post(method) });
      expect(answer.status).toBe(401);
      expect(answer.lines("www-authenticate")).toEqual([expect.stringMatching(OAUTH_CHALLENGE)]);
    });
    expect(requests).toEqual([]);
  });

  it.each(["/WebTicket/WebTicketService.svc", "/WebTicket/oauthtoken"])("%s: offered NTLM, once", async (path) => {
    const { requests } = await gateway.arrivals(async () => {
      for (const method of ["GET", "POST"]) {
        const answer = await gateway.send({ path, method });
        expect([answer.status, answer.lines("www-authenticate")]).toEqual([401, ["NTLM"]]);
      }
    });
    expect(requests).toEqual([]);
  });

  it.each(OPEN_ROWS)("%s%s: served", async (host, path) => {
    const { requests } = await gateway.arrivals(async () => {
      expect((await gateway.send({ host, path })).status).toBe(200);
    });
    expect(requests.map((each) => [each.host, each.path, each.identity])).toEqual([[host, path, null]]);
  });

  it("gets the Web SDK's frame, and whatever its query says stays outside", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await gateway.send({ host: "lyncdiscover.contoso.test", path: "/xframe?sipuri=x" });
      expect([answer.status, answer.text.includes("<title>XFrame</title>")]).toEqual([200, true]);
    });
    expect(requests.map(({ path }) => path)).toEqual(["/xframe"]);
  });

  it.each([
    ["lyncdiscover.contoso.test", "/", "application/json"],
    ["lyncdiscoverinternal.contoso.test", "/", "application/vnd.microsoft.rtc.autodiscover+xml;v=1"],
    ["web.contoso.test", ROOT, "application/vnd.microsoft.rtc.autodiscover+xml;v=1"],
  ])("%s%s: the same whoever is asked about, and the Front-End is not told", async (host, path, accept) => {
    const asked = [
      "",
      "?sipuri=alice@contoso.test",
      "?sipuri=sip:nobody%40contoso.test",
      "?SIPURI=x&originalDomain=y",
      "?",
    ];
    const { requests } = await gateway.arrivals(async () => {
      const answers = await Promise.all(
        asked.map((query) => gateway.send({ host, path: path + query, headers: { accept } })),
      );
      const [first, ...rest] = answers.map(shapeOf);
      expect(first?.status).toBe(200);
      for (const other of rest) expect(other).toEqual(first);
    });
    expect(requests.map((each) => each.path)).toEqual(asked.map(() => path));
  });

  it("S-38: a closed row, an unknown directory and an unknown host are the same 404", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const closed = PUBLISH_TABLE.filter(({ access }) => access.kind === "closed");
      const paths = [
        ...closed.map(({ path }) => path.replace("/*", "/x")),
        "/no/such/directory",
        "/Web.config",
        "/ucwa/v1/applications/1/batch/",
      ];
      const answers = await Promise.all([
        ...paths.map((path) => gateway.send({ path })),
        gateway.send({ path: "/meet/x", host: "fe01.contoso.local" }),
      ]);
      const [first, ...rest] = answers.map(shapeOf);
      expect(first?.status).toBe(404);
      for (const other of rest) expect(other).toEqual(first);
    });
    expect(requests).toEqual([]);
  });

  it("S-19: no channel that carries a password reaches the Front-End", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const password = "Directory-Only-Alice-31!";
    const token = (user: string) =>
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Security xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><UsernameToken><Username>${btoa(user)}</Username><Password>${btoa(password)}</Password></UsernameToken></Security></s:Header><s:Body/></s:Envelope>`;
    const { requests, directoryPasswordAttempts } = await gateway.arrivals(async () => {
      const grants = [
        `grant_type=password&username=alice@contoso.test&password=${encodeURIComponent(password)}`,
        `grant_type=password&username=CONTOSO%5Calice&password=x&grant_type=urn:microsoft.rtc:anonmeeting`,
        `grant%5ftype=%70assword&username=alice&password=x`,
        `grant_type=urn:microsoft.rtc:passive`,
        `GRANT_TYPE=password&username=alice&password=x`,
        `username=alice&password=x`,
      ];
      for (const body of grants) {
        const answer = await gateway.send({ path: "/WebTicket/oauthtoken", method: "POST", headers: form, body });
        expect([answer.status, answer.headers["content-type"]], body).toEqual([400, "application/json"]);
        expect(JSON.parse(answer.text), body).toEqual({ error: expect.any(String) });
      }
      for (const suffix of ["Auth", "auth", "AUTH"]) {
        const path = `/WebTicket/WebTicketService.svc/${suffix}`;
        const headers = { "content-type": "text/xml" };
        const answer = await gateway.send({ path, method: "POST", headers, body: token("CONTOSO\\alice") });
        expect([answer.status, answer.text.includes("wsse:FailedAuthentication")]).toEqual([500, true]);
      }
      for (const suffix of ["Pin", "Cert"]) {
        const path = `/WebTicket/WebTicketService.svc/${suffix}`;
        expect((await gateway.send({ path, method: "POST", body: token("alice") })).status).toBe(404);
      }
    });
    expect([requests, directoryPasswordAttempts]).toEqual([[], []]);
  });
});

describe("credentials in headers", () => {
  const TYPE_1 = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAGAbEdAAAADw==";
  const CREDENTIALS = [
    [`Authorization: NTLM ${TYPE_1}`],
    [`authorization: ntlm ${TYPE_1}`],
    [`Authorization: Negotiate ${TYPE_1}`],
    [`Authorization: Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnagMDAuBgkqhkiC9xIBAgI=`],
    [`Authorization: Basic ${btoa("CONTOSO\\alice:Directory-Only-Alice-31!")}`],
    [`Authorization: Digest username="alice", realm="contoso"`],
    [`Authorization: Bearer cwt=AAEBHAEFAAAAAAAFFQAA`],
    [`Authorization: Bearer eyJhbGciOiJub25lIn0.e30.`],
    [`Proxy-Authorization: Basic ${btoa("CONTOSO\\alice:Directory-Only-Alice-31!")}`],
    [`X-MS-WebTicket: cwt=AAEBHAEFAAAAAAAFFQAA`],
    [`X-MS-WebTicket: opaque=PHNhbWw6QXNzZXJ0aW9uLz4=`],
    [`Cookie: cwt_ucwa=AAEBHAEFAAAAAAAFFQAA; CWT_UCWA=AAEB; a=1`],
    [`X_MS_WebTicket: cwt=AAEB`, `X-Authorization: NTLM ${TYPE_1}`],
    [`Authorization: NTLM ${TYPE_1}`, `Authorization: Basic ${btoa("alice:x")}`],
  ];
  const SECRET_HEADERS = [
    "authorization",
    "proxy-authorization",
    "x-ms-webticket",
    "x_ms_webticket",
    "x-authorization",
  ];
  const targets = PUBLISH_TABLE.flatMap(({ path, methods }) =>
    (methods.length === 0 ? ["GET"] : methods).map((method) => ({ method, target: path.replace("/*", "/x") })),
  );

  it("no row passes on a credential of a stranger's, of any scheme", async () => {
    const { requests, directoryPasswordAttempts, unknownTickets } = await gateway.arrivals(async () => {
      for (const lines of CREDENTIALS) {
        const answers = targets.map((request) => rawSend(gateway, { ...request, lines }));
        for (const { status } of await Promise.all(answers)) expect(status).not.toBe(503);
      }
    });
    expect([directoryPasswordAttempts, unknownTickets]).toEqual([[], []]);
    expect(requests.length).toBeGreaterThan(100); // the open rows
    for (const { path, headers, identity } of requests) {
      expect(
        Object.keys(headers).filter((name) => SECRET_HEADERS.includes(name)),
        path,
      ).toEqual([]);
      expect([undefined, "a=#6b86b273ff34"], path).toContain(headers.cookie);
      expect(identity, path).toBeNull();
    }
  });

  it("beside a good ticket, the ticket alone is passed on", async () => {
    const ticket = await phoneTicket(gateway, gateway.alice);
    const good = `X-MS-WebTicket: cwt=${ticket}`;
    const { requests, directoryPasswordAttempts, unknownTickets } = await gateway.arrivals(async () => {
      for (const lines of CREDENTIALS) {
        await Promise.all(targets.map((request) => rawSend(gateway, { ...request, lines: [...lines, good] })));
      }
    });
    expect([directoryPasswordAttempts, unknownTickets]).toEqual([[], []]);
    const ticketed = requests.filter(({ headers }) => headers["x-ms-webticket"] !== undefined);
    expect(ticketed.length).toBeGreaterThan(50);
    expect(new Set(ticketed.map(({ headers }) => headers["x-ms-webticket"])).size).toBe(1);
    for (const { path, headers, identity, ticketKind } of requests) {
      const secrets = Object.keys(headers).filter((name) => SECRET_HEADERS.includes(name));
      expect([[], ["x-ms-webticket"]], path).toContainEqual(secrets);
      if (ticketKind !== null) expect(identity, path).toBe("sip:alice@contoso.test");
    }
  });
});
