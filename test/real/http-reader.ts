// Cuts one direction of an HTTP/1.1 connection into messages while the bytes flow, for the front that records. It
// follows RFC 9112 section 6.3 for everything that the recorded clients and servers use: Content-Length, chunked, and
// "until close". It only watches. When it cannot read something, it reports that; the bytes flow on regardless.

/** One message as it was on the wire. */
export interface HttpMessage {
  /** Request line or status line. */
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body without chunk framing. */
  readonly body: Uint8Array;
}

/** The first value of a header (names compare without case), or undefined. */
export function headerOf(message: HttpMessage, name: string): string | undefined {
  return message.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

interface Head {
  readonly startLine: string;
  readonly headers: [string, string][];
}

type Framing = { kind: "length"; left: number } | { kind: "chunked" } | { kind: "close" };

/** Call `push(bytes)` for all bytes and then `end()`. `onMessage` is called for each complete message, in order. */
export class HttpReader {
  private pending: Buffer = Buffer.alloc(0);
  private head: Head | undefined;
  private framing: Framing = { kind: "length", left: 0 };
  private body: Buffer[] = [];
  private readonly onHead: () => void;
  private readonly onMessage: (message: HttpMessage) => void;

  constructor(onMessage: (message: HttpMessage) => void, onHead: () => void = () => {}) {
    this.onMessage = onMessage;
    this.onHead = onHead;
  }

  push(bytes: Uint8Array): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.step()) {
      // One round for each head, chunk or body that has arrived completely.
    }
  }

  /** The peer closed: a body that lasts until then is complete now. */
  end(): void {
    if (this.head !== undefined && this.framing.kind === "close") {
      this.body.push(this.pending);
      this.finish();
    }
  }

  private step(): boolean {
    if (this.head === undefined) return this.readHead();
    if (this.framing.kind === "length") return this.readLength(this.framing.left);
    return this.framing.kind === "chunked" && this.readChunk();
  }

  private readHead(): boolean {
    const end = this.pending.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const [startLine = "", ...lines] = this.take(end, 4).toString("latin1").split("\r\n");
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    this.head = { startLine, headers };
    this.framing = framingOf(this.head);
    this.onHead();
    if (this.framing.kind === "length" && this.framing.left === 0) this.finish();
    return true;
  }

  private readLength(length: number): boolean {
    if (this.pending.length < length) return false;
    this.body.push(this.take(length, 0));
    this.finish();
    return true;
  }

  private readChunk(): boolean {
    const lineEnd = this.pending.indexOf("\r\n");
    if (lineEnd < 0) return false;
    const size = Number.parseInt(this.pending.subarray(0, lineEnd).toString("latin1"), 16);
    if (this.pending.length < lineEnd + 2 + size + 2) return false;
    this.take(lineEnd, 2);
    this.body.push(this.take(size, 2));
    if (size === 0) this.finish();
    return true;
  }

  private take(length: number, separator: number): Buffer {
    const taken = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length + separator);
    return taken;
  }

  private finish(): void {
    const head = this.head;
    const body = Buffer.concat(this.body);
    this.head = undefined;
    this.body = [];
    // 100 Continue and its like are not the answer.
    if (head !== undefined && !/^HTTP\/1\.[01] 1\d\d/.test(head.startLine)) this.onMessage({ ...head, body });
  }
}

function framingOf(head: Head): Framing {
  const value = (name: string) => head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (value("transfer-encoding")?.toLowerCase() === "chunked") return { kind: "chunked" };
  const length = value("content-length");
  if (length !== undefined) return { kind: "length", left: Number(length) };
  const isResponse = head.startLine.startsWith("HTTP/");
  const hasNoBody = /^HTTP\/1\.[01] (1\d\d|204|304)/.test(head.startLine);
  return isResponse && !hasNoBody ? { kind: "close" } : { kind: "length", left: 0 };
}
