// `postern audit …`: who signed in or failed to, from where, and why; what changed, and by whom. An event comes some
// seconds after it happened. Many events at once, out of the gateway or away for good.

import { closeSync, writeSync } from "node:fs";
import { networkNamed } from "../../src/core/lockout/network.ts";
import { path, type Query } from "../../src/core/text/api-address.ts";
import { command, flag, LIST, moment, oneOf, text, timeIn, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { openNew } from "../files.ts";
import { userIn } from "../names.ts";
import type * as A from "../reach/answers.ts";
import type { Api, Page } from "../reach/api.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Answer, type Columns, cellsOf, counted, facts, listed, table } from "../text/answer.ts";
import { AUDIT_COLUMNS } from "../text/audit.ts";

/** How long the gateway waits for something new, s. */
const WAIT_S = 25;

const OUTCOMES = ["signed-in", "refused", "failed", "allowed", "quarantined", "blocked", "changed"] as const;
const FILTER = {
  user: text("user", "of this user"),
  source: text("network", 'from this IPv4 address, IPv6 address or IPv6 /64, or from "unknown"'),
  outcome: oneOf(OUTCOMES, "of a sign-in, a device, or a change"),
  reason: text("reason", "such as wrong-proof; docs/audit.md has them all"),
  device: text("id", "of this partnership, d_…"),
  by: text("id", "what this administrator or token changed"),
  since: moment("from then on: 30m, 24h or 7d ago, or 2026-11-23, or 2026-11-23T12:00:00Z"),
  until: moment("before then"),
};
const MORE_COLUMNS: Columns<A.AuditEventAnswer> = {
  ...{ "USER ID": "userId", "BY ID": ({ by }) => by?.id, WHY: "why" },
  CHANGE: ({ change }) => (change === null || change === undefined ? null : JSON.stringify(change)),
  "REQUEST ID": "requestId",
};
type Given = { readonly [K in keyof typeof FILTER]?: string };

export const audit = command({
  help: `Sign-ins, new verdicts on devices, and changes by administrators: when, who, the outcome and why, from where, with
which device. If the user is "-", Postern does not know the user.`,
  options: {
    ...FILTER,
    oldestFirst: flag("the oldest first"),
    follow: flag("go on, and write each new event; with --json one document a line"),
    ...LIST,
  },
  examples: `audit --user alice@contoso.test --since 24h
audit --outcome refused --since 7d --all --csv > refused.csv
audit --outcome changed --by a_4f6z
audit --follow`,
  async run({ options, api, json, print, progress }) {
    const filter = filterOf(options);
    if (options.follow === true) return follow(api(), filter, json, print);
    const order = options.oldestFirst === true ? "asc" : undefined;
    const events = await api().pages<A.AuditEventAnswer>("/v1/audit", { ...filter, order }, options, progress);
    return listed(events, AUDIT_COLUMNS, { empty: "No such events.", also: MORE_COLUMNS });
  },
});

export const show = command({
  help: 'The ids stand in the output of "audit --json" and in the CSV.',
  words: ["EVENT"],
  options: { language: oneOf(["en", "de"], "the language of the explanation (default en)") },
  examples: ["audit show e_0mwz156q7161baakqti", "audit show e_0mwz156q7161baakqti --language de"],
  async run({ words: [id], options: { language }, api }) {
    const json = await api().get<A.ExplainedEventAnswer>(path`/v1/audit/events/${id}`, { language });
    const { event, explained } = json;
    const columns = { ID: "id", ...AUDIT_COLUMNS, ...MORE_COLUMNS } as const;
    const cells = cellsOf(event, columns);
    const lines = facts(Object.fromEntries(Object.keys(columns).map((name, at) => [name.toLowerCase(), cells[at]])));
    return { text: [explained.said, explained.fix, lines].filter((part) => part !== null).join("\n\n"), json };
  },
});

/** Writes each event as it comes; ends with the process. */
async function follow(api: Api, filter: Query, json: boolean, print: Surroundings["print"]): Promise<Answer> {
  let after: string | undefined;
  for (;;) {
    const page: Page<A.AuditEventAnswer> = await api.get("/v1/audit", { ...filter, wait: WAIT_S, after });
    after = page.next ?? after;
    for (const event of page.items) {
      await print(`${json ? JSON.stringify(event) : table([cellsOf(event, AUDIT_COLUMNS)])}\n`);
    }
  }
}

export const exportEvents = command({
  help: "Whole and as they come, the oldest first, with every field. CSV is safe to open in a spreadsheet.",
  options: {
    ...FILTER,
    format: oneOf(["csv", "jsonl"], "default csv; jsonl: one JSON document a line"),
    file: text("file", "write it there; the file must not exist, and only you may read it"),
  },
  examples: `audit export --since 2026-11-01 --until 2026-12-01 --file november.csv
audit export --format jsonl --since 24h`,
  async run({ options, folder, api, print, progress }) {
    const { format = "csv", file, ...given } = options;
    const events = await api().stream("/v1/audit/export", { ...filterOf(given), format });
    if (file === undefined) {
      const decoder = new TextDecoder();
      for await (const chunk of events) await print(decoder.decode(chunk, { stream: true }));
      return { text: "", json: undefined };
    }
    const opened = openNew(folder, file);
    let bytes = 0;
    for await (const chunk of events) {
      bytes += writeSync(opened, chunk);
      progress?.(counted(bytes, "byte"));
    }
    closeSync(opened);
    progress?.("");
    return { text: `Wrote ${counted(bytes, "byte")} to ${file}.`, json: { file, bytes } };
  },
});

export const purge = command({
  help: `Deletes the events that are older than a time, and says how many. This cannot be undone. For each 5,000 deleted events
the audit gets one event that records it. The gateway itself deletes events older than AUDIT_RETENTION_DAYS.`,
  options: {
    before: {
      ...moment("90d or 90: older than so many days; or 2026-11-23, or 2026-11-23T12:00:00Z"),
      read: purgedBefore,
      needed: "Give --before 90d, or --before 2026-11-23.",
    },
    ...WHY,
  },
  examples: "audit purge --before 90d",
  changes: true,
  async run({ options: { before = "", why }, now, api, progress }) {
    const time = Date.parse(before);
    if (time < 0 || time > now()) {
      throw usage("--before is not a time that has passed", "Give 90d, or a day such as 2026-01-31.");
    }
    let deleted = 0;
    let page: A.AuditPurgedAnswer;
    do {
      page = await api().post<A.AuditPurgedAnswer>("/v1/audit/purge", { before, why });
      deleted += page.deleted;
      progress?.(`${deleted} events`);
    } while (page.more);
    progress?.("");
    return { text: `Deleted ${counted(deleted, "event")} from before ${before}.`, json: { before, deleted } };
  },
});

/** A bare number is days. */
function purgedBefore(given: string, now: number): string {
  return new Date(timeIn(/^\d{1,4}$/.test(given) ? `${given}d` : given, now)).toISOString();
}

/** The query of these options. Throws a fault where they cannot be meant. */
function filterOf({ user, source, outcome, reason, device, by, since, until }: Given) {
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
