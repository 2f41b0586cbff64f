// Writing what a command answers into a file that was not there before, and that only its owner reads.

import { closeSync, openSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { CliFault } from "./fault.ts";

/** Opens a new file. Throws a fault where it exists already, or cannot be written. */
export function openNew(folder: string, file: string): number {
  try {
    return openSync(resolve(folder, file), "wx", 0o600);
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
    const message = code === "EEXIST" ? `${file} exists already` : `${file} cannot be written (${String(code)})`;
    throw new CliFault(
      code === "EEXIST" ? "conflict" : "failure",
      message,
      "Give --file a name that is not there yet.",
    );
  }
}

/** Writes a new file whole. */
export function writeNew(folder: string, file: string, content: string): void {
  const opened = openNew(folder, file);
  try {
    writeFileSync(opened, content);
  } finally {
    closeSync(opened);
  }
}
