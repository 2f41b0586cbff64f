// Asks once more when the gateway or the network failed: a backup of many parts must not end for one of them. Every part
// may be asked for, or sent, again.

import { setTimeout as pause } from "node:timers/promises";
import { CliFault } from "../fault.ts";

const PAUSES_MS = [1_000, 4_000, 10_000];

/** What `ask` gives. After the last try it throws the fault of that try. */
export async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await ask();
    } catch (fault) {
      if (!(fault instanceof CliFault) || fault.kind !== "failure") throw fault;
      await pause(ms);
    }
  }
  return ask();
}
