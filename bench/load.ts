// The load generator: keep-alive connections that send the next request when the last answer is whole. Requests are
// bytes made beforehand, so that at some 20 µs for each the generator leaves the other core to the proxies.

import { connect, type Socket } from "node:net";

/** A run over `connections`: the requests in their order, again and again for `ms`, or each of them once. */
export type Load = {
  readonly port: number;
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly ms: number | "once";
};

/** What came back. `perSecond` counts answers with status 200; `others` counts any other status. */
export type LoadResult = { readonly answers: number; readonly perSecond: number; readonly others: number };

/** A GET request as bytes. */
export function getRequest(path: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
}

/** Runs the load. Rejects when a connection breaks or an answer is framed in a way that is not expected. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const started = performance.now();
  const counts = { answers: 0, others: 0, sent: 0 };
  const more = (): boolean =>
    load.ms === "once" ? counts.sent < load.requests.length : performance.now() < started + load.ms;
  await Promise.all(Array.from({ length: load.connections }, () => runConnection(load, counts, more)));
  const seconds = (performance.now() - started) / 1000;
  return { answers: counts.answers, perSecond: counts.answers / seconds, others: counts.others };
}

type Counts = { answers: number; others: number; sent: number };

function runConnection(load: Load, counts: Counts, more: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: load.port, noDelay: true });
    const send = (): void => {
      const request = load.requests[counts.sent++ % load.requests.length];
      if (request !== undefined) socket.write(request);
    };
    let pending: Buffer | undefined;
    socket.once("connect", send);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the gateway closed a connection during a run")));
    socket.on("data", (bytes: Buffer) => {
      const received: Buffer = pending === undefined ? bytes : Buffer.concat([pending, bytes]);
      if (!isWhole(received)) {
        pending = received;
        return;
      }
      pending = undefined;
      if (received.toString("latin1", 9, 12) === "200") counts.answers++;
      else counts.others++;
      if (more()) send();
      else finish(socket, resolve);
    });
  });
}

function finish(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners("close");
  socket.destroy();
  resolve();
}

/** Whether the bytes are one whole answer; only one is ever under way. */
function isWhole(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bytes.length >= headEnd + 4 + Number(length);
  return bytes.toString("latin1", bytes.length - 5) === "0\r\n\r\n"; // chunked
}
