// A meeting guest with a native app. The app opens the meeting link, reads the metadata of the web ticket service by a
// WS-Transfer Get, gets a web ticket for a guest, and uses UCWA with it in `X-MS-WebTicket`. Nobody can bring anything
// else to the Front-End in this way (S-45).

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, type TestRequest } from "../../simulator/test-client.ts";
import { BATCHING, batchOf, HOST_LINE, request as part } from "../kit/batches.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { metadataGet, SERVICES } from "./support/metadata.ts";
import { usernameToken } from "./support/passwords.ts";
import { asProof, creation, ROOT_USER } from "./support/presenting.ts";
import { assertionIn, opaque, tokenRequest, WEB_TICKET_SERVICE } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const APPLICATIONS = "/ucwa/v1/applications";

/** A guest's ticket as it stands in `X-MS-WebTicket`, and the key with which its holder signs. */
async function guestTicket(kind: "saml" | "cwt") {
  const entropy = new Uint8Array(32).fill(7);
  const request = tokenRequest(kind, "sip:anyone@contoso.test", { entropy, path: `${WEB_TICKET_SERVICE}/Anon` });
  const { status, text } = await gateway.send(request);
  expect(status).toBe(200);
  if (kind === "cwt") {
    const cwt = /cwt=([\w-]+)/.exec(text)?.[1] ?? "";
    return { header: { "x-ms-webticket": `cwt=${cwt}` }, saml: undefined };
  }
  const assertion = assertionIn(text);
  return { header: { "x-ms-webticket": opaque(assertion) }, saml: { assertion, response: text, entropy } };
}

describe("a native app's guest", () => {
  it.each(["saml", "cwt"] as const)("gets from the meeting link into UCWA, with a %s ticket", async (kind) => {
    expect((await gateway.send({ path: "/alice/5D3KQ7XT", host: "meet.contoso.test" })).status).toBe(200);
    const metadata = await gateway.send(metadataGet(`${WEB_TICKET_SERVICE}/mex`, "1.2"));
    expect(metadata.status).toBe(200);
    expect(metadata.text).toContain('location="https://web.contoso.test/WebTicket/WebTicketService.svc/Anon"');
    const { header } = await guestTicket(kind);
    const { requests } = await gateway.arrivals(async () => {
      const asked = creation(`native guest ${kind}`, APPLICATIONS);
      const created = await gateway.send({ ...asked, headers: { ...asked.headers, ...header } });
      expect(created.status).toBe(201);
      const application = new URL(created.headers.location ?? "").pathname;
      expect(application.startsWith(`${APPLICATIONS}/`)).toBe(true);
      expect((await gateway.send({ path: `${application}/me`, headers: header })).status).toBe(200);
      const body = batchOf(part([`GET ${application}/me HTTP/1.1`, HOST_LINE, "Accept: application/json"]));
      const batched = await gateway.send({
        path: `${application}/batch`,
        method: "POST",
        headers: { ...header, "content-type": BATCHING },
        body,
      });
      expect([batched.status, batched.text.includes("HTTP/1.1 200")]).toEqual([200, true]);
      expect((await gateway.send({ path: application, method: "DELETE", headers: header })).status).toBe(204);
      // The Front-End's own ticket in its cookie stays inside.
      expect(created.headers["set-cookie"]).toMatch(/^cwt_ucwa=(?!AAE)[\w-]{100,};/);
    });
    expect(new Set(requests.map(({ identity }) => identity))).toEqual(new Set(["anonymous"]));
  });

  it.each(["saml", "cwt"] as const)("S-38: reaches nothing else with its %s ticket", async (kind) => {
    const { header, saml } = await guestTicket(kind);
    const closed: readonly TestRequest[] = [
      ...[
        ROOT_USER,
        "/abs/handler",
        "/scheduler/",
        "/conf/",
        "/PhoneConferencing/",
        "/RgsClients/AgentService.svc",
      ].map((path) => ({ path, headers: header })),
      ...(saml === undefined ? [] : [asProof(saml)]),
    ];
    const { requests } = await gateway.arrivals(async () => {
      for (const request of closed) expect((await gateway.send(request)).status, request.path).toBe(401);
    });
    expect(requests).toEqual([]);
  });
});

describe("metadata by a WS-Transfer Get", () => {
  it.each(SERVICES)("%s: answered in the SOAP that was spoken, and names the client's message", async (service) => {
    for (const version of ["1.1", "1.2"] as const) {
      const id = `urn:uuid:00000000-0000-4000-8000-0000000000${version.replace(".", "")}`;
      const answer = await gateway.send(metadataGet(`${service}/mex`, version, { id }));
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toContain(version === "1.2" ? "application/soap+xml" : "text/xml");
      expect(answer.text).toContain(`<a:RelatesTo>${id}</a:RelatesTo>`);
      expect(answer.text).toContain("<wsdl:definitions");
    }
  });

  it("S-45: goes on in Postern's words: no query, cookie, referer, id or header of the client's", async () => {
    const asked = metadataGet("/webticket/WEBTICKETSERVICE.svc/mex", "1.2", { id: "alice:secret" });
    const headers = {
      ...asked.headers,
      cookie: "password=secret",
      referer: "https://x/?secret",
      authorization: "NTLM x",
    };
    const { requests, directoryPasswordAttempts } = await gateway.arrivals(async () => {
      const answer = await gateway.send({
        ...asked,
        path: `${asked.path}?grant_type=password&password=secret`,
        headers,
      });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain("<a:RelatesTo>alice:secret</a:RelatesTo>");
    });
    expect(directoryPasswordAttempts).toEqual([]);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`POST ${WEB_TICKET_SERVICE}/mex`]);
    expect(JSON.stringify(requests[0]?.headers)).not.toMatch(/secret|cookie|referer|authorization/);
  });

  const TOKEN = usernameToken(btoa("CONTOSO\\alice"), btoa("Directory-Only-Alice-31!"));
  it.each<[string, (request: TestRequest & { body: string }) => TestRequest]>([
    ["a UsernameToken in the header", (r) => ({ ...r, body: r.body.replace("</s:Header>", `${TOKEN}$&`) })],
    ["a UsernameToken in the body", (r) => ({ ...r, body: r.body.replace("<s:Body/>", `<s:Body>${TOKEN}</s:Body>`) })],
    ["a request for a ticket", (r) => ({ ...r, body: tokenRequest("saml", "sip:a@contoso.test").body })],
    ["another action", (r) => ({ ...r, body: r.body.replace("transfer/Get", "transfer/Delete") })],
    ["a form", (r) => ({ ...r, body: "grant_type=password&username=alice&password=x" })],
    ["nothing", (r) => ({ ...r, body: "" })],
    ["a document type", (r) => ({ ...r, body: `<!DOCTYPE x [<!ENTITY e "e">]>${r.body}` })],
    ["another encoding", (r) => ({ ...r, headers: { "content-type": "application/soap+xml; charset=utf-16" } })],
  ])("S-45: %s is refused at the edge", async (_, change) => {
    const { requests } = await gateway.arrivals(async () => {
      for (const service of SERVICES) {
        for (const version of ["1.1", "1.2"] as const) {
          expect((await gateway.send(change(metadataGet(`${service}/mex`, version)))).status).toBe(400);
        }
      }
    });
    expect(requests).toEqual([]);
  });

  it("S-34: an envelope of more than 16 KB is not read", async () => {
    const asked = metadataGet(`${WEB_TICKET_SERVICE}/mex`, "1.2");
    const body = asked.body.replace("<s:Body/>", `<s:Body>${" ".repeat(17_000)}</s:Body>`);
    expect((await gateway.send({ ...asked, body })).status).toBe(413);
  });
});

describe("S-38: metadata announces only what is open", () => {
  it.each(SERVICES)("%s: the Front-End's document without its closed ports, byte for byte", async (service) => {
    const asked = [
      { path: `${service}/mex` },
      metadataGet(`${service}/mex`, "1.1"),
      metadataGet(`${service}/mex`, "1.2"),
    ];
    for (const request of asked) {
      const direct = await send(gateway.simulator, request);
      const answer = await gateway.send(request);
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, direct.headers["content-type"]]);
      const closed = /<wsdl:(port|binding) name="WebTicketService(?:Cert|Pin)".*?<\/wsdl:\1>/g;
      const policies = /<wsp:Policy wsu:Id="WebTicketService(?:Cert|Pin)_policy".*?<\/wsp:Policy>/g;
      expect(answer.text).toBe(direct.text.replaceAll(closed, "").replaceAll(policies, ""));
    }
  });

  it("Cert and Pin are not among the ports of the ticket service; what clients use is", async () => {
    const { text } = await gateway.send({ path: `${WEB_TICKET_SERVICE}/mex` });
    const ports = [...text.matchAll(/<wsdl:port name="WebTicketService(\w+)"/g)].map(([, name]) => name);
    expect(ports).toEqual(["WinNegotiate", "WinNtlm", "Auth", "Anon"]);
    expect(text).not.toMatch(/svc\/(cert|pin)"/i);
  });
});
