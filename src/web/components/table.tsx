// Tables that become cards where there is no room for columns, and what belongs to a list: search, pages, nothing
// found.

import type { Child, FC, PropsWithChildren } from "hono/jsx";

/** A column: what stands above it, and what a row has there. */
export type Column<Row> = {
  readonly head: Child;
  readonly cell: (row: Row) => Child;
  /** Of the column that names the row. */
  readonly main?: boolean;
};

type TableProps<Row> = {
  /** What the table is, for screen readers. */
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** Instead of a table without rows. */
  readonly empty: Child;
  readonly id?: string;
};

/** A list. */
export function Table<Row>({ caption, rows, columns, empty, id }: TableProps<Row>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="table" id={id}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head }) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map(({ head, cell, main }) =>
                main === true ? (
                  <th scope="row">{cell(row)}</th>
                ) : (
                  <td data-head={typeof head === "string" && head !== "" ? head : undefined}>{cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Links to the first and the next page of a list. `next`: the cursor of the API, null on the last page. */
export const Pager: FC<{
  readonly url: URL;
  readonly next: string | null;
  readonly words: { readonly first: string; readonly next: string; readonly label: string };
}> = ({ url, next, words }) => {
  const after = url.searchParams.get("after");
  if (next === null && after === null) return null;
  const to = (cursor: string | null): string => {
    const query = new URLSearchParams(url.searchParams);
    if (cursor === null) query.delete("after");
    else query.set("after", cursor);
    return `${url.pathname}?${query}`;
  };
  return (
    <nav class="pager" aria-label={words.label}>
      {after === null ? null : <a href={to(null)}>{words.first}</a>}
      {next === null ? null : (
        <a href={to(next)} rel="next">
          {words.next}
        </a>
      )}
    </nav>
  );
};

/** A block of a page with its heading. */
export const Section: FC<PropsWithChildren<{ readonly title: Child; readonly id?: string; readonly more?: Child }>> = ({
  title,
  id,
  more,
  children,
}) => (
  <section id={id}>
    <header class="section-head">
      <h2>{title}</h2>
      {more}
    </header>
    {children}
  </section>
);
