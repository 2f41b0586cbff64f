// The limits of the lockout, with their defaults. docs/design/0005-lockout.md has the mathematics. In short: an app
// password has 118.9 random bits, so guessing is hopeless even without limits. The limits see to it that guessing costs
// Postern little, fills no audit, and does not harm the user whose name is tried.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Growing waits. After `free` failures, each further failure doubles the wait, up to `longestWait`. Times in ms. */
export type WaitLimits = {
  readonly free: number;
  readonly firstWait: number;
  readonly longestWait: number;
  /** After this time without a failure, all failures are forgotten. */
  readonly forgetAfter: number;
};

/** A rate. It allows `burst` failures at once and `perHour` in the long run. */
export type RateLimits = { readonly burst: number; readonly perHour: number };

export type Limits = {
  /** For one user, from one network where the user is a stranger. */
  readonly stranger: WaitLimits;
  /** For one user, from one familiar place. */
  readonly familiar: WaitLimits;
  /** For one user, from all strangers together. It does not apply to networks that have not failed yet. */
  readonly strangers: RateLimits;
  /** For one network, with any names. */
  readonly network: RateLimits;
  /** Guesses at the code behind a user's app password: from all strangers together, and from each familiar place. */
  readonly codes: RateLimits;
};

/** The defaults. */
export const DEFAULT_LIMITS: Limits = {
  stranger: { free: 5, firstWait: 30 * SECOND, longestWait: 15 * MINUTE, forgetAfter: HOUR },
  familiar: { free: 20, firstWait: 5 * SECOND, longestWait: MINUTE, forgetAfter: HOUR },
  strangers: { burst: 100, perHour: 100 },
  network: { burst: 100, perHour: 100 },
  // NIST allows 100 failures in a row (SP 800-63B revision 3, 5.2.2). Two or three of a million codes are right at a time.
  codes: { burst: 100, perHour: 1 },
};

/** For how long after its last sign-in a place stays familiar, ms. */
export const FAMILIAR_FOR_MS = 30 * DAY;
/**
 * For how long the same wrong password of the same client counts only once, ms. Failures are remembered for the same
 * time, so a client that keeps trying an old password has only one failure.
 */
export const REPEAT_WINDOW_MS = HOUR;
/**
 * From how many networks strangers may fail for one user. After that, strangers are refused until some failures are
 * forgotten. An IPv6 /48 counts as one network, because its owner has 65,536 /64s.
 */
export const MAX_STRANGE_NETWORKS = 10_000;
/**
 * While strangers are refused, a /64 that has not failed yet is still checked, but at most this many of one /48.
 */
export const MAX_NETWORKS_OF_SITE = 4;

type Names = readonly (readonly [name: string, group: keyof Limits, field: string, unit: "count" | "time"])[];

const NAMES: Names = [
  ["stranger.free", "stranger", "free", "count"],
  ["stranger.first-wait", "stranger", "firstWait", "time"],
  ["stranger.longest-wait", "stranger", "longestWait", "time"],
  ["stranger.forget-after", "stranger", "forgetAfter", "time"],
  ["familiar.free", "familiar", "free", "count"],
  ["familiar.first-wait", "familiar", "firstWait", "time"],
  ["familiar.longest-wait", "familiar", "longestWait", "time"],
  ["familiar.forget-after", "familiar", "forgetAfter", "time"],
  ["strangers.burst", "strangers", "burst", "count"],
  ["strangers.per-hour", "strangers", "perHour", "count"],
  ["network.burst", "network", "burst", "count"],
  ["network.per-hour", "network", "perHour", "count"],
  ["codes.burst", "codes", "burst", "count"],
  ["codes.per-hour", "codes", "perHour", "count"],
];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR };

/**
 * Reads `LOCKOUT_LIMITS`: words like `stranger.free=10 stranger.longest-wait=30m`, which replace the defaults. Each
 * wrong word gives one sentence that says what is wrong and how to correct it.
 */
export function parseLimits(text: string): { readonly limits: Limits } | { readonly faults: readonly string[] } {
  const limits: Writable<Limits> = structuredClone(DEFAULT_LIMITS);
  const faults: string[] = [];
  const given = new Set<string>();
  for (const word of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(word) ?? [];
    const known = NAMES.find(([each]) => each === name);
    if (known === undefined) {
      faults.push(
        `LOCKOUT_LIMITS names "${name}", which is not a limit. The limits are: ${NAMES.map(([each]) => each).join(", ")}.`,
      );
      continue;
    }
    if (given.has(name)) faults.push(`LOCKOUT_LIMITS gives ${name} twice. Remove one of the two.`);
    given.add(name);
    const [, group, field, unit] = known;
    const value = unit === "count" ? countIn(written) : timeIn(written);
    if (value === undefined) {
      const form =
        unit === "count" ? "a whole number from 1 to 1000000" : "a time from 1s to 24h, such as 30s, 15m or 1h";
      faults.push(`LOCKOUT_LIMITS gives ${name} the value "${written}"; it must be ${form}.`);
      continue;
    }
    Object.assign(limits[group], { [field]: value });
  }
  for (const group of ["stranger", "familiar"] as const) {
    const { firstWait, longestWait, forgetAfter } = limits[group];
    if (firstWait > longestWait)
      faults.push(`LOCKOUT_LIMITS makes ${group}.first-wait longer than ${group}.longest-wait.`);
    if (longestWait >= forgetAfter) {
      faults.push(
        `LOCKOUT_LIMITS makes ${group}.longest-wait as long as ${group}.forget-after: a wait sat out would forget everything.`,
      );
    }
  }
  return faults.length > 0 ? { faults } : { limits };
}

function countIn(text: string): number | undefined {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= 1_000_000 ? count : undefined;
}

function timeIn(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? 0);
  return ms >= SECOND && ms <= DAY ? ms : undefined;
}
