// A slow proxy in front of a server. It passes each request on after a while.

import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** A running proxy. */
export type SlowProxy = {
  readonly url: string;
  /** How long a request waits before it is passed on, ms. */
  delayMs: number;
  /** The most requests that waited or were answered at the same time. */
  mostAtOnce: number;
  readonly stop: () => Promise<void>;
};

/** Starts a proxy in front of `url`, which is asked for when a request comes. */
export async function startSlowProxy(url: () => string): Promise<SlowProxy> {
  let atOnce = 0;
  const server = createServer((incoming, outgoing) => {
    atOnce++;
    proxy.mostAtOnce = Math.max(proxy.mostAtOnce, atOnce);
    outgoing.on("close", () => atOnce--);
    const timer = setTimeout(() => {
      const { hostname, port } = new URL(url());
      const { method = "GET", url: path = "/", headers } = incoming;
      const onward = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    }, proxy.delayMs);
    outgoing.on("close", () => clearTimeout(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: SlowProxy = {
    url: `http://127.0.0.1:${port}`,
    delayMs: 0,
    mostAtOnce: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
