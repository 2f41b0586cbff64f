import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { compactTicketFor, send, type TestResponse } from "./test-client.ts";
import { attributeOf, descend, elements, parseXml, search, textOf } from "./xml.ts";

const ROOT = "/Autodiscover/AutodiscoverService.svc/root";
const XML = "application/vnd.microsoft.rtc.autodiscover+xml;v=1";

let simulator: Simulator;

beforeAll(async () => {
  const [alice] = demoUsers;
  if (!alice) throw new Error("demo users are missing");
  const erin = {
    ...alice,
    sipUri: "sip:erin@contoso.test",
    upn: "erin@contoso.test",
    account: "erin",
    homePool: "https://web2.contoso.test",
  };
  simulator = await startSimulator({ users: [...demoUsers, erin], plainPort: 0 });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const get = (path: string, headers: Readonly<Record<string, string>> = {}, host?: string): Promise<TestResponse> =>
  send(simulator, { path, headers, ...(host === undefined ? {} : { host }) });

describe("the Root document", () => {
  it("is XML for desktops, with the Content-Type that SIPE insists on", async () => {
    const root = await get("/?sipuri=alice@contoso.test", { accept: XML }, "lyncdiscover.contoso.test:443");
    expect(root.headers["content-type"]).toMatch(/^application\/vnd\.microsoft\.rtc\.autodiscover\+xml/);
    expect(root.text).toContain('AccessLocation="External"');
    expect(root.text).toContain(
      '<Link token="User" href="https://web.contoso.test/Autodiscover/AutodiscoverService.svc/root/user"/>',
    );
  });

  it("is HAL for UCWA and the older JSON for everybody else", async () => {
    const hal = JSON.parse((await get(ROOT, { accept: "application/json" })).text);
    expect(hal._links.user.href).toBe(`https://web.contoso.test${ROOT}/oauth/user?originalDomain=contoso.test`);
    const old = JSON.parse((await get("/", {}, "lyncdiscoverinternal.contoso.test")).text);
    expect(old.Root.Links.map(({ token }: { token: string }) => token)).toEqual(["Domain", "User", "OAuth"]);
    const ucwa = await get(ROOT, { accept: "application/vnd.microsoft.com.ucwa+xml" });
    const other = await get(ROOT, { accept: "application/vnd.microsoft.ucwa+xml" });
    expect(other.headers["content-type"]).toBe("application/vnd.microsoft.ucwa+xml; charset=utf-8");
    expect(ucwa.text).toContain('<link rel="user" ');
  });

  it("is a lone redirect to https on the http site, which serves nothing else", async () => {
    const plain = { url: simulator.plainUrl ?? "", hosts: simulator.hosts };
    const host = "lyncdiscover.contoso.test";
    const root = await send(plain, { path: "/?sipuri=alice@contoso.test", host, headers: { accept: XML } });
    expect(root.status).toBe(200);
    expect(root.text.match(/<Link /g)).toHaveLength(1);
    expect(root.text).toMatch(/<Link token="Redirect" href="https:\/\/web\.contoso\.test\/Autodiscover\/[^"]*sipuri=/);
    expect((await send(plain, { path: "/abs/" })).status).toBe(403);
    expect(simulator.ledger().requests.map(({ site }) => site)).toEqual(["http", "http"]);
  });
});

describe("the User document", () => {
  it("points web-ticket clients to the ticket service and offers no scheme", async () => {
    const { status, headers, lines } = await get(`${ROOT}/user`, { accept: XML });
    expect(status).toBe(401);
    expect(headers["x-ms-webticketurl"]).toBe("https://web.contoso.test/WebTicket/WebTicketService.svc");
    expect(lines("www-authenticate")).toEqual([]);
  });

  it("challenges OAuth clients with two lines", async () => {
    const { status, lines, headers } = await get(`${ROOT}/oauth/user`);
    expect(status).toBe(401);
    expect(lines("www-authenticate")).toEqual([
      expect.stringMatching(/^Bearer trusted_issuers="/),
      'MsRtcOAuth href="https://web.contoso.test/WebTicket/oauthtoken",' +
        'grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"',
    ]);
    expect(headers["x-ms-webticketurl"]).toBeUndefined();
  });

  it("names the SIP servers and services of a user with a ticket", async () => {
    const ticket = await compactTicketFor(simulator, "alice@contoso.test");
    const user = await get(`${ROOT}/user`, { accept: XML, "x-ms-webticket": ticket });
    expect(user.text).toContain('<SipClientExternalAccess fqdn="sip.contoso.test" port="443"/>');
    expect(user.text).toContain('token="External/Ucwa" href="https://web.contoso.test/ucwa/v1/applications"');
    const oauth = await get(`${ROOT}/oauth/user`, { accept: "application/json", authorization: `Bearer ${ticket}` });
    expect(JSON.parse(oauth.text)._links.applications.href).toBe("https://web.contoso.test/ucwa/oauth/v1/applications");
    expect(simulator.ledger().requests.at(-1)).toMatchObject({ identity: "sip:alice@contoso.test", ticketKind: "cwt" });
  });

  it("redirects a user who is homed elsewhere", async () => {
    const ticket = await compactTicketFor(simulator, "erin@contoso.test");
    const { text } = await get(`${ROOT}/user`, { accept: XML, "x-ms-webticket": ticket });
    expect(text).toContain(`<User><Link token="Redirect" href="https://web2.contoso.test${ROOT}"/></User>`);
  });
});

describe("service metadata, read as SIPE reads it", () => {
  it.each([
    [
      "/CertProv/CertProvisioningService.svc",
      "CertProvisioningServiceWebTicketProof_SHA1",
      "EndorsingSupportingTokens",
    ],
    ["/GroupExpansion/service.svc", "AddressBookWebTicketBearer", "SignedSupportingTokens"],
  ])("%s names port %s with %s", async (service, port, token) => {
    const root = parseXml((await get(`${service}/mex`)).text);
    const policy = root && elements(root).find((child) => attributeOf(child, "Id") === `${port}_policy`);
    const issuer = descend(policy, "ExactlyOne", "All", token, "Policy", "IssuedToken", "Issuer", "Address");
    expect(textOf(issuer)).toBe("https://web.contoso.test/WebTicket/WebTicketService.svc");
    const ports = root ? elements(descend(root, "service") ?? root) : [];
    const address = ports.find((child) => attributeOf(child, "name") === port);
    expect(attributeOf(descend(address, "address"), "location")).toMatch(`https://web.contoso.test${service}/`);
  });

  it("names the Windows port of the ticket service", async () => {
    const root = parseXml((await get("/WebTicket/WebTicketService.svc/mex")).text);
    const port = root && search(root, "port");
    expect(attributeOf(port, "name")).toBe("WebTicketServiceWinNegotiate");
    expect(attributeOf(descend(port, "address"), "location")).toBe(
      "https://web.contoso.test/WebTicket/WebTicketService.svc",
    );
  });

  const get12 =
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">' +
    "<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>" +
    "<a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body/></s:Envelope>";
  const post = (contentType: string, body: string) =>
    send(simulator, {
      path: "/WebTicket/WebTicketService.svc/mex",
      method: "POST",
      headers: { "content-type": contentType },
      body,
    });

  it("answers a WS-Transfer Get in SOAP 1.2 with the same document", async () => {
    const answer = await post("application/soap+xml; charset=utf-8", get12);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/soap+xml; charset=utf-8"]);
    const root = parseXml(answer.text);
    expect(textOf(descend(root, "Header", "RelatesTo"))).toBe("urn:uuid:1");
    const section = descend(root, "Body", "Metadata", "MetadataSection");
    expect(descend(section, "definitions", "service", "port")).toBeDefined();
    expect((await post("text/xml", get12)).status).toBe(415);
    expect((await post("application/soap+xml", get12.replace("/Get<", "/Put<"))).status).toBe(500);
  });
});
