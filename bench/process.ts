// What Linux says of a process: CPU time and resident memory, from /proc. CPU time does not care who else is running.

import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of CPU that all threads of a process have used. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e6;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`no resident size of process ${pid}`);
  return 1024 * Number(kilobytes);
}

/** Processes of this name that this process has started. */
export const childrenNamed = (name: string): number[] => childrenOf(process.pid, name);

/** Processes that this one has started, or those of them with this name. */
export function childrenOf(parent: number, name?: string): number[] {
  const children: number[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const status = statusOf(entry);
    const isNamed = name === undefined || status.startsWith(`Name:\t${name}\n`);
    if (isNamed && status.includes(`\nPPid:\t${parent}\n`)) children.push(Number(entry));
  }
  return children;
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return ""; // it has ended since
  }
}
