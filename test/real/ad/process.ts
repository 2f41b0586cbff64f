// Servers that a test starts and ends. Each is in a process group of its own, and its whole group ends with it. When
// the test itself is killed, the kernel ends the server. What servers print goes to a file, so that a failure can show
// it.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A running server. */
export interface Server {
  readonly pid: number;
  /** False when it has ended, by itself or by a signal. */
  readonly running: () => boolean;
  /** What it has printed so far, both streams. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends the whole group and waits for it. Returns at once when it has ended already. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/**
 * The environment in which a program's clock is off by, for example, `+10m`. It preloads a library: the `faketime`
 * program would be another process between us and the server. The monotonic clock, which nobody can set wrong, stays
 * right.
 */
export const wrongClock = (offset: string | undefined): Record<string, string> =>
  offset === undefined
    ? {}
    : { LD_PRELOAD: FAKETIME_LIBRARY, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_NO_CACHE: "1" };

/** `$LIB` is the loader's word for the architecture's folder. */
const FAKETIME_LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1";

/** How long a server may take to end by itself before it is killed. */
const GRACE_MS = 3_000;

/** Starts `argv` with exactly this environment. Its output is appended to the file `log`. */
export function startServer(argv: readonly string[], log: string, env: Readonly<Record<string, string>>): Server {
  const file = openSync(log, "a");
  // setpriv makes the kernel send TERM to the server when the test ends, in whatever way it ends.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...argv], {
    detached: true,
    stdio: ["ignore", file, file],
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${argv[0]} cannot be started`);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    running,
    output: () => readFileSync(log, "utf8"),
    signal: (name) => signalGroup(child, name),
    stop: async (name = "SIGTERM") => {
      if (running()) {
        signalGroup(child, name);
        signalGroup(child, "SIGCONT"); // a stopped process has to get the signal too
        const late = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
        await ended;
        clearTimeout(late);
      }
      signalGroup(child, "SIGKILL"); // its children that still run
    },
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has gone.
  }
}

/**
 * Waits until `ready` is true. When the server ends first, or `withinMs` is over, it rejects with what the server
 * printed.
 */
export async function untilReady(server: Server, what: string, ready: () => Promise<boolean>): Promise<void> {
  const withinMs = 60_000;
  for (const started = Date.now(); Date.now() - started < withinMs; await pause(50)) {
    if (!server.running()) throw new Error(`${what} ended:\n${server.output().slice(-4_000)}`);
    if (await ready()) return;
  }
  throw new Error(`${what} was not ready within ${withinMs} ms:\n${server.output().slice(-4_000)}`);
}

/** How a program ended. */
export type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end; never rejects for its exit code. */
export function run(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Finished> {
  const [program = "", ...args] = argv;
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C", ...options.env };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, maxBuffer: 16 * 1_048_576 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === "string")
        reject(error); // not started at all
      else resolve({ code: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.on("error", () => {}); // a program that does not read its input
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs a program that has to succeed. The error names the program and what it said, but not its input. */
export async function mustRun(...[argv, options]: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.slice(0, 3).join(" ")} failed (${code}): ${stderr.slice(-2_000)}`);
  return stdout;
}
