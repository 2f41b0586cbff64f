// Joins two connections: what comes from either goes out on the other, and both end together.

import type { Socket } from "node:net";

/** Joins them. Each is in `open` while it is open, so that somebody can end them all. */
export function bridge(client: Socket, server: Socket, open: Set<Socket>): void {
  for (const [socket, peer] of [
    [client, server],
    [server, client],
  ] as const) {
    open.add(socket);
    socket.on("error", () => peer.destroy());
    socket.on("close", () => {
      open.delete(socket);
      peer.destroy();
    });
  }
  client.pipe(server).pipe(client);
}
