// The steps of a sync that concern users who are known: shutting out, changing details, letting in. Each is written to
// D1 with its events in one transaction, and then the users' guards hear of it.

import { logAudited } from "../../audit/log.ts";
import type { PersonDetails, Steps } from "../../core/directory/plan.ts";
import { openDatabase } from "../../store/database.ts";
import {
  type DirectoryLink,
  type LinkedUser,
  letInUsers,
  setDetails,
  shutOutUsers,
} from "../../store/directory-links.ts";
import type { Call } from "../call.ts";
import type { BareCommand } from "../devices.ts";
import { changeOfDetails, reasonOfDetails, saidBy, syncEvent } from "./events.ts";
import { detailsOf, failed, type Item } from "./item.ts";
import { tellGuards } from "./tell.ts";

/** A sync that has begun. */
export type Sync = { readonly call: Call; readonly source: string };

/** Somebody known, who has steps. */
export type KnownItem = Item & { readonly known: LinkedUser; readonly steps: Steps };

/** Whether somebody is known, and nothing failed so far. */
export const isKnown = (item: Item): item is KnownItem =>
  item.known !== undefined && item.steps !== undefined && item.fault?.status !== "failed";

/** Shuts out everybody whom the directory does not let in. Returns whether this ended anything. */
export async function shutOut({ call, source }: Sync, items: readonly Item[]): Promise<boolean> {
  const out = items
    .filter(isKnown)
    .filter(({ state, steps }) => state !== "in" && (steps.disable || steps.state !== undefined));
  const events = out.map((item) =>
    syncEvent(call, item.steps.disable ? "user-disabled" : "directory-state", item.known.user, {
      change: changeOfStanding(item, item.steps.disable),
      why: saidBy(source, item.state),
    }),
  );
  const states = out.map(({ known, state }) => ({ userId: known.user.id, state }));
  await shutOutUsers(openDatabase(call.env.DB), states, events, Date.now());
  for (const event of events) logAudited(event);
  const shut = out.filter(({ steps }) => steps.disable);
  await tell(call, shut, { kind: "read-again" });
  return shut.length > 0;
}

/** How somebody stands, before and after. */
function changeOfStanding({ known, state }: KnownItem, isSwitch: boolean) {
  const disabled = known.user.disabledAt !== null;
  const standing = (isDisabled: boolean, said: DirectoryLink["state"]) => ({
    ...(isSwitch && { disabled: isDisabled }),
    directory: said,
  });
  return { before: standing(disabled, known.link.state), after: standing(!disabled, state) };
}

/** Tells the guards of these users. Who could not be told of is sent again by the agent. */
async function tell(call: Call, items: readonly KnownItem[], command: BareCommand): Promise<void> {
  const heard = await tellGuards(
    call,
    items.map(({ known }) => known.user.id),
    command,
  );
  for (const item of items) {
    if (heard.has(item.known.user.id)) continue;
    item.fault = failed("unavailable", "The gateway could not end what the user has open. Send the row again.");
  }
}

/** Changes what the directory says of people beside their names. Returns whether this may have ended anything. */
export async function changeDetails({ call, source }: Sync, items: readonly Item[]): Promise<boolean> {
  const changed = items.filter(isKnown).flatMap((item) => {
    const { person, steps } = item;
    return person === undefined || steps.details.length === 0 ? [] : [{ item, after: detailsOf(person) }];
  });
  const events = changed.map(({ item: { known, steps }, after }) =>
    syncEvent(call, reasonOfDetails(steps.details), known.user, {
      change: changeOfDetails(steps.details, known.user, after),
      why: `directory ${source}`,
    }),
  );
  const forGuard = changed
    .map(({ item }) => item)
    .filter(({ steps }) => steps.details.some((field) => FOR_GUARD.has(field)));
  await setDetails(
    openDatabase(call.env.DB),
    changed.map(({ item, after }) => ({ ...after, userId: item.known.user.id })),
    events,
    forGuard.map(({ known }) => known.user.id),
  );
  for (const event of events) logAudited(event);
  await tell(call, forGuard, { kind: "read-again" });
  return forGuard.length > 0; // the rules of the policy match on groups
}

/** What a guard decides by. */
const FOR_GUARD: ReadonlySet<keyof PersonDetails> = new Set(["groups", "sid"]);

/** Lets in whom the directory lets in again, where nothing went wrong before. */
export async function letIn({ call, source }: Sync, items: readonly Item[]): Promise<void> {
  const entering = items
    .filter(isKnown)
    .filter(({ state, steps, fault }) => state === "in" && fault === undefined && (steps.enable || steps.state));
  const rows = entering.map((item) => ({
    userId: item.known.user.id,
    enabling: item.steps.enable,
    event: syncEvent(call, item.steps.enable ? "user-enabled" : "directory-state", item.known.user, {
      change: changeOfStanding(item, item.steps.enable),
      why: saidBy(source, item.state),
    }),
  }));
  const enabled = await letInUsers(openDatabase(call.env.DB), rows, Date.now());
  for (const { userId, enabling, event } of rows) if (!enabling || enabled.has(userId)) logAudited(event);
  const back = entering.filter(({ known }) => enabled.has(known.user.id));
  await tell(call, back, { kind: "read-again", accountMayDiffer: true });
}

/** Tells guards what an earlier request could not. All tickets of these users end. Returns whether there were any. */
export async function tellAgain({ call }: Sync, items: readonly Item[]): Promise<boolean> {
  const untold = items.filter(isKnown).filter(({ steps }) => steps.tellAgain);
  await tell(call, untold, { kind: "renamed" });
  return untold.length > 0;
}
