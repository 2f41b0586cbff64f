// One structured line per thing that happened, for Workers Logs. Objects, never text, so that nothing a client sent can
// start a line of its own; no ticket, password or NTLM message is ever a field (S-16).
// docs/audit.md documents the line of a sign-in for those who read logs by machine: its names and values are an interface.

import type { AuditedEvent, Channel } from "./event.ts";

/** An event and its fields; `reason` is one of the stable inner reasons. */
export type Event = {
  readonly event: "ticket-refused" | "request-refused" | "unavailable" | "configuration";
  readonly reason?: string;
  readonly user?: string;
  readonly host?: string;
  readonly path?: string;
  readonly detail?: string;
};

const MAX_FIELD_CHARS = 500;

export function logEvent(event: Event): void {
  const line: Record<string, string> = { at: new Date().toISOString() };
  for (const [name, value] of Object.entries(event)) line[name] = value.slice(0, MAX_FIELD_CHARS);
  console.log(line);
}

/** The line of an audited event: one flat object with the fields of the event, absent ones absent, times in ISO 8601. */
export function logAudited(event: AuditedEvent): void {
  const { at, waitUntil, ...fields } = event;
  console.log({
    event: lineOf(event.channel),
    at: new Date(at).toISOString(),
    ...fields,
    ...(waitUntil === undefined ? {} : { waitUntil: new Date(waitUntil).toISOString() }),
  });
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
