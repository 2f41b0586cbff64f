// One person of a sync on the way through a request: what the directory says, what Postern knows, and what becomes of
// it.

import {
  type DirectoryPerson,
  type DirectoryState,
  type PersonDetails,
  type Steps,
  stepsFor,
} from "../../core/directory/plan.ts";
import { readPerson } from "../../core/directory/read-person.ts";
import type { LinkedUser } from "../../store/directory-links.ts";
import type { AppliedRow, GivenRow } from "../schemas/directory-sync.ts";

/** What became of a row, without its place. */
export type End = Pick<AppliedRow, "status" | "code" | "message">;

/** A person of the request. */
export type Item = {
  readonly row: number;
  readonly key: string;
  readonly state: DirectoryState;
  /** Undefined: the row has none, or one that cannot be used. */
  person: DirectoryPerson | undefined;
  /** What Postern knows; undefined for somebody new. */
  known: LinkedUser | undefined;
  /** What has to be done for somebody known. */
  steps: Steps | undefined;
  /** The user was made by hand until now. */
  adopted: boolean;
  /** The user, once there is one. */
  user: AppliedRow["user"];
  /** Why the person is not whole as the directory says. */
  fault: End | undefined;
  /** What was done: the answer where there is no fault. */
  done: AppliedRow["status"];
};

/** Reads the rows of a request. `source`: the keys must begin with it. */
export function itemsOf(source: string, rows: readonly GivenRow[]): Item[] {
  const seen = new Set<string>();
  return rows.map(({ key, state, person: given }, row) => {
    const read = given === undefined ? undefined : readPerson(given);
    const item: Item = {
      ...{ row, key, state, person: read?.ok === true ? read.value : undefined, known: undefined, steps: undefined },
      ...{ adopted: false, user: undefined, done: "unchanged" },
      fault: read?.ok === false ? conflict("invalid", read.reason) : undefined,
    };
    if (!key.startsWith(`${source}:`)) item.fault = failed("invalid", "The key is of another source.");
    if (seen.has(key)) item.fault = failed("twice", "The same key stands in an earlier row. Send it again alone.");
    seen.add(key);
    return item;
  });
}

export const conflict = (code: End["code"], message: string): End => ({ status: "conflict", code, message });
export const failed = (code: End["code"], message: string): End => ({ status: "failed", code, message });

/** Plans what has to be done for somebody known. */
export function know(item: Item, known: LinkedUser): void {
  const { user, link } = known;
  item.known = known;
  item.user = { id: user.id, sipUri: user.sipUri };
  const { state, held, told } = link;
  item.steps = stepsFor(
    { state, held, told, disabled: user.disabledAt !== null, person: user },
    { state: item.state, person: item.person },
  );
}

/** The details of a person. */
export const detailsOf = ({
  displayName,
  mail,
  mobile,
  sid,
  language,
  pool,
  groups,
}: PersonDetails): PersonDetails => ({
  ...{ displayName, mail, mobile, sid, language, pool, groups },
});
