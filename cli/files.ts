// Writes the answer of a command into a new file that only its owner can read.

import { closeSync, openSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { CliFault } from "./fault.ts";

/** Opens a new file. Throws a fault when the file exists already, or cannot be written. */
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

/** Writes a new file with this content. */
export function writeNew(folder: string, file: string, content: string): void {
  const opened = openNew(folder, file);
  try {
    writeFileSync(opened, content);
  } finally {
    closeSync(opened);
  }
}
