// Lists with several filters. One filter has an index, which gives rows in the order of the list. The others are judged
// row by row. A page examines a bounded number of rows, so that no request reads a whole table. So a page may have
// fewer rows than the client asked for, even none, and still not be the last. Its cursor says where to go on.

import type { Database } from "./database.ts";

/** The most rows that one page examines. They take D1 some tens of milliseconds. */
export const MAX_EXAMINED = 20_000;

/** A page of a list, and where the next one begins; null: this was the last. */
export type Page<Row, Cursor> = { readonly items: readonly Row[]; readonly next: Cursor | null };

type Batched = Parameters<Database["batch"]>[0][number];

/** What a list has to give to get a page. */
export type Examination<Row, Mark> = {
  readonly limit: number;
  /** The rows that match, in the list's order, up to a number. It examines {@link MAX_EXAMINED} rows at most. */
  readonly matching: (limit: number) => Batched & PromiseLike<Row[]>;
  /** The last row that {@link matching} may examine, if there are that many rows. */
  readonly lastExamined: () => Batched & PromiseLike<Mark[]>;
  /** Whether any filter is judged row by row. Otherwise each examined row matches. */
  readonly judged: boolean;
};

/** One page. `next`: the last row of the page, or the last row that was examined. */
export async function examine<Row extends Mark, Mark>(
  db: Database,
  { limit, matching, lastExamined, judged }: Examination<Row, Mark>,
): Promise<Page<Row, Mark>> {
  const rows = await matching(limit + 1);
  if (rows.length > limit) return full(rows, limit);
  if (!judged) return { items: rows, next: null };
  // This reads the rows again, in one transaction with the mark. A row that was added in between must be on this page
  // or after its end.
  const [again, [mark]] = (await db.batch([matching(limit + 1), lastExamined()])) as [Row[], Mark[]];
  return again.length > limit ? full(again, limit) : { items: again, next: mark ?? null };
}

function full<Row>(rows: readonly Row[], limit: number): Page<Row, Row> {
  const items = rows.slice(0, limit);
  return { items, next: items.at(-1) ?? null };
}
