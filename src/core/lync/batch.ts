// UCWA batches: a `multipart/batching` body whose parts are whole HTTP requests (UCWA reference, `batch`; RFC 2046, 5.1; RFC
// 9112). The bytes go to the Front-End as they came, so this grammar has one reading only: what two readers of multipart or
// of HTTP could split differently is refused, even where RFC 2046 allows it. The body is taken as bytes and not as text,
// because a decoder may drop a byte order mark or repair bad UTF-8, and would then show another body than the one sent on.

import { ok, type Result, refuse } from "../result.ts";

/** Most requests of a batch (UCWA documentation, "Batching requests"). */
export const MAX_BATCH_PARTS = 100;

/** One request of a batch. */
export type BatchPart = {
  /** Upper-case letters. */
  readonly method: string;
  /** In origin form, as sent: begins with a slash, visible ASCII. */
  readonly target: string;
  /** By lower-case name, each once; `host` is always there. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes. */
  readonly bodyLength: number;
};

/** Why a batch does not have exactly one reading. */
export type BatchFault =
  /**
   * Not `multipart/batching` with one plain boundary; other parameters must be plain, and no reader may take them for a
   * boundary.
   */
  | "not-batching"
  /** Not UTF-8, or with NUL or another control character. */
  | "not-text"
  | "preamble"
  /** The boundary anywhere but in a delimiter, in any letter case; also as the beginning of a longer line. */
  | "stray-boundary"
  | "no-parts"
  | "too-many-parts"
  /** No closing delimiter at the end. */
  | "not-closed"
  /** Text after the closing delimiter. */
  | "epilogue"
  /** A part whose own header is not `Content-Type: application/http; msgtype=request`, alone or with a transfer encoding that changes nothing. */
  | "part-type"
  | "unfinished-head"
  | "request-line"
  | "http-version"
  /** An absolute URL, an authority or `*` for a target. */
  | "not-origin-form"
  | "header-line"
  | "repeated-header"
  | "no-host"
  | "transfer-encoding"
  /** A body that no Content-Length announces: to one reader a body, to another the next request (RFC 9112, 6.3 and 10.2). */
  | "body-without-length"
  | "wrong-length"
  /** A method that has no body, with one. */
  | "unexpected-body";

const BATCHING = /^multipart\/batching((?:;[ \t]*[A-Za-z0-9-]+=(?:[\w.+-]+|"[\w.+/-]+"))+)$/i;
const PARAMETER = /;[ \t]*([^=]+)="?([^";]+)"?/g;
// A boundary that means the same with and without quotes (RFC 2045, 5.1), and does not begin or end as a delimiter does.
const BOUNDARY = /^[A-Za-z0-9](?:[A-Za-z0-9_.+-]{0,68}[A-Za-z0-9])?$/;
// The body is UTF-8 whatever this says; a name for characters of another width would have it read differently.
const CHARSET = /^(?:utf-?8|us-ascii|iso-8859-1|windows-1252)$/i;
// Some readers end a text at a control character, or a line at a lone CR, so there must be none.
const UNPRINTABLE = /[^\P{Cc}\t\r\n]|\r(?!\n)/u;
const PART_TYPE = "Content-Type:[ \\t]*application/http;[ \\t]*msgtype=request\\r\\n";
// These three mean the bytes as they are (RFC 2045, 6.2); the others would have a reader decode them.
const TRANSFER = "Content-Transfer-Encoding:[ \\t]*(?:7bit|8bit|binary)\\r\\n";
const PART_HEAD = new RegExp(`^(?:${PART_TYPE}(?:${TRANSFER})?|${TRANSFER}${PART_TYPE})\\r\\n`, "i");
const REQUEST_LINE = /^([A-Z]+) ([!-~]+) (HTTP\/\d\.\d)$/;
const HEADER_LINE = /^([A-Za-z0-9-]+):([ -~]*)$/;
const BLANK_LINES = /^(?:\r\n)*$/;
const METHODS_WITH_BODY = new Set(["POST", "PUT"]);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** One character a byte. */
const bytewise = new TextDecoder("latin1");

/**
 * Reads a batch. Never throws, and takes time linear in the length of the body; the caller limits that length.
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

/** The boundary, where every reader finds it: no other parameter is called like it, and none has a `;`, `=` or `"` in its value. */
function boundaryOf(contentType: string): string | undefined {
  const parameters = new Map<string, string>();
  for (const [, name = "", value = ""] of (BATCHING.exec(contentType)?.[1] ?? "").matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (parameters.has(key) || (key !== "boundary" && key.includes("boundary"))) return undefined;
    parameters.set(key, value);
  }
  const boundary = parameters.get("boundary") ?? "";
  if (!CHARSET.test(parameters.get("charset") ?? "utf-8")) return undefined;
  if (!/^application\/http$/i.test(parameters.get("type") ?? "application/http")) return undefined; // what its parts are
  return BOUNDARY.test(boundary) ? boundary : undefined;
}

function isPlainText(body: Uint8Array): boolean {
  try {
    return !UNPRINTABLE.test(utf8.decode(body));
  } catch {
    return false;
  }
}

/** What stands between the delimiters. Microsoft's Batch.js begins with an empty line, and ends with one. */
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
 * Blank lines behind a request mean nothing to any reader (RFC 9112, 2.2), whether it has a body or not. A reader that
 * takes the rest of a part as the body sees only white space behind it.
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
