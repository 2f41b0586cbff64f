// How long to wait before the same question is asked again.

/** The first wait and the longest, ms. Each is drawn below its bound, so that agents do not come back together. */
const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** A gateway that asks for a longer rest than this is left alone until the next round. */
const LONGEST_REST_MS = 60_000;

/** Whether the same question may get another answer soon. */
export const isPassing = (status: number): boolean =>
  status === 429 || status === 408 || (status >= 500 && status !== 501);

/**
 * How long to wait before attempt `attempt + 1`, ms. `retryAfter`: the header of the answer, seconds or a date.
 * Undefined: too long to wait for. `random`: from 0 to 1.
 */
export function waitBefore(
  attempt: number,
  retryAfter: string | undefined,
  now: number,
  random: number,
): number | undefined {
  const asked = retryAfter === undefined ? undefined : restOf(retryAfter, now);
  if (asked !== undefined && asked > LONGEST_REST_MS) return undefined;
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return (asked ?? 0) + bound * (0.5 + random / 2);
}

function restOf(header: string, now: number): number | undefined {
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}
