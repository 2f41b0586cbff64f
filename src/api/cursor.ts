// A cursor says where the next page of a list begins. Clients pass it on without reading it. This file also bounds the
// size of a page.

import { type Problem, problem } from "./problem.ts";

type Part = string | number;

/** Makes a cursor. */
export const cursorOf = (...parts: readonly Part[]): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
};

/** Reads the parts of a cursor, which must have these types. Undefined: the cursor does not belong to this list. */
export function readCursor(text: string, types: readonly ("string" | "number")[]): Part[] | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const parts: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (!Array.isArray(parts) || parts.length !== types.length) return undefined;
    return parts.every((part, at) => typeof part === types[at]) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** The answer to a cursor that does not belong to this list. */
export const badCursor: Problem = problem("unusable-query", "after: It must be the `next` of the page before.", {
  errors: [{ path: "after", message: "It must be the `next` of the page before, with the same filters." }],
  fix: "Leave it out to begin again.",
});

/**
 * How many bytes of JSON the items of a page may have together. The whole answer then stays near a hundred kilobytes.
 */
const MAX_PAGE_BYTES = 96 * 1024;

/** As many of the items as fit into `most` bytes, by default those of a page; at least one. */
export function fitting<T>(items: readonly T[], most = MAX_PAGE_BYTES): readonly T[] {
  const encoder = new TextEncoder();
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += encoder.encode(JSON.stringify(item)).length + 1;
    return bytes > most;
  });
  return end < 0 ? items : items.slice(0, Math.max(1, end));
}

/**
 * A page as it is answered: as many items as fit, and where the next page begins. `items` are what `rows` look like in
 * JSON. `next`: the cursor after the last row, null where nothing is left. `cursor`: the one after any row.
 */
export function paged<Row, Item>(
  rows: readonly Row[],
  items: readonly Item[],
  next: string | null,
  cursor: (row: Row) => string,
): { readonly items: readonly Item[]; readonly next: string | null } {
  const fit = fitting(items);
  const last = fit.length < items.length ? rows[fit.length - 1] : undefined;
  return { items: fit, next: last === undefined ? next : cursor(last) };
}
