// Finding the lines of a request in a log: in what the local gateway keeps, or in what somebody took out of Workers Logs,
// Logpush or `wrangler tail`, where a line stands alone, behind a word of the tool's, or as a text inside another JSON document.

import { existsSync, readFileSync } from "node:fs";
import { idWithoutPlace } from "../../src/core/http/request-id.ts";
import { jsonIn } from "../files.ts";
import { localLogFile, olderLogFile } from "../local-log.ts";

/** One line of the gateway's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string; readonly requestId: string };

/** A line as it is, from its first brace to the end of the text line. */
const PLAIN = /\{"event":".*\}/;
/** The same as a JSON text inside something else, which may have several on one line. */
const QUOTED = /"(\{\\"event\\":(?:[^"\\]|\\.)*\})"/g;

/** The lines of a request in a log, in their order. The id may be in capitals, a ray id without its place. */
export function linesOfRequest(log: string, requestId: string): LogLine[] {
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

/** The log of the local gateway, the older part first; nothing where it has kept none. `state`: the `.postern` directory. */
export function localLog(state: string): string {
  const file = localLogFile(state);
  return [olderLogFile(file), file].map((each) => (existsSync(each) ? readFileSync(each, "utf8") : "")).join("");
}

function isLogLine(value: unknown): value is LogLine {
  if (typeof value !== "object" || value === null) return false;
  const { event, requestId } = value as { readonly event?: unknown; readonly requestId?: unknown };
  return typeof event === "string" && typeof requestId === "string";
}
