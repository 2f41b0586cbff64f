// A policy as its file, in TOML.

import { parse, TomlError } from "smol-toml";
import { lineFinder } from "./lines.ts";
import { readPolicy } from "./read.ts";
import type { Policy, PolicyFault } from "./types.ts";

/** The policy in the text of a file, or everything that is wrong with it. */
export function policyInToml(
  text: string,
): { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly faults: readonly PolicyFault[] } {
  try {
    const read = readPolicy(parse(text));
    return read.ok ? read : { ok: false, faults: withLines(read.faults, text) };
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    const path = `line ${fault.line}, column ${fault.column}`;
    // Its message goes on with an excerpt of the file.
    const message = fault.message.split("\n", 1)[0] ?? "This is not TOML.";
    return { ok: false, faults: [{ path, message, line: fault.line }] };
  }
}

/** Faults, or warnings, with the lines of the file in which they are. */
export function withLines(faults: readonly PolicyFault[], text: string): readonly PolicyFault[] {
  const lineOf = lineFinder(text);
  return faults.map((fault) => {
    const line = lineOf(fault.path);
    return line === undefined ? fault : { ...fault, line };
  });
}
