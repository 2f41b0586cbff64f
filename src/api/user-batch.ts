// Changes many users at once. Each row is judged by itself. Neighbouring rows that add users go to D1 together, in a
// few statements. Other neighbours are carried out side by side, those about one user in their order.

import { sideBySide, sideBySideByKey } from "../core/text/side-by-side.ts";
import { addUsers } from "../store/add-users.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { type DirectoryLink, linksOfUsers } from "../store/directory-links.ts";
import { logFailure } from "../store/log-failure.ts";
import type { NewUser } from "../store/new-user.ts";
import { currentVersion } from "../store/policies.ts";
import type { Call } from "./call.ts";
import { changeMany } from "./change-many.ts";
import { type Commanding, changeSettings, commandGuard, untilVerdictsAreOld } from "./devices.ts";
import { switchByHand, syncedProblem } from "./directory/by-hand.ts";
import { deletePerson } from "./person.ts";
import { type Problem, problem } from "./problem.ts";
import { recordChanges } from "./record.ts";
import type { BatchReportAnswer, BatchRow } from "./schemas/directory.ts";
import { type GivenTexts, reasonOf, textsIn, type UserChange } from "./settings.ts";
import { notAdded } from "./user-answers.ts";
import { knownUser, knownUsers } from "./users.ts";

type Reported = BatchReportAnswer["rows"][number];
type Creation = Extract<BatchRow, { readonly op: "create" }>;
type Other = Exclude<BatchRow, Creation>;
type Change = Extract<Other, { readonly op: "change" }>;

/** So many rows are under way at the same time. Each makes two calls, to D1 and to the user's guard. */
const ROWS_AT_ONCE = 25;

type How = { readonly dryRun: boolean; readonly why: string };

/** Carries out a batch. When this returns, nothing that the batch ended is served any more. */
export async function carryOut(call: Call, rows: readonly BatchRow[], how: How): Promise<BatchReportAnswer> {
  const reports: Reported[] = [];
  let ends = false;
  while (reports.length < rows.length) {
    const first = reports.length;
    const creations = run(rows, first, isCreation);
    const others = run(rows, first, isOther);
    if (creations.length > 0) reports.push(...(await createAll(call, creations, first, how)));
    if (others.length > 0) {
      const outcomes = await changeAll(call, others, how);
      ends ||= !how.dryRun && others.some((row, at) => canEnd(row) && outcomes[at]?.status !== "failed");
      reports.push(...outcomes.map((outcome, at) => ({ row: first + at, op: others[at]?.op ?? "", ...outcome })));
    }
  }
  if (ends) await untilVerdictsAreOld();
  const count = (status: Reported["status"]) => reports.filter((each) => each.status === status).length;
  return {
    rows: reports,
    dryRun: how.dryRun,
    done: count("done"),
    unchanged: count("unchanged"),
    failed: count("failed"),
  };
}

const isCreation = (row: BatchRow): row is Creation => row.op === "create";
const isOther = (row: BatchRow): row is Other => row.op !== "create";

/** The neighbouring rows of one kind that begin at `start`. */
function run<Kind extends BatchRow>(
  rows: readonly BatchRow[],
  start: number,
  isKind: (row: BatchRow) => row is Kind,
): Kind[] {
  const found: Kind[] = [];
  for (const row of rows.slice(start)) {
    if (!isKind(row)) break;
    found.push(row);
  }
  return found;
}

/** Whether the row may end something that is being served. */
const canEnd = (row: Other): boolean => row.op !== "enable" && (row.op !== "change" || concernsGuard(row));
/** Whether the row gives something by which the user's guard decides. */
const concernsGuard = (row: Change): boolean =>
  [row.groups, row.enrolment, row.maxDevices].some((value) => value !== undefined);

async function createAll(
  call: Call,
  rows: readonly Creation[],
  first: number,
  { dryRun, why }: How,
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

/** Carries out rows side by side. Those about one user are carried out in their order. */
async function changeAll(call: Call, rows: readonly Other[], { dryRun, why }: How): Promise<Outcome[]> {
  const texts = rows.map(({ user }) => user);
  const found = await knownUsers(call.env, texts);
  const by = { call, why, policyVersion: await currentVersion(openDatabase(call.env.DB)) };
  const outcomes: Outcome[] = found.map((user) => failed(user.ok ? FAILED : user));
  const first: Work[] = [];
  const later: Work[] = [];
  const seen = new Set<string>();
  const links = await linksOfUsers(
    openDatabase(call.env.DB),
    found.flatMap((user) => (user.ok ? [user.value.id] : [])),
  );
  const linkOf = new Map(links.map((link) => [link.userId, link]));
  for (const [at, row] of rows.entries()) {
    const user = found[at];
    if (user?.ok !== true) continue;
    const link = linkOf.get(user.value.id);
    const locked = row.op === "change" ? syncedProblem(link, user.value, row) : undefined;
    if (locked !== undefined) {
      outcomes[at] = failed(locked);
      continue;
    }
    (seen.has(user.value.id) ? later : first).push({ at, row, user: user.value, link });
    seen.add(user.value.id);
  }
  const keep = ({ at }: Work, outcome: Outcome): void => {
    outcomes[at] = outcome;
  };
  const { together, others } = dryRun ? { together: [], others: first } : apart(first);
  for (const [at, outcome] of (await changeMany(by, together)).entries()) {
    const work = together[at];
    if (work !== undefined) keep(work, { ...outcome, user: idAndAddress(work.user) });
  }
  await sideBySide(others, ROWS_AT_ONCE, async (work) => keep(work, await safely(one(by, work, dryRun))));
  // An earlier row has changed what was read of the user.
  await sideBySideByKey(later, { most: ROWS_AT_ONCE, keyOf: ({ user }) => user.id }, async (work) => {
    const again = async (): Promise<Outcome> => {
      const user = await knownUser(call.env, work.row.user);
      return user.ok ? one(by, { ...work, user: user.value }, dryRun) : failed(user);
    };
    keep(work, await safely(again()));
  });
  return outcomes;
}

/** A row about a user who is there. `at`: its place among the rows. */
type Work = {
  readonly at: number;
  readonly row: Other;
  readonly user: User;
  readonly link: DirectoryLink | undefined;
};

/** Rows that change settings go to D1 together. */
function apart(work: readonly Work[]) {
  const changes = work.map(({ row, user }) => (row.op === "change" ? changeOf(row, user) : undefined));
  return {
    together: work.flatMap((each, at) => {
      const change = changes[at];
      return change === undefined ? [] : [{ ...each, settings: change.settings }];
    }),
    others: work.filter((_, at) => changes[at] === undefined),
  };
}

const FAILED = problem("unavailable", "Something failed. Send this row again.");
const safely = (outcome: Promise<Outcome>): Promise<Outcome> =>
  outcome.catch((fault: unknown) => {
    logFailure("admin", fault);
    return failed(FAILED);
  });

async function one(by: Commanding, { row, user, link }: Omit<Work, "at">, dryRun: boolean): Promise<Outcome> {
  const about = { user: idAndAddress(user) };
  switch (row.op) {
    case "disable":
    case "enable": {
      const changed = await switchByHand(by, user, `${row.op}d`, { dryRun, link });
      return changed.ok ? { status: changed.value ? "done" : "unchanged", ...about } : failed(changed);
    }
    case "change": {
      const change = changeOf(row, user);
      if (change === undefined) {
        // An earlier request may have changed D1 and not reached the guard.
        if (!dryRun && concernsGuard(row)) await commandGuard(by, user.id, { kind: "read-again" }, user);
        return { status: "unchanged", ...about };
      }
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
function changeOf(row: Change, user: User): UserChange | undefined {
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
