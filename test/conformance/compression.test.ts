// Compressed answers: only a client that says it takes them gets them, and exactly as the Front-End compressed them.

import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor } from "./support/ntlm.ts";
import { asProof } from "./support/presenting.ts";
import { type RawResponse, rawSend } from "./support/raw-http.ts";
import { ANONYMOUS_GRANT, accessTokenIn, samlTicket, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const bearer = () => `Authorization: Bearer cwt=${ticket}`;
const webTicket = () => `X-MS-WebTicket: cwt=${ticket}`;
/**
 * Places at which a client reads a text of the Front-End: an open one, one with a ticket, and one so long that its end
 * waits for the ticket's next check.
 */
const READING: readonly (readonly [target: string, credentials?: () => string])[] = [
  ["/Autodiscover/AutodiscoverService.svc/root"],
  ["/meet/alice/5D3KQ7XT"],
  ["/Autodiscover/AutodiscoverService.svc/root/oauth/user", bearer],
  ["/abs/files/names.txt?bytes=1000", webTicket],
  ["/abs/files/names.txt?bytes=1000000", webTicket],
];

/** Sends a GET written by hand. Returns its answer, and what arrived. */
async function get(target: string, lines: readonly string[]): Promise<{ answer: RawResponse; asked: unknown[] }> {
  let answer: RawResponse | undefined;
  const { requests } = await gateway.arrivals(async () => {
    answer = await rawSend(gateway, { target, lines });
  });
  if (answer === undefined) throw new Error("no answer");
  return { answer, asked: requests.map(({ headers }) => headers["accept-encoding"]) };
}
const header = (answer: RawResponse, name: string): string | undefined =>
  answer.headers.find(([each]) => each === name)?.[1];

/** The same from the Front-End itself. */
async function fromFrontEnd(target: string, lines: readonly string[]): Promise<Buffer> {
  const { body } = await rawSend({ gateway: gateway.frontEnd }, { target, lines });
  return Buffer.from(body, "latin1");
}

/** A body without its chunk sizes. */
function whole(answer: RawResponse): Buffer {
  const bytes = Buffer.from(answer.body, "latin1");
  if (header(answer, "transfer-encoding") !== "chunked") return bytes;
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

describe("an answer is compressed for who asks for that", () => {
  it.each(["", "Accept-Encoding:", "Accept-Encoding: identity"])(
    "with `%s` no answer is, and the Front-End hears no other wish",
    async (line) => {
      for (const [target, credentials] of READING) {
        const own = credentials === undefined ? [] : [credentials()];
        const { answer, asked } = await get(target, [...own, ...(line === "" ? [] : [line])]);
        expect([answer.status, header(answer, "content-encoding"), asked], target).toEqual([
          200,
          undefined,
          ["identity"],
        ]);
        expect(whole(answer).toString("latin1"), target).toMatch(/^[<{0-9a-f]/);
      }
    },
  );

  it.each(["gzip", "gzip, deflate", "deflate, gzip;q=0.5", "GZIP"])(
    "with `%s` each passes as it came",
    async (wish) => {
      for (const [target, credentials] of READING) {
        const { answer, asked } = await get(target, [
          `Accept-Encoding: ${wish}`,
          ...(credentials === undefined ? [] : [credentials()]),
        ]);
        const got = whole(answer);
        expect([answer.status, header(answer, "content-encoding"), asked], target).toEqual([200, "gzip", [wish]]);
        expect(header(answer, "vary"), target).toBe("Accept-Encoding");
        expect(header(answer, "content-length") ?? String(got.length), target).toBe(String(got.length));
        const text = gunzipSync(got).toString();
        if (credentials === undefined)
          expect(got.equals(await fromFrontEnd(target, [`Accept-Encoding: gzip`]))).toBe(true);
        else expect(text.length).toBeGreaterThan(200);
      }
    },
  );

  it("with a cookie, which is taken off an open page's request, the client's wish stays what it was", async () => {
    for (const [line, expected] of [
      ["", "identity"],
      ["Accept-Encoding: gzip", "gzip"],
    ] as const) {
      const lines = ["Cookie: a=b", ...(line === "" ? [] : [line])];
      const { answer, asked } = await get("/meet/alice/5D3KQ7XT", lines);
      expect([answer.status, asked]).toEqual([200, [expected]]);
    }
  });

  it("a download of 1 MB is as long as its content length says, compressed or not", async () => {
    const target = "/abs/files/names.txt?bytes=1000000";
    const plain = await get(target, [webTicket()]);
    expect([header(plain.answer, "content-length"), whole(plain.answer).length]).toEqual(["1000000", 1_000_000]);
    const short = await get(target, [webTicket(), "Accept-Encoding: gzip"]);
    const bytes = whole(short.answer);
    expect(bytes.length).toBeGreaterThan(256 * 1024);
    expect(header(short.answer, "content-length")).toBe(String(bytes.length));
    expect(gunzipSync(bytes).equals(whole(plain.answer))).toBe(true);
  });
});

describe("an answer that Postern reads", () => {
  it("is asked for uncompressed: metadata", async () => {
    const { answer, asked } = await get("/WebTicket/WebTicketService.svc/mex", ["Accept-Encoding: gzip"]);
    expect([answer.status, header(answer, "content-encoding"), asked]).toEqual([200, undefined, ["identity"]]);
  });

  it.each(["gzip", "gzip, deflate, br"])("is asked for uncompressed, whatever the client takes: %s", async (wish) => {
    for (const request of [WINDOWS_GRANT, tokenRequest("saml", "sip:alice@contoso.test"), ANONYMOUS_GRANT]) {
      const lines = [`Accept-Encoding: ${wish}`, `Content-Type: ${request.headers?.["content-type"]}`];
      if (request !== ANONYMOUS_GRANT) {
        const challenged = await challengeFor(gateway, request);
        lines.push(`Authorization: ${authorization(answerTo(challenged, gateway.alice), 3)}`);
      }
      let answer: RawResponse | undefined;
      const { requests } = await gateway.arrivals(async () => {
        answer = await rawSend(gateway, { target: request.path, method: "POST", lines, body: request.body });
      });
      if (answer === undefined) throw new Error("no answer");
      expect([answer.status, requests.map(({ headers }) => headers["accept-encoding"])]).toEqual([200, ["identity"]]);
      // The stand-in for Cloudflare may compress the answer on its way to this client, which takes it.
      const text = header(answer, "content-encoding") === "gzip" ? gunzipSync(whole(answer)) : whole(answer);
      if (request === WINDOWS_GRANT) expect(accessTokenIn(text.toString())).toMatch(/^[\w-]+$/);
    }
  });
});

describe("S-28: a desktop that takes compressed answers", () => {
  it("has its id once its certificate came, which is read and so is not compressed", async () => {
    const { alice, bob } = gateway.atDesk;
    const id = "{0b7cd3a2-0000-4000-8000-0000000000c0}";
    const taking = <R extends { readonly headers: Readonly<Record<string, string>> }>(request: R) => ({
      ...request,
      headers: { ...request.headers, "accept-encoding": "gzip" },
    });
    const first = await gateway.arrivals(async () => {
      const answer = await gateway.send(taking(asProof(await samlTicket(gateway, bob), bob.upn, id)));
      expect(answer.status).toBe(200);
    });
    const certificate = first.requests.filter(({ path }) => path.includes("CertProv"));
    expect(certificate.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity"]);
    // The application's id belongs to him and not to her.
    expect((await gateway.send(asProof(await samlTicket(gateway, alice), alice.upn, id))).status).toBe(403);
  });
});
