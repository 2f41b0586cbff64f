// The Front-End reads what Postern has judged: no second encoding of a body, no second charset, no document that two
// readers would read differently (S-32, S-34).

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor } from "./support/ntlm.ts";
import { type RawResponse, rawSend } from "./support/raw-http.ts";
import { ANONYMOUS_GRANT, tokenRequest, WEB_TICKET_SERVICE, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const bearer = () => `Authorization: Bearer cwt=${ticket}`;

describe("S-32 S-34: what was judged is what is read", () => {
  const TOKEN_SERVICES = [
    { ...tokenRequest("saml", "sip:alice@contoso.test") },
    { ...WINDOWS_GRANT },
    { ...ANONYMOUS_GRANT },
    { ...tokenRequest("saml", "sip:x@contoso.test", { path: `${WEB_TICKET_SERVICE}/Anon` }) },
  ];

  it.each(["gzip", "deflate", "br", "identity, gzip", "x-identity", "x-gzip", "GZIP", "utf-16"])(
    "Content-Encoding: %s is refused at every row that takes a body",
    async (encoding) => {
      const { requests } = await gateway.arrivals(async () => {
        for (const { path } of [...TOKEN_SERVICES, { path: "/meet/x" }, { path: "/ucwa/oauth/v1/applications" }]) {
          const lines = [`Content-Encoding: ${encoding}`, "Content-Type: text/xml", bearer()];
          const answer = await rawSend(gateway, { target: path, method: "POST", lines, body: gzipSync("<x/>") });
          expect(answer.status, path).toBe(400);
        }
      });
      expect(requests).toEqual([]);
    },
  );

  /** A last leg of a sign-in, with another content type or body. */
  async function signIn(
    request: (typeof TOKEN_SERVICES)[number],
    contentType: string,
    body: string | Uint8Array = request.body,
  ): Promise<TestResponse | RawResponse> {
    const lines = [`Content-Type: ${contentType}`];
    if (request.body !== ANONYMOUS_GRANT.body && !request.path.endsWith("Anon")) {
      const challenged = await challengeFor(gateway, request);
      lines.push(`Authorization: ${authorization(answerTo(challenged, gateway.alice), 3)}`);
    }
    return rawSend(gateway, { target: request.path, method: "POST", lines, body });
  }

  it.each([
    "text/xml; charset=utf-16",
    "text/xml; charset=UTF-7",
    'text/xml; charset="utf-16"',
    "text/xml; charset=ibm037",
    "text/xml;charset=iso-2022-jp",
    "text/xml; charset = utf-16le",
    "text/xml; charset=utf-8; charset=utf-16",
    'text/xml; x="; charset=utf-8"; charset=utf-7',
    "application/soap+xml; CHARSET='utf-16'",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=ibm500",
  ])("a body in `%s` is refused by every token service", async (contentType) => {
    const { requests, signOns } = await gateway.arrivals(async () => {
      for (const request of TOKEN_SERVICES) {
        expect((await signIn(request, contentType)).status, request.path).toBe(400);
      }
    });
    expect([requests, signOns]).toEqual([[], []]);
  });

  it.each([
    ["UTF-16", (text: string) => Buffer.from(text, "utf16le")],
    ["UTF-16 with its mark", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["not UTF-8", (text: string) => Buffer.concat([Buffer.from(text), Uint8Array.of(0xc0, 0xaf)])],
    ["Latin-1", (text: string) => Buffer.from(`${text}<!-- é -->&é=1`, "latin1")],
  ] as const)("a body that is %s, whatever it says, gets no ticket", async (_, encode) => {
    const { ticketsIssued } = await gateway.arrivals(async () => {
      for (const request of TOKEN_SERVICES) {
        const answer = await signIn(request, request.headers?.["content-type"] ?? "", encode(request.body));
        expect([400, 500], request.path).toContain(answer.status);
      }
    });
    expect(ticketsIssued).toEqual([]);
  });

  it("a form that names two grants, or hides one, signs nobody in", async () => {
    const { ticketsIssued } = await gateway.arrivals(async () => {
      for (const body of [
        "grant_type=urn:microsoft.rtc:windows&grant_type=password&username=bob@contoso.test&password=x",
        "grant_type=password&grant_type=urn:microsoft.rtc:windows&username=bob@contoso.test&password=x",
        "grant_type=urn:microsoft.rtc:windows&username=bob@contoso.test&password=x",
        "Grant_Type=password&grant_type=urn:microsoft.rtc:windows&username=bob@contoso.test&password=x",
      ]) {
        const answer = await signIn(
          WINDOWS_GRANT as (typeof TOKEN_SERVICES)[number],
          "application/x-www-form-urlencoded",
          body,
        );
        expect(answer.status, body).toBe(400);
      }
    });
    expect(ticketsIssued).toEqual([]);
    expect(gateway.simulator.ledger().directoryPasswordAttempts).toEqual([]);
  });

  it("a token request with a document type, two requests or two claims signs nobody in", async () => {
    const request = tokenRequest("saml", "sip:alice@contoso.test");
    const twoClaims = request.body.replace(
      "</wst:Claims>",
      `$&${/<wst:Claims[\s\S]*<\/wst:Claims>/.exec(request.body)?.[0].replace("alice", "bob")}`,
    );
    const { ticketsIssued } = await gateway.arrivals(async () => {
      for (const body of [
        request.body.replace("?>", '?><!DOCTYPE x [<!ENTITY u "sip:bob@contoso.test">]>'),
        request.body.replace("<soap:Body>", "<soap:Body><wst:RequestSecurityToken/>"),
        twoClaims,
        request.body.replace("alice@", "bob@"),
        `${request.body}${request.body}`,
        "",
        "<x/>",
      ]) {
        const answer = await signIn(request, "text/xml", body);
        expect(answer.status, body.slice(0, 300)).toBe(500);
      }
    });
    expect(ticketsIssued).toEqual([]);
  });

  it("an XML declaration that names another charset than the one that was read signs nobody in", async () => {
    const request = tokenRequest("saml", "sip:alice@contoso.test");
    const { ticketsIssued } = await gateway.arrivals(async () => {
      for (const charset of ["utf-16", "utf-7", "ibm037", "iso-2022-jp"]) {
        const body = request.body.replace('<?xml version="1.0"?>', `<?xml version="1.0" encoding="${charset}"?>`);
        const answer = await signIn(request, "text/xml", body);
        expect([400, 500], charset).toContain(answer.status);
      }
    });
    expect(ticketsIssued).toEqual([]);
  });

  it("a byte order mark before a form or JSON is refused; before XML it is legal", async () => {
    const { ticketsIssued } = await gateway.arrivals(async () => {
      for (const request of [WINDOWS_GRANT, ANONYMOUS_GRANT] as typeof TOKEN_SERVICES) {
        const answer = await signIn(request, "application/x-www-form-urlencoded", `\ufeff${request.body}`);
        expect(answer.status, request.body).toBe(400);
      }
    });
    expect(ticketsIssued).toEqual([]);
    const creation = (body: string, type: string): Promise<RawResponse> =>
      rawSend(gateway, {
        target: "/ucwa/oauth/v1/applications",
        method: "POST",
        lines: [bearer(), `Content-Type: ${type}`],
        body: `\ufeff${body}`,
      });
    const named = { UserAgent: "AndroidLync/6.25", EndpointId: "phone-of-alice", Culture: "en-US" };
    const { requests } = await gateway.arrivals(async () => {
      expect((await creation(JSON.stringify(named), "application/json")).status).toBe(400);
    });
    expect(requests).toEqual([]);
    const request = tokenRequest("saml", "sip:alice@contoso.test");
    expect((await signIn(request, "text/xml; charset=utf-8", `\ufeff${request.body}`)).status).toBe(200);
  });

  it("a ticketed SOAP message is read the same way", async () => {
    const { assertion } = await desktopTicket(gateway, gateway.atDesk.alice);
    const digest = createHash("sha256").update(assertion).digest("hex"); // each run has a body of its own
    const message = (more = ""): string =>
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><o:Security xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">${assertion}${more}</o:Security></s:Header><s:Body><x>${digest}</x></s:Body></s:Envelope>`;
    const target = "/GroupExpansion/service.svc/WebTicket_Bearer";
    const post = (body: string | Uint8Array, contentType = "text/xml; charset=utf-8"): Promise<RawResponse> =>
      rawSend(gateway, { target, method: "POST", lines: [`Content-Type: ${contentType}`], body });
    const good = await gateway.arrivals(() => post(message()));
    expect(good.requests.map(({ identity }) => identity)).toEqual(["sip:alice@contoso.test"]);
    const { requests } = await gateway.arrivals(async () => {
      expect((await post(message(), "text/xml; charset=utf-16")).status).toBe(400);
      expect((await post(Buffer.from(message(), "utf16le"))).status).toBe(401);
      expect((await post(message(assertion))).status).toBe(401);
      expect((await post(message().replace("<s:Envelope", "<!DOCTYPE x><s:Envelope"))).status).toBe(401);
      expect((await post(message().replace("alice@", "bob@"))).status).toBe(401);
      expect((await post(message().replace("<s:Header>", "<s:Body>").replace("</s:Header>", "</s:Body>"))).status).toBe(
        401,
      );
    });
    expect(requests).toEqual([]);
  });
});
