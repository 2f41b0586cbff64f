// The policy in the operator's file: TOML, read and checked as the gateway does it, before anything is asked of a gateway.

import { basename, join, resolve } from "node:path";
import { policyInToml } from "../../src/core/policy/file.ts";
import type { Policy, PolicyFault } from "../../src/core/policy/types.ts";
import { usage } from "../fault.ts";
import { textOfFile } from "../files.ts";

/** The policy at the top of the checkout. */
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "policy.toml");
/** More than anybody writes by hand. */
const MAX_FILE_BYTES = 256 * 1024;

/** A file that is a policy. */
type PolicyFile = { readonly name: string; readonly text: string; readonly policy: Policy };

/** The file that the command names. Throws a fault that lists everything wrong with it. */
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

/** Faults or warnings, one a line. */
export const faultLines = (faults: readonly PolicyFault[]): string =>
  faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");
