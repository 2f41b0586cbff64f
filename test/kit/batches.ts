// Batches for tests: as clients write them, and as different kinds of readers read them. Those readers are lenient,
// each in its own way. Every batch that Postern accepts must be split alike by all of them.

export const BOUNDARY = "77f2569d-c005-442b-b856-782305305e5f";
export const BATCHING = `multipart/batching;boundary=${BOUNDARY}`;

/** The application of the outer request. */
export const APPLICATION = "/ucwa/oauth/v1/applications/103";

export const HOST_LINE = "Host: web.contoso.test";

/** A request inside a part: its lines, joined by CRLF, then a blank line and the body. */
export const request = (lines: readonly string[], body = ""): string => `${lines.join("\r\n")}\r\n\r\n${body}`;

export const GET_ME = request([`GET ${APPLICATION}/me HTTP/1.1`, HOST_LINE, "Accept: application/json"]);

/** A POST with a body of this text, and its length. */
export const post = (target: string, body: string, ...lines: readonly string[]): string =>
  request(
    [
      `POST ${target} HTTP/1.1`,
      HOST_LINE,
      "Content-Type: application/json",
      `Content-Length: ${encode(body).length}`,
      ...lines,
    ],
    body,
  );

export const PART_TYPE = "Content-Type: application/http; msgtype=request";

/** A whole body: each request in a part, with the delimiters as RFC 2046 writes them. */
export const batchOf = (...requests: readonly string[]): string =>
  envelope(requests.map((each) => `${PART_TYPE}\r\n\r\n${each}`));

/** A whole body of parts that bring their own part headers. */
export const envelope = (parts: readonly string[], boundary = BOUNDARY): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`;

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a reader makes of one request: its method, target, and header lines by lower-case name. */
export type Seen = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
};

type Reader = (contentType: string, body: Uint8Array) => readonly Seen[];

const lenient = (body: Uint8Array): string => new TextDecoder().decode(body); // drops a mark, repairs bad bytes

/**
 * Readers that differ in four things: what ends a line, what is a delimiter, what a decoder repairs, and what follows a
 * head.
 */
export const NAIVE_READERS: Readonly<Record<string, Reader>> = {
  "splits at the boundary wherever it stands": (type, body) =>
    lenient(body)
      .split(`--${boundaryIn(type)}`)
      .slice(1, -1)
      .flatMap(oneRequest),
  "takes any line that begins with the boundary": (type, body) =>
    byLines(lenient(body), (line) => line.startsWith(`--${boundaryIn(type)}`)).flatMap(oneRequest),
  "trims its lines, in any letter case": (type, body) =>
    byLines(lenient(body), (line) =>
      [`--${boundaryIn(type)}`, `--${boundaryIn(type)}--`].includes(line.trim().toLowerCase()),
    ).flatMap(oneRequest),
  "does not know that a batch ends": (type, body) =>
    lenient(body)
      .split(`--${boundaryIn(type)}`)
      .slice(1)
      .flatMap(oneRequest),
  "ends a text at NUL": (type, body) =>
    (lenient(body).split("\0")[0] ?? "")
      .split(`--${boundaryIn(type)}`)
      .slice(1)
      .flatMap(oneRequest),
  "reads the requests of a part one after the other, as a pipeline": (type, body) =>
    new TextDecoder("latin1")
      .decode(body)
      .split(`--${boundaryIn(type)}`)
      .slice(1)
      .flatMap(pipeline),
};

const boundaryIn = (contentType: string): string =>
  /boundary\s*=\s*"?([^";,\s]*)/i.exec(contentType)?.[1]?.toLowerCase() ?? "";

function byLines(text: string, isDelimiter: (line: string) => boolean): string[] {
  const parts: string[][] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (isDelimiter(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => lines.join("\n"));
}

/**
 * Part headers, a blank line, one request. Everything that follows the request's head is its body, even if a length
 * says otherwise.
 */
function oneRequest(part: string): Seen[] {
  const content = /\r?\n\r?\n([\s\S]*)$/.exec(part)?.[1] ?? "";
  const seen = readHead(content.trimStart().split(/\r?\n\r?\n/)[0] ?? "");
  return seen === undefined ? [] : [seen];
}

/** Several requests, each with a body as long as its length says. */
function pipeline(part: string): Seen[] {
  let rest = /\r?\n\r?\n([\s\S]*)$/.exec(part)?.[1] ?? "";
  const requests: Seen[] = [];
  for (;;) {
    rest = rest.replace(/^[\r\n]+/, "");
    const [blank = "", head = rest] = /^([\s\S]*?)\r?\n\r?\n/.exec(rest) ?? [];
    const seen = readHead(head);
    if (seen === undefined) return requests;
    requests.push(seen);
    const length = "transfer-encoding" in seen.headers ? 0 : Number.parseInt(seen.headers["content-length"] ?? "0", 10);
    rest = rest.slice((blank === "" ? rest.length : blank.length) + (length || 0));
  }
}

function readHead(head: string): Seen | undefined {
  const [first = "", ...lines] = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const [, method, target] = /^(\S+)\s+(\S+)(?:\s+HTTP\/\d.*)?$/.exec(first.trim()) ?? [];
  if (method === undefined || target === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { method, target, headers };
}
