// Every link from one page to another leads somewhere, and a page's lines are as wide as the house's style says.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages, proseOf } from "../test/kit/pages.ts";

const ROOT = join(import.meta.dirname, "..");
const WIDTH = 120;
const PAGES = pages("*.md", "docs/**/*.md", "examples/**/*.md", "{connector,agent,simulator}/**/README.md").filter(
  ({ path }) => !path.includes("node_modules"),
);

/** The name that GitHub gives a heading, but for the number of a second one of the same words. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");

function anchorsOf(text: string): ReadonlySet<string> {
  const prose = proseOf(text);
  const anchors = new Set([...prose.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id));
  for (const [, heading = ""] of prose.matchAll(/^#+ (.*)$/gm)) {
    const name = anchorOf(heading);
    let next = name;
    for (let count = 1; anchors.has(next); count++) next = `${name}-${count}`;
    anchors.add(next);
  }
  return anchors;
}

const ANCHORS = new Map(PAGES.map(({ path, text }) => [path, anchorsOf(text)]));

/** What is wrong with a link of the page; undefined: nothing, or it leads out of the repository. */
function faultOf(path: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : join(dirname(path), file);
  if (!existsSync(join(ROOT, target))) return `${link}: no such file`;
  const anchors = ANCHORS.get(target);
  if (anchor === undefined || anchors === undefined || anchors.has(anchor)) return undefined;
  return `${link}: no such heading`;
}

describe("the pages", () => {
  it.each(PAGES.map(({ path, text }) => [path, text] as const))("%s", (path, text) => {
    const prose = proseOf(text);
    const faults = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => faultOf(path, link) ?? []);
    // A table's row is one line, and an address has no place to break.
    const wide = prose
      .split("\n")
      .filter((line) => line.length > WIDTH && !line.trimStart().startsWith("|") && !/\S{80}/.test(line));
    expect([...faults, ...wide]).toEqual([]);
  });
});
