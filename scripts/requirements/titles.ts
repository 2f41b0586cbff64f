// Which requirements the titles of a test file name. Read from the source, so that it takes no run: a title is the
// first argument of a call to `it`, `test` or `describe`, or of what their `each`, `for`, `skipIf` and `runIf` return.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REQUIREMENT_ID } from "./page.ts";

const TITLE = /(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)\s*,/g;

/** The ids, such as `S-19`, in the titles of a test file. Comments and other strings do not count. */
export function idsInTitles(source: string): Set<string> {
  const titles = [...source.matchAll(TITLE)].map(([, quoted, template]) => quoted ?? template ?? "");
  return new Set(titles.flatMap((title) => idsIn(title)));
}

/** The ids in one title. */
export const idsIn = (title: string): string[] => [...title.matchAll(REQUIREMENT_ID)].map(([id]) => id);

/** For each test file of the repository at `root`, by its path: the ids in its titles. */
export function readTestFiles(root: string): Map<string, Set<string>> {
  const exclude = (name: string) => name === "node_modules" || name.startsWith(".");
  const paths = globSync("**/*.test.ts", { cwd: root, exclude }).sort();
  return new Map(paths.map((path) => [path, idsInTitles(readFileSync(join(root, path), "utf8"))]));
}
