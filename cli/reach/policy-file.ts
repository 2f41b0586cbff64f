// The policy in the operator's file. It is read and checked by the gateway's own code, before any gateway is asked.

import { readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { policyInToml } from "../../src/core/policy/file.ts";
import type { Policy, PolicyFault } from "../../src/core/policy/types.ts";
import { usage } from "../fault.ts";

/** The default file: the policy at the top of the checkout. */
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "policy.toml");
/** The longest file, bytes. Nobody writes more by hand. */
const MAX_FILE_BYTES = 256 * 1024;

/** A file that is a policy. */
type PolicyFile = { readonly name: string; readonly text: string; readonly policy: Policy };

/** Reads the file that the command names. Throws a fault that lists everything wrong with it. */
export function policyFile(given: string | undefined, folder: string): PolicyFile {
  const name = given ?? basename(DEFAULT_FILE);
  const text = textOf(given === undefined ? DEFAULT_FILE : resolve(folder, given), name);
  const read = policyInToml(text);
  if (read.ok) return { name, text, policy: read.policy };
  const { faults } = read;
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  throw usage(`${name} has ${count}`, faultLines(faults), { faults });
}

/** Lists faults or warnings, one a line. */
export const faultLines = (faults: readonly PolicyFault[]): string =>
  faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");

function textOf(file: string, name: string): string {
  let size: number;
  try {
    size = statSync(file).size;
    if (size <= MAX_FILE_BYTES) return readFileSync(file, "utf8");
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? ` (${String(fault.code)})` : "";
    const fix = "Name a policy file. Without a name it is policy.toml at the top of the checkout.";
    throw usage(`${name} cannot be read${code}`, fix);
  }
  throw usage(`${name} is too large for a policy`, `Name a file of at most ${MAX_FILE_BYTES} bytes.`);
}
