// docs/attack-replays.md and docs/threat-model.md against what is there: no test named that does not exist, no file of
// attacks left out, no requirement that nobody wrote.

import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPage } from "../requirements/page.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const REPLAYS = read("docs/attack-replays.md");
const SECTION = /^### `([^`]+)`$/;
const TITLE = /“([^”]+)” \|$/;

type Section = { readonly file: string; readonly titles: readonly string[] };

/** Each file of the page with the titles that the page names. */
function sections(page: string): Section[] {
  return page.split(/^(?=### )/m).flatMap((text) => {
    const lines = text.split("\n");
    const file = SECTION.exec(lines[0] ?? "")?.[1];
    return file === undefined ? [] : [{ file, titles: lines.flatMap((line) => TITLE.exec(line)?.[1] ?? []) }];
  });
}

/** What the page says and the files do not. */
const untrue = (page: string): string[] =>
  sections(page).flatMap(({ file, titles }) => {
    if (!existsSync(join(ROOT, file))) return [`${file} does not exist`];
    const source = read(file);
    return titles.filter((title) => !source.includes(title)).map((title) => `${file}: ${title}`);
  });

describe("docs/attack-replays.md", () => {
  it("names files that exist, with titles that are in them", () => {
    expect(untrue(REPLAYS)).toEqual([]);
    expect(sections(REPLAYS).filter(({ titles }) => titles.length === 0)).toEqual([]);
  });

  it("names each file of attacks", () => {
    const files = globSync(["test/**/*attack*.test.ts", "src/**/*attack*.test.ts"], { cwd: ROOT });
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !REPLAYS.includes(`\`${file}\``))).toEqual([]);
  });

  it("would be red for a title or a file that is not there", () => {
    const row = "| a | b | “no such title” |";
    const page = `### \`src/api/attacks.test.ts\`\n${row}\n### \`src/none.test.ts\`\n${row}\n`;
    expect(untrue(page)).toEqual(["src/api/attacks.test.ts: no such title", "src/none.test.ts does not exist"]);
  });

  it("says for each file how to run it alone", () => {
    const missing = sections(REPLAYS).filter(
      ({ file }) => file.endsWith(".test.ts") && !REPLAYS.includes(` ${file}\``),
    );
    expect(missing).toEqual([]);
  });
});

describe("docs/threat-model.md", () => {
  it("names requirements that are built, and no others", () => {
    const built = new Set(readPage(read("docs/requirements.md")).flatMap(({ id, built }) => (built ? [id] : [])));
    const named = [...read("docs/threat-model.md").matchAll(/\bS-\d+\b/g)].map(([id]) => id);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((id) => !built.has(id))).toEqual([]);
  });

  it("leads to pages and headings that are there", () => {
    const links = [...read("docs/threat-model.md").matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
    const dead = links.flatMap(([, path = "", anchor]) => {
      const file = join("docs", path);
      if (!existsSync(join(ROOT, file))) return [path];
      return anchor === undefined || anchorsOf(read(file)).includes(anchor) ? [] : [`${path}#${anchor}`];
    });
    expect(dead).toEqual([]);
  });
});

/** As GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
