// When the organisation's authority is asked about a device. Pure: the user's guard keeps the row of each device.

import type { AuthorityAnswer } from "./says.ts";

/** When a device is asked about, and how it went. Times in milliseconds. */
export type Inquiry = {
  /** When the authority is to be asked. Null: not until the device is used again. */
  readonly askAt: number | null;
  /** When somebody last needed the answer. */
  readonly wantedAt: number;
  /** When it was last asked; null: never. */
  readonly triedAt: number | null;
  /** How many questions in a row got no answer. */
  readonly failures: number;
  /** Why the last one got none; null: it got one. */
  readonly fault: string | null;
};

/** What a schedule depends on. `lastUsedAt`: when the device was seen last, to the hour. */
export type Asked = { readonly answer: AuthorityAnswer | null | undefined; readonly lastUsedAt: number };

/** No device is asked about more often, whatever it does. */
export const ASK_AGAIN_MS = 30_000;
/** After so long without use, a device is not asked about until it comes again. */
const IN_USE_MS = 7_200_000;
/** The longest time until the next try while the authority is silent, ms. */
const MAX_RETRY_MS = 900_000;
/** An answer is renewed before it is old, so that a device in use has one all the time. */
const RENEWED_AT = 0.9;

/** From when on an answer is renewed, ms. */
const renewAt = ({ askedAt, until }: AuthorityAnswer): number => askedAt + RENEWED_AT * (until - askedAt);

/**
 * The device signs in, names itself or is used at `now` (ms). Returns the row to keep; undefined: nothing changes.
 * `names`: it signs in or names itself. Then a further try while the authority is silent comes sooner.
 */
export function wanted(
  before: Inquiry | undefined,
  { answer }: Pick<Asked, "answer">,
  now: number,
  names: boolean,
): Inquiry | undefined {
  const fresh = answer == null ? now : renewAt(answer);
  const soonest = Math.max(now, fresh, before?.triedAt == null ? now : before.triedAt + ASK_AGAIN_MS);
  if (before?.askAt != null && !(names && soonest < before.askAt)) return undefined;
  const { triedAt = null, failures = 0, fault = null } = before ?? {};
  return { askAt: soonest, wantedAt: now, triedAt, failures, fault };
}

/** The authority has answered at `now` (ms). */
export const answered = ({ wantedAt }: Inquiry, answer: AuthorityAnswer, now: number): Inquiry => ({
  ...{ askAt: renewAt(answer), wantedAt, triedAt: now },
  ...{ failures: 0, fault: null },
});

/** It has given no answer at `now` (ms). `notBefore`: nobody is asked before then. */
export function unanswered({ wantedAt, failures }: Inquiry, fault: string, now: number, notBefore = 0): Inquiry {
  const wait = Math.min(ASK_AGAIN_MS * 2 ** Math.min(failures, 10), MAX_RETRY_MS);
  return { askAt: Math.max(now + wait, notBefore), wantedAt, triedAt: now, failures: failures + 1, fault };
}

/**
 * Whether a due question is still worth asking: the device is in use. Otherwise it waits until the device comes again.
 */
export function isWorthAsking({ wantedAt, failures }: Inquiry, { answer, lastUsedAt }: Asked, now: number): boolean {
  const lately = now - IN_USE_MS;
  const since = failures === 0 && answer != null ? Math.min(answer.askedAt, lately) : lately;
  return Math.max(wantedAt, lastUsedAt) >= since;
}
