// What must be told to Postern, so that it knows what the directory says. Pure.

import { isPerson, type Person, type Problem, type State, stateAt } from "./person.ts";
import type { Reading } from "./read.ts";
import { sameName } from "./same.ts";

/** A person as Postern has it. */
export type Known = Person & {
  readonly key: string;
  readonly userId: string;
  readonly state: State;
  /** An administrator disabled the user too. */
  readonly held: boolean;
  readonly disabled: boolean;
  /** False: the last change failed half-way. */
  readonly told: boolean;
};

/** What is sent of one person. */
export type Row = { readonly key: string; readonly state: State; readonly person?: Person };

/** A row, and what it changes, for people. */
export type Change = {
  readonly row: Row;
  readonly name: string;
  /** New to Postern. */
  readonly isNew: boolean;
  /** Ends what the person has: the brake counts these. */
  readonly leaves: boolean;
  readonly fields: readonly Field[];
};
export type Field = { readonly field: string; readonly before: string; readonly after: string };

/** Why somebody cannot be taken. */
export type PersonProblem = Problem & { readonly key: string; readonly name: string };

export type Plan = { readonly changes: readonly Change[]; readonly problems: readonly PersonProblem[] };

/** Those whom Postern has from the directory and the reading does not have. `all`: also those who had left before. */
export function absent(reading: Reading, known: ReadonlyMap<string, Known>, all: boolean): string[] {
  return [...known.values()]
    .filter(({ key, state }) => !reading.people.has(key) && (all || (state !== "out" && state !== "deleted")))
    .map(({ key }) => key);
}

/** `gone`: for those who are absent, and were looked for: whether they are out or deleted. */
export function planOf(
  reading: Reading,
  known: ReadonlyMap<string, Known>,
  gone: ReadonlyMap<string, "out" | "deleted">,
  now: number,
): Plan {
  const changes: Change[] = [];
  const problems: PersonProblem[] = [];
  for (const read of reading.people.values()) {
    const before = known.get(read.key);
    const state = stateAt(read, now);
    const mayBeNew = state === "in" && !reading.membersUnknown;
    if (before === undefined && !mayBeNew) continue;
    if (before?.state === "out" && reading.membersUnknown) continue;
    if (!isPerson(read.person)) {
      problems.push({ key: read.key, name: read.name, ...read.person });
      // The account's end does not wait until somebody has mended its address.
      if (before !== undefined && state !== "in" && (before.state !== state || isHalfDone(before)))
        changes.push(change(read.name, before, { key: read.key, state }));
      continue;
    }
    const person = withUnknownWords(read.person, before, reading.unknownWords);
    if (
      before === undefined ||
      before.state !== state ||
      isHalfDone(before) ||
      differences(before, person).length > 0
    ) {
      changes.push(change(read.name, before, { key: read.key, state, person }));
    }
  }
  for (const [key, state] of gone) {
    const before = known.get(key);
    if (before === undefined || (before.state === state && !isHalfDone(before))) continue;
    changes.push(change(before.sipUri.replace(/^sip:/, ""), before, { key, state }));
  }
  return { changes, problems };
}

/** Whether Postern broke off in the middle of an earlier change, so that the same row must be sent again. */
const isHalfDone = ({ state, held, disabled, told }: Known): boolean =>
  !told || (state === "in" ? disabled && !held : !disabled);

function change(name: string, before: Known | undefined, row: Row): Change {
  return {
    ...{ row, name, isNew: before === undefined },
    leaves: before?.state === "in" && row.state !== "in",
    fields: [
      ...(before?.state === row.state ? [] : [{ field: "state", before: before?.state ?? "", after: row.state }]),
      ...(row.person === undefined ? [] : differences(before, row.person)),
    ],
  };
}

/** Words whose group is not there stay as Postern has them: not known is not no. */
function withUnknownWords(person: Person, before: Known | undefined, unknown: Reading["unknownWords"]): Person {
  if (unknown !== "all" && unknown.size === 0) return person;
  const kept = (before?.groups ?? []).filter((word) => unknown === "all" || unknown.has(word));
  return { ...person, groups: [...new Set([...person.groups, ...kept])].sort() };
}

const NAMES = ["sipUri", "upn", "account"] as const;
const TEXTS = ["displayName", "mail", "mobile", "sid", "language", "pool"] as const;

/** The fields in which the two differ. */
function differences(before: Known | undefined, after: Person): Field[] {
  const names = NAMES.filter((field) => before === undefined || !sameName(before[field], after[field]));
  const texts = TEXTS.filter((field) => (before?.[field] ?? null) !== after[field]);
  const fields: Field[] = [...names, ...texts].map((field) => ({
    field,
    before: before?.[field] ?? "",
    after: after[field] ?? "",
  }));
  const [had, has] = [before?.groups.toSorted().join(" ") ?? "", after.groups.join(" ")];
  return had === has ? fields : [...fields, { field: "groups", before: had, after: has }];
}

/** One text for all that a row says, to find out whether it says the same again. */
export const fingerprint = ({ row }: Change): string => JSON.stringify(row);
