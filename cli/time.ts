// Reads the times of the command line: spans such as 30m, 24h or 7d, and moments.

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A number of minutes, hours or days, in ms. Undefined: another text. */
export function durationIn(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/**
 * A moment in ms. The text says how long ago it was, or is a date or a time in ISO 8601. Without a zone it is UTC.
 * Throws an error for any other text.
 */
export function timeIn(text: string, now: number): number {
  const ago = durationIn(text);
  if (ago !== undefined) return now - ago;
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  // JavaScript would read a time of day without a zone as local time.
  const time = iso === null ? Number.NaN : Date.parse(iso[1] !== undefined && iso[4] === undefined ? `${text}Z` : text);
  if (Number.isFinite(time)) return time;
  throw new Error("Give 30m, 24h or 7d for so long ago, or a time such as 2026-11-23 or 2026-11-23T12:00:00Z.");
}
