// What a person has to expect of the next new device, in the words of the enrolment mode. For the page that hands out
// an app password, so that nobody tries in vain. The rules of the policy may still refuse a device: which one it is,
// nobody knows yet. Pure.

import type { Subject } from "./subject.ts";
import type { Policy } from "./types.ts";

/** `window`: it may enrol until then, ms. `full`: the person has as many devices as allowed, which is `limit`. */
export type Outlook =
  | { readonly kind: "open" | "no-window" | "self" | "approval" | "closed" }
  | { readonly kind: "window"; readonly until: number }
  | { readonly kind: "full"; readonly limit: number };

/** `devices`: how many the person has that are neither blocked nor expired. The order is that of enrol.ts. */
export function outlookOf(
  subject: Pick<Subject, "enrolment" | "maxDevices" | "windowUntil">,
  { enrolment }: Pick<Policy, "enrolment">,
  devices: number,
  now: number,
): Outlook {
  const mode = subject.enrolment ?? enrolment.mode;
  const limit = subject.maxDevices ?? enrolment.maxDevices;
  const until = subject.windowUntil ?? 0;
  if (mode === "closed" || (mode === "window" && until <= now)) return { kind: mode === "closed" ? mode : "no-window" };
  if (devices >= limit) return { kind: "full", limit };
  return mode === "window" ? { kind: mode, until } : { kind: mode };
}
