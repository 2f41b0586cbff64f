// What the schemas of several resources share.

import * as v from "valibot";
import { MAX_WHY_CHARS } from "../why.ts";

/** A time as every answer has it. */
export const time = v.pipe(v.string(), v.isoTimestamp("It must be a time such as 2026-11-27T09:30:00Z."));

/** A list. It is readonly, so that a handler may return readonly lists. */
export const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());

/** The reason for a change, which the audit keeps. */
export const why = v.optional(
  v.pipe(
    v.string(),
    v.maxLength(MAX_WHY_CHARS, `It may have ${MAX_WHY_CHARS} characters.`),
    v.description("The reason for the change. The audit keeps it."),
  ),
  "",
);

/** The body of a write that needs nothing but a reason. */
export const onlyWhy = v.strictObject({ why });

/** `{user}` in a path. */
export const userParams = v.strictObject({
  user: v.pipe(v.string(), v.description("The user's id (`u_…`), or any name of the user.")),
});

const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

/** The fields of a query by which a list comes in pages. */
export const paging = {
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PAGE), v.description("How many items at most.")),
    DEFAULT_PAGE,
  ),
  after: v.optional(v.pipe(v.string(), v.maxLength(500), v.description("The `next` of the page before.")), ""),
};

/** A page of a list. */
export const page = <S extends v.GenericSchema>(item: S) =>
  v.object({
    items: list(item),
    next: v.pipe(v.nullable(v.string()), v.description("The `after` for the next page. Null: this was the last page.")),
  });
