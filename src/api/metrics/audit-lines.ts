// The lines of what the audit counted: sign-ins, their reasons, decisions about devices, changes. These are exact, and
// stay when old events are deleted.

import { REASONS_BY_OUTCOME } from "../../audit/reasons.ts";
import { isSignInChannel, SIGN_IN_CHANNELS } from "../../metrics/channels.ts";
import type { Exposition, Sample } from "../../metrics/exposition.ts";
import type { AuditCount } from "../../store/meters.ts";

const OUTCOMES = ["signed-in", "refused", "failed"] as const;
/** The Front-End's own status stands in the reason: one label for all of them. */
const STATUS = /^front-end-\d+$/;

/** Writes the counters of the audit. */
export function auditLines(lines: Exposition, counts: readonly AuditCount[]): void {
  const signIns = counts.filter(({ channel, outcome }) => isSignInChannel(channel) && isOutcome(outcome));
  lines.counter(
    "postern_sign_ins_total",
    "Attempts to sign in, by channel and outcome.",
    summed(
      ["channel", "outcome"],
      SIGN_IN_CHANNELS.flatMap((channel) => OUTCOMES.map((outcome) => [channel, outcome])),
      signIns.map(({ channel, outcome, events }) => [[channel, outcome], events]),
    ),
  );
  lines.counter(
    "postern_sign_in_reasons_total",
    "Attempts to sign in that got nobody in, by outcome and reason (docs/audit.md).",
    summed(
      ["outcome", "reason"],
      (["refused", "failed"] as const).flatMap((outcome) =>
        REASONS_BY_OUTCOME[outcome].map((reason) => [outcome, reason]),
      ),
      signIns
        .filter(({ outcome }) => outcome !== "signed-in")
        .map(({ outcome, reason, events }) => [[outcome, STATUS.test(reason) ? "front-end-status" : reason], events]),
    ),
  );
  lines.counter(
    "postern_device_decisions_total",
    "Decisions about devices, by outcome and reason (docs/devices.md).",
    summed(
      ["outcome", "reason"],
      [],
      counts
        .filter(({ channel }) => channel === "device" || channel === "ticket")
        .map(({ outcome, reason, events }) => [[outcome, reason], events]),
    ),
  );
  lines.counter(
    "postern_changes_total",
    "Changes that people, administrators or the clock made, by reason (docs/audit.md).",
    summed(
      ["reason"],
      [],
      counts.filter(({ outcome }) => outcome === "changed").map(({ reason, events }) => [[reason], events]),
    ),
  );
}

const isOutcome = (text: string): boolean => OUTCOMES.some((each) => each === text);

/** One sample for each combination of labels. `always`: those that have a line even without an event. */
function summed(
  labels: readonly string[],
  always: readonly (readonly string[])[],
  counted: readonly (readonly [readonly string[], number])[],
): Sample[] {
  const sums = new Map<string, { readonly values: readonly string[]; value: number }>();
  for (const [values, events] of [...always.map((each) => [each, 0] as const), ...counted]) {
    const key = values.join("\n");
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { values, value: events });
    else sum.value += events;
  }
  return Array.from(sums.values(), ({ values, value }) => ({
    labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""])),
    value,
  }));
}
