// Whether an answer on the wire came to its end, as its client can see it.

/** An answer as its client reads it. */
export type ReadAnswer = {
  /** 0: the connection was closed without the head of an answer. */
  readonly status: number;
  /** By lower-case name, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the sizes of chunks; as far as it came. */
  readonly body: Buffer;
  /** Whether the client has seen its end: all bytes of its length, or the last chunk. */
  readonly whole: boolean;
};

const END_OF_HEAD = "\r\n\r\n";

/** Reads everything that came on one connection as the answer to one request. */
export function readAnswer(text: string, method = "GET"): ReadAnswer {
  const end = text.indexOf(END_OF_HEAD);
  if (text.startsWith("HTTP/1.1 100 ") && end >= 0) return readAnswer(text.slice(end + END_OF_HEAD.length), method);
  const [statusLine = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0);
  if (status === 0) return { status, headers: [], body: Buffer.alloc(0), whole: false };
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const header = (name: string): string | undefined => headers.find(([each]) => each === name)?.[1];
  const rest = Buffer.from(text.slice(end + END_OF_HEAD.length), "latin1");
  if (method === "HEAD" || status === 204 || status === 304)
    return { status, headers, body: rest, whole: rest.length === 0 };
  if (header("transfer-encoding") === "chunked") return { status, headers, ...unchunked(rest) };
  return { status, headers, body: rest, whole: String(rest.length) === header("content-length") };
}

/** The value of one header. */
export const headerOf = ({ headers }: Pick<ReadAnswer, "headers">, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1];

function unchunked(bytes: Buffer): Pick<ReadAnswer, "body" | "whole"> {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    const size = end < 0 ? Number.NaN : Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (Number.isNaN(size)) return { body: Buffer.concat(pieces), whole: false };
    pieces.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
    if (size === 0) return { body: Buffer.concat(pieces), whole: at === bytes.length };
  }
}
