// S-34 from outside: which methods a row takes, and how long a body may be, in whatever way its length is announced.

import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { phoneOf, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { creation } from "./support/presenting.ts";
import { type RawResponse, rawExchange, rawSend } from "./support/raw-http.ts";
import { OAUTH_TOKEN, WEB_TICKET_SERVICE } from "./support/tickets.ts";

let gateway: TestGateway;
let ticket: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

const KB = 1024;
const MB = 1024 * KB;
const bearer = () => `Authorization: Bearer cwt=${ticket}`;

/** Posts a body of unknown length, and reads the answer. */
function postChunked(path: string, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<RawResponse> {
  const { hostname, port } = new URL(gateway.gateway);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { hostname, port, path, method: "POST", agent: false, headers: { host: "web.contoso.test", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => resolve({ status: 0, headers: [], body: "", text: "" }));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("latin1");
          resolve({ status: response.statusCode ?? 0, headers: [], body: text, text });
        });
      },
    );
    outgoing.on("error", (fault: NodeJS.ErrnoException) => {
      if (fault.code === "ECONNRESET" || fault.code === "EPIPE")
        resolve({ status: 0, headers: [], body: "", text: "" });
      else reject(fault);
    });
    outgoing.setHeader("transfer-encoding", "chunked");
    outgoing.end(bytes);
  });
}

describe("S-34: methods", () => {
  const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "TRACK", "PROPFIND", "SEARCH"];

  it("each row takes its own, and names them; the Front-End sees no other", async () => {
    const rows = PUBLISH_TABLE.filter(({ access }) => access.kind !== "closed");
    const { requests } = await gateway.arrivals(async () => {
      for (const { path, methods } of rows) {
        const target = path.replace("/*", "/x");
        await Promise.all(
          METHODS.filter((method) => !methods.includes(method)).map(async (method) => {
            const answer = await rawSend(gateway, { target, method, lines: [bearer()] });
            // The runtime itself refuses methods it has never heard of.
            const refusals = ["TRACK", "SEARCH", "TRACE"].includes(method) ? [405, 400, 501] : [405];
            expect(refusals, `${method} ${target}`).toContain(answer.status);
            const allow = answer.headers.find(([name]) => name === "allow")?.[1];
            if (answer.status === 405 && allow !== undefined) expect(allow).toBe(methods.join(", "));
          }),
        );
      }
    });
    expect(requests).toEqual([]);
  });

  it("no row takes TRACE, OPTIONS, CONNECT or a method of WebDAV", () => {
    const taken = new Set(PUBLISH_TABLE.flatMap(({ methods }) => methods));
    expect([...taken].sort()).toEqual(["DELETE", "GET", "HEAD", "POST", "PUT"]);
  });

  it("a method is not overridden by a header or a query", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const lines = [bearer(), "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"];
      await rawSend(gateway, { target: "/ucwa/oauth/v1/applications/1?_method=DELETE", lines });
    });
    expect(requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(Object.keys(requests[0]?.headers ?? {}).filter((name) => name.includes("method"))).toEqual([]);
  });
});

describe("S-34: the length of bodies", () => {
  const ROWS = [
    ["/meet/x", MB],
    [`${WEB_TICKET_SERVICE}/Anon`, 64 * KB],
    [OAUTH_TOKEN, 16 * KB],
    ["/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1", 128 * KB],
    ["/ucwa/oauth/v1/applications", 16 * KB],
    ["/ucwa/oauth/v1/applications/1", 10 * MB],
    ["/abs/handler", MB],
  ] as const;

  it.each(ROWS)(
    "%s: told by Content-Length, one byte over %i is 413 and forwarded by nobody",
    async (target, limit) => {
      const { requests } = await gateway.arrivals(async () => {
        // The test does not send the body. It would meet a closed connection, and the answer would be lost with it.
        const lines = [bearer(), "Content-Type: text/xml", `Content-Length: ${limit + 1}`];
        const answer = await rawSend(gateway, { target, method: "POST", lines });
        expect(answer.status).toBe(413);
      });
      expect(requests).toEqual([]);
    },
  );

  it.each(ROWS)(
    "%s: told by nobody, more than %i is 413, or the end of the connection where the Front-End has answered already",
    async (target, limit) => {
      const headers = { authorization: `Bearer cwt=${ticket}`, "content-type": "application/x-www-form-urlencoded" };
      const before = gateway.log.length;
      const readsNothing = /^\/(meet|abs)|applications\/1$/.test(target);
      const { status } = await postChunked(target, Buffer.alloc(limit + 64 * KB, "a"), headers);
      expect(readsNothing ? [413, 0] : [413, 401]).toContain(status);
      // A client's long body must not look like an outage.
      expect(gateway.log.slice(before).join("\n")).not.toContain("unavailable");
    },
  );

  it("a GET that brings a body is served without it, or refused, and is no outage", async () => {
    const before = gateway.log.length;
    const { requests } = await gateway.arrivals(async () => {
      for (const target of [
        "/meet/x",
        "/abs/handler",
        "/WebTicket/WebTicketService.svc",
        "/GroupExpansion/service.svc",
      ]) {
        const answer = await rawSend(gateway, { target, lines: [bearer()], body: "smuggled" });
        expect([200, 400, 401, 413], target).toContain(answer.status);
      }
    });
    for (const { headers } of requests) expect([undefined, "0"]).toContain(headers["content-length"]);
    expect(gateway.log.slice(before).join("\n")).not.toContain("unavailable");
  });

  it("a body of exactly the limit passes, told and untold", async () => {
    const { requests } = await gateway.arrivals(async () => {
      const body = new Uint8Array(MB);
      expect((await rawSend(gateway, { target: "/meet/x", method: "POST", body })).status).toBe(200);
      const { path, headers, body: creating } = creation(phoneOf(gateway.alice));
      const whole = Buffer.from(creating.padEnd(16 * KB)); // the Front-End reads the whole body before it answers
      const answer = await postChunked(path, whole, { ...headers, authorization: `Bearer cwt=${ticket}` });
      expect(answer.status).toBe(201);
    });
    expect(requests.map(({ status }) => status)).toEqual([200, 201]);
  });

  it.each([
    "Content-Length: -1",
    "Content-Length: 1e9",
    "Content-Length: 0x10",
    "Content-Length: 99999999999999999999",
  ])("`%s` is not forwarded", async (line) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await rawSend(gateway, { target: "/meet/x", method: "POST", lines: [line] });
      expect([0, 400, 413]).toContain(answer.status);
    });
    expect(requests).toEqual([]);
  });

  it("two lengths, or a length and chunks, smuggle no second request", async () => {
    const smuggled = "GET /cscp HTTP/1.1\r\nHost: web.contoso.test\r\n\r\n";
    const length = `Content-Length: ${smuggled.length}`;
    const { requests } = await gateway.arrivals(async () => {
      for (const lines of [
        ["Content-Length: 0", length],
        [length, "Content-Length: 0"],
        ["Transfer-Encoding: chunked", length],
        ["Transfer-Encoding: xchunked", length],
        ["Transfer-Encoding: identity", length],
        ["Transfer-Encoding : chunked", length],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", length],
        ["Transfer-Encoding: gzip, chunked"],
      ]) {
        const { statusOnly } = await rawSmuggle(lines, smuggled);
        expect(statusOnly, lines.join()).not.toBe(503);
      }
    });
    expect(requests.filter(({ served }) => served !== "/meet/x")).toEqual([]);
  });

  const rawSmuggle = async (lines: readonly string[], body: string): Promise<{ statusOnly: number }> => {
    const head = ["POST /meet/x HTTP/1.1", "Host: web.contoso.test", "Connection: close", ...lines].join("\r\n");
    const payload = lines.some((line) => /chunked$/.test(line)) ? `0\r\n\r\n${body}` : body;
    const answer = await rawExchange(gateway, Buffer.from(`${head}\r\n\r\n${payload}`, "latin1"));
    return { statusOnly: answer.status };
  };
});
