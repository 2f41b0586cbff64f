// Compares a file with the users of the gateway, and says what an import would do. It writes nothing.

import { createHash } from "node:crypto";
import type { ProblemAnswer } from "../../api/problem.ts";
import type { BatchReportAnswer, UserAnswer, UsersPageAnswer, WholeUserAnswer } from "../../api/schemas/directory.ts";
import { type Reading, readLine } from "../../core/import/person.ts";
import { type Plan, type Planned, planOf, withRefusals } from "../../core/import/plan.ts";
import type { FileFault } from "../../core/import/said.ts";
import { type Table, tableIn, textIn } from "../../core/import/table.ts";
import { path } from "../../core/text/api-address.ts";
import { sideBySide } from "../../core/text/side-by-side.ts";
import type { View } from "../site.ts";
import type { KeptFile } from "./kept.ts";

/** The operation for many takes so many rows. */
export const ROWS_OF_A_BATCH = 200;
/** So many people at most come in from the console at once; the command takes more. */
export const MOST_LINES = 20_000;
const USERS_OF_A_PAGE = 500;
const BATCHES_AT_ONCE = 4;
/** So many names of people whom the gateway would not add are looked up. */
const MOST_OWNERS = 100;

export { textIn };

export type Compared = {
  readonly plan: Plan;
  readonly table: Table;
  readonly readings: readonly Reading[];
  readonly users: readonly UserAnswer[];
};
export type Fault = FileFault | { readonly code: "nobody" | "many-lines" };
type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ProblemAnswer };

/** The lines of a text, or why there are none. */
export function linesOf(
  text: string,
): { readonly ok: true; readonly value: Table } | { readonly ok: false; readonly reason: Fault } {
  const table = tableIn(text);
  if (!table.ok) return table;
  const { length } = table.value.lines;
  if (length === 0) return { ok: false, reason: { code: "nobody" } };
  return length > MOST_LINES ? { ok: false, reason: { code: "many-lines" } } : table;
}

/** Compares. The file was read before, so it can be read. `ask`: also ask the gateway whom it would not add. */
export async function compared(view: View, file: KeptFile, ask: boolean): Promise<Answer<Compared>> {
  const read = linesOf(file.text);
  if (!read.ok) throw new Error("the file was read before");
  const readings = read.value.lines.map((line) => readLine(line, file.domain));
  const users: UserAnswer[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: Awaited<ReturnType<typeof view.api.get<UsersPageAnswer>>> = await view.api.get<UsersPageAnswer>(
      "/v1/users",
      { after, limit: USERS_OF_A_PAGE },
    );
    if (!page.ok) return { ok: false, problem: page };
    users.push(...page.value.items);
    after = page.value.next;
  }
  const plan = planOf(readings, users);
  const asked = ask ? await foreseen(view, plan) : ({ ok: true, value: plan } as const);
  return asked.ok ? { ok: true, value: { plan: asked.value, table: read.value, readings, users } } : asked;
}

/** Only the gateway knows who has which alias. */
async function foreseen(view: View, plan: Plan): Promise<Answer<Plan>> {
  const adding = plan.rows.filter((row) => row.action === "add");
  const because = new Map<Planned, string>();
  let problem: ProblemAnswer | undefined;
  await sideBySide(partsOf(adding, ROWS_OF_A_BATCH), BATCHES_AT_ONCE, async (part) => {
    const rows = part.map(creationOf);
    const report = await view.api.post<BatchReportAnswer>("/v1/users/batch", { rows, dryRun: true });
    if (!report.ok) problem = report;
    else {
      for (const { row, status, message, code } of report.value.rows) {
        const planned = part[row];
        if (status === "failed" && planned !== undefined) because.set(planned, message ?? code ?? "");
      }
    }
  });
  if (problem !== undefined) return { ok: false, problem };
  const refused = adding.filter((row) => because.has(row));
  const keys = [...new Set(refused.flatMap(({ person }) => Object.values(person.keys)))];
  const owners = await sideBySide(keys.slice(0, MOST_OWNERS), BATCHES_AT_ONCE, (key) =>
    view.api.get<WholeUserAnswer>(path`/v1/users/${key}`),
  );
  const known = new Set(owners.flatMap((owner) => (owner.ok ? [owner.value.id] : [])));
  const all = withRefusals(plan, because, known);
  // Whose the other names are, nobody has asked. So nobody can be said to be missing.
  return { ok: true, value: keys.length > MOST_OWNERS ? { ...all, missing: [] } : all };
}

type Adding = Extract<Planned, { readonly action: "add" }>;

/** The row of a batch that adds the person. */
export const creationOf = ({ person }: Adding): object => {
  const { sipUri, account, upn, displayName, groups } = person;
  return { op: "create", sipUri, account, upn, displayName, groups };
};

export function partsOf<T>(items: readonly T[], size: number): (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

/** What would be done about a line, as a short hash: what is carried out later must be what was shown. */
export function hashOf(row: Planned): string {
  const { action } = row;
  const what = action === "add" ? row.person : "changes" in row ? [row.known.id, row.changes] : null;
  return createHash("sha256")
    .update(JSON.stringify([action, what]))
    .digest("base64url")
    .slice(0, 11);
}

/** The same for all that was shown. */
export const digestOf = ({ rows, missing }: Plan): string =>
  createHash("sha256")
    .update(JSON.stringify([rows.map(hashOf), missing.map(({ id }) => id)]))
    .digest("base64url");
