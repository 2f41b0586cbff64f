// A port for a program of others that cannot be told "any free one".

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that Linux gives by itself (32768 and up), and above those of well-known services. So nobody who asks
 * for any port, and no connection, gets this one before the program listens.
 */
const [FROM, BELOW] = [10_000, 32_768];
const TRIES = 20;

/** A port of 127.0.0.1 that is free now, and that only a test which draws the same one would take. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FROM, BELOW);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${TRIES} ports drawn none was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
