// One address behind which a test changes connectors while the gateway runs. So the same gateway meets every fault.

import { connect, createServer, type Socket } from "node:net";
import { bridge } from "../bridge.ts";
import { listen } from "../tls-front.ts";

/** A running switch. */
export interface Switch {
  readonly url: string;
  /** From now on connections go to this base URL, or to nobody. Existing connections end. */
  readonly to: (url: string | undefined) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a switch that leads to nobody. */
export async function startSwitch(): Promise<Switch> {
  let target: URL | undefined;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (target === undefined) {
      client.destroy();
      return;
    }
    bridge(client, connect(Number(target.port), target.hostname), open);
  });
  const port = await listen(server);
  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    to: (url) => {
      target = url === undefined ? undefined : new URL(url);
      endAll();
    },
    stop: async () => {
      endAll();
      await new Promise((done) => server.close(done));
    },
  };
}
