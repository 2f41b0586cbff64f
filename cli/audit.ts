// `postern audit`: who signed in or failed to, from where, and why. It reads what the guards have sent to D1, which is
// seconds behind.

import type { Outcome } from "../src/audit/event.ts";
import { networkNamed } from "../src/core/lockout/network.ts";
import { type AuditFilter, findEvents, type StoredEvent } from "../src/store/audit.ts";
import { type Answer, type Context, isoTime, namedUser, table } from "./command.ts";
import { CliFault } from "./fault.ts";
import { timeOf } from "./time.ts";

const OUTCOMES: readonly Outcome[] = ["signed-in", "refused", "failed", "allowed", "quarantined", "blocked", "changed"];
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;
/** Of a device in the table; `--json` has it whole. */
const MAX_DEVICE_CHARS = 80;

export async function audit(context: Context): Promise<Answer> {
  const limit = limitOf(context.options.limit);
  const filter = await filterOf(context);
  const found = await findEvents(context.db, filter, limit + 1);
  const events = found.slice(0, limit);
  const more =
    found.length > limit ? `\n\nThere are older ones: --limit shows more than ${limit}, up to ${MAX_LIMIT}.` : "";
  return {
    text: events.length === 0 ? "No such events." : table(auditRows(events)) + more,
    json: events.map(eventJson),
  };
}

const HEADS = ["TIME", "USER", "OUTCOME", "REASON", "SOURCE", "CHANNEL", "DEVICE"];

/** Events as rows of a table, under their heads. */
export const auditRows = (events: readonly StoredEvent[]): string[][] => [HEADS, ...events.map(rowOf)];

/** An event as `--json` has it. */
export const eventJson = (event: StoredEvent) => ({
  ...event,
  at: isoTime(event.at),
  waitUntil: isoTime(event.waitUntil),
});

function rowOf(event: StoredEvent): string[] {
  return [
    isoTime(event.at),
    event.user ?? event.userId ?? "-", // of somebody who was erased, the pseudonym
    event.outcome,
    reasonOf(event),
    event.source,
    event.channel,
    deviceOf(event),
  ];
}

function reasonOf({ reason, repeats, wouldRefuse, by, why }: StoredEvent): string {
  const times = repeats === null ? "" : ` (${repeats} times)`;
  const said = [by === null ? "" : `by ${by}`, why ?? ""].filter((text) => text !== "");
  const decided = said.length === 0 ? "" : ` (${said.join(": ")})`;
  return reason + times + decided + (wouldRefuse === null ? "" : ` (dry run: ${wouldRefuse})`);
}

function deviceOf({ device: partnership, workstation, userAgent }: StoredEvent): string {
  const device = [partnership ?? "", workstation, userAgent].filter((text) => text !== "").join(" ") || "-";
  return device.length > MAX_DEVICE_CHARS ? `${device.slice(0, MAX_DEVICE_CHARS - 1)}…` : device;
}

/** What the options ask for. Everything else is judged before the user's name, which asks the database. */
async function filterOf(context: Context): Promise<AuditFilter> {
  const { options, now } = context;
  const [since, until] = [timeOf("--since", options.since, now), timeOf("--until", options.until, now)];
  if (since !== undefined && until !== undefined && since >= until) {
    throw new CliFault(
      "usage",
      "--since is not before --until",
      "Nothing happens in a time that ends before it begins.",
    );
  }
  const filter = { source: sourceOf(options.source), outcome: outcomeOf(options.outcome), reason: options.reason };
  const user = options.user === undefined ? undefined : await namedUser({ ...context, words: [options.user] });
  return { ...filter, since, until, userId: user?.id };
}

function sourceOf(text: string | undefined): string | undefined {
  const source = text === undefined ? undefined : networkNamed(text);
  if (text === undefined || source !== undefined) return source;
  throw new CliFault(
    "usage",
    `--source ${JSON.stringify(text)} is not an address`,
    "Give an IPv4 address, an IPv6 address or its /64, or unknown.",
  );
}

function outcomeOf(text: string | undefined): Outcome | undefined {
  const outcome = OUTCOMES.find((known) => known === text);
  if (text === undefined || outcome !== undefined) return outcome;
  throw new CliFault("usage", `--outcome ${JSON.stringify(text)} is none`, `It is one of ${OUTCOMES.join(", ")}.`);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new CliFault("usage", `--limit ${JSON.stringify(text)} is not usable`, `Give a number from 1 to ${MAX_LIMIT}.`);
}
