// Expand, then contract (S-78): what a migration or a step of a guard's tables may do while the version before still
// serves, and may have to serve again. It may add. What takes away says since which release nothing uses it:
//
//   -- unused since 0.3.0

/** A comment that says since which release nothing uses what is taken away. */
const UNUSED = /^--\s*unused since (\d+\.\d+\.\d+)\s*$/m;

/**
 * What in these statements the version before could not live with, a sentence for each. `releases`: the versions that
 * were released. Undefined behind a name in quotes or without.
 */
export function contractionsIn(sql: string, releases: readonly string[]): readonly string[] {
  const since = UNUSED.exec(sql)?.[1];
  const excused = since !== undefined && releases.includes(since);
  const code = sql.replaceAll(/--.*$/gm, "").replaceAll(/[`"]/g, "");
  const statements = code.split(";").map((statement) => statement.replaceAll(/\s+/g, " ").trim());
  const made = namesAfter(/^create table (?:if not exists )?(\w+)/i, statements);
  const added = namesAfter(/^alter table (\w+) add (?:column )?(\w+)/i, statements);
  const views = namesAfter(/^create (?:trigger|view) (?:if not exists )?(\w+)/i, statements);
  return statements.flatMap((statement) => {
    // D1 ignores it, so the rebuild that drizzle-kit puts behind it would delete the rows that refer to the table.
    if (/^pragma foreign_keys/i.test(statement)) {
      return [
        `${statement}: D1 ignores this. Write PRAGMA defer_foreign_keys = on, or add a table beside the old one.`,
      ];
    }
    if (excused) return [];
    const fault = faultOf(statement, made, added, views);
    return fault === undefined ? [] : [`${statement.slice(0, 80)}: ${fault}`];
  });
}

function faultOf(
  statement: string,
  made: ReadonlySet<string>,
  added: ReadonlySet<string>,
  views: ReadonlySet<string>,
): string | undefined {
  const [, what = "", name = ""] = /^drop (\w+) (?:if exists )?(\w+)/i.exec(statement) ?? [];
  switch (what.toLowerCase()) {
    case "table":
      return "the version before reads this table.";
    case "trigger":
    case "view":
      return views.has(name) ? undefined : "the version before relies on it; make it again in the same file.";
  }
  if (/^alter table .* (?:rename|drop) /i.test(statement)) return "the version before uses the old name.";
  if (/^alter table .* add .*not null/i.test(statement) && !/ default /i.test(statement)) {
    return "the version before writes rows without this column. Give it a default, or let it be null.";
  }
  const [, table = "", columns = ""] = /^create unique index .* on (\w+) ?\(([^)]*)\)/i.exec(statement) ?? [];
  const all = columns.split(",").map((column) => `${table} ${column.trim()}`);
  if (table !== "" && !made.has(table) && !all.some((column) => added.has(column))) {
    return "the version before may write rows that break it.";
  }
  return undefined;
}

const namesAfter = (form: RegExp, statements: readonly string[]): ReadonlySet<string> =>
  new Set(statements.flatMap((statement) => form.exec(statement)?.slice(1).join(" ") ?? []));
