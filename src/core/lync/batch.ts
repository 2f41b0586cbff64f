// Reads UCWA batches: a `multipart/batching` body whose parts are whole HTTP requests (UCWA reference, `batch`; RFC
// 2046,
// 5.1; RFC 9112). The bytes go to the Front-End as they came. So this reader refuses everything that two readers of
// multipart or HTTP could split differently, even if RFC 2046 allows it. It reads bytes and not text. A decoder may
// drop a byte order mark or repair bad UTF-8. Then Postern would judge another body than the one that it sends on.

import { ok, type Result, refuse } from "../result.ts";

/** Most requests of a batch (UCWA documentation, "Batching requests"). */
export const MAX_BATCH_PARTS = 100;

/** One request of a batch. */
export type BatchPart = {
  /** Upper-case letters. */
  readonly method: string;
  /** The target as sent, in origin form: it begins with a slash and has only visible ASCII. */
  readonly target: string;
  /** The headers by lower-case name. No name appears twice, and `host` is always present. */
  readonly headers: ReadonlyMap<string, string>;
  /** The length of the body in bytes. */
  readonly bodyLength: number;
};

/** Why a batch does not have exactly one reading. */
export type BatchFault =
  /**
   * Not `multipart/batching` with one plain boundary. Other parameters must be plain too, so that no reader takes them
   * for a boundary.
   */
  | "not-batching"
  /** The body is not UTF-8, or has NUL or another control character. */
  | "not-text"
  | "preamble"
  /** The boundary appears outside a delimiter, in any letter case, or at the beginning of a longer line. */
  | "stray-boundary"
  | "no-parts"
  | "too-many-parts"
  /** The closing delimiter is missing at the end. */
  | "not-closed"
  /** There is text after the closing delimiter. */
  | "epilogue"
  /**
   * The header of a part is not `Content-Type: application/http; msgtype=request`. Beside it, only a transfer encoding
   * that changes nothing is allowed.
   */
  | "part-type"
  | "unfinished-head"
  | "request-line"
  | "http-version"
  /** The target is an absolute URL, an authority or `*`. */
  | "not-origin-form"
  | "header-line"
  | "repeated-header"
  | "no-host"
  | "transfer-encoding"
  /**
   * There is a body without Content-Length. Another reader could take it for the next request (RFC 9112, 6.3 and 10.2).
   */
  | "body-without-length"
  | "wrong-length"
  /** There is a body after a method that has none. */
  | "unexpected-body";

const BATCHING = /^multipart\/batching((?:;[ \t]*[A-Za-z0-9-]+=(?:[\w.+-]+|"[\w.+/-]+"))+)$/i;
const PARAMETER = /;[ \t]*([^=]+)="?([^";]+)"?/g;
// A boundary that means the same with and without quotes (RFC 2045, 5.1). It does not begin or end like a delimiter.
const BOUNDARY = /^[A-Za-z0-9](?:[A-Za-z0-9_.+-]{0,68}[A-Za-z0-9])?$/;
// The body is UTF-8, whatever charset is named. A charset with characters of another width is refused, because another
// reader would read the body differently.
const CHARSET = /^(?:utf-?8|us-ascii|iso-8859-1|windows-1252)$/i;
// Some readers end a text at a control character, or a line at a lone CR. So these characters are refused.
const UNPRINTABLE = /[^\P{Cc}\t\r\n]|\r(?!\n)/u;
const PART_TYPE = "Content-Type:[ \\t]*application/http;[ \\t]*msgtype=request\\r\\n";
// These three leave the bytes as they are (RFC 2045, 6.2). The others would make a reader decode them.
const TRANSFER = "Content-Transfer-Encoding:[ \\t]*(?:7bit|8bit|binary)\\r\\n";
const PART_HEAD = new RegExp(`^(?:${PART_TYPE}(?:${TRANSFER})?|${TRANSFER}${PART_TYPE})\\r\\n`, "i");
const REQUEST_LINE = /^([A-Z]+) ([!-~]+) (HTTP\/\d\.\d)$/;
const HEADER_LINE = /^([A-Za-z0-9-]+):([ -~]*)$/;
const BLANK_LINES = /^(?:\r\n)*$/;
const METHODS_WITH_BODY = new Set(["POST", "PUT"]);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Decodes each byte as one character. */
const bytewise = new TextDecoder("latin1");

/**
 * Reads a batch. It never throws. Its time is linear in the length of the body, which the caller limits.
 * @param contentType the value of the request's Content-Type
 */
export function readBatch(contentType: string, body: Uint8Array): Result<readonly BatchPart[], BatchFault> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return refuse("not-batching");
  if (!isPlainText(body)) return refuse("not-text");
  const contents = partContents(bytewise.decode(body), `--${boundary}`);
  if (!contents.ok) return contents;
  const parts: BatchPart[] = [];
  for (const content of contents.value) {
    const part = readPart(content);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(parts);
}

/**
 * The boundary, if every reader finds the same one. So no other parameter may have this name, and no value may have
 * `;`, `=` or `"` in it.
 */
function boundaryOf(contentType: string): string | undefined {
  const parameters = new Map<string, string>();
  for (const [, name = "", value = ""] of (BATCHING.exec(contentType)?.[1] ?? "").matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (parameters.has(key) || (key !== "boundary" && key.includes("boundary"))) return undefined;
    parameters.set(key, value);
  }
  const boundary = parameters.get("boundary") ?? "";
  if (!CHARSET.test(parameters.get("charset") ?? "utf-8")) return undefined;
  // The parts of a batch are HTTP messages. Postern reads no other type.
  if (!/^application\/http$/i.test(parameters.get("type") ?? "application/http")) return undefined;
  return BOUNDARY.test(boundary) ? boundary : undefined;
}

function isPlainText(body: Uint8Array): boolean {
  try {
    return !UNPRINTABLE.test(utf8.decode(body));
  } catch {
    return false;
  }
}

/** The texts between the delimiters. Microsoft's Batch.js begins and ends with an empty line. */
function partContents(text: string, delimiter: string): Result<readonly string[], BatchFault> {
  const lines = text.startsWith("\r\n") ? text : `\r\n${text}`;
  const pieces = lines.split(`\r\n${delimiter}`, MAX_BATCH_PARTS + 3);
  if (pieces.shift() !== "") return refuse("preamble");
  if (pieces.length > MAX_BATCH_PARTS + 1) return refuse("too-many-parts");
  const end = pieces.pop();
  const contents: string[] = [];
  for (const piece of pieces) {
    if (piece.startsWith("--")) return refuse("epilogue");
    if (!piece.startsWith("\r\n")) return refuse("stray-boundary");
    contents.push(piece.slice(2));
  }
  if (end?.startsWith("--") !== true) return refuse("not-closed");
  if (end !== "--" && end !== "--\r\n") return refuse("epilogue");
  const anyCase = delimiter.toLowerCase();
  if (contents.some((content) => content.toLowerCase().includes(anyCase))) return refuse("stray-boundary");
  return contents.length === 0 ? refuse("no-parts") : ok(contents);
}

function readPart(content: string): Result<BatchPart, BatchFault> {
  const partHead = PART_HEAD.exec(content)?.[0];
  if (partHead === undefined) return refuse("part-type");
  const message = content.slice(partHead.length);
  // A reader that believes this may drop the eighth bit and so create line breaks that were not there.
  if (/7bit/i.test(partHead) && /[\x80-\xff]/.test(message)) return refuse("part-type");
  // In Microsoft's documentation the delimiter's own line break is the second half of the blank line after the head.
  const blank = message.indexOf("\r\n\r\n");
  const headEnd = blank === -1 && message.endsWith("\r\n") ? message.length - 2 : blank;
  if (headEnd === -1) return refuse("unfinished-head");
  const [requestLine = "", ...headerLines] = message.slice(0, headEnd).split("\r\n");
  const [, method, target, version] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return refuse("request-line");
  if (version !== "HTTP/1.1") return refuse("http-version");
  if (!target.startsWith("/")) return refuse("not-origin-form");
  const headers = readHeaders(headerLines);
  if (!headers.ok) return headers;
  const bodyLength = readBodyLength(method, headers.value, message.slice(headEnd + 4));
  return bodyLength.ok ? ok({ method, target, headers: headers.value, bodyLength: bodyLength.value }) : bodyLength;
}

function readHeaders(lines: readonly string[]): Result<ReadonlyMap<string, string>, BatchFault> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return refuse("header-line");
    const key = name.toLowerCase();
    if (headers.has(key)) return refuse("repeated-header");
    headers.set(key, value.trim());
  }
  if (headers.has("transfer-encoding")) return refuse("transfer-encoding");
  return headers.has("host") ? ok(headers) : refuse("no-host");
}

/**
 * Reads the length of a part's body. Blank lines after a request mean nothing to any reader (RFC 9112, 2.2), with or
 * without a body. A reader that takes the whole rest of a part as the body finds only white space more.
 */
function readBodyLength(
  method: string,
  headers: ReadonlyMap<string, string>,
  rest: string,
): Result<number, BatchFault> {
  const declared = headers.get("content-length");
  if (declared === undefined) return BLANK_LINES.test(rest) ? ok(0) : refuse("body-without-length");
  if (!/^(?:0|[1-9]\d{0,8})$/.test(declared)) return refuse("wrong-length");
  const length = Number(declared);
  if (length > rest.length || !BLANK_LINES.test(rest.slice(length))) return refuse("wrong-length");
  return length === 0 || METHODS_WITH_BODY.has(method) ? ok(length) : refuse("unexpected-body");
}
