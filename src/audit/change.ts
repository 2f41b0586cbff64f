// What a change changed, as the audit keeps it: only the fields that differ, before and after. Pure.

import { MAX_CHANGE_CHARS } from "./event.ts";

/**
 * Fields before and after. When something was made, there is no `before`. When something was deleted, there is no
 * `after`. Never a secret.
 */
export type Change = {
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
};

const MAX_VALUE_CHARS = 200;
const MAX_NAMES = 50;

/** As JSON. A value that is too long is cut, and when all is too long only the names of the fields stay. */
export function changeText({ before = {}, after = {} }: Change): string | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length === 0) return undefined;
  const part = (of: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(names.filter((name) => of[name] !== undefined).map((name) => [name, short(of[name])]));
  const text = JSON.stringify({ before: part(before), after: part(after) });
  return text.length <= MAX_CHANGE_CHARS ? text : JSON.stringify({ fields: names.slice(0, MAX_NAMES) });
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= MAX_VALUE_CHARS ? value : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}
