// docs/requirements.md, read and written: one section for each requirement, in the form that the page itself describes.

/** A requirement as the page states it. */
export type Requirement = {
  /** `S-19` */
  readonly id: string;
  readonly title: string;
  /** What holds, as Markdown without line ends. */
  readonly text: string;
  readonly source: string;
  /** Paths of the files that hold it. */
  readonly heldIn: readonly string[];
  readonly built: boolean;
  /** Paths of test files. */
  readonly tests: readonly string[];
};

/** The numbers that the page may call `not built yet`. Take a number out when its wing is built. */
export const NOT_BUILT: ReadonlySet<string> = new Set();

/** A mention of a requirement. `S-1-5-21` is a Windows account and `HS-256` an algorithm. */
export const REQUIREMENT_ID = /(?<![\w-])S-[1-9]\d*(?![\w]|-\d)/g;

/** How wide the `Tests:` lines are written: the width of the page. */
const WIDTH = 120;

const SECTION = /^### (S-\d+) (.+)$/;
const ITEM = /^- (Source|Held in|State|Tests):(.*)$/;
const STATES: Readonly<Record<string, boolean>> = { built: true, "not built yet": false };

/** The requirements on the page, in its order. Throws when a section is not in the form that the page describes. */
export function readPage(markdown: string): Requirement[] {
  return sectionsOf(markdown).map(({ id, title, lines }) => {
    const { text, items } = readSection(lines);
    const state = items.get("State") ?? "";
    const built = STATES[state];
    if (built === undefined)
      throw new Error(`${id}: the state is "${state}", not one of: ${Object.keys(STATES).join(", ")}`);
    const source = items.get("Source") ?? "";
    if (text === "" || source === "") throw new Error(`${id}: needs a text and a source`);
    return {
      id,
      title,
      text,
      source,
      built,
      heldIn: pathsIn(items.get("Held in")),
      tests: pathsIn(items.get("Tests")),
    };
  });
}

/** The page with the `Tests:` lines of what is built replaced: `testsOf` gives the files that prove a requirement. */
export function withTests(markdown: string, testsOf: (id: string) => readonly string[]): string {
  const written: string[] = [];
  let id = "";
  let inTests = false;
  for (const line of markdown.split("\n")) {
    id = SECTION.exec(line)?.[1] ?? id;
    if (inTests && line.startsWith("  ")) continue;
    inTests = line.startsWith("- Tests:");
    written.push(...(inTests ? testsLines(testsOf(id)) : [line]));
  }
  return written.join("\n");
}

/**
 * The page with corrected paths of files that have moved. `movedTo` gives the new path. Undefined: the path is right.
 */
export const withMoved = (markdown: string, movedTo: (path: string) => string | undefined): string =>
  markdown.replaceAll(/`(src\/[^`]+\.ts)`/g, (quoted, path) => {
    const moved = movedTo(path);
    return moved === undefined ? quoted : `\`${moved}\``;
  });

type Section = { readonly id: string; readonly title: string; readonly lines: string[] };

function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = [];
  let open: Section | undefined;
  for (const line of markdown.split("\n")) {
    const [, id, title] = SECTION.exec(line) ?? [];
    if (id !== undefined && title !== undefined) {
      open = { id, title, lines: [] };
      sections.push(open);
    } else if (line.startsWith("#")) open = undefined;
    else open?.lines.push(line);
  }
  return sections;
}

/** A line that is indented goes on with the item above it. */
function readSection(lines: readonly string[]): { text: string; items: ReadonlyMap<string, string> } {
  const text: string[] = [];
  const items = new Map<string, string>();
  let name: string | undefined;
  for (const line of lines) {
    const [, newName, rest] = ITEM.exec(line) ?? [];
    if (newName !== undefined && rest !== undefined) {
      name = newName;
      items.set(name, rest.trim());
    } else if (name !== undefined && line.startsWith("  ")) {
      items.set(name, `${items.get(name)} ${line.trim()}`.trim());
    } else if (line !== "") text.push(line);
  }
  return { text: text.join(" "), items };
}

const pathsIn = (item: string | undefined): string[] =>
  [...(item ?? "").matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? "");

function testsLines(paths: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "- Tests:";
  paths.forEach((path, at) => {
    const word = ` \`${path}\`${at < paths.length - 1 ? "," : ""}`;
    if (line.length + word.length <= WIDTH) line += word;
    else {
      lines.push(line);
      line = ` ${word}`;
    }
  });
  return [...lines, line];
}
