// One `npm start` for each checkout: two would share one database and one `.postern/demo.json`, and the command would
// ask whichever wrote it last. The first leaves its process and port in `.postern/running.json`, and takes the file
// away at its end.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../cli/local-keys.ts";

/** Another gateway of this checkout is running. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
}

/**
 * Takes the checkout for this process. Throws {@link AlreadyRunning} when another process has it. If a process was
 * killed and left its file behind, this replaces the file.
 * @param state the `.postern` directory, which must exist
 * @returns gives the checkout back
 */
export function takeCheckout(state: string, port: number): () => void {
  const file = join(state, "running.json");
  if (!written(file, port)) {
    const { pid, port: theirs } = runningIn(file);
    if (pid !== undefined && isAlive(pid)) {
      throw new AlreadyRunning(
        `Postern runs from this checkout already: process ${pid}, port ${theirs ?? "unknown"}. Stop it first, or use another checkout. If that process is something else, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
    if (!written(file, port)) throw new AlreadyRunning("Postern is being started from this checkout at this moment.");
  }
  return () => rmSync(file, { force: true });
}

/** Writes the file; false when there is one. */
function written(file: string, port: number): boolean {
  try {
    writeFileSync(file, `${JSON.stringify({ pid: process.pid, port })}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (fault) {
    if (hasCode(fault, "EEXIST")) return false;
    throw fault;
  }
}

/** The process that wrote the file; an empty object when the file is damaged. */
function runningIn(file: string): { readonly pid?: number; readonly port?: number } {
  try {
    const { pid, port } = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? { pid, port } : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // a number that was used again
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return hasCode(fault, "EPERM"); // it is there, and somebody else's
  }
}
