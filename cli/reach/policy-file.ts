// The policy in the operator's file: TOML, read and checked before anything is asked of a gateway.

import { readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { readPolicy } from "../../src/core/policy/read.ts";
import type { Policy, PolicyFault } from "../../src/core/policy/types.ts";
import { CliFault } from "../fault.ts";

/** The policy at the top of the checkout. */
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "policy.toml");
/** More than anybody writes by hand. */
const MAX_FILE_BYTES = 256 * 1024;

/** A file that is a policy. */
export type PolicyFile = { readonly name: string; readonly text: string; readonly policy: Policy };

/** The file that the command names. Throws a fault that lists everything wrong with it. */
export function policyFile(given: string | undefined, folder: string): PolicyFile {
  const file = given === undefined ? DEFAULT_FILE : resolve(folder, given);
  const name = given ?? basename(DEFAULT_FILE);
  const text = textOf(file, name);
  const value = tomlOf(text);
  if (!value.ok) {
    const { line, column, message } = value;
    const faults = [{ path: `line ${line}, column ${column}`, message }];
    throw faultsOf(`${name} is not TOML`, faults);
  }
  const read = readPolicy(value.toml);
  if (read.ok) return { name, text, policy: read.policy };
  const count = read.faults.length === 1 ? "a fault" : `${read.faults.length} faults`;
  throw faultsOf(`${name} has ${count}`, read.faults);
}

/** The policy in a text that may be none. */
export function policyIn(text: string): Policy | undefined {
  const value = tomlOf(text.slice(0, MAX_FILE_BYTES));
  const read = value.ok ? readPolicy(value.toml) : undefined;
  return read?.ok ? read.policy : undefined;
}

/** Faults or warnings, one a line. */
export const faultLines = (faults: readonly PolicyFault[]): string =>
  faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");

function faultsOf(message: string, faults: readonly PolicyFault[]): CliFault {
  return new CliFault("usage", message, faultLines(faults), { faults });
}

function textOf(file: string, name: string): string {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) {
      throw new CliFault(
        "usage",
        `${name} is too large for a policy`,
        `Name a file of at most ${MAX_FILE_BYTES} bytes.`,
      );
    }
    return readFileSync(file, "utf8");
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    const code = fault instanceof Error && "code" in fault ? ` (${String(fault.code)})` : "";
    throw new CliFault(
      "usage",
      `${name} cannot be read${code}`,
      "Name a policy file. Without a name it is policy.toml at the top of the checkout.",
    );
  }
}

type Toml =
  | { readonly ok: true; readonly toml: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

function tomlOf(text: string): Toml {
  try {
    return { ok: true, toml: parse(text) };
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    // Its message goes on with an excerpt of the file.
    const [message = ""] = fault.message.split("\n");
    return { ok: false, line: fault.line, column: fault.column, message: `${message}.` };
  }
}
