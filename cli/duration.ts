// Times of the command line that count from now: 30m, 24h, 7d.

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** So many minutes, hours or days in ms; undefined for any other text. */
export function durationIn(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
