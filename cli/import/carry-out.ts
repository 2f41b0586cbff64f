// Does what a plan says, in parts that the gateway takes at once. Each part can be sent again: when an import breaks
// off, the next one compares the file with what is there, and does the rest.

import type { Person } from "../../src/core/import/person.ts";
import { type Changing, settingsOf } from "../../src/core/import/plan.ts";
import { path } from "../../src/core/text/api-address.ts";
import { sideBySide } from "../../src/core/text/side-by-side.ts";
import { CliFault } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";

/** The operations for many take so many rows at once. */
const MAX_ROWS = 200;
/** So many parts are sent at the same time: while one waits three seconds, until verdicts are old, the other is done. */
const PARTS_AT_ONCE = 2;
/**
 * A rename takes some three seconds, because open polls end first. So many run at the same time: about 700 requests a
 * minute, of the 1,200 that a token may make.
 */
const RENAMES_AT_ONCE = 40;

/** What came of a line or of a user. `because`: why the gateway did not do it. */
export type Outcome = { readonly done: boolean; readonly because?: string };
export type Doing = {
  readonly api: Api;
  readonly why: string | undefined;
  readonly progress: ((text: string) => void) | undefined;
};
type Batch = Pick<A.BatchReportAnswer["rows"][number], "status" | "code" | "message">;

const create = ({ sipUri, account, upn, displayName, groups }: Person): object => ({
  ...{ op: "create", sipUri, account, upn, displayName, groups },
});

/**
 * Asks the gateway which of these people it could not add, and adds nobody. Only the gateway knows who has which alias.
 */
export const foreseen = (doing: Doing, people: readonly Person[]): Promise<Outcome[]> =>
  inParts(doing, "compared", people.map(create), true);

export const added = (doing: Doing, people: readonly Person[]): Promise<Outcome[]> =>
  inParts(doing, "added", people.map(create), false);

export const disabled = (doing: Doing, ids: readonly string[]): Promise<Outcome[]> =>
  inParts(
    doing,
    "disabled",
    ids.map((user) => ({ op: "disable", user })),
    false,
  );

/** Changes display names and groups. */
export const changed = (doing: Doing, rows: readonly Changing[]): Promise<Outcome[]> =>
  inParts(
    doing,
    "changed",
    rows.map((row) => ({ op: "change", user: row.known.id, ...settingsOf(row) })),
    false,
  );

/**
 * Changes names: SIP address, account or UPN, and after them what else differs. `keepOld`: the old address stays an
 * alias.
 */
export async function renamed(doing: Doing, rows: readonly Changing[], keepOld: boolean): Promise<Outcome[]> {
  let count = 0;
  return sideBySide(rows, RENAMES_AT_ONCE, async (row) => {
    const outcome = await renameOne(doing, row, keepOld);
    doing.progress?.(`renamed ${++count} of ${rows.length}`);
    return outcome;
  }).catch((fault: unknown) => {
    throw brokenOff(fault);
  });
}

async function renameOne({ api, why }: Doing, row: Changing, keepOldAddress: boolean): Promise<Outcome> {
  const after = Object.fromEntries(row.changes.map(({ field, after: value }) => [field, value]));
  const user = path`/v1/users/${row.known.id}`;
  const settings = settingsOf(row);
  try {
    if (row.action === "rename") {
      const { sipUri, account, upn } = after;
      await api.post(`${user}/rename`, { sipUri, account, upn, keepOldAddress, why });
      if (Object.keys(settings).length > 0) await api.ask("PATCH", user, { ...settings, why });
    } else {
      await api.ask("PATCH", user, { ...settings, upn: after.upn, why });
    }
    return { done: true };
  } catch (fault) {
    // A refusal is about this person. Everything else would meet the next one too.
    if (fault instanceof CliFault && ["conflict", "notFound", "usage"].includes(fault.kind)) {
      return { done: false, because: fault.message };
    }
    throw fault;
  }
}

async function inParts(doing: Doing, word: string, rows: readonly object[], dryRun: boolean): Promise<Outcome[]> {
  const parts: (readonly object[])[] = [];
  for (let at = 0; at < rows.length; at += MAX_ROWS) parts.push(rows.slice(at, at + MAX_ROWS));
  let count = 0;
  const reports = await sideBySide(parts, PARTS_AT_ONCE, async (part) => {
    const report = await reportOf(doing, part, dryRun);
    count += part.length;
    doing.progress?.(`${word} ${count} of ${rows.length}`);
    return report;
  }).catch((fault: unknown) => {
    throw dryRun ? fault : brokenOff(fault);
  });
  return reports
    .flat()
    .map(({ status, code, message }) =>
      status === "failed" ? { done: false, because: message ?? code ?? "" } : { done: true },
    );
}

/** Sends one part. Rows at which something failed inside the gateway are sent once more. */
async function reportOf({ api, why }: Doing, part: readonly object[], dryRun: boolean): Promise<readonly Batch[]> {
  const send = async (rows: readonly object[]): Promise<readonly Batch[]> =>
    (await api.post<{ rows: readonly Batch[] }>("/v1/users/batch", { rows, dryRun, why })).rows;
  const reports = await send(part);
  const again = [...reports.entries()].filter(([, { code }]) => code === "unavailable").map(([at]) => at);
  if (again.length === 0) return reports;
  const later = await send(part.filter((_, at) => again.includes(at)));
  return reports.map((report, at) => later[again.indexOf(at)] ?? report);
}

/** A fault in the middle of the work, with what to do about it. */
function brokenOff(fault: unknown): unknown {
  if (!(fault instanceof CliFault)) return fault;
  const { kind, message, fix, details } = fault;
  const again = "A part of the file may be done. Give the same command again: it does the rest, and nothing twice.";
  return new CliFault(kind, message, `${fix}\n${again}`, details);
}
