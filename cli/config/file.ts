// wrangler.toml as `config check`, `init` and the deployment read it: its text, its tables, and what an environment
// inherits from the top level.

import { basename, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { usage } from "../fault.ts";
import { textOfFile } from "../files.ts";

/** The top level of this checkout. */
export const PROJECT = join(import.meta.dirname, "..", "..");
const DEFAULT_FILE = join(PROJECT, "wrangler.toml");
const MAX_FILE_BYTES = 1024 * 1024;

/** A table of the file, of which nothing is known yet. */
export type Table = Readonly<Record<string, unknown>>;

/** wrangler.toml. */
export type WranglerFile = {
  readonly path: string;
  /** What answers call it. */
  readonly name: string;
  readonly text: string;
  readonly table: Table;
};

export const tableOf = (value: unknown): Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
export const tablesOf = (value: unknown): readonly Table[] => (Array.isArray(value) ? value.map(tableOf) : []);
export const textIn = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** The environment as it stands in the file. */
export const sectionOf = (file: Table, environment: string): Table => tableOf(tableOf(file.env)[environment]);

/** Reads the file: `given`, or that of this checkout. Throws a fault that quotes nothing of it. */
export function readWranglerFile(folder: string, given: string | undefined): WranglerFile {
  const path = given === undefined ? DEFAULT_FILE : resolve(folder, given);
  const name = given ?? basename(DEFAULT_FILE);
  const text = textOfFile(path, name, MAX_FILE_BYTES, "Name the wrangler.toml of your gateway.");
  return { path, name, text, table: parsed(text, name) };
}

/** The text of such a file as a table. */
export function parsed(text: string, name: string): Table {
  try {
    return parse(text);
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    const [message = ""] = fault.message.split("\n"); // it goes on with an excerpt, in which a secret may stand
    throw usage(`${name} is not TOML`, `line ${fault.line}, column ${fault.column}: ${message}.`);
  }
}

/** What wrangler hands down to an environment that has no value of its own. Everything else it does not. */
const INHERITED = [
  ...["access", "account_id", "assets", "cache", "compatibility_date", "compatibility_flags", "exports", "keep_vars"],
  ...[
    "logpush",
    "main",
    "migrations",
    "no_bundle",
    "observability",
    "placement",
    "preview_urls",
    "previews",
    "route",
    "routes",
  ],
  ...["rules", "triggers", "workers_dev"],
] as const;

/** The environment as wrangler will deploy it. */
export function deployedAs(file: Table, environment: string): Table {
  const handedDown = INHERITED.filter((key) => file[key] !== undefined).map((key) => [key, file[key]] as const);
  return { ...Object.fromEntries(handedDown), ...sectionOf(file, environment) };
}

/** The name of the Worker that an environment becomes. */
export const workerOf = (file: Table, environment: string): string =>
  textIn(sectionOf(file, environment).name) || `${textIn(file.name)}-${environment}`;
