// Times of the command line that are moments: so long ago, or a date or time.

import { durationIn } from "./duration.ts";
import { CliFault } from "./fault.ts";

/** A time in ms: so long ago, or a date or time in ISO 8601, in UTC unless it names a zone. Throws a fault for any other text. */
export function timeOf(option: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = durationIn(text);
  if (ago !== undefined) return now - ago;
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  // A time of day without a zone would be read as local time.
  const time = iso === null ? Number.NaN : Date.parse(iso[1] !== undefined && iso[4] === undefined ? `${text}Z` : text);
  if (Number.isFinite(time)) return time;
  throw new CliFault(
    "usage",
    `${option} ${JSON.stringify(text)} is not a time`,
    "Give 30m, 24h or 7d for so long ago, or a time such as 2026-11-23 or 2026-11-23T12:00:00Z.",
  );
}
