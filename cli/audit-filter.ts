// The options that say which events of the audit a command looks for.

import { networkNamed } from "../src/core/lockout/network.ts";
import { moment, oneOf, text } from "./define.ts";
import { usage } from "./fault.ts";
import { userIn } from "./names.ts";

const OUTCOMES = ["signed-in", "refused", "failed", "allowed", "quarantined", "blocked", "changed"] as const;
/** The options of every command that reads the audit. */
export const FILTER = {
  user: text("user", "of this user"),
  source: text("network", 'from this IPv4 address, IPv6 address or IPv6 /64, or from "unknown"'),
  outcome: oneOf(OUTCOMES, "of a sign-in, a device, or a change"),
  reason: text("reason", "such as wrong-proof; docs/audit.md has them all"),
  device: text("id", "of this partnership, d_…"),
  by: text("id", "what this administrator or token changed"),
  since: moment("from then on: 30m, 24h or 7d ago, or 2026-11-23, or 2026-11-23T12:00:00Z"),
  until: moment("before then"),
};
type Given = { readonly [K in keyof typeof FILTER]?: string };

/** Turns these options into a query. Throws a fault when an option cannot be used. */
export function filterOf({ user, source, outcome, reason, device, by, since, until }: Given) {
  if (since !== undefined && until !== undefined && since >= until) {
    throw usage("--since is not before --until", "Nothing happens in a time that ends before it begins.");
  }
  const network = source === undefined ? undefined : networkNamed(source);
  if (source !== undefined && network === undefined) {
    const fix = "Give an IPv4 address, an IPv6 address or its /64, or unknown.";
    throw usage(`--source ${JSON.stringify(source)} is not an address`, fix);
  }
  const named = user === undefined ? undefined : userIn(user, "--user");
  return { user: named, source: network, outcome, reason, device, by, since, until };
}
