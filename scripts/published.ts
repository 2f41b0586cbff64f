// `npm run docs:published`: writes the tables of docs/published.md from the publish table and the words about its rows.
// The prose around them is written by hand. A test fails when the page is not what this would write.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BATCH_ROWS, type HostRole, PUBLISH_TABLE, type PublishRow } from "../src/core/http/publish.ts";
import { PUBLISH_WORDS, type RowWords } from "../src/core/http/publish-words.ts";

const PAGE = join(import.meta.dirname, "..", "docs", "published.md");
const ROLES: readonly HostRole[] = ["web", "discovery", "meet", "dial-in"];
const KB = 1024;

const rows: ReadonlyMap<string, PublishRow> = new Map([...PUBLISH_TABLE, ...BATCH_ROWS].map((row) => [row.path, row]));

/** The class of a row, as the page names it. */
function classOf({ access }: PublishRow): string {
  switch (access.kind) {
    case "open":
      return access.query ? "anybody" : "anybody; query and cookies stay outside";
    case "sign-in":
      return access.service === "anonymous-ticket" ? "sign-in, for guests" : "sign-in";
    case "ticket":
      return `ticket: ${access.use}${access.meeting ? ", or a guest's" : ""}`;
    case "closed":
      return "closed";
  }
}

const limitOf = (bytes: number): string =>
  bytes === 0 ? "none" : bytes % (KB * KB) === 0 ? `${bytes / (KB * KB)} MB` : `${bytes / KB} KB`;

const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The words of a line, together with its rows that differ only in the path. */
type Line = { readonly words: RowWords; readonly row: PublishRow; readonly paths: readonly string[] };

function linesOf(words: RowWords): readonly Line[] {
  const lines: { words: RowWords; row: PublishRow; paths: string[] }[] = [];
  for (const path of words.paths) {
    const row = rows.get(path.toLowerCase());
    if (row === undefined) throw new Error(`src/core/http/publish-words.ts: ${path} is not a row of the publish table`);
    const { path: _, ...facts } = row;
    const alike = lines.find(({ row: { path: __, ...other } }) => JSON.stringify(other) === JSON.stringify(facts));
    if (alike === undefined) lines.push({ words, row, paths: [path] });
    else alike.paths.push(path);
  }
  return lines;
}

const pathsOf = (paths: readonly string[]): string => paths.map((path) => `\`${path}\``).join("<br>");
const lostOf = ({ lost, help }: RowWords): string => (help === undefined ? lost : `${lost} [More](#${help})`);

function openTable(): string {
  const lines = PUBLISH_WORDS.flatMap(linesOf).filter(({ row }) => row.access.kind !== "closed");
  return table(
    ["directory", "class", "methods", "body", "hosts", "what it is, and who uses it", "lost if it were closed"],
    lines.map(({ words, row, paths }) => [
      ...[pathsOf(paths), classOf(row), row.methods.join(" "), limitOf(row.maxBody), row.hosts.join(", ")],
      ...[words.who, lostOf(words)],
    ]),
  );
}

function closedTable(): string {
  const lines = PUBLISH_WORDS.flatMap(linesOf).filter(({ row }) => row.access.kind === "closed");
  return table(
    ["directory", "what it is, and who uses it", "what the user loses"],
    lines.map(({ words, paths }) => [pathsOf(paths), words.who, lostOf(words)]),
  );
}

function roleTable(): string {
  const open = PUBLISH_WORDS.flatMap(linesOf).filter(({ row }) => row.access.kind !== "closed");
  return table(
    ["kind of host", "what is open on it"],
    ROLES.map((role) => [
      role,
      role === "web"
        ? "everything in the table below that is open on web hosts"
        : open
            .filter(({ row }) => row.hosts.includes(role))
            .flatMap(({ paths }) => paths)
            .map((path) => `\`${path}\``)
            .join(" "),
    ]),
  );
}

const TABLES: Readonly<Record<string, () => string>> = { roles: roleTable, open: openTable, closed: closedTable };

/** The page with its tables as they should be. */
export function writtenPage(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, written]) => {
    const place = new RegExp(`(<!-- written by npm run docs:published: ${name} -->\\n)[^]*?(<!-- to here -->)`);
    if (!place.test(text)) throw new Error(`docs/published.md has no place for the table "${name}"`);
    return text.replace(place, (_, from: string, to: string) => `${from}\n${written()}\n\n${to}`);
  }, page);
}

/** The page as it is. */
export const publishedPage = (): string => readFileSync(PAGE, "utf8");

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, writtenPage(publishedPage()));
