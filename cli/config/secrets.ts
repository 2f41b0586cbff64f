// The secrets of an environment as far as somebody says what they are: their names, as Cloudflare tells them, or their
// values, from a file as `wrangler secret bulk` takes it.

import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { usage } from "../fault.ts";
import { jsonIn, textOfFile } from "../files.ts";

const MAX_FILE_BYTES = 64 * 1024;

/** What is known of the secrets. */
export type Secrets =
  | { readonly known: "nothing"; readonly why: string }
  | { readonly known: "names"; readonly names: readonly string[] }
  | { readonly known: "values"; readonly file: string; readonly values: Readonly<Record<string, string>> };

/** Reads a file of secrets: JSON, or NAME=VALUE lines (.dev.vars). Faults quote nothing of it. */
export function secretsIn(folder: string, file: string): Secrets {
  const text = textOfFile(
    resolve(folder, file),
    file,
    MAX_FILE_BYTES,
    "Give --secrets a file as `wrangler secret bulk` takes it.",
  );
  const json = text.trimStart().startsWith("{");
  const said = json ? jsonIn(text) : parseEnv(text);
  const entries = typeof said === "object" && said !== null ? Object.entries(said) : undefined;
  if (entries === undefined || entries.length === 0 || entries.some(([, value]) => typeof value !== "string")) {
    throw usage(
      `${file} has no secrets`,
      'Give a JSON object of texts, {"SEALING_KEYS": "…"}, or lines such as SEALING_KEYS="…".',
    );
  }
  return { known: "values", file, values: Object.fromEntries(entries) as Record<string, string> };
}
