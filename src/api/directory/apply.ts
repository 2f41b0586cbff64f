// Makes users what a directory says of them. First everybody is shut out whom the directory does not let in. Then names
// are given, then everything else is changed, and last those are let in who may. Each row is judged by itself, and the
// same rows may come again at any time: they change nothing then. docs/design/0019-directory.md has the model.

import { type DirectoryState, isNothing, statusOf } from "../../core/directory/plan.ts";
import { openDatabase } from "../../store/database.ts";
import { type LinkedUser, linkedByKeys, noteTold } from "../../store/directory-links.ts";
import type { Call } from "../call.ts";
import { untilVerdictsAreOld } from "../devices.ts";
import type { AppliedRow, GivenRow, PeopleAppliedAnswer } from "../schemas/directory-sync.ts";
import { changeDetails, isKnown, letIn, shutOut, tellAgain } from "./changes.ts";
import { failed, type Item, itemsOf, know } from "./item.ts";
import { planNaming } from "./naming.ts";
import { adoptPeople, takeNames } from "./take-names.ts";

/** What somebody has read of a person, to change that. */
export type Seen = { readonly state: DirectoryState; readonly revision: number };

/**
 * Whose people, and whether nothing is to be changed. `seen`: what the rows were made from. Who is not so any more is
 * `failed` `later`, so that nobody is let in by what was read before the person was shut out.
 */
export type Applying = { readonly source: string; readonly dryRun: boolean; readonly seen?: Seen | undefined };

/**
 * Carries out rows of people. When this returns, nothing that they ended is served any more. Throws when D1 fails: the
 * same rows may then be sent again.
 */
export async function applyPeople(
  call: Call,
  rows: readonly GivenRow[],
  { source, dryRun, seen }: Applying,
): Promise<PeopleAppliedAnswer> {
  const db = openDatabase(call.env.DB);
  const items = itemsOf(source, rows);
  const usable = items.filter(({ fault }) => fault?.status !== "failed");
  const known = await linkedByKeys(
    db,
    usable.map(({ key }) => key),
  );
  const byKey = new Map(known.map((each) => [each.link.key, each]));
  for (const item of usable) {
    const found = byKey.get(item.key);
    if (found === undefined) continue;
    know(item, found);
    if (seen !== undefined && !isAsSeen(found, seen)) item.fault = CHANGED;
  }
  const naming = await planNaming(call, usable, source);
  for (const item of usable) item.done = expected(item);
  if (!dryRun) {
    const begun = { source, call };
    const ended = [await shutOut(begun, usable)];
    await adoptPeople(begun, usable);
    ended.push(await takeNames(begun, usable, naming));
    ended.push(await changeDetails(begun, usable));
    await letIn(begun, usable);
    ended.push(await tellAgain(begun, usable));
    const settled = usable.filter(isKnown).filter(({ steps }) => !isNothing(steps));
    await noteTold(
      db,
      settled.map(({ known: { user } }) => user.id),
      true,
    );
    if (ended.includes(true)) await untilVerdictsAreOld();
  }
  return answer(items, dryRun);
}

const CHANGED = failed("later", "The person was changed meanwhile. Read the person again.");
const isAsSeen = ({ user, link }: LinkedUser, seen: Seen): boolean =>
  user.revision === seen.revision && link.state === seen.state;

/** What the row comes to if everything works. */
function expected({ steps, adopted, known, fault, state, person }: Item): AppliedRow["status"] {
  if (steps !== undefined) {
    const done = statusOf(steps);
    return adopted && done !== "disabled" ? "adopted" : done;
  }
  const isNew = known === undefined && fault === undefined && state === "in" && person !== undefined;
  return isNew ? "created" : "unchanged";
}

function answer(items: readonly Item[], dryRun: boolean): PeopleAppliedAnswer {
  const rows = items.map(({ row, key, user, fault, done }): AppliedRow => {
    const about = { row, key, ...(user !== undefined && { user }) };
    if (fault === undefined) return { ...about, status: done };
    // Whoever was shut out is reported as that, whatever else could not be done.
    return { ...about, ...fault, ...(done === "disabled" && fault.status === "conflict" && { status: "disabled" }) };
  });
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return { rows, dryRun, counts };
}
