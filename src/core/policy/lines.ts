// In which line of a policy's file a fault is. The parser of TOML does not keep lines, so this reads the heads of
// tables and the keys again. It is made for people who look for a line: where a file is written in a rarer way it names
// the nearest line that it knows.

/** `[enrolment]`, `[[rules]]`, `[rules.when]`. */
const TABLE = /^\s*(\[\[?)\s*([\w."'\s-]+?)\s*\]\]?\s*(?:#.*)?$/;
const KEY = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;

/** A policy's deepest path is `rules[0].when.not.os[0]`. */
const MAX_DEPTH = 8;

/** The line of each path of a policy, such as `rules[2].when`, from 1. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  const add = (path: string, line: number): void => {
    if (!lines.has(path)) lines.set(path, line);
  };
  let table = "";
  for (const [at, line] of text.split(/\r\n|\n/).entries()) {
    const [, brackets, head] = TABLE.exec(line) ?? [];
    const [, key] = KEY.exec(line) ?? [];
    if (head !== undefined) {
      const name = plain(head);
      if (brackets === "[[") counts.set(name, (counts.get(name) ?? -1) + 1);
      table = numbered(name, counts);
      add(table, at + 1);
    } else if (key !== undefined) add(table === "" ? plain(key) : `${table}.${plain(key)}`, at + 1);
  }
  return lines;
}

/** `rules . "when"` as `rules.when`. */
const plain = (name: string): string =>
  name
    .split(".")
    .map((part) => part.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .join(".");

/** `rules.when` as `rules[2].when`: a table belongs to the last one of its array. */
function numbered(name: string, counts: ReadonlyMap<string, number>): string {
  const [first = "", ...rest] = name.split(".");
  const at = counts.get(first);
  return [at === undefined ? first : `${first}[${at}]`, ...rest].join(".");
}

/** Finds the line of a path, or of the nearest thing around it; undefined: nothing of it is in the file. */
export function lineFinder(text: string): (path: string) => number | undefined {
  const lines = linesOf(text);
  return (path) => {
    let around = path;
    for (let depth = 0; depth < MAX_DEPTH && around !== ""; depth++) {
      const line = lines.get(around);
      if (line !== undefined) return line;
      around = around.replace(/(?:^|\.)[^.[\]]*$|\[\d+\]$/, "");
    }
    return undefined;
  };
}
