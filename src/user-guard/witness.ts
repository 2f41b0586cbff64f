// What the guard has decided lately about clients of its user, in memory only: for the page on which a person waits for
// a new device. The page asks every few seconds, and the audit in D1 is some seconds old. When the object has slept it
// knows nothing, and nothing is wrong with that.

import type { AuditedEvent, Channel } from "../audit/event.ts";
import type { Witnessed } from "../guards/own-devices.ts";

/** Of each of two kinds, so that nobody who guesses passwords pushes out what the right one did. */
const MAX_KEPT = 16;

/** Those of people and of time tell nothing of a client. */
const NOT_A_CLIENTS: ReadonlySet<Channel> = new Set([
  "command",
  "clock",
  "admin",
  "console",
  "portal",
  "passive",
  "guest",
]);

export class Witness {
  #right: Witnessed[] = [];
  #wrong: Witnessed[] = [];

  note(event: AuditedEvent): void {
    if (NOT_A_CLIENTS.has(event.channel)) return;
    const { at, outcome, reason, source, userAgent, waitUntil, credentialId } = event;
    const seen = {
      ...{ at, outcome, reason, source, userAgent },
      ...(waitUntil !== undefined && { waitUntil }),
      ...(credentialId !== undefined && { credentialId }),
    };
    if (credentialId === undefined) this.#wrong = [seen, ...this.#wrong].slice(0, MAX_KEPT);
    else this.#right = [seen, ...this.#right].slice(0, MAX_KEPT);
  }

  /** What was decided with this app password, and with none that is right; the latest first. */
  of(credentialId: string): Witnessed[] {
    const own = this.#right.filter((seen) => seen.credentialId === credentialId);
    return [...own, ...this.#wrong].toSorted((a, b) => b.at - a.at);
  }

  forget(): void {
    this.#right = [];
    this.#wrong = [];
  }
}
