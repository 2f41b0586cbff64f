// Opens and closes loopback listeners. The caller gets an error if a port is in use. Closing also ends idle keep-alive
// connections and open polls, so that a stopped simulator keeps no process alive.

import type { Server } from "node:http";

/**
 * For how long idle connections stay open, ms. Every client closes its own earlier. Node's default of five seconds ends
 * a connection at the moment at which a client of a busy machine uses it again.
 */
export const KEEP_ALIVE_MS = 620_000;

/** Listens on 127.0.0.1; port 0 takes any free one. Rejects when the port is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Stops listening and ends every connection. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
