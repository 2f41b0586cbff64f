// The copy of what is kept about a person, for the person: without other people, and without what could open something.

import { exportAudit, exportPerson } from "../../api/person.ts";
import type { Env } from "../../config/env.ts";
import type { User } from "../../store/directory.ts";

/** How many pages of events one file has, of a thousand each. */
const MAX_PAGES = 20;

/**
 * Everything in one document. An event in which somebody else named a device of this person is about the other one,
 * too, so it is left out; so is which other user had a device id.
 */
export async function ownCopy(env: Env, person: User, now: number): Promise<object> {
  const { contests: _contests, policies: _policies, ...data } = await exportPerson({ env }, person, now);
  const events: object[] = [];
  let after = "";
  let left = false;
  for (let pages = 0; ; pages++) {
    const page = await exportAudit({ env }, person, after);
    events.push(...page.events.filter((event) => event.userId === person.id));
    if (page.next === null) break;
    after = page.next;
    left = pages + 1 >= MAX_PAGES;
    if (left) break;
  }
  return { ...data, events, ...(left && { eventsLeftOut: `those after ${after}; ask your help desk for them` }) };
}
