// The path of a refused request, as it may stand in the log. A path can contain something that opens a door: the key of
// a meeting, a session id, a ticket; or somebody's name. So a segment is written only if it cannot be one of these: it
// is a name of the publish table, or it consists of letters as the names of directories and pages do. Every other
// segment becomes `*`. Slashes and dot segments stay, because they are often why the path was refused. A query is never
// written.

import { PUBLISH_TABLE } from "../core/http/publish.ts";

const MAX_SEGMENTS = 12;
const MAX_CHARS = 200;

/** Segments of the publish table, lower case. They are in the documentation, so they are no secret. */
const PUBLISHED = new Set(
  PUBLISH_TABLE.flatMap(({ path }) => path.split("/").filter((segment) => segment !== "" && segment !== "*")),
);
/** Behind these stands a meeting: its organiser, its key. */
const SIMPLE_URLS = new Set(["meet", "dialin"]);
/**
 * Takes `v1` and words such as `JoinLauncher`, `owa`, `OWA`. Takes neither `ABC123` nor a long run of capitals, because
 * a meeting's key looks like that.
 */
const WORD = "(?:[A-Z]{1,4}|[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,4}|v\\d{1,2})";
const WORDS = new RegExp(`^(?=.{1,32}$)\\.?${WORD}(?:[-_.]${WORD}){0,4}$`);
const LONGEST_WORD = /[A-Za-z]{17}/;
const DOTS = /^\.{0,2}$/;

/**
 * The path of a request's URL, exactly as received. `isMeetingHost`: a meeting's organiser and key stand right below
 * its root.
 */
export function loggedPath(requestUrl: string, isMeetingHost: boolean): string {
  const path = /^[a-z]+:\/\/[^/?#\\]*([^?#]*)/i.exec(requestUrl)?.[1] ?? "";
  let inMeeting = isMeetingHost;
  const segments = path.split("/", MAX_SEGMENTS + 1).map((segment) => {
    const name = segment.toLowerCase();
    const isKnown = PUBLISHED.has(name);
    if (DOTS.test(segment) || isKnown) {
      inMeeting ||= SIMPLE_URLS.has(name);
      return segment;
    }
    return !inMeeting && WORDS.test(segment) && !LONGEST_WORD.test(segment) ? segment : "*";
  });
  if (segments.length > MAX_SEGMENTS) segments[MAX_SEGMENTS] = "…";
  return segments.join("/").slice(0, MAX_CHARS);
}
