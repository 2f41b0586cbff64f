// HTTP written by hand on a socket. The request target and the header lines go out byte for byte as a test spells them;
// neither fetch nor node:http allows that. Each request has its own connection.

import { connect } from "node:net";

/** A request as bytes; text is Latin-1, one character a byte. */
export type RawRequest = {
  /** Origin form, absolute form, or nonsense. */
  readonly target: string;
  readonly method?: string;
  /** The value of the Host line. Default: the web host. For no Host line or several, give `hostLines`. */
  readonly host?: string;
  readonly hostLines?: readonly string[];
  /** Whole header lines, `Name: value`. */
  readonly lines?: readonly string[];
  readonly body?: string | Uint8Array;
};

/** An answer, up to the point where it stopped. `status` 0: the connection was closed without an answer. */
export type RawResponse = {
  readonly status: number;
  /** Header lines in order, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly text: string;
};

const SILENCE_MS = 10_000;

/** Sends one request and reads until the gateway closes. Rejects after ten seconds of silence. */
export function rawSend(gateway: { readonly gateway: string }, request: RawRequest): Promise<RawResponse> {
  return rawExchange(gateway, rawBytes(request));
}

/** The bytes of a request. */
function rawBytes(request: RawRequest): Uint8Array {
  const { target, method = "GET", host = "web.contoso.test", body } = request;
  const hostLines = request.hostLines ?? [`Host: ${host}`];
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  const length = bytes === undefined ? [] : [`Content-Length: ${bytes.length}`];
  const head = [`${method} ${target} HTTP/1.1`, ...hostLines, "Connection: close", ...(request.lines ?? []), ...length];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), bytes ?? new Uint8Array(0)]);
}

/** Sends bytes and reads until the gateway closes. */
export function rawExchange(gateway: { readonly gateway: string }, bytes: Uint8Array): Promise<RawResponse> {
  const { hostname, port } = new URL(gateway.gateway);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error("silence")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (fault: NodeJS.ErrnoException) => {
      // A gateway that refuses may close before it has read everything.
      if (fault.code === "ECONNRESET" || fault.code === "EPIPE") resolve(readResponse(Buffer.concat(chunks)));
      else reject(fault);
    });
    socket.on("close", () => resolve(readResponse(Buffer.concat(chunks))));
    socket.write(bytes);
  });
}

function readResponse(bytes: Buffer): RawResponse {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const body = end < 0 ? "" : text.slice(end + 4);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0), headers, body, text };
}

/** Does `act` for every item, `atOnce` at a time, and keeps the order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await act(item, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
