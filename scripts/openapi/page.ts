// The tables of docs/api.md: what each scope may do, and every code of a refusal.

import type { Operation } from "../../src/api/operation.ts";
import { PROBLEMS } from "../../src/api/problem.ts";
import { allowedScopes } from "../../src/api/roles.ts";
import { API_SCOPES } from "../../src/core/credentials/api-scopes.ts";

/** The page with its tables written between their marks. */
export function withTables(page: string, operations: readonly Operation[]): string {
  const written = replaced(page, "operations", operationsTable(operations));
  return replaced(written, "problems", problemsTable());
}

function operationsTable(operations: readonly Operation[]): string {
  const row = ({ id, method, path, summary, scope }: Operation): string => {
    const allowed = allowedScopes(scope);
    const marks = API_SCOPES.map((each) => (allowed.includes(each) ? "yes" : "–"));
    return `| \`${id}\` | \`${method} ${path}\` | ${summary} | ${marks.join(" | ")} |`;
  };
  const head = ["operation", "request", "what it does", ...API_SCOPES.map((each) => `\`${each}\``)];
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...operations.map(row)].join("\n");
}

function problemsTable(): string {
  const rows = Object.entries(PROBLEMS).map(([code, [status, title]]) => `| \`${code}\` | ${status} | ${title} |`);
  return ["| code | status | what it says |", "|---|---|---|", ...rows].join("\n");
}

function replaced(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/api.md has no marks for the table of ${name}`);
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
}
