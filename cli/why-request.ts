// `postern why --request ID`: what was refused, why, and what to do. A refusal has its line in the gateway's log, a sign-in or a
// device its event in the audit; the id that the client was given leads to both.

import { REQUEST_ID_HEADER } from "../src/core/http/request-id.ts";
import { findEvents, type StoredEvent } from "../src/store/audit.ts";
import { explanationOf } from "../src/trace/reasons.ts";
import { auditRows, eventJson } from "./audit.ts";
import { type Answer, type Context, table } from "./command.ts";
import { CliFault } from "./fault.ts";
import { timeOf } from "./time.ts";
import { type LogLine, linesOfRequest, localLog, logIn } from "./trace-lines.ts";

const ID = /^[\w-]{1,64}$/;
const DEFAULT_SINCE = "7d";
/** One request makes a handful of events. */
const MAX_EVENTS = 20;

export async function whyRequest(context: Context, given: string): Promise<Answer> {
  const id = requestId(given);
  const since = timeOf("--since", context.options.since ?? DEFAULT_SINCE, context.now);
  const lines = linesOfRequest(logOf(context), id);
  // What the audit has as an event is on the console as well: it is said once.
  const refusals = lines.filter(({ event }) => event === "request-refused" || event === "ticket-refused");
  let events: StoredEvent[] = [];
  try {
    events = await findEvents(context.db, { requestId: id, since }, MAX_EVENTS);
  } catch (fault) {
    if (refusals.length === 0) throw fault; // the line explains itself, also to who has no database at hand
  }
  if (lines.length === 0 && events.length === 0) throw nothingOf(id, context);
  const texts = [...refusals.map(refusalText), ...(events.length === 0 ? [] : [eventsText(events)])];
  const json = {
    requestId: id,
    refusals: refusals.map((line) => ({ line, ...explanationOf(String(line.reason)) })),
    events: events.map(eventJson),
  };
  return { text: texts.length === 0 ? otherText(lines) : texts.join("\n\n"), json };
}

/** An id as a client was given it; Cloudflare's error pages and some tools write it with the name of its header. */
function requestId(given: string): string {
  const id = given.trim().replace(new RegExp(`^(?:${REQUEST_ID_HEADER}|cf-ray)\\s*:\\s*`, "i"), "");
  if (ID.test(id)) return id;
  const what = `--request ${JSON.stringify(given)} is not a request's id`;
  throw new CliFault(
    "usage",
    what,
    `It is in the answer's header ${REQUEST_ID_HEADER}, and behind Cloudflare in CF-Ray.`,
  );
}

/** The log to look in: the local gateway's own, or what the operator has of a deployed one's. */
function logOf({ target, options: { file }, folder, state }: Context): string {
  if (file !== undefined) return logIn(file, folder);
  return target.kind === "local" ? localLog(state) : "";
}

function refusalText(line: LogLine): string {
  const { requestId, reason, status, method, host, path, source, userAgent, detail, leftOut, at } = line;
  const explained = explanationOf(String(reason));
  const rows = [
    ["when", at],
    ["request", requestId],
    ["asked", `${method} https://${host}${path}`],
    ["from", source],
    ["client", userAgent],
    ["answer", status],
    ["reason", detail === undefined ? reason : `${reason} (${detail})`],
  ].flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[String(name), String(value)]]));
  const more =
    leftOut === undefined ? "" : `\n${leftOut} more refusals of this network for this reason before it have no line.`;
  const meaning =
    explained === undefined
      ? "This version of the command does not know the reason: use the one of the gateway's version."
      : `${explained.means}\nWhat to do: ${explained.remedy}`;
  return `${table(rows)}${more}\n\n${meaning}\nThe word to search for is ${reason}: docs/refusals.md.`;
}

function eventsText(events: readonly StoredEvent[]): string {
  const reasons = [...new Set(events.map(({ reason }) => reason))].join(", ");
  return `In the audit:\n\n${table(auditRows(events))}\n\nThe word to search for is ${reasons}: docs/audit.md, and of a device docs/devices.md.`;
}

/** Lines that explain nothing by themselves, as they are. */
const otherText = (lines: readonly LogLine[]): string =>
  `In the log, and no refusal:\n\n${lines.map((line) => JSON.stringify(line)).join("\n")}`;

function nothingOf(id: string, { target, options: { file } }: Context): CliFault {
  const message = `nothing is known of the request ${id}`;
  if (file !== undefined || target.kind === "local") {
    return new CliFault(
      "notFound",
      message,
      `Either Postern passed it on and the Front-End answered (then the answer has no ${REQUEST_ID_HEADER}), or its network caused more refusals in that minute than have a line, or it is longer ago than the log and --since reach.`,
    );
  }
  return new CliFault(
    "notFound",
    `${message}: it is not in the audit, and a deployed gateway's log is at Cloudflare`,
    "Find it in the dashboard (Workers Logs, requestId) or with npx wrangler tail, and give the lines with --file FILE, or with --file - on standard input.",
  );
}
