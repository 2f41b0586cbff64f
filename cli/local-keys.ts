// Reads the files of `.postern/`, in which the gateway of `npm start` leaves its address and its keys.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CliFault, failure } from "./fault.ts";
import { codeOf, jsonIn } from "./files.ts";

/** Where `npm start` keeps the token of the target `local`; `state` is the `.postern` directory. */
export const localTokenFile = (state: string): string => join(state, "token.json");

/** The text under `field` in a JSON file. Undefined when there is no such file. Throws when the file is damaged. */
export function textIn(file: string, field: string): string | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (fault) {
    if (hasCode(fault, "ENOENT")) return undefined;
    throw damaged(file, `cannot be read (${codeOf(fault)})`);
  }
  const value = jsonIn(content);
  if (value === undefined) throw damaged(file, "is not JSON");
  const fields: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null ? { ...value } : {};
  const text = fields[field];
  if (typeof text !== "string" || text === "") throw damaged(file, `has no "${field}"`);
  return text;
}

const damaged = (file: string, what: string): CliFault =>
  failure(
    `${file} ${what}`,
    "Restore the file. If you cannot, stop the gateway, delete the whole .postern directory, and start again.",
  );

/** Whether a system call failed with this code. */
export const hasCode = (fault: unknown, code: string): boolean => codeOf(fault) === code;
