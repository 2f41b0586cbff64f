// Events for tests.

import { type AuditedEvent, auditEvent, type Decision, type EventContext } from "../../src/audit/event.ts";

export const ABOUT: EventContext = {
  requestId: "9a3c5e7f1b2d4c6e-FRA",
  channel: "ntlm",
  host: "web.contoso.test",
  source: "203.0.113.7",
  userAgent: "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017",
  workstation: "PC-17",
};

export const WRONG: Decision = { outcome: "refused", reason: "wrong-proof" };

/** An event at `at`, the usual one with the given changes. */
export function eventAt(at: number, changes: Partial<EventContext & Decision> = {}): AuditedEvent {
  return auditEvent({ ...ABOUT, ...changes }, { ...WRONG, ...changes }, at);
}
