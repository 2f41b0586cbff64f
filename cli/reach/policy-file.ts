// The policy in the operator's file. It is read and checked by the gateway's own code, before any gateway is asked.

import { basename, join, resolve } from "node:path";
import { policyInToml } from "../../src/core/policy/file.ts";
import type { Policy, PolicyFault } from "../../src/core/policy/types.ts";
import { usage } from "../fault.ts";
import { textOfFile } from "../files.ts";

/** The default file: the policy at the top of the checkout. */
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "policy.toml");
/** The longest file, bytes. Nobody writes more by hand. */
const MAX_FILE_BYTES = 256 * 1024;

/** A file that is a policy. */
type PolicyFile = { readonly name: string; readonly text: string; readonly policy: Policy };

/** Reads the file that the command names. Throws a fault that lists everything wrong with it. */
export function policyFile(given: string | undefined, folder: string): PolicyFile {
  const name = given ?? basename(DEFAULT_FILE);
  const fix = "Name a policy file. Without a name it is policy.toml at the top of the checkout.";
  const text = textOfFile(given === undefined ? DEFAULT_FILE : resolve(folder, given), name, MAX_FILE_BYTES, fix);
  const read = policyInToml(text);
  if (read.ok) return { name, text, policy: read.policy };
  const { faults } = read;
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  throw usage(`${name} has ${count}`, faultLines(faults), { faults });
}

/** Lists faults or warnings, one a line. */
export const faultLines = (faults: readonly PolicyFault[]): string =>
  faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");
