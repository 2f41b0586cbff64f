// Lists with several filters. One filter has an index, which gives rows in the order of the list; the others are judged row by
// row. So that no question reads a whole table, a page examines a bounded number of rows. A page may therefore have fewer rows
// than were asked for, even none, and still not be the last: its cursor says where to go on.

import type { Database } from "./database.ts";

/** Rows that one page examines at most. Some tens of milliseconds of D1's. */
export const MAX_EXAMINED = 20_000;

/** A page of a list, and where the next one begins; null: this was the last. */
export type Page<Row, Cursor> = { readonly items: readonly Row[]; readonly next: Cursor | null };

type Batched = Parameters<Database["batch"]>[0][number];

/** How to ask for a page. */
export type Examination<Row, Mark> = {
  readonly limit: number;
  /** The rows that match, in order, at most so many. It examines {@link MAX_EXAMINED} rows at most. */
  readonly matching: (limit: number) => Batched & PromiseLike<Row[]>;
  /** The last row that {@link matching} may examine, if there are that many. */
  readonly lastExamined: () => Batched & PromiseLike<Mark[]>;
  /** Whether rows are judged at all. Without, each examined row matches. */
  readonly judged: boolean;
};

/** A page of rows. `next`: the last row given, or the last one examined. */
export async function examine<Row extends Mark, Mark>(
  db: Database,
  { limit, matching, lastExamined, judged }: Examination<Row, Mark>,
): Promise<Page<Row, Mark>> {
  const rows = await matching(limit + 1);
  if (rows.length > limit) return full(rows, limit);
  if (!judged) return { items: rows, next: null };
  // Once more, in one transaction with the mark: a row that comes in between must be on this page or beyond its end.
  const [again, [mark]] = (await db.batch([matching(limit + 1), lastExamined()])) as [Row[], Mark[]];
  return again.length > limit ? full(again, limit) : { items: again, next: mark ?? null };
}

function full<Row>(rows: readonly Row[], limit: number): Page<Row, Row> {
  const items = rows.slice(0, limit);
  return { items, next: items.at(-1) ?? null };
}
