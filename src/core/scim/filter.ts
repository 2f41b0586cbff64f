// The filters of a list (RFC 7644, 3.4.2.2): those by which a client asks whether it knows a person already.

import { type Filter, filter as matching, parse } from "scim2-parse-filter";
import { ok, type Result, refuse } from "../result.ts";

const MAX_FILTER_CHARS = 600;

/** By which attribute a person is looked up, its value, and whether a resource fits the whole filter. */
export type Wanted = {
  readonly by: "userName" | "externalId" | "id";
  readonly value: string;
  readonly fits: (resource: Readonly<Record<string, unknown>>) => boolean;
};

/** Reads a filter. It must say one of the three attributes with `eq`, alone or with `and`. A fault is a sentence. */
export function readFilter(text: string): Result<Wanted, string> {
  if (text.length > MAX_FILTER_CHARS) return refuse(`The filter may have ${MAX_FILTER_CHARS} characters.`);
  let parsed: Filter;
  try {
    parsed = parse(text);
  } catch {
    return refuse("The filter is not one of RFC 7644, 3.4.2.2.");
  }
  const sought = soughtIn(parsed);
  if (sought === undefined) {
    return refuse('People are found by userName, externalId or id: filter=userName eq "user@contoso.com".');
  }
  const test = matching(anyCase(parsed));
  return ok({
    ...sought,
    fits: (resource) => test({ ...resource, userName: String(resource.userName).toLowerCase() }),
  });
}

/** A userName is the same in upper and lower case (RFC 7643, 4.1.1). */
function anyCase(filter: Filter): Filter {
  if (filter.op === "and") return { ...filter, filters: filter.filters.map(anyCase) };
  if (filter.op !== "eq" || filter.attrPath.toLowerCase() !== "username") return filter;
  return { ...filter, attrPath: "userName", compValue: String(filter.compValue).toLowerCase() };
}

function soughtIn(filter: Filter): Pick<Wanted, "by" | "value"> | undefined {
  if (filter.op === "and") return filter.filters.map(soughtIn).find((found) => found !== undefined);
  if (filter.op !== "eq" || typeof filter.compValue !== "string") return undefined;
  const name = filter.attrPath.toLowerCase();
  const by = (["userName", "externalId", "id"] as const).find((each) => each.toLowerCase() === name);
  return by && { by, value: filter.compValue };
}
