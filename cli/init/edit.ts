// Writes an environment into the text of wrangler.toml. The rest of the file stays as it is, and its comments too. An
// environment that nobody has filled in is written whole, with what each part is for; otherwise only values change.

import { isDeepStrictEqual } from "node:util";
import { patch } from "@decimalturn/toml-patch";
import { createTwoFilesPatch } from "diff";
import { parsed, sectionOf, type Table, tableOf } from "../config/file.ts";
import { failure } from "../fault.ts";
import { isSample } from "./mapping.ts";
import { rendered } from "./render.ts";

/** The text of the file with this section. */
export function withSection(text: string, name: string, environment: string, section: Table): string {
  const wanted = withoutUndefined(section);
  const now = parsed(text, name);
  const base = isSample(sectionOf(now, environment)) ? withBlock(text, name, environment, wanted) : text;
  const table = parsed(base, name);
  if (isDeepStrictEqual(plain(sectionOf(table, environment)), plain(wanted))) return base;
  const whole = { ...table, env: { ...tableOf(table.env), [environment]: wanted } };
  const patched = patch(base, whole);
  if (!isDeepStrictEqual(plain(parsed(patched, name)), plain(whole))) {
    throw failure(
      `${name} could not be edited`,
      "Write its tables as the file of this version has them, [env.production.vars] and so on, and try again.",
    );
  }
  return patched;
}

/** What would change, as `diff -u` shows it; empty where nothing does. */
export const difference = (name: string, before: string, after: string): string =>
  before === after ? "" : createTwoFilesPatch(name, name, before, after, "now", "after", { context: 2 });

/** The text with the environment's tables replaced, or added at its end. */
function withBlock(text: string, name: string, environment: string, section: Table): string {
  const own = new RegExp(`^\\s*\\[+\\s*env\\s*\\.\\s*"?${environment}"?\\s*[.\\]]`);
  const lines = text.split("\n");
  let inside = false;
  let first: number | undefined;
  const rest: string[] = [];
  for (const line of lines) {
    if (/^\s*\[/.test(line)) inside = own.test(line);
    if (!inside) rest.push(line);
    else first ??= rest.length;
  }
  const before = rest
    .slice(0, first ?? rest.length)
    .join("\n")
    .trimEnd();
  const after = rest
    .slice(first ?? rest.length)
    .join("\n")
    .trim();
  const whole = `${[before, rendered(environment, section).trimEnd(), after].filter((part) => part !== "").join("\n\n")}\n`;
  const left = parsed([before, after].join("\n\n"), name);
  if (Object.keys(sectionOf(left, environment)).length > 0) {
    throw failure(
      `${name} has the environment ${environment} in a form that cannot be replaced`,
      `Write it as tables, [env.${environment}] and so on, or take it out, and try again.`,
    );
  }
  return whole;
}

/** TOML has no undefined. */
const withoutUndefined = (table: Table): Table =>
  Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));

/** Without the prototypes that a parser chose. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
