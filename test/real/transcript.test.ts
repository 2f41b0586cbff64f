// Tests the comparison itself. Two dialogues are equal when only tickets, times and identifiers differ. They are
// different when a client could see the difference.

import { expect, it } from "vitest";
import { type HttpMessage, HttpReader } from "./http-reader.ts";
import { dialogue, type Exchange, headerNames, summary } from "./transcript.ts";

function messages(...wire: string[]): HttpMessage[] {
  const read: HttpMessage[] = [];
  const reader = new HttpReader((message) => read.push(message));
  // Byte by byte: nothing about a message may depend on how it was cut into packets.
  for (const byte of Buffer.from(wire.join(""), "latin1")) reader.push(Uint8Array.of(byte));
  reader.end();
  return read;
}

function exchange(ticket: string, href: string, extra = ""): Exchange {
  const [request] = messages(
    `GET /root/user HTTP/1.1\r\nHost: WEB.contoso.test\r\nX-MS-WebTicket: opaque=${ticket}\r\n\r\n`,
  );
  const body = `<User at="2030-01-01T00:00:0${ticket.length % 10}Z"><Link href="${href}"/></User>`;
  const [response] = messages(
    `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  if (request === undefined || response === undefined) throw new Error("not read");
  return { scheme: "https", connection: 1, request, response };
}

const LINK = "https://web.contoso.test/abs";

it("does not tell one ticket from another", () => {
  expect(dialogue([exchange("AAAA", LINK)])).toEqual(dialogue([exchange("BBBBBB", LINK)]));
  expect(summary(exchange("SECRET", LINK))).not.toContain("SECRET");
});

it("sees a link that was rewritten, and a header that was added", () => {
  expect(dialogue([exchange("A", LINK)])).not.toEqual(dialogue([exchange("A", "https://fe01.contoso.local/abs")]));
  const added = [exchange("A", LINK, "X-Extra: 1\r\n")];
  expect(headerNames(added, /^content-length$/)).not.toEqual(headerNames([exchange("A", LINK)], /^content-length$/));
});

it("reads bodies by length, in chunks and until close, and passes over 100 Continue", () => {
  const read = messages(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\nthree",
  );
  expect(read.map(({ body }) => Buffer.from(body).toString())).toEqual(["one", "two", "", "three"]);
});
