// Gives the people of a sync their names: adds who is new, and renames who has other names now. A rename may move the
// user to another guard, so one request renames only so many, and the rest has to be sent again.

import { logAudited } from "../../audit/log.ts";
import type { NamingOrder } from "../../core/directory/naming-order.ts";
import { parkedNames } from "../../core/directory/parked.ts";
import type { DirectoryPerson } from "../../core/directory/plan.ts";
import { sideBySide } from "../../core/text/side-by-side.ts";
import { openDatabase } from "../../store/database.ts";
import { addPeople, adoptUsers, type NewPerson, noteTold } from "../../store/directory-links.ts";
import { rowsOfNewUser, userOf } from "../../store/new-user.ts";
import { commanding } from "../devices.ts";
import { renamePerson } from "../rename.ts";
import { identityOf } from "../user-batch.ts";
import { isKnown, type KnownItem, type Sync } from "./changes.ts";
import { syncEvent } from "./events.ts";
import { conflict, failed, type Item } from "./item.ts";

/** Cloudflare lets one request ask D1 and guards a thousand times. This is left for renames and what follows them. */
const ASKS = 900;
/** What a rename asks at most: with another SIP address, or with the same one and the networks that are told. */
const ASKS_OF_A_MOVE = 12;
const ASKS_OF_A_RENAME = 40;
/** How many users are renamed at the same time. */
const AT_ONCE = 8;

const LATER = failed("later", "One request can rename only so many users. Send the row again.");

/** It may have been the same row, sent twice at one moment. Only reading again tells. */
const MEANWHILE = failed("later", "Somebody was given one of the names meanwhile. Send the row again.");

/** Users who were made by hand come from the directory from now on. */
export async function adoptPeople({ call, source }: Sync, items: readonly Item[]): Promise<void> {
  const adopted = items.filter(isKnown).filter((item) => item.adopted);
  const rows = adopted.map(({ known: { user, link }, key }) => {
    const change = { after: { directory: key, held: link.held } };
    return { user, key, event: syncEvent(call, "user-linked", user, { change, why: `directory ${source}` }) };
  });
  const done = await adoptUsers(openDatabase(call.env.DB), rows, Date.now());
  if (done) for (const { event } of rows) logAudited(event);
  else for (const item of adopted) item.fault = failed("later", "The user was changed meanwhile. Send the row again.");
}

/** Carries out the plan. Returns whether this ended anything. */
export async function takeNames(sync: Sync, items: readonly Item[], { steps }: NamingOrder): Promise<boolean> {
  const byRow = new Map(items.map((item) => [item.row, item]));
  const renamed = items.filter(isKnown).filter((item) => item.steps.rename && item.fault === undefined);
  await noteTold(
    openDatabase(sync.call.env.DB),
    renamed.map(({ known }) => known.user.id),
    false,
  );
  const purse = new Purse(ASKS - items.filter(isKnown).reduce((sum, item) => sum + asksOf(item), 0));
  for (const step of steps) {
    const now = step.flatMap(({ id, kind }) => {
      const item = byRow.get(id);
      return item === undefined || item.fault?.status === "failed" ? [] : [{ item, kind }];
    });
    const toRename = now.flatMap(({ item, kind }) => (isKnown(item) ? [{ item, kind }] : []));
    await sideBySide(toRename, AT_ONCE, ({ item, kind }) => rename(sync, item, kind, purse));
    await add(
      sync,
      now.flatMap(({ item }) => (item.known === undefined ? [item] : [])),
      purse,
    );
  }
  return renamed.length > 0;
}

/** How often guards are asked about somebody for everything but the names. */
const asksOf = ({ steps: { disable, details, enable, tellAgain } }: KnownItem): number =>
  [disable, details.length > 0, enable, tellAgain].filter(Boolean).length;

/** How often this request may still ask. */
class Purse {
  #left: number;
  /** Whether something was left for another request. */
  isEmpty = false;
  /** The rows of those who were parked, and have paid for the way back. */
  readonly parked = new Set<number>();

  constructor(left: number) {
    this.#left = left;
  }

  pay(price: number): boolean {
    if (this.#left < price) this.isEmpty = true;
    else this.#left -= price;
    return !this.isEmpty;
  }
}

async function rename({ call, source }: Sync, item: KnownItem, kind: "take" | "park", purse: Purse): Promise<void> {
  const { known, person } = item;
  if (person === undefined) return;
  const isBack = purse.parked.has(item.row); // paid for when the user was parked
  const price = known.user.sipUri === person.sipUri ? ASKS_OF_A_RENAME : ASKS_OF_A_MOVE;
  if (!isBack && !purse.pay(kind === "park" ? 2 * ASKS_OF_A_MOVE : price)) {
    item.fault = LATER;
    return;
  }
  if (kind === "park") purse.parked.add(item.row);
  const change = kind === "park" ? parkedNames(known.user.id) : namesOf(person);
  try {
    const by = commanding(call, `directory ${source}`);
    const outcome = await renamePerson(by, known.user, change, { isOfMany: true });
    if (outcome.ok) {
      const { user } = outcome.value;
      item.known = { ...known, user };
      item.user = { id: user.id, sipUri: user.sipUri };
      return;
    }
    const [first] = outcome.taken;
    if (outcome.reason === "name-taken") {
      item.fault = purse.isEmpty
        ? LATER
        : conflict(
            "name-taken",
            first ? `${first.name} is a name of ${first.sipUri} (${first.userId}).` : "A name is taken.",
          );
    } else item.fault = failed("later", "The user was changed meanwhile. Send the row again.");
  } catch {
    item.fault = failed("unavailable", "The user could not be renamed. Send the row again.");
  }
}

const namesOf = ({ sipUri, upn, domain, account }: DirectoryPerson) => ({
  ...{ sipUri, upn, account: `${domain}\\${account}` },
});

/** Adds people, all in one transaction if possible. */
async function add({ call, source }: Sync, items: readonly Item[], purse: Purse): Promise<void> {
  const db = openDatabase(call.env.DB);
  const now = Date.now();
  const all = items.flatMap((item) => {
    const made = newPerson({ call, source }, item, now);
    return made === undefined ? [] : [{ item, made }];
  });
  const note = ({ item, made }: (typeof all)[number]): void => {
    item.user = { id: made.user.id, sipUri: made.user.sipUri };
    logAudited(made.event);
  };
  const people = all.map(({ made }) => made);
  if (await addPeople(db, people, now)) return all.forEach(note);
  // Somebody took one of the names meanwhile: one by one, only that person fails.
  for (const each of all) {
    if (purse.pay(1) && (await addPeople(db, [each.made], now))) note(each);
    else each.item.fault = purse.isEmpty ? LATER : MEANWHILE;
  }
}

function newPerson({ call, source }: Sync, { key, person }: Item, now: number): NewPerson | undefined {
  if (person === undefined) return undefined;
  const given = {
    ...{ ...namesOf(person), upn: person.upn ?? undefined, groups: person.groups, createdBy: call.actor.id },
    ...{ displayName: person.displayName ?? undefined, mail: person.mail ?? undefined, sid: person.sid ?? undefined },
    ...{ mobile: person.mobile ?? undefined, language: person.language ?? undefined },
    pool: person.pool ?? undefined,
  };
  const rows = rowsOfNewUser(given);
  if (!rows.ok) return undefined;
  const user = userOf(rows.value, given, now);
  const change = { after: { ...identityOf(user), directory: key } };
  const event = syncEvent(call, "user-created", user, { change, why: `directory ${source}` });
  return { user, names: rows.value.names, key, event };
}
