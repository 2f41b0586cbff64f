// Keys and addresses of the local gateway, each in a file of `.postern/` that only its owner reads. The first program
// that needs a key makes it. The fault for a damaged file says so, so that nobody searches for a problem in the running
// gateway.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CliFault } from "./fault.ts";

/** The text under `field` in a JSON file; where there is no file, it is made with `fresh`. Throws for a damaged file. */
export function keptOrMade(file: string, field: string, fresh: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify({ [field]: fresh }, null, 2)}\n`, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (fault) {
    if (!hasCode(fault, "EEXIST")) throw fault;
  }
  return textIn(file, field) ?? fresh; // somebody deleted it this moment
}

/** The text under `field` in a JSON file; undefined when there is no such file. Throws when the file is damaged. */
export function textIn(file: string, field: string): string | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (fault) {
    if (hasCode(fault, "ENOENT")) return undefined;
    throw damaged(file, `cannot be read (${fault instanceof Error && "code" in fault ? String(fault.code) : "?"})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw damaged(file, "is not JSON");
  }
  const fields: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null ? { ...value } : {};
  const text = fields[field];
  if (typeof text !== "string" || text === "") throw damaged(file, `has no "${field}"`);
  return text;
}

const damaged = (file: string, what: string): CliFault =>
  new CliFault(
    "failure",
    `${file} ${what}`,
    "Restore the file. If you cannot, stop the gateway, delete the whole .postern directory, and start again.",
  );

/** Whether a system call failed with this code. */
export const hasCode = (fault: unknown, code: string): boolean =>
  fault instanceof Error && "code" in fault && fault.code === code;
