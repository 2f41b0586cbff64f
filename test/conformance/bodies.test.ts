// What real clients say about a body: that they send none, in which charset it is, and that it is not encoded (S-32,
// S-34).

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor } from "./support/ntlm.ts";
import { type RawResponse, rawExchange, rawSend } from "./support/raw-http.ts";
import { ANONYMOUS_GRANT, opaque, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
/** The ticket of alice's phone, which has named itself. */
let ticket: string;
let saml: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
  saml = (await desktopTicket(gateway, gateway.atDesk.alice)).assertion;
});
afterAll(() => gateway?.stop());

const bearer = () => `Authorization: Bearer cwt=${ticket}`;

describe("S-34: a body of no bytes is no body", () => {
  /** What clients read with GET or HEAD. */
  const READING: readonly (readonly [method: string, target: string, credentials?: () => string])[] = [
    ["GET", "/"],
    ["GET", "/Autodiscover/AutodiscoverService.svc/root"],
    ["GET", "/meet/alice/5D3KQ7XT"],
    ["HEAD", "/meet/alice/5D3KQ7XT"],
    ["GET", "/WebTicket/WebTicketService.svc/mex"],
    ["GET", "/WebTicket/WebTicketService.svc"],
    ["GET", "/WebTicket/oauthtoken"],
    ["GET", "/Autodiscover/AutodiscoverService.svc/root/oauth/user", bearer],
    ["GET", "/Autodiscover/AutodiscoverService.svc/root/user", () => `X-MS-WebTicket: ${opaque(saml)}`],
    ["GET", "/ucwa/oauth/v1/applications/42", bearer],
    ["GET", "/abs/handler", () => `X-MS-WebTicket: ${opaque(saml)}`],
  ];

  /** Sends one request written by hand. */
  const ask = (method: string, target: string, lines: readonly string[], body = ""): Promise<RawResponse> => {
    const host = target === "/" ? "lyncdiscover.contoso.test" : "web.contoso.test";
    const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...lines];
    return rawExchange(gateway, Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1"));
  };

  it.each<[string, string, string]>([
    ["Content-Length: 0", "Content-Length: 0", ""],
    ["content-length:0", "content-length:0", ""],
    ["no chunk but the last", "Transfer-Encoding: chunked", "0\r\n\r\n"],
  ])("with %s, GET and HEAD are what they are without", async (_, line, body) => {
    for (const [method, target, credentials] of READING) {
      const lines = credentials === undefined ? [] : [credentials()];
      let plain: RawResponse | undefined;
      const expected = await gateway.arrivals(async () => {
        plain = await ask(method, target, lines);
      });
      let answer: RawResponse | undefined;
      const { requests } = await gateway.arrivals(async () => {
        answer = await ask(method, target, [...lines, line], body);
      });
      expect(answer?.status, target).toBe(plain?.status);
      // Each request has an id of its own.
      const sent = (all: typeof requests) => all.map(({ headers: { "x-request-id": _, ...headers } }) => headers);
      expect(sent(requests)).toEqual(sent(expected.requests));
      for (const { headers } of requests) expect(Object.keys(headers)).not.toContain("content-length");
    }
  });

  it.each<[string, readonly string[], string]>([
    ["a length", ["Content-Length: 2"], "{}"],
    ["chunks", ["Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n"],
  ])("a GET or HEAD with bytes is refused, with %s", async (_, framing, body) => {
    const { requests } = await gateway.arrivals(async () => {
      for (const [method, target, credentials] of READING) {
        const lines = credentials === undefined ? [] : [credentials()];
        expect((await ask(method, target, [...lines, ...framing], body)).status, target).toBe(400);
      }
    });
    expect(requests).toEqual([]);
  });

  it("what stands behind a body of no bytes is another request, and judged as one", async () => {
    const { requests } = await gateway.arrivals(async () => {
      for (const [line, body] of [
        ["Content-Length: 0", ""],
        ["Transfer-Encoding: chunked", "0\r\n\r\n"],
      ] as const) {
        await ask("GET", "/meet/x", [line], `${body}GET /cscp HTTP/1.1\r\nHost: web.contoso.test\r\n\r\n`);
      }
    });
    expect(requests.map(({ path }) => path)).toEqual(["/meet/x", "/meet/x"]);
  });
});

describe("S-32: charsets that clients name", () => {
  /**
   * Starts alice's application in this charset. The user agent has characters that not every charset writes in the same
   * way.
   */
  async function create(contentType: string, userAgent: string, encode: (text: string) => Uint8Array) {
    const body = encode(JSON.stringify({ UserAgent: userAgent, EndpointId: "phone of alice", Culture: "en-US" }));
    let answer: RawResponse | undefined;
    const lines = [bearer(), `Content-Type: ${contentType}`, "Accept: application/json"];
    const { requests } = await gateway.arrivals(async () => {
      answer = await rawSend(gateway, { target: "/ucwa/oauth/v1/applications", method: "POST", lines, body });
    });
    const read = answer?.status === 201 ? Buffer.from(answer.body, "latin1").toString() : "";
    return { status: answer?.status, arrivedAs: requests.map(({ headers }) => headers["content-type"]), read };
  }
  const inUtf8 = (text: string): Uint8Array => Buffer.from(text);
  const inLatin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

  it.each(["utf8", "us-ascii", "ISO-8859-1", "windows-1252", '"latin1"', "UTF-8"])(
    "charset=%s is a name of ASCII where all is ASCII, and arrives as UTF-8",
    async (charset) => {
      const created = await create(`application/json; charset=${charset}`, "AndroidLync/6.25", inUtf8);
      expect(created.status).toBe(201);
      expect(created.arrivedAs).toEqual([expect.stringMatching(/^application\/json; charset="?utf-8"?$/i)]);
    },
  );

  it.each([
    ["utf8", inUtf8],
    ["windows-1252", inLatin1],
    ["iso-8859-1", inLatin1],
  ] as const)("in %s the Front-End reads what Postern read", async (charset, encode) => {
    const created = await create(`application/json; charset=${charset}`, "Zürich/1", encode);
    expect(created).toMatchObject({ status: 201, arrivedAs: ["application/json; charset=utf-8"] });
    expect(created.read).toContain('"userAgent":"Zürich/1"');
  });

  it.each([
    ["us-ascii", inLatin1],
    ["utf-8", inLatin1],
    ["utf-16", inUtf8],
    ["utf-16", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["gb2312", inUtf8],
    ["utf-8; charset=iso-8859-1", inUtf8],
  ] as const)("in %s it cannot be judged", async (charset, encode) => {
    const created = await create(`application/json; charset=${charset}`, "Zürich/1", encode);
    expect(created).toMatchObject({ status: 400, arrivedAs: [] });
  });

  it.each(["utf8", "US-ASCII", "iso-8859-1"])(
    "a sign-in in %s gets its ticket, by each token service",
    async (charset) => {
      for (const request of [tokenRequest("saml", "sip:alice@contoso.test"), WINDOWS_GRANT]) {
        const type = request.headers?.["content-type"]?.replace(/;.*/, "");
        const named = request.body.replace('<?xml version="1.0"?>', `<?xml version="1.0" encoding="${charset}"?>`);
        const challenged = await challengeFor(gateway, request);
        const lines = [
          `Content-Type: ${type}; charset=${charset}`,
          `Authorization: ${authorization(answerTo(challenged, gateway.alice), 3)}`,
        ];
        const sent = { target: request.path, method: "POST", lines, body: named };
        expect((await rawSend(gateway, sent)).status, request.path).toBe(200);
      }
      const anonymous = { target: ANONYMOUS_GRANT.path, method: "POST", body: ANONYMOUS_GRANT.body };
      const lines = [`Content-Type: application/x-www-form-urlencoded; charset=${charset}`];
      expect((await rawSend(gateway, { ...anonymous, lines })).status).toBe(200);
    },
  );
});

describe("S-32: `Content-Encoding: identity` is no encoding", () => {
  it.each(["identity", "Identity", "IDENTITY", "identity, identity"])("%s is not passed on", async (coding) => {
    const lines = [`Content-Encoding: ${coding}`, "Content-Type: application/x-www-form-urlencoded"];
    const { requests } = await gateway.arrivals(async () => {
      for (const { path, body } of [ANONYMOUS_GRANT, { path: "/meet/x", body: "name=guest" }]) {
        expect((await rawSend(gateway, { target: path, method: "POST", lines, body })).status, path).toBe(200);
      }
      expect((await rawSend(gateway, { target: "/meet/x", lines: [`Content-Encoding: ${coding}`] })).status).toBe(200);
    });
    expect(requests.map(({ headers }) => headers["content-encoding"])).toEqual([undefined, undefined, undefined]);
  });
});
