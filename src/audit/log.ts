// One line of JSON for each thing that happened, and the one place that writes to the console. The line is made here
// and not by the platform: workerd prints an object over several lines, Workers Logs and the tools of docs/audit.md
// read the text of one JSON object as they read an object, and so a line is the same everywhere. Nothing that a client
// sent can begin a line of its own, and no ticket, password or NTLM message is ever a field (S-16). docs/audit.md
// documents the lines for those who read logs by machine: names and values are an interface.

import { printable } from "../core/text/printable.ts";
import type { AuditedEvent, Channel } from "./event.ts";

/** An event and its fields; `reason` is one of the stable inner reasons. */
export type Event = {
  readonly event: "unavailable" | "configuration" | "key-not-remembered" | "probe-failed";
  readonly reason?: string;
  /** Of the request in which it happened. */
  readonly requestId?: string;
  readonly user?: string;
  readonly host?: string;
  readonly detail?: string;
};

/** A request that was refused. Texts may be as long as a client makes them. */
export type Refusal = {
  readonly event: "ticket-refused" | "request-refused";
  readonly requestId: string;
  readonly reason: string;
  readonly status: number;
  readonly method: string;
  readonly host: string;
  /** Without a query, and without what may be a secret. */
  readonly path: string;
  readonly source: string;
  readonly userAgent: string;
  readonly detail?: string;
  /** How many refusals of this network for this reason had no line since the last one that had. */
  readonly leftOut?: number;
};

const MAX_FIELD_CHARS = 500;
/** The longest text in a line that strangers can cause. Real clients send nothing longer. */
const MAX_REFUSAL_CHARS = 200;

/** The line of something that failed or is misconfigured: every field printable, and cut to its bound. */
export function logEvent(event: Event): void {
  const line: Record<string, string> = {};
  for (const [name, value] of Object.entries(event)) line[name] = printable(value, MAX_FIELD_CHARS);
  writeLine({ event: event.event, at: new Date().toISOString(), ...line });
}

/** The line of a refused request at `now` (ms): every text printable, and cut to its bound. */
export function logRefusal({ event, ...fields }: Refusal, now: number): void {
  const line: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    line[name] = typeof value === "string" ? printable(value, MAX_REFUSAL_CHARS) : value;
  }
  writeLine({ event, at: new Date(now).toISOString(), ...line });
}

/**
 * The line of an audited event: one flat object with the fields of the event, absent ones absent, times in ISO 8601.
 */
export function logAudited(event: AuditedEvent): void {
  const { at, waitUntil, ...fields } = event;
  writeLine({
    event: lineOf(event.channel),
    at: new Date(at).toISOString(),
    ...fields,
    ...(waitUntil === undefined ? {} : { waitUntil: new Date(waitUntil).toISOString() }),
  });
}

/** Writes one line. Its texts are printable and bounded by then. */
function writeLine(line: Readonly<Record<string, string | number>>): void {
  console.log(JSON.stringify(line));
}

function lineOf(channel: Channel): "sign-in" | "device" | "change" {
  switch (channel) {
    case "device":
    case "ticket":
      return "device";
    case "command":
    case "clock":
      return "change";
    default:
      return "sign-in";
  }
}
