// Does what a plan says, in parts that the gateway takes at once. Each part can be sent again: when an import breaks off,
// the next one compares the file with what is there, and does the rest.

import { path } from "../../src/core/text/api-address.ts";
import { CliFault } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import type { Person } from "./person.ts";
import type { Planned } from "./plan.ts";

/** The operations for many take so many rows at once. */
const MAX_ROWS = 200;
/** A rename takes some three seconds, because open polls end first. So many run at the same time. */
const RENAMES_AT_ONCE = 16;

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

/** Asks the gateway which of these people it could not add, and adds nobody. Only the gateway knows who has which alias. */
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

type Changing = Extract<Planned, { readonly action: "change" | "rename" }>;

/** Changes display names and groups. */
export const changed = (doing: Doing, rows: readonly Changing[]): Promise<Outcome[]> =>
  inParts(
    doing,
    "changed",
    rows.map((row) => ({ op: "change", user: row.known.id, ...settingsOf(row) })),
    false,
  );

/** Changes names: SIP address, account or UPN, and after them what else differs. `keepOld`: the old address stays an alias. */
export async function renamed(doing: Doing, rows: readonly Changing[], keepOld: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < rows.length; at += RENAMES_AT_ONCE) {
    const part = rows.slice(at, at + RENAMES_AT_ONCE);
    // All are waited for, so that nothing is still under way when one of them ends the import.
    const ended = await Promise.allSettled(part.map((row) => renameOne(doing, row, keepOld)));
    for (const one of ended) {
      if (one.status === "rejected") throw brokenOff(one.reason);
      outcomes.push(one.value);
    }
    doing.progress?.(`renamed ${outcomes.length} of ${rows.length}`);
  }
  return outcomes;
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

/** What the operations for settings change, of what differs. */
function settingsOf({ person, changes }: Changing): { displayName?: string; groups?: readonly string[] } {
  const fields = new Set(changes.map(({ field }) => field));
  const { displayName, groups } = person;
  return {
    ...(fields.has("displayName") && displayName !== undefined && { displayName }),
    ...(fields.has("groups") && groups !== undefined && { groups }),
  };
}

async function inParts(
  { api, why, progress }: Doing,
  word: string,
  rows: readonly object[],
  dryRun: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < rows.length; at += MAX_ROWS) {
    const part = rows.slice(at, at + MAX_ROWS);
    const report = await api
      .post<{ rows: readonly Batch[] }>("/v1/users/batch", { rows: part, dryRun, why })
      .catch((fault: unknown) => {
        throw dryRun ? fault : brokenOff(fault);
      });
    outcomes.push(
      ...report.rows.map(({ status, code, message }) =>
        status === "failed" ? { done: false, because: message ?? code ?? "" } : { done: true },
      ),
    );
    progress?.(`${word} ${outcomes.length} of ${rows.length}`);
  }
  return outcomes;
}

/** A fault in the middle of the work, with what to do about it. */
function brokenOff(fault: unknown): unknown {
  if (!(fault instanceof CliFault)) return fault;
  const { kind, message, fix, details } = fault;
  const again = "A part of the file may be done. Give the same command again: it does the rest, and nothing twice.";
  return new CliFault(kind, message, `${fix}\n${again}`, details);
}
