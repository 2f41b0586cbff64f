// Two connections made one: what comes on either goes out on the other, and they end together.

import type { Socket } from "node:net";

/** Joins them; each is in `open` while it lives, for whoever has to end them all. */
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
