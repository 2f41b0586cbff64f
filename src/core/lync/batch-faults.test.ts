import { describe, expect, it } from "vitest";
import {
  APPLICATION,
  BATCHING,
  BOUNDARY,
  batchOf,
  encode,
  envelope,
  GET_ME,
  HOST_LINE,
  post,
  request,
  PART_TYPE as TYPE,
} from "../../../test/kit/batches.ts";
import { readBatch } from "./batch.ts";

const fault = (body: string | Uint8Array, type = BATCHING): string => {
  const parts = readBatch(type, typeof body === "string" ? encode(body) : body);
  return parts.ok ? `accepted ${parts.value.length}` : parts.reason;
};
const ME = `GET ${APPLICATION}/me HTTP/1.1`;
const NOTE = `${APPLICATION}/me/note`;
const TRANSFER = "Content-Transfer-Encoding: binary";

const good = batchOf(GET_ME, post(NOTE, "{}"));
const withHead = (...head: readonly string[]): string => batchOf(request(head), GET_ME);
const withLine = (line: string): string => withHead(ME, HOST_LINE, line);

describe("S-34: what two readers could read differently is refused", () => {
  it.each([
    "",
    "multipart/mixed;boundary=b",
    "multipart/batchings;boundary=b",
    "application/http; msgtype=request",
    "multipart/batching",
    "multipart/batching;",
    "multipart/batching;boundary=",
    'multipart/batching;boundary=""',
    "multipart/batching;boundary=b;boundary=c",
    "multipart/batching;boundary=b;boundary=b",
    "multipart/batching;charset=utf-16;boundary=b",
    "multipart/batching;boundary=b;charset=utf-7",
    "multipart/batching;boundary=b;charset=",
    "multipart/batching;boundary=b;charset",
    "multipart/batching;charset=utf-8",
    "multipart/batching;boundary=b;charset=utf-8;charset=utf-8",
    "multipart/batching;boundary=b;charset=utf-8;Boundary=c",
    'multipart/batching;boundary=b;type="multipart/batching"',
    "multipart/batching;x-boundary=c;boundary=b",
    "multipart/batching;boundary=b;boundary2=c",
    'multipart/batching;x="boundary=c";boundary=b',
    'multipart/batching;x=";boundary=c";boundary=b',
    'multipart/batching;x="a\\";boundary=c;y=\\"";boundary=b',
    "multipart/batching;x=a=b;boundary=b",
    "multipart/batching;x='a;boundary=c';boundary=b",
    "multipart/batching;charset*=utf-8;boundary=b",
    "multipart/batching;charset =utf-8;boundary=b",
    "multipart/batching; ;boundary=b",
    "multipart/batching,x;boundary=b",
    "multipart/batching;boundary=b;",
    "multipart/batching ;boundary=b",
    "multipart/batching;boundary =b",
    "multipart/batching;boundary= b",
    "multipart/batching;boundary*=utf-8''b",
    "multipart/batching;boundary*0=b",
    'multipart/batching;boundary="b',
    'multipart/batching;boundary=b"',
    'multipart/batching;boundary="b\\b"',
    'multipart/batching;boundary="b b"',
    'multipart/batching;boundary="b;x=c"',
    'multipart/batching;boundary="b:c"',
    "multipart/batching;boundary=b c",
    "multipart/batching;boundary=(c)b",
    "multipart/batching;boundary=b(c)",
    "multipart/batching;boundary=-b",
    "multipart/batching;boundary=b--",
    "multipart/batching;boundary=bé",
    `multipart/batching;boundary=${"b".repeat(71)}`,
    "multipart/batching;boundary=b, multipart/batching;boundary=c",
  ])("the content type `%s`", (type) => {
    expect(fault(envelope([`${TYPE}\r\n\r\n${GET_ME}`], "b"), type)).toBe("not-batching");
  });

  it.each<[string, string | Uint8Array, string]>([
    ["a byte order mark", `\ufeff${good}`, "preamble"],
    ["bytes that are not UTF-8", Uint8Array.of(...encode(good), 0xff), "not-text"],
    ["overlong line breaks", withBytes(good, GET_ME, [0xc0, 0x8d, 0xc0, 0x8a]), "not-text"],
    ["NUL in a body", batchOf(post(NOTE, "a\0b")), "not-text"],
    ["NUL in a header", withLine("Accept: a\0b"), "not-text"],
    ["a vertical tab for a line break", withLine("Accept: a\u000bHost: x"), "not-text"],
    ["NEL for a line break", withLine("Accept: a\u0085Host: x"), "not-text"],
    ["a lone CR", withLine("Accept: a\rHost: x"), "not-text"],
    ["a lone CR in a body", batchOf(post(NOTE, "a\rb")), "not-text"],
    ["UTF-16", new Uint8Array(Uint16Array.from(good, (char) => char.charCodeAt(0)).buffer), "not-text"],

    ["nothing", "", "preamble"],
    ["nothing but an empty line", "\r\n", "preamble"],
    ["a preamble", `preamble\r\n${good}`, "preamble"],
    ["two empty lines first", `\r\n\r\n${good}`, "preamble"],
    ["a bare LF first", `\n${good}`, "preamble"],
    ["a space first", ` ${good}`, "preamble"],
    ["a part before the first delimiter", `${TYPE}\r\n\r\n${GET_ME}\r\n${good}`, "preamble"],
    ["another boundary", good.replaceAll(BOUNDARY, "x"), "preamble"],

    ["no part", `--${BOUNDARY}--\r\n`, "no-parts"],
    ["no closing delimiter", good.replace(`--${BOUNDARY}--\r\n`, ""), "not-closed"],
    ["no closing delimiter but another", good.replace(`--${BOUNDARY}--\r\n`, `--${BOUNDARY}\r\n`), "not-closed"],
    ["half a closing delimiter", good.slice(0, -3), "not-closed"],
    ["an epilogue", `${good}epilogue`, "epilogue"],
    ["an empty line too much at the end", `${good}\r\n`, "epilogue"],
    ["a bare LF at the end", `${good.slice(0, -2)}\n`, "epilogue"],
    ["a space behind the closing delimiter", `${good.slice(0, -2)} \r\n`, "epilogue"],
    ["a part behind the closing delimiter", good + good, "epilogue"],
    ["a batch behind an empty line", `${good}\r\n${good}`, "epilogue"],

    [
      "the boundary as the beginning of a longer line",
      good.replace(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY}x\r\n`),
      "stray-boundary",
    ],
    ["a space behind a delimiter", good.replace(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY} \r\n`), "stray-boundary"],
    [
      "a delimiter that ends in a bare LF",
      good.replace(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY}\n`),
      "stray-boundary",
    ],
    [
      "two delimiters together",
      good.replace(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY}\r\n--${BOUNDARY}\r\n`),
      "stray-boundary",
    ],
    ["a delimiter behind a bare LF", batchOf(post(NOTE, `x\n--${BOUNDARY}\n`)), "stray-boundary"],
    ["a delimiter within a line", batchOf(post(NOTE, `x--${BOUNDARY}`)), "stray-boundary"],
    ["a delimiter within a header", withLine(`Accept: --${BOUNDARY}`), "stray-boundary"],
    ["a delimiter in capitals", batchOf(post(NOTE, `x\r\n--${BOUNDARY.toUpperCase()}\r\n`)), "stray-boundary"],
    ["a part hidden in a body", batchOf(post(NOTE, `x\r\n--${BOUNDARY}\r\n${TYPE}\r\n\r\n${GET_ME}`)), "wrong-length"],
    ["a batch's end hidden in a body", batchOf(post(NOTE, `x\r\n--${BOUNDARY}--\r\n`)), "epilogue"],
    ["a longer boundary", envelope([`${TYPE}\r\n\r\n${GET_ME}`], `${BOUNDARY}x`), "stray-boundary"],
  ])("%s", (_, body, reason) => {
    expect(fault(body)).toBe(reason);
  });

  it.each<[string, string]>([
    ["no part header", `\r\n${GET_ME}`],
    ["no part header and no blank line", GET_ME],
    ["a response", `Content-Type: application/http; msgtype=response\r\n\r\n${GET_ME}`],
    ["no message type", `Content-Type: application/http\r\n\r\n${GET_ME}`],
    ["a quoted message type", `Content-Type: application/http; msgtype="request"\r\n\r\n${GET_ME}`],
    ["another media type", `Content-Type: text/plain\r\n\r\n${GET_ME}`],
    ["a version", `${TYPE}; version=1.1\r\n\r\n${GET_ME}`],
    ["a charset", `${TYPE}; charset=utf-16\r\n\r\n${GET_ME}`],
    ["base64", `${TYPE}\r\nContent-Transfer-Encoding: base64\r\n\r\n${GET_ME}`],
    ["quoted-printable", `Content-Transfer-Encoding: quoted-printable\r\n${TYPE}\r\n\r\n${GET_ME}`],
    ["a transfer encoding of somebody's own", `${TYPE}\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n${GET_ME}`],
    ["two transfer encodings", `${TRANSFER}\r\n${TYPE}\r\n${TRANSFER}\r\n\r\n${GET_ME}`],
    ["two transfer encodings in one line", `${TYPE}\r\n${TRANSFER}, base64\r\n\r\n${GET_ME}`],
    ["a folded transfer encoding", `${TYPE}\r\n${TRANSFER}\r\n base64\r\n\r\n${GET_ME}`],
    ["a comment behind its transfer encoding", `${TYPE}\r\n${TRANSFER} (base64)\r\n\r\n${GET_ME}`],
    ["a transfer encoding and no type", `${TRANSFER}\r\n\r\n${GET_ME}`],
    ["a bare LF behind its transfer encoding", `${TYPE}\r\n${TRANSFER}\n\n${GET_ME}`],
    ["white space before the colon of it", `${TYPE}\r\nContent-Transfer-Encoding : 8bit\r\n\r\n${GET_ME}`],
    ["more than seven bits in `7bit`", `${TYPE}\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${post(NOTE, '"é"')}`],
    ["a length of the part", `${TYPE}\r\nContent-Length: ${GET_ME.length}\r\n\r\n${GET_ME}`],
    ["two types", `${TYPE}\r\n${TYPE}\r\n\r\n${GET_ME}`],
    ["a folded type", `Content-Type: application/http;\r\n msgtype=request\r\n\r\n${GET_ME}`],
    ["white space before the colon", `Content-Type : application/http; msgtype=request\r\n\r\n${GET_ME}`],
    ["bare LFs", `${TYPE}\n\n${GET_ME}`],
    ["a bare LF and a CRLF", `${TYPE}\r\n\n${GET_ME}`],
    ["a space behind the type", `${TYPE} \r\n\r\n${GET_ME}`],
    ["an empty line first", `\r\n${TYPE}\r\n\r\n${GET_ME}`],
    [
      "a multipart within",
      `Content-Type: multipart/batching;boundary=c\r\n\r\n--c\r\n${TYPE}\r\n\r\n${GET_ME}\r\n--c--`,
    ],
    ["nothing", ""],
  ])("a part with %s", (_, part) => {
    expect(fault(envelope([part]))).toBe("part-type");
  });

  it.each<[string, string, string]>([
    ["no end of its head", batchOf(`${ME}\r\n${HOST_LINE}`), "unfinished-head"],
    ["nothing in it", batchOf(""), "unfinished-head"],
    ["an empty line first", batchOf(`\r\n${GET_ME}`), "request-line"],
    ["a small-letter method", withHead(ME.toLowerCase(), HOST_LINE), "request-line"],
    ["no version", withHead(`GET ${APPLICATION}/me`, HOST_LINE), "request-line"],
    ["two spaces", withHead(ME.replace(" ", "  "), HOST_LINE), "request-line"],
    ["a tab", withHead(ME.replace(" ", "\t"), HOST_LINE), "request-line"],
    ["a space at the end", withHead(`${ME} `, HOST_LINE), "request-line"],
    ["a space in the target", withHead(`GET ${APPLICATION}/me /cscp HTTP/1.1`, HOST_LINE), "request-line"],
    ["a target that is not ASCII", withHead(`GET ${APPLICATION}/é HTTP/1.1`, HOST_LINE), "request-line"],
    ["a bare LF behind the request line", batchOf(`${ME}\n${HOST_LINE}\r\n\r\n`), "request-line"],
    ["an older version", withHead(ME.replace("1.1", "1.0"), HOST_LINE), "http-version"],
    ["a newer version", withHead(ME.replace("1.1", "2.0"), HOST_LINE), "http-version"],
    [
      "an absolute target",
      withHead(`GET https://web.contoso.test${APPLICATION}/me HTTP/1.1`, HOST_LINE),
      "not-origin-form",
    ],
    [
      "an absolute target elsewhere",
      withHead("GET http://fe01.contoso.local/cscp HTTP/1.1", HOST_LINE),
      "not-origin-form",
    ],
    ["an authority", withHead("CONNECT fe01.contoso.local:443 HTTP/1.1", HOST_LINE), "not-origin-form"],
    ["an asterisk", withHead("OPTIONS * HTTP/1.1", HOST_LINE), "not-origin-form"],
    ["a relative target", withHead("GET me HTTP/1.1", HOST_LINE), "not-origin-form"],

    ["white space before a colon", withLine("Accept : x"), "header-line"],
    ["a folded header", withLine("Accept: x\r\n y"), "header-line"],
    ["a folded header of white space", withLine("Accept: x\r\n \t"), "header-line"],
    ["a folded line behind the request line", withHead(ME, ` ${HOST_LINE}`), "header-line"],
    ["a bare LF between headers", withLine("Accept: x\nX: y"), "header-line"],
    ["a head that ends in bare LFs", batchOf(`${ME}\r\n${HOST_LINE}\n\nGET /cscp HTTP/1.1\r\n\r\n`), "header-line"],
    ["no colon", withLine("Accept"), "header-line"],
    ["no name", withLine(": x"), "header-line"],
    ["an underscore in a name", withLine("Content_Length: 5"), "header-line"],
    ["a dot in a name", withLine("Content.Length: 5"), "header-line"],
    ["a value that is not ASCII", withLine("Accept: é"), "header-line"],
    ["a tab in a value", withLine("Accept: x\ty"), "header-line"],
    ["a header twice", withHead(ME, HOST_LINE, "Accept: x", "accept: x"), "repeated-header"],
    ["two hosts", withLine("host: fe01.contoso.local"), "repeated-header"],
    ["two lengths", withHead(ME, HOST_LINE, "Content-Length: 0", "Content-Length: 0"), "repeated-header"],
    ["no host", withHead(ME, "Accept: x"), "no-host"],
    ["chunks", withLine("Transfer-Encoding: chunked"), "transfer-encoding"],
    [
      "chunks and a length",
      withHead(ME, HOST_LINE, "Content-Length: 0", "transfer-encoding: identity"),
      "transfer-encoding",
    ],

    [
      "a body that nothing announces",
      batchOf(request([`POST ${NOTE} HTTP/1.1`, HOST_LINE], "{}")),
      "body-without-length",
    ],
    ["a second request behind the first", batchOf(GET_ME + GET_ME), "body-without-length"],
    ["a second request behind blank lines", batchOf(`${GET_ME}\r\n\r\n${GET_ME}`), "body-without-length"],
    ["a bare LF behind the head", batchOf(`${GET_ME}\n`), "body-without-length"],
    ["a longer body than announced", batchOf(withLength("2", "{}x")), "wrong-length"],
    ["a second request behind a body", batchOf(withLength("2", `{}${GET_ME}`)), "wrong-length"],
    ["a bare LF behind a body", batchOf(withLength("2", "{}\n")), "wrong-length"],
    ["a space behind a body", batchOf(withLength("2", "{} \r\n")), "wrong-length"],
    ["a line break and a space behind a body", batchOf(withLength("2", "{}\r\n ")), "wrong-length"],
    ["half a line break in the length", batchOf(withLength("3", "{}\r\n")), "wrong-length"],
    ["a second request behind a body and a line break", batchOf(withLength("2", `{}\r\n${GET_ME}`)), "wrong-length"],
    [
      "a line break behind a body that a GET has not",
      batchOf(request([ME, HOST_LINE, "Content-Length: 2"], "{}\r\n")),
      "unexpected-body",
    ],
    ["a shorter body than announced", batchOf(withLength("3", "{}")), "wrong-length"],
    ["a length of the characters", batchOf(withLength("3", '"é"')), "wrong-length"],
    ["a length with a sign", batchOf(withLength("+2", "{}")), "wrong-length"],
    ["a length with a zero first", batchOf(withLength("02", "{}")), "wrong-length"],
    ["a length in hexadecimal", batchOf(withLength("0x2", "{}")), "wrong-length"],
    ["a list of lengths", batchOf(withLength("2, 2", "{}")), "wrong-length"],
    ["an empty length", batchOf(withLength("", "{}")), "wrong-length"],
    ["a length of zero with a body", batchOf(withLength("0", "{}")), "wrong-length"],
    ["a length, and the head's end in the delimiter", batchOf(`${withLength("2", "").slice(0, -2)}`), "wrong-length"],
    ["a body of a GET", batchOf(request([ME, HOST_LINE, "Content-Length: 2"], "{}")), "unexpected-body"],
    [
      "a body of a DELETE",
      batchOf(request([`DELETE ${NOTE} HTTP/1.1`, HOST_LINE, "Content-Length: 2"], "{}")),
      "unexpected-body",
    ],
  ])("a request with %s", (_, body, reason) => {
    expect(fault(body)).toBe(reason);
  });
});

function withLength(length: string, body: string): string {
  return request([`POST ${NOTE} HTTP/1.1`, HOST_LINE, `Content-Length: ${length}`], body);
}

/** The body with the bytes `more` inserted after the first `place`. */
function withBytes(body: string, place: string, more: readonly number[]): Uint8Array {
  const at = body.indexOf(place) + place.length;
  return Uint8Array.of(...encode(body.slice(0, at)), ...more, ...encode(body.slice(at)));
}
