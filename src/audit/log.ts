// One structured line per thing that happened, for Workers Logs. Objects, never text, so that nothing a client sent can
// start a line of its own; no ticket, password or NTLM message is ever a field (S-16).

/** An event and its fields; `reason` is one of the stable inner reasons. */
export type Event = {
  readonly event: "sign-in" | "ticket-refused" | "request-refused" | "unavailable" | "configuration";
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
