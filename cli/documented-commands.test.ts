// Every command line of `postern` that a page shows exists, and takes the options that the page gives it.

import { describe, expect, it } from "vitest";
import { codeSpansOf, pages, shellLinesOf } from "../test/kit/pages.ts";
import { BRIEFS, GROUPS, isCommand, loaded } from "./catalogue.ts";
import type { Command } from "./define.ts";
import { readCommandLine } from "./parse.ts";

const NOW = Date.parse("2026-11-28T00:00:00Z");
const GLOBAL = ["--target", "--json", "--yes", "--help", "--version", "-h"];

const PAGES = pages(
  "docs/**/*.md",
  "examples/**/*.md",
  "{README,CHANGELOG,SECURITY,AGENTS,CONTRIBUTING}.md",
  "{connector,agent}/README.md",
);

/** The words of a shell's line, up to what leads somewhere else: a pipe, a redirection, the next command, a remark. */
function wordsOf(line: string): string[] {
  const words = line
    .replaceAll(/\$\([^)]*\)/g, "X")
    .matchAll(/'([^']*)'|"([^"]*)"|(#.*$)|(2?>&?|<|\||;|&&|\)|`)|((?:[^\s'"|<>;)`]|<\([^)]*\))+)/g);
  const read: string[] = [];
  for (const [, single, double, remark, end, plain] of words) {
    if (remark !== undefined || end !== undefined) break;
    read.push(single ?? double ?? plain ?? "");
  }
  return read;
}

const START = /(?:^|[\s(`])(?:npx postern|npm run postern --)(?= |$)/g;

/** The command lines in a line of a shell, each without `npx postern`. */
const commandsIn = (line: string): readonly (readonly string[])[] =>
  [...line.matchAll(START)]
    .filter(({ index }) => !/(?:^|\s)#/.test(line.slice(0, index)))
    .map(({ index, 0: start }) => wordsOf(line.slice(index + start.length)));

const kebab = (key: string): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function commandOf(words: readonly string[]): { readonly name: string; readonly rest: readonly string[] } | undefined {
  for (const count of [3, 2, 1]) {
    const name = words.slice(0, count).join(" ");
    if (isCommand(name)) return { name, rest: words.slice(count) };
  }
  return undefined;
}

const own = (command: Command): readonly string[] => Object.keys(command.options).map(kebab);

/** What is wrong with the words of a span, which may have gaps; undefined: nothing. */
async function faultOfSpan(words: readonly string[]): Promise<string | undefined> {
  const found = commandOf(words);
  if (found === undefined) {
    const named = words.filter((word) => !word.startsWith("-"));
    const group = named.slice(0, 2).join(" ") in GROUPS || (named.length === 1 && (named[0] ?? "") in GROUPS);
    return named.length === 0 || named[0] === "…" || named[0] === "completion" || group ? undefined : "no such command";
  }
  const { name, rest } = found;
  const command = await loaded(name as Parameters<typeof loaded>[0]);
  const allowed = new Set([...GLOBAL, ...own(command)]);
  const unknown = rest
    .map((word) => word.replace(/=.*/, ""))
    .find((word) => /^--?[a-z]/.test(word) && !allowed.has(word));
  return unknown === undefined ? undefined : `"${name}" has no ${unknown}`;
}

/** What is wrong with a whole command line, as the command itself would say it. */
async function faultOfLine(words: readonly string[]): Promise<string | undefined> {
  if (words.some((word) => word.includes("…") || word === "...")) return await faultOfSpan(words);
  try {
    await readCommandLine(words, "0", NOW);
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

/** The first words of all commands: a span that begins with one and has an option is a command line. */
const FIRST = new Set(BRIEFS.map(({ name }) => name));

function spanWords(span: string): readonly string[] | undefined {
  const [said] = commandsIn(span);
  if (said !== undefined) return said;
  const words = wordsOf(span.replace(/^postern /, ""));
  if (span.startsWith("postern ") && !/^postern[ ](?:start|:|=)/.test(span)) return words;
  const found = commandOf(words);
  return found !== undefined && FIRST.has(found.name) && found.rest.some((word) => word.startsWith("--"))
    ? words
    : undefined;
}

describe("the command lines in the pages", () => {
  it.each(PAGES.map(({ path, text }) => [path, text] as const))("%s", async (_, text) => {
    const faults: string[] = [];
    for (const words of shellLinesOf(text).flatMap(commandsIn)) {
      const fault = await faultOfLine(words);
      if (fault !== undefined) faults.push(`${words.join(" ")}: ${fault}`);
    }
    for (const span of codeSpansOf(text)) {
      const words = spanWords(span);
      const fault = words === undefined ? undefined : await faultOfSpan(words);
      if (fault !== undefined) faults.push(`${span}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  it("reads the words of a shell", () => {
    expect(commandsIn("npx postern user add sip:a@b.c --account 'CONTOSO\\a' | jq . # npx postern no")).toEqual([
      ["user", "add", "sip:a@b.c", "--account", "CONTOSO\\a"],
    ]);
    expect(commandsIn("npx wrangler deploy # then npx postern health")).toEqual([]);
  });

  it("finds what does not exist", async () => {
    expect(await faultOfSpan(["metrics"])).toBe("no such command");
    expect(await faultOfSpan(["doctor", "--url", "https://x"])).toBe('"doctor" has no --url');
    expect(await faultOfLine(["password", "create", "alice@contoso.com", "--until", "never"])).toContain("--until");
    expect(await faultOfLine(["backup", "FILE", "--to", "age1…"])).toBeUndefined();
  });
});
