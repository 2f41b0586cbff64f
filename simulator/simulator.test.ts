import { createServer } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { sipeSecurity } from "./sipe-client.ts";
import { WSSE } from "./soap.ts";
import {
  authorizationFor,
  compactTicketFor,
  SOAP_HEADERS,
  send,
  type TestResponse,
  ticketRequest,
} from "./test-client.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

/** Writes bytes to the socket and reads until the answer's head has come. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(simulator.url).port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n\r\n")) socket.end();
    });
    socket.on("close", () => resolve(answer));
  });
}

describe("the ledger", () => {
  it("keeps the path as it came over the wire, and says which directory was served", async () => {
    const path = "/Meet/..%2F%63SCP//x;y\\z?a=b";
    await raw(`GET ${path} HTTP/1.1\r\nHost: web.contoso.test\r\nX_Forwarded_For: 1.2.3.4\r\n\r\n`);
    expect(simulator.ledger().requests).toMatchObject([
      {
        method: "GET",
        host: "web.contoso.test",
        path,
        served: "/cscp/x/z",
        status: 200,
        headers: { x_forwarded_for: "1.2.3.4" },
      },
    ]);
  });

  it("shows tickets and credentials only as scheme and digest", async () => {
    const ticket = await compactTicketFor(simulator, "alice@contoso.test");
    await send(simulator, {
      path: "/abs/",
      headers: { authorization: `Bearer ${ticket}`, "x-ms-webticket": ticket, cookie: `cwt_ucwa=${ticket.slice(4)}` },
    });
    const { headers } = simulator.ledger().requests.at(-1) ?? {};
    const digest = headers?.authorization?.slice("Bearer ".length);
    expect(digest).toMatch(/^#[0-9a-f]{12}$/);
    expect(headers).toMatchObject({ "x-ms-webticket": `cwt=${digest}`, cookie: `cwt_ucwa=${digest}` });
  });

  it("is served on any host, cleared by DELETE, and does not record itself", async () => {
    await send(simulator, { path: "/cscp/" });
    const read = async (): Promise<{ requests: unknown[] }> =>
      JSON.parse((await send(simulator, { path: "/_ledger", host: "127.0.0.1" })).text);
    expect((await read()).requests).toHaveLength(1);
    expect((await send(simulator, { path: "/_ledger", method: "DELETE", host: "127.0.0.1" })).status).toBe(204);
    expect((await read()).requests).toEqual([]);
  });
});

describe("the site", () => {
  it("answers another Host with 404, and records it", async () => {
    expect((await send(simulator, { path: "/", host: "other.contoso.test" })).status).toBe(404);
    expect(simulator.ledger().requests).toMatchObject([{ host: "other.contoso.test", status: 404 }]);
  });

  it.each([
    "/cscp/",
    "/OcsPowerShell/",
    "/PowerShell",
    "/locationinformation/liservice.svc",
    "/HybridConfig/x",
    "/mcx/McxService.svc",
    "/macp",
    "/RgsConfig",
    "/anything",
  ])("serves %s, so that a leak shows", async (path) => {
    const { status, text } = await send(simulator, { path });
    expect([status, text]).toEqual([200, expect.stringContaining("should never have been reached")]);
  });

  it("leaks what a gateway has to clean", async () => {
    const abs = await send(simulator, { path: "/abs/" });
    expect(abs.headers).toMatchObject({
      server: "Microsoft-IIS/8.5",
      "x-powered-by": "ASP.NET",
      "x-aspnet-version": "4.0.30319",
      "x-ms-server-fqdn": "fe01.contoso.local",
      via: "1.1 pool.contoso.local",
    });
    expect(abs.lines("www-authenticate")).toEqual(["Negotiate", "NTLM"]);
    const meet = await send(simulator, { path: "/meet" });
    expect([meet.status, meet.headers.location]).toEqual([301, "https://pool.contoso.local/meet/"]);
  });

  it("reads a chunked body and keeps the connection for the next request", async () => {
    const form = "grant_type=authorization_code";
    const answer = await raw(
      "POST /WebTicket/oauthtoken HTTP/1.1\r\nHost: web.contoso.test\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
        `Transfer-Encoding: chunked\r\n\r\n${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`,
    );
    expect(answer).toContain("400 Bad Request");
    expect(answer).toContain("Connection: keep-alive");
    expect(answer).toContain("unsupported_grant_type");
  });

  it("streams a large file with content that can be checked", async () => {
    const ticket = await compactTicketFor(simulator, "alice@contoso.test");
    const file = await send(simulator, { path: "/abs/files/x?bytes=200000", headers: { "x-ms-webticket": ticket } });
    expect(file.headers["content-length"]).toBe("200000");
    expect([0, 100, 65_536, 199_999].map((at) => file.bytes[at])).toEqual([0, 100, 65_536 % 251, 199_999 % 251]);
    const large = await send(simulator, { path: "/abs/files/large-50mb", headers: { "x-ms-webticket": ticket } });
    expect(large.bytes).toHaveLength(52_428_800);
  });

  it("finds the pool's users for a bearer ticket in SOAP, and challenges at the Windows address", async () => {
    const upn = "alice@contoso.test";
    const body = ticketRequest({ tokenType: "saml", appliesTo: "x", sipUri: `sip:${upn}`, entropy: "AAAA" });
    const authorization = (await authorizationFor(simulator, upn)) ?? "";
    const headers = { ...SOAP_HEADERS, authorization };
    const issued = await send(simulator, { path: "/WebTicket/WebTicketService.svc", method: "POST", headers, body });
    const search = (security: string): Promise<TestResponse> =>
      send(simulator, {
        path: "/GroupExpansion/service.svc/WebTicket_Bearer",
        method: "POST",
        headers: SOAP_HEADERS,
        body:
          `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsse="${WSSE}"><s:Header>` +
          `<wsse:Security>${security}</wsse:Security></s:Header><s:Body>` +
          `<SearchAbEntry xmlns="DistributionListExpander"/></s:Body></s:Envelope>`,
      });
    const found = await search(sipeSecurity(issued.text, undefined));
    expect(found.text).toMatch(/<SearchAbEntryResponse .*<Value>sip:bob@contoso\.test<\/Value>/);
    expect((await search("")).status).toBe(401);
    const windows = await send(simulator, { path: "/GroupExpansion/service.svc" });
    expect(windows.lines("www-authenticate")).toEqual(["Negotiate", "NTLM"]);
  });

  it("keeps idle connections open for longer than any client uses one, on every port", async () => {
    const answers = [
      await fetch(`${simulator.connectorUrl}/v1/authorization`, { method: "POST", body: "{}" }),
      await fetch(`${simulator.url}/`),
    ];
    for (const answer of answers) {
      await answer.text();
      expect(answer.headers.get("keep-alive")).toBe("timeout=620");
    }
  });

  it("says that a port is taken, and leaves nothing running", async () => {
    const other = createServer();
    const plainPort = await listen(other, 0);
    await expect(startSimulator({ users: demoUsers, plainPort })).rejects.toThrow("EADDRINUSE");
    other.close();
  });
});
