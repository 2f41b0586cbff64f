// Times of the command line: 30m, 24h or 7d, and moments.

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** So many minutes, hours or days in ms; undefined for any other text. */
export function durationIn(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** A time in ms: so long ago, or a date or time in ISO 8601, in UTC unless it names a zone. Throws an error for any other text. */
export function timeIn(text: string, now: number): number {
  const ago = durationIn(text);
  if (ago !== undefined) return now - ago;
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  // A time of day without a zone would be read as local time.
  const time = iso === null ? Number.NaN : Date.parse(iso[1] !== undefined && iso[4] === undefined ? `${text}Z` : text);
  if (Number.isFinite(time)) return time;
  throw new Error("Give 30m, 24h or 7d for so long ago, or a time such as 2026-11-23 or 2026-11-23T12:00:00Z.");
}
