// The pages that people read, for tests that hold them to the code.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** A page: its path from the top of the repository, and its text. */
export type Page = { readonly path: string; readonly text: string };

/** The pages under these patterns, in the order of their paths. */
export const pages = (...patterns: readonly string[]): readonly Page[] =>
  globSync([...patterns], { cwd: ROOT })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;

/** The page without its code blocks; lines keep their numbers. */
export const proseOf = (text: string): string => text.replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, ""));

/** The code blocks of the page for a shell, each as its lines, with continued lines joined. */
export const shellLinesOf = (text: string): readonly string[] =>
  [...text.matchAll(FENCE)]
    .filter(([, , language]) => language === "sh")
    .flatMap(([, , , code = ""]) => code.replaceAll(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.trim());

/** What stands between backticks in the page's prose. */
export const codeSpansOf = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " "));
