// Step 6: checks when the message was signed. A signature is good for minutes, whatever its `Expires` says: SIPE, for
// one, copies the eight hours of a ticket into its timestamps. Source: WSS 10.

import { ok, type Result, refuse } from "../result.ts";
import { type Element, elementsIn, hasText, is, textIn } from "./element.ts";
import type { StaleFault, TimestampFault } from "./faults.ts";
import { CLOCK_SKEW_MS, MAX_AGE_MS, WSU_NS } from "./names.ts";

/** Instants in ms. */
export type SignedTime = {
  readonly createdAt: number;
  readonly expiresAt: number;
  /**
   * From this time on the signature is refused as too old. Until then a guard must remember it, so that nobody uses it
   * twice.
   */
  readonly usableUntil: number;
};

/** Reads a timestamp, which must have a beginning and an end, and compares it with the clock. `now` in ms. */
export function readTimestamp(timestamp: Element, now: number): Result<SignedTime, TimestampFault | StaleFault> {
  const [created, expires, more] = elementsIn(timestamp);
  const whole = is(created, WSU_NS, "Created") && is(expires, WSU_NS, "Expires") && more === undefined;
  const [createdAt, expiresAt] = [instantIn(created), instantIn(expires)];
  if (!whole || hasText(timestamp) || createdAt === undefined || expiresAt === undefined) {
    return refuse("timestamp-content");
  }
  if (expiresAt <= createdAt) return refuse("expires-before-created");
  if (createdAt > now + CLOCK_SKEW_MS) return refuse("created-in-future");
  if (now >= createdAt + MAX_AGE_MS + CLOCK_SKEW_MS) return refuse("too-old");
  if (now >= expiresAt + CLOCK_SKEW_MS) return refuse("expired");
  const usableUntil = Math.min(expiresAt, createdAt + MAX_AGE_MS) + CLOCK_SKEW_MS;
  return ok({ createdAt, expiresAt, usableUntil });
}

/** The time is in UTC, and has at most the seven decimals that .NET writes. */
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z$/;

/** Reads an `xsd:dateTime` in UTC, ms. Undefined: another text, or a day or an hour that does not exist. */
function instantIn(element: Element | undefined): number | undefined {
  const text = element && textIn(element)?.trim();
  const [whole, seconds] = INSTANT.exec(text ?? "") ?? [];
  if (whole === undefined) return undefined;
  const instant = Date.parse(whole);
  // Date.parse would take the 31st of April for the 1st of May.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(`${seconds}.`) ? instant : undefined;
}
