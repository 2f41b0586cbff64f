// The two shapes that most commands have: a list of rows, and one request with a sentence about its answer. A request
// is written as the API documents it, `POST /v1/users/{USER}/disable`: the words of the command stand in the braces.

import type { Query } from "../src/core/text/api-address.ts";
import { type Command, type Context, command, type Examples, LIST, type Options, WHY } from "./define.ts";
import { usage } from "./fault.ts";
import { pathOf } from "./names.ts";
import type { Page, Paging } from "./reach/api.ts";
import type { Method } from "./reach/http.ts";
import { type Answer, type Columns, listed } from "./text/answer.ts";

/** What every command says of itself. */
type Shape<O extends Options, W extends readonly string[]> = {
  readonly help?: string;
  readonly words?: W;
  readonly options?: O;
  readonly examples: Examples;
};

/** One request, and what is said of its answer. What is not a GET changes something, and takes `--why`. */
export function asking<T, const O extends Options, const W extends readonly string[]>(
  one: Shape<O, W> & {
    readonly ask: `${Method} /v1/${string}`;
    /** Default: the options as they are given. */
    readonly body?: (context: Context<O & typeof WHY, W>) => object;
    /** At least one option beside `--why` must be given; the fix that says which. */
    readonly least?: string;
    readonly said: (json: T, context: Context<O & typeof WHY, W>) => string | (Partial<Answer> & Pick<Answer, "text">);
  },
): Command {
  const { ask, body, least, said, options, ...shape } = one;
  const [method, at = ""] = ask.split(" ") as [Method, string];
  const changes = method !== "GET";
  return command({
    ...shape,
    options: { ...options, ...(changes ? WHY : {}) },
    changes,
    async run(given) {
      const context = given as Context as Context<O & typeof WHY, W>; // the options are those, and --why
      const { why: _, ...beside } = context.options as { readonly why?: string };
      const content = changes ? (body?.(context) ?? context.options) : undefined;
      if (least !== undefined && Object.keys(beside).length === 0) throw usage("there is nothing to change", least);
      const path = pathOf(at, shape.words ?? [], context.words as readonly (string | undefined)[]);
      const json = await context.api().ask<T>(method, path, content);
      const answer = said(json, context);
      return typeof answer === "string" ? { text: answer, json } : { json, ...answer };
    },
  });
}

/** A list that comes in pages. */
export function listing<Row, const O extends Options, const W extends readonly string[]>(
  one: Shape<O, W> & {
    readonly from: `/v1/${string}`;
    readonly query?: (context: Context<O & typeof LIST, W>) => Query;
    readonly columns: Columns<Row> | ((context: Context<O & typeof LIST, W>) => Columns<Row>);
    /** Only in CSV. */
    readonly also?: Columns<Row>;
    /** What is said where there is no row. */
    readonly empty: string;
    /** What is said below the rows. */
    readonly below?: (page: Page<Row>, context: Context<O & typeof LIST, W>) => string | Promise<string>;
  },
): Command {
  const { from, query, columns, also = {}, empty, below, options, ...shape } = one;
  return command({
    ...shape,
    options: { ...options, ...LIST },
    async run(given) {
      const context = given as Context as Context<O & typeof LIST, W>; // the options are those, and the ones of a list
      const page = await context
        .api()
        .pages<Row>(from, query?.(context) ?? {}, given.options as Paging, context.progress);
      const shown = typeof columns === "function" ? columns(context) : columns;
      return listed(page, shown, { empty, also, below: (await below?.(page, context)) ?? "" });
    },
  });
}
