// A policy as its file, in TOML.

import { parse, TomlError } from "smol-toml";
import { readPolicy } from "./read.ts";
import type { Policy, PolicyFault } from "./types.ts";

/** The policy in the text of a file, or everything that is wrong with it. */
export function policyInToml(
  text: string,
): { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly faults: readonly PolicyFault[] } {
  try {
    return readPolicy(parse(text));
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    const path = `line ${fault.line}, column ${fault.column}`;
    // Its message goes on with an excerpt of the file.
    return { ok: false, faults: [{ path, message: fault.message.split("\n", 1)[0] ?? "This is not TOML." }] };
  }
}
