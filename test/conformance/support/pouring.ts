// Bodies that are poured through the gateway, and the memory that workerd needs meanwhile. Linux only: /proc tells.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { expect } from "vitest";

/** The number of a running process of workerd, which this process has started. */
export function workerd(): string {
  const mine = readdirSync("/proc").filter((id) => /^\d+$/.test(id) && isMine(id));
  const [found, ...more] = mine;
  if (found === undefined || more.length > 0) throw new Error(`workerd: ${mine.join(" ")}`);
  return found;
}
function isMine(id: string): boolean {
  try {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return status.startsWith("Name:\tworkerd\n") && status.includes(`\nPPid:\t${process.pid}\n`);
  } catch {
    return false; // it has ended meanwhile
  }
}
/** The most memory that a process had since {@link forgetMost}, bytes. */
export const mostOf = (id: string): number =>
  1024 * Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]);
/** From now on the most is counted anew. */
export const forgetMost = (id: string): void => writeFileSync(`/proc/${id}/clear_refs`, "5");

/** Writes so many bytes as fast as the other side takes them; `sent` tells how many it has taken. */
export function pour(socket: Socket, bytes: number, sent: (total: number) => void): void {
  const piece = Buffer.alloc(64 * 1024, "x");
  let total = 0;
  const more = (): void => {
    while (total < bytes) {
      const taken = socket.write(piece);
      total += piece.length;
      sent(total);
      if (!taken) return void socket.once("drain", more);
    }
  };
  more();
}

/** Waits until nothing changes any more: all buffers are full. */
export async function settled(read: () => number): Promise<number> {
  let before = -1;
  let since = Date.now();
  await expect
    .poll(() => {
      const now = read();
      if (now !== before) [before, since] = [now, Date.now()];
      return Date.now() - since > 1_500;
    })
    .toBe(true);
  return before;
}
