// Versions of what can be changed by two people at once: `ETag` in answers, `If-Match` in requests (RFC 9110, 13.1.1).

import { type Problem, problem } from "./problem.ts";

/** The header's value for a version such as `r3`. */
export const etagOf = (version: string): string => `"${version}"`;

/** Cloudflare makes an ETag weak when it compresses the answer; the version in it is the same. */
const TAG = /^(?:W\/)?"([\x21\x23-\x7e]{1,100})"$/;
/** A client has seen one version, or a few. */
const MAX_TAGS = 10;

/** Reads `If-Match`: the versions in it, `any` for `*`, undefined when there is none. */
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

/** Whether what is there now is what the caller has seen. */
export function changedMeanwhile(seen: readonly string[] | "any" | undefined, current: string): Problem | undefined {
  if (seen === undefined || seen === "any" || seen.includes(current)) return undefined;
  return problem("changed-meanwhile", `It is now at version ${etagOf(current)}, and nothing was changed.`, {
    fix: "Get it again, look at what changed, and send the change with the new ETag.",
    headers: { etag: etagOf(current) },
  });
}
