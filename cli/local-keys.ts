// Keys of the local gateway, each in a file of `.postern/` that only its owner reads. Whoever comes first makes it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CliFault } from "./fault.ts";

/** The text under `field` in a JSON file; where there is none, it is made with `fresh`. Throws for a damaged file. */
export function keptOrMade(file: string, field: string, fresh: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify({ [field]: fresh }, null, 2)}\n`, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (fault) {
    if (!(fault instanceof Error && "code" in fault && fault.code === "EEXIST")) throw fault;
  }
  const kept = textIn(file, field);
  if (kept !== undefined) return kept;
  throw new CliFault(
    "failure",
    `${file} has no "${field}"`,
    "Restore the file. Without it, delete the whole .postern directory and start again.",
  );
}

/** The text under `field` in a JSON file; undefined when there is no such file, or no such text in it. */
export function textIn(file: string, field: string): string | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const text: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
