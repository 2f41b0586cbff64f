// What Postern knows of each source of people: what it reported last, and the users who come from it.

import * as v from "valibot";
import type { DirectoryState } from "../../core/directory/plan.ts";
import type { Database } from "../../store/database.ts";
import { countStates } from "../../store/directory-links.ts";
import { type DirectorySource, keepSource, listSources } from "../../store/directory-sources.ts";
import type { Call } from "../call.ts";
import { recordChange } from "../record.ts";
import type { SourceReport, SourceStatusAnswer } from "../schemas/directory-sync.ts";

/** After this time without a word that Postern is in step, a source is stale, ms. An agent says so every minute. */
const STALE_MS = 10 * 60_000;

/** What is kept of a report beside its columns. */
type Kept = Pick<SourceStatusAnswer, "brake" | "problems" | "problemCount">;

const kept = v.object({
  brake: v.fallback(
    v.nullable(v.object({ since: v.string(), wanted: v.number(), of: v.number(), examples: v.array(v.string()) })),
    null,
  ),
  problems: v.fallback(
    v.array(v.object({ key: v.string(), name: v.string(), code: v.string(), message: v.string() })),
    [],
  ),
  problemCount: v.fallback(v.number(), 0),
});

const keptOf = ({ report }: DirectorySource): Kept => v.parse(kept, JSON.parse(report));

/** The brake of a source; null: it is not on. */
export const brakeOf = (row: DirectorySource): Kept["brake"] => keptOf(row).brake;

/** Whether a source has been silent for too long. SCIM comes when there is something to say. */
export function isStale({ source, inStepAt, reportedAt }: DirectorySource, now: number): boolean {
  return source !== "scim" && reportedAt > 0 && now - (inStepAt ?? 0) > STALE_MS;
}

/** One source. The cursor is for programs that sync, and for administrators. */
export async function statusOf(
  { scope }: Pick<Call, "scope">,
  db: Database,
  row: DirectorySource,
  now: number,
): Promise<SourceStatusAnswer> {
  const states = await countStates(db, row.source);
  const of = (state: DirectoryState): number => states.get(state) ?? 0;
  const [disabled, expired] = [of("disabled"), of("expired")];
  const linked = { in: of("in"), disabled, expired, out: of("out"), deleted: of("deleted") };
  const iso = (ms: number | null): string | null => (ms === null || ms === 0 ? null : new Date(ms).toISOString());
  const mayGoOn = scope === "directory" || scope === "admin";
  return {
    source: row.source,
    ...(mayGoOn && { cursor: row.cursor }),
    ...{ inStepAt: iso(row.inStepAt), comparedAt: iso(row.comparedAt), reportedAt: iso(row.reportedAt) },
    ...{ people: row.people, linked, adoptUntil: (row.adoptUntil ?? 0) > now ? iso(row.adoptUntil) : null },
    ...{ ...keptOf(row), stale: isStale(row, now) },
  };
}

/** Every source. */
export async function allSources(call: Pick<Call, "scope">, db: Database, now: number): Promise<SourceStatusAnswer[]> {
  const answers: SourceStatusAnswer[] = [];
  for (const row of await listSources(db)) answers.push(await statusOf(call, db, row, now));
  return answers;
}

/** Keeps what a source reports. The audit hears when its brake stops or is released. */
export async function keepReport(
  call: Call,
  db: Database,
  source: string,
  report: SourceReport,
  before: DirectorySource | undefined,
): Promise<void> {
  const now = Date.now();
  const { cursor, inStep, compared, people, problems, problemCount = problems.length, brake } = report;
  const old = before === undefined ? null : keptOf(before).brake;
  const since = brake?.since ?? old?.since ?? new Date(now).toISOString();
  const next: Kept = { brake: brake && { ...brake, since }, problems, problemCount };
  await keepSource(db, {
    ...{ source, people, reportedAt: now, reportedBy: call.actor.id, report: JSON.stringify(next) },
    ...(cursor !== undefined && { cursor }),
    ...(inStep && { inStepAt: now }),
    ...(compared && { comparedAt: now }),
  });
  if ((old === null) === (brake === null)) return;
  const counted = (of: Kept["brake"]) => ({ source, brake: of && { wanted: of.wanted, of: of.of } });
  await recordChange(call, "directory-brake", { change: { before: counted(old), after: counted(next.brake) } });
}
