// The copy of what is kept about a person, for the person: without other people, and without what could open something.

import { exportAudit, exportPerson } from "../../api/person.ts";
import type { PersonAuditAnswer } from "../../api/schemas/person.ts";
import type { Env } from "../../config/env.ts";
import type { User } from "../../store/directory.ts";

/** How many pages of events one file has, of a thousand each. */
const MAX_PAGES = 20;

/**
 * Everything in one document. An event in which somebody else named a device of this person is about the other one,
 * too, so it is left out; so is which other user had a device id. Of what an administrator did, it has what was done and
 * why, and not where the administrator was.
 */
export async function ownCopy(env: Env, person: User, now: number): Promise<object> {
  const { contests: _contests, policies: _policies, guard, ...data } = await exportPerson({ env }, person, now);
  // What the guard has not yet written into D1. It comes with the events of a later copy.
  const { audit_outbox: _outbox, ...kept } = guard;
  const events: object[] = [];
  let after = "";
  let left = false;
  for (let pages = 0; ; pages++) {
    const page = await exportAudit({ env }, person, after);
    events.push(...page.events.filter((event) => event.userId === person.id).map(forPerson));
    if (page.next === null) break;
    after = page.next;
    left = pages + 1 >= MAX_PAGES;
    if (left) break;
  }
  return {
    ...data,
    guard: kept,
    events,
    ...(left && { eventsLeftOut: `those after ${after}; ask your help desk for them` }),
  };
}

/** On these, an administrator or a program has done it. */
const OF_OTHERS: ReadonlySet<unknown> = new Set(["command", "console", "admin"]);

/** An event without where an administrator was. */
const forPerson = (event: PersonAuditAnswer["events"][number]): object =>
  OF_OTHERS.has(event.channel) ? { ...event, ...NOWHERE } : event;

const NOWHERE = {
  ...{ requestId: "", host: "", source: "", userAgent: "", workstation: "" },
  ...{ country: null, city: null, stages: null },
};
