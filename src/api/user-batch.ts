// Changes many users at once. Each row is judged by itself, and the rows are carried out in their order. Neighbouring
// rows that add users go to D1 together, in a few statements.

import { addUsers } from "../store/add-users.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import type { NewUser } from "../store/new-user.ts";
import type { Call } from "./call.ts";
import { changeSettings, untilVerdictsAreOld } from "./devices.ts";
import { switchByHand, syncedFields } from "./directory/by-hand.ts";
import { deletePerson } from "./person.ts";
import { type Problem, problem } from "./problem.ts";
import { recordChanges } from "./record.ts";
import type { BatchReportAnswer, BatchRow } from "./schemas/directory.ts";
import { type GivenTexts, reasonOf, textsIn, type UserChange } from "./settings.ts";
import { notAdded } from "./user-answers.ts";
import { knownUser } from "./users.ts";

type Reported = BatchReportAnswer["rows"][number];
type Creation = Extract<BatchRow, { readonly op: "create" }>;
type Other = Exclude<BatchRow, Creation>;

/** Carries out a batch. When this returns, nothing that the batch ended is served any more. */
export async function carryOut(
  call: Call,
  rows: readonly BatchRow[],
  { dryRun, why }: { readonly dryRun: boolean; readonly why: string },
): Promise<BatchReportAnswer> {
  const reports: Reported[] = [];
  let ends = false;
  for (let at = 0; at < rows.length; ) {
    const creations = creationsFrom(rows, at);
    if (creations.length > 0) {
      reports.push(...(await createAll(call, creations, at, { dryRun, why })));
      at += creations.length;
      continue;
    }
    const row = rows[at];
    if (row !== undefined && row.op !== "create") {
      const report = await one(call, row, { dryRun, why });
      reports.push({ row: at, op: row.op, ...report });
      ends ||= canEnd(row) && report.status === "done" && !dryRun;
    }
    at++;
  }
  if (ends) await untilVerdictsAreOld();
  const count = (status: Reported["status"]) => reports.filter((each) => each.status === status).length;
  return { rows: reports, dryRun, done: count("done"), unchanged: count("unchanged"), failed: count("failed") };
}

/** Whether the row may end something that is being served. */
const canEnd = (row: Other): boolean =>
  row.op !== "enable" && (row.op !== "change" || [row.groups, row.enrolment, row.maxDevices].some(isGiven));
const isGiven = (value: unknown): boolean => value !== undefined;

function creationsFrom(rows: readonly BatchRow[], start: number): Creation[] {
  const creations: Creation[] = [];
  for (const row of rows.slice(start)) {
    if (row.op !== "create") break;
    creations.push(row);
  }
  return creations;
}

async function createAll(
  call: Call,
  rows: readonly Creation[],
  first: number,
  { dryRun, why }: { readonly dryRun: boolean; readonly why: string },
): Promise<Reported[]> {
  const wanted = rows.map((row): NewUser => ({ ...row, createdBy: call.actor.id }));
  const added = await addUsers(openDatabase(call.env.DB), wanted, Date.now(), { dryRun });
  if (!dryRun) {
    const made = added.flatMap((row) => (row.ok ? [row.value] : []));
    await recordChanges(
      call,
      "user-created",
      made.map((user) => ({ user, why, change: { after: identityOf(user) } })),
    );
  }
  return added.map((row, index): Reported => {
    const place = { row: first + index, op: "create" };
    if (!row.ok) return { ...place, ...failed(notAdded(row.reason, row.taken)) };
    return { ...place, status: "done", ...(dryRun ? {} : { user: idAndAddress(row.value) }) };
  });
}

type Outcome = Omit<Reported, "row" | "op">;

async function one(
  call: Call,
  row: Other,
  { dryRun, why }: { readonly dryRun: boolean; readonly why: string },
): Promise<Outcome> {
  const found = await knownUser(call.env, row.user);
  if (!found.ok) return failed(found);
  const user = found.value;
  const by = { call, why };
  const about = { user: idAndAddress(user) };
  switch (row.op) {
    case "disable":
    case "enable": {
      const changed = await switchByHand(by, user, `${row.op}d`, { dryRun });
      return changed.ok ? { status: changed.value ? "done" : "unchanged", ...about } : failed(changed);
    }
    case "change": {
      const change = changeOf(row, user);
      if (change === undefined) return { status: "unchanged", ...about };
      const locked = await syncedFields(call, user, change.settings);
      if (locked !== undefined) return failed(locked);
      if (!dryRun) {
        const changed = await changeSettings(by, user, change, reasonOf(change));
        if (!changed.ok) return failed(problem(changed.reason, "The user was changed meanwhile."));
      }
      return { status: "done", ...about };
    }
    case "delete":
      if (!dryRun) await deletePerson(by, user);
      return { status: "done", ...about };
  }
}

/** What a row changes about a user. Undefined: nothing. */
function changeOf(row: Extract<Other, { readonly op: "change" }>, user: User): UserChange | undefined {
  const { groups, enrolment, maxDevices } = row;
  const texts = Object.entries(textsIn(row)).filter(([field, text]) => text !== user[field as keyof GivenTexts]);
  const settings = {
    ...(groups !== undefined && JSON.stringify(groups) !== JSON.stringify(user.groups) && { groups }),
    // A window that was opened under one mode must not be open under a later mode (S-46).
    ...(enrolment !== undefined && enrolment !== user.enrolment && { enrolment, windowUntil: null }),
    ...(maxDevices !== undefined && maxDevices !== user.maxDevices && { maxDevices }),
    ...(Object.fromEntries(texts) as ReturnType<typeof textsIn>),
  };
  return Object.keys(settings).length === 0 ? undefined : { settings };
}

const failed = ({ code, detail: message }: Problem): Outcome => ({ status: "failed", code, message });
const idAndAddress = ({ id, sipUri }: User) => ({ id, sipUri });

/** What the audit keeps of a new user. */
export const identityOf = ({ sipUri, upn, domain, account, displayName, groups }: User) => ({
  ...{ sipUri, upn, account: `${domain}\\${account}`, displayName },
  ...(groups.length > 0 && { groups }),
});
