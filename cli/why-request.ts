// What a request was refused for: the line in the gateway's log and the events of the audit that have its id.

import { existsSync, readFileSync } from "node:fs";
import { idWithoutPlace, REQUEST_ID_HEADER } from "../src/core/http/request-id.ts";
import { explanationOf } from "../src/trace/reasons.ts";
import type { Context } from "./define.ts";
import { CliFault, notFound, usage } from "./fault.ts";
import { jsonIn } from "./files.ts";
import { localLogFile, olderLogFile } from "./local-log.ts";
import { textOf } from "./many.ts";
import type * as A from "./reach/answers.ts";
import type { Page } from "./reach/api.ts";
import { chosenTarget } from "./reach/choose.ts";
import { LOCAL } from "./reach/targets.ts";
import { type Answer, facts, listed, written } from "./text/answer.ts";
import { AUDIT_COLUMNS } from "./text/audit.ts";

const ID = /^[\w-]{1,64}$/;
const DEFAULT_SINCE_MS = 7 * 86_400_000;
/** The longest log that is read, bytes. The refusals of a day take less. */
const MAX_LOG_BYTES = 256 * 1024 * 1024;
/** The most events of a request that are shown. One request makes a handful. */
const MAX_EVENTS = 20;

type Asking = Pick<Context, "api" | "env" | "state" | "target" | "folder" | "input" | "now">;
type Given = { readonly request?: string; readonly file?: string; readonly since?: string };

/** What is known of a request that was refused. Throws where nothing is. */
export async function whyRequest(context: Asking, { request = "", file, since }: Given): Promise<Answer> {
  const id = requestId(request);
  const local = isLocal(context);
  const log = file === undefined ? (local ? localLog(context.state) : "") : await textOf(context, file, MAX_LOG_BYTES);
  const lines = linesOfRequest(log, id);
  // An event of the audit also stands in the log. It is shown once.
  const refusals = lines.filter(({ event }) => event === "request-refused" || event === "ticket-refused");
  let events: readonly A.AuditEventAnswer[] = [];
  try {
    const from = since ?? new Date(context.now() - DEFAULT_SINCE_MS).toISOString();
    const query = { request: id, since: from, limit: MAX_EVENTS };
    events = (await context.api().get<Page<A.AuditEventAnswer>>("/v1/audit", query)).items;
  } catch (fault) {
    if (refusals.length === 0) throw fault; // the line has its explanation, so no gateway is needed
  }
  if (lines.length === 0 && events.length === 0) throw nothingOf(id, file !== undefined || local);
  const texts = [...refusals.map(refusalText), ...(events.length === 0 ? [] : [await eventsText(events)])];
  const json = {
    requestId: id,
    refusals: refusals.map((line) => ({ line, ...explanationOf(String(line.reason)) })),
    events,
  };
  return { text: texts.length === 0 ? otherText(lines) : texts.join("\n\n"), json };
}

/** Whether the target is the gateway whose log is in this checkout. It need not be running. */
function isLocal(context: Asking): boolean {
  try {
    return chosenTarget(context, context.target).name === LOCAL;
  } catch (fault) {
    return fault instanceof CliFault && fault.kind === "failure";
  }
}

/** Reads an id as a client got it. Cloudflare's error pages and some tools write it with the name of its header. */
export function requestId(given: string): string {
  const id = given.trim().replace(new RegExp(`^(?:${REQUEST_ID_HEADER}|cf-ray)\\s*:\\s*`, "i"), "");
  if (ID.test(id)) return id;
  throw usage(
    `--request ${JSON.stringify(given)} is not a request's id`,
    `It is in the answer's header ${REQUEST_ID_HEADER}, and behind Cloudflare in CF-Ray.`,
  );
}

function refusalText(line: LogLine): string {
  const { requestId, reason, status, method, host, path, source, userAgent, detail, leftOut, at } = line;
  const explained = explanationOf(String(reason));
  const said = { when: at, request: requestId, asked: `${method} https://${host}${path}`, from: source };
  const more = { client: userAgent, answer: status, reason: detail === undefined ? reason : `${reason} (${detail})` };
  const rows = facts(
    Object.fromEntries(Object.entries({ ...said, ...more }).map(([key, at]) => [key, String(at ?? "")])),
  );
  const others =
    leftOut === undefined ? "" : `\n${leftOut} more refusals of this network for this reason before it have no line.`;
  const meaning =
    explained === undefined
      ? "This version of the command does not know the reason: use the one of the gateway's version."
      : `${explained.means}\nWhat to do: ${explained.remedy}`;
  return `${rows}${others}\n\n${meaning}\nThe word to search for is ${reason}: docs/refusals.md.`;
}

async function eventsText(events: readonly A.AuditEventAnswer[]): Promise<string> {
  const reasons = [...new Set(events.map(({ reason }) => reason))].join(", ");
  const rows = await written(listed({ items: events, next: null }, AUDIT_COLUMNS, { empty: "" }), "text");
  return `In the audit:\n\n${rows.trimEnd()}\n\nThe word to search for is ${reasons}: docs/audit.md, and of a device docs/devices.md.`;
}

/** Shows lines that need no explanation unchanged. */
const otherText = (lines: readonly LogLine[]): string =>
  `In the log, and no refusal:\n\n${lines.map((line) => JSON.stringify(line)).join("\n")}`;

function nothingOf(id: string, hadLog: boolean): CliFault {
  const message = `nothing is known of the request ${id}`;
  if (hadLog) {
    return notFound(
      message,
      "Either Postern passed it on and the Front-End answered (then IIS knows the id, where it logs it: docs/trace.md), or its network caused more refusals in that minute than have a line, or it is longer ago than the log and --since reach.",
    );
  }
  return notFound(
    `${message}: it is not in the audit, and a deployed gateway's log is at Cloudflare`,
    "Find it in the dashboard (Workers Logs, requestId) or with npx wrangler tail, and give the lines with --file FILE, or with --file - on standard input.",
  );
}

/** One line of the gateway's log. */
type LogLine = Readonly<Record<string, unknown>> & { readonly event: string; readonly requestId: string };

/** A line as it is, from its first brace to the end of the text line. */
const PLAIN = /\{"event":".*\}/;
/** The same as a JSON text inside something else, which may have several on one line. */
const QUOTED = /"(\{\\"event\\":(?:[^"\\]|\\.)*\})"/g;

/** The lines of a request in a log, in their order. The id may be in capitals, a ray id without its place. */
function linesOfRequest(log: string, requestId: string): LogLine[] {
  const found: LogLine[] = [];
  const wanted = idWithoutPlace(requestId);
  for (const text of log.split("\n")) {
    if (!text.toLowerCase().includes(wanted)) continue;
    const quoted = [...text.matchAll(QUOTED)].map(([literal]) => jsonIn(literal));
    const candidates = quoted.length > 0 ? quoted : [PLAIN.exec(text)?.[0]];
    for (const candidate of candidates) {
      const line = typeof candidate === "string" ? jsonIn(candidate) : undefined;
      if (isLogLine(line) && idWithoutPlace(line.requestId) === wanted) found.push(line);
    }
  }
  return found;
}

/**
 * The log of the local gateway, the older part first; nothing where it has kept none. `state`: the `.postern`
 * directory.
 */
function localLog(state: string): string {
  const file = localLogFile(state);
  return [olderLogFile(file), file].map((each) => (existsSync(each) ? readFileSync(each, "utf8") : "")).join("");
}

function isLogLine(value: unknown): value is LogLine {
  if (typeof value !== "object" || value === null) return false;
  const { event, requestId } = value as { readonly event?: unknown; readonly requestId?: unknown };
  return typeof event === "string" && typeof requestId === "string";
}
