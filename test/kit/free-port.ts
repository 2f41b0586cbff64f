// Ports for programs that cannot choose one themselves, or that are started again at the same one.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * The kernel chooses from 32768 on (Linux, `net.ipv4.ip_local_port_range`), for whoever listens at port 0 and for each
 * outgoing connection. A port from there could be somebody's before the program has it.
 */
const [LOWEST, BELOW] = [20_000, 32_768];
const TRIES = 50;

/**
 * A port of 127.0.0.1 at which nothing listens now. Whoever gets it listens later, so it is one that the kernel gives
 * to nobody else meanwhile.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(LOWEST, BELOW);
    const probe = createServer().listen(port, "127.0.0.1");
    const free = await once(probe, "listening").then(
      () => true,
      () => false, // somebody has it
    );
    if (!free) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
  throw new Error(`of ${TRIES} ports drawn none was free`);
}
