// S-32 S-34 from outside: request lines and Host lines that give no URL of this gateway, byte by byte. Each is refused
// properly: never a 500, no text of the runtime's inside, and nothing at the Front-End.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { rawExchange } from "./support/raw-http.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const WEB = "web.contoso.test";
const ask = (requestLine: string, host: string | undefined, ...lines: string[]) => {
  const head = [requestLine, ...(host === undefined ? [] : [`Host: ${host}`]), "Connection: close", ...lines];
  return rawExchange(gateway, Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"));
};

describe("S-32 S-34: what makes no URL is refused", () => {
  it.each([
    ["OPTIONS *", "OPTIONS * HTTP/1.1", WEB, 400],
    ["GET *", "GET * HTTP/1.1", WEB, 400],
    ["OPTIONS * at the admin host", "OPTIONS * HTTP/1.1", "postern-admin.contoso.test", 400],
    ["TRACE", "TRACE / HTTP/1.1", WEB, 405],
    ["TRACE *", "TRACE * HTTP/1.1", WEB, 400],
    ["PATCH", "PATCH /meet/x HTTP/1.1", WEB, 405],
    ["PROPFIND", "PROPFIND /meet/x HTTP/1.1", WEB, 405],
    // The runtime does not know this method, and answers 501 before the Worker is asked (RFC 9110, 9.1).
    ["a method in lower case", "get / HTTP/1.1", WEB, 501],
    ["an unknown method", "TRACK / HTTP/1.1", WEB, 501],
    ["no method", " / HTTP/1.1", WEB, 400],
    ["no target", "GET  HTTP/1.1", WEB, 400],
    ["no slash", "GET meet/x HTTP/1.1", WEB, 400],
    ["a query alone", "GET ?x HTTP/1.1", WEB, 400],
    ["a fragment alone", "GET # HTTP/1.1", WEB, 400],
    ["two slashes", "GET //web.contoso.test:99999/ HTTP/1.1", WEB, 400],
    ["an absolute form without a host", "GET http:///x HTTP/1.1", WEB, 400],
    ["a space in the target", "GET /a b HTTP/1.1", WEB, 400],
    ["a byte beyond ASCII", "GET /\xe9 HTTP/1.1", WEB, 400],
    ["HTTP/2 in words", "GET / HTTP/2.0", WEB, 400],
    ["TLS", "\x16\x03\x01", undefined, 400],
    ["port 99999", "GET / HTTP/1.1", `${WEB}:99999`, 400],
    ["port 65536", "GET / HTTP/1.1", `${WEB}:65536`, 400],
    ["a port of 400 digits", "GET / HTTP/1.1", `${WEB}:${"9".repeat(400)}`, 400],
    ["port 99999 at the admin host", "GET / HTTP/1.1", "postern-admin.contoso.test:99999", 400],
    ["a port of letters", "GET / HTTP/1.1", `${WEB}:abc`, 400],
    ["a negative port", "GET / HTTP/1.1", `${WEB}:-1`, 400],
    ["two ports", "GET / HTTP/1.1", `${WEB}:80:80`, 400],
    ["a port alone", "GET / HTTP/1.1", ":80", 400],
    ["no Host", "GET / HTTP/1.1", undefined, 400],
    ["an empty Host", "GET / HTTP/1.1", "", 400],
    ["userinfo", "GET / HTTP/1.1", `a@${WEB}`, 400],
    ["userinfo of our name", "GET / HTTP/1.1", `${WEB}@fe01.contoso.local`, 400],
    ["a query in the Host", "GET /cscp HTTP/1.1", `${WEB}?x`, 400],
    ["a fragment in the Host", "GET /cscp HTTP/1.1", `${WEB}#x`, 400],
    ["a path in the Host", "GET / HTTP/1.1", `${WEB}/x`, 404],
    ["a backslash in the Host", "GET / HTTP/1.1", `a\\${WEB}`, 400],
    ["two names", "GET / HTTP/1.1", `${WEB}, fe01.contoso.local`, 400],
    ["a space", "GET / HTTP/1.1", "web contoso", 400],
    ["an address of version 6", "GET / HTTP/1.1", "[::1]", 400],
    ["half an address", "GET / HTTP/1.1", "[::1", 400],
    ["half an escape", "GET / HTTP/1.1", "%zz", 400],
    ["a byte beyond ASCII in the Host", "GET / HTTP/1.1", "w\xe9b.contoso.test", 400],
    ["signs", "GET / HTTP/1.1", "<a|b^>", 400],
    ["an address that is none", "GET / HTTP/1.1", "999.999.999.999", 404],
    ["punycode of nothing", "GET / HTTP/1.1", "xn--", 404],
    ["a long name", "GET / HTTP/1.1", `${"a".repeat(300)}.contoso.test`, 404],
  ] as const)("%s: %s, Host %s, is %i", async (_, requestLine, host, status) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await ask(requestLine, host);
      expect(answer.status).toBe(status);
      expect(answer.text).not.toMatch(/Error:|node_modules|workerd|miniflare/);
    });
    expect(requests).toEqual([]);
  });

  // This is workerd's own answer, because the Worker has no connect handler. With such a handler, workerd would answer
  // 200 before asking it. Cloudflare refuses CONNECT before a Worker (docs/paths.md).
  it.each([`${WEB}:443`, "fe01.contoso.local:443", "/"])("CONNECT %s opens nothing", async (target) => {
    const { requests } = await gateway.arrivals(async () => {
      const answer = await ask(`CONNECT ${target} HTTP/1.1`, WEB);
      expect(answer.status).toBe(500);
      expect(answer.body).toBe("Internal Server Error");
    });
    expect(requests).toEqual([]);
  });

  it("an absolute form chooses no host: the Host line does, and the Front-End gets the configured name", async () => {
    for (const target of ["http://fe01.contoso.local/meet/x", "http://a@web.contoso.test:99999/meet/x"]) {
      const { requests } = await gateway.arrivals(() => ask(`GET ${target} HTTP/1.1`, WEB));
      expect(requests.map(({ host, path }) => host + path)).toEqual(["web.contoso.test/meet/x"]);
    }
  });
});
