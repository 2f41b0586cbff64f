// Keeps two people from overwriting each other's change: `ETag` in answers tells the version, and `If-Match` in
// requests says which version the caller has seen (RFC 9110, 13.1.1).

import { type Problem, problem } from "./problem.ts";

/** The value of the header for a version such as `r3`. */
export const etagOf = (version: string): string => `"${version}"`;

/** Cloudflare marks an ETag as weak when it compresses the answer. The version in it stays the same. */
const TAG = /^(?:W\/)?"([\x21\x23-\x7e]{1,100})"$/;
/** `If-Match` may name several versions. A client of this API needs one or a few. */
const MAX_TAGS = 10;

/** The versions in `If-Match`. `any`: it is `*`. Undefined: there is none. */
export function readIfMatch(header: string | null): readonly string[] | "any" | Problem | undefined {
  if (header === null) return undefined;
  if (header.trim() === "*") return "any";
  const tags = header.split(",").map((each) => TAG.exec(each.trim())?.[1]);
  const known = tags.filter((each) => each !== undefined);
  if (known.length < tags.length || known.length > MAX_TAGS) {
    return problem("unusable-header", "If-Match must be the ETag of an answer, with its quotes.");
  }
  return known;
}

/** Whether the caller has seen the version that exists now. */
export function changedMeanwhile(seen: readonly string[] | "any" | undefined, current: string): Problem | undefined {
  if (seen === undefined || seen === "any" || seen.includes(current)) return undefined;
  return problem("changed-meanwhile", `It is now at version ${etagOf(current)}, and nothing was changed.`, {
    fix: "Get it again, look at what changed, and send the change with the new ETag.",
    headers: { etag: etagOf(current) },
  });
}
