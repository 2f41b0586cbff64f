// Files of the operator: reading what a command is given, and writing what it answers into a file that only its owner
// reads.

import { closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { CliFault, usage } from "./fault.ts";

/** The code of a fault of the system, such as ENOENT. */
export const codeOf = (fault: unknown): string =>
  fault instanceof Error && "code" in fault ? String(fault.code) : String(fault);

/**
 * The text of a file that faults call `name`. Throws a fault for a file that cannot be read, or has more than `most`
 * bytes.
 */
export const textOfFile = (file: string, name: string, most: number, fix: string): string =>
  bytesOfFile(file, name, most, fix).toString("utf8");

/** The same in bytes. */
export function bytesOfFile(file: string, name: string, most: number, fix: string): Buffer {
  try {
    if (statSync(file).size <= most) return readFileSync(file);
  } catch (fault) {
    throw usage(`${name} cannot be read (${codeOf(fault)})`, fix);
  }
  throw usage(`${name} is too large`, `Name a file of at most ${most} bytes.`);
}

/** Opens a new file. Throws a fault where it exists already, or cannot be written. */
export function openNew(folder: string, file: string): number {
  try {
    return openSync(resolve(folder, file), "wx", 0o600);
  } catch (fault) {
    const code = codeOf(fault);
    const fix = "Give --file a name that is not there yet.";
    if (code === "EEXIST") throw new CliFault("conflict", `${file} exists already`, fix);
    throw new CliFault("failure", `${file} cannot be written (${code})`, fix);
  }
}

/** Writes a new file whole. */
export function writeNew(folder: string, file: string, content: string): void {
  const opened = openNew(folder, file);
  writeFileSync(opened, content);
  closeSync(opened);
}

/** What a text says as JSON; undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
