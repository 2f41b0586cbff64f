// Whether the connector could serve an order now. It asks the directory itself, with a new ticket. However often it is
// called, it asks at most once every few seconds.

import { randomUUID } from "node:crypto";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Admitted } from "./access.ts";
import { explain } from "./explain.ts";
import type { Log } from "./log.ts";
import type { Mint } from "./mint.ts";
import { ok, type Result, refuse } from "./result.ts";
import { fetchTicket, type TicketSource } from "./user-tickets.ts";

/** How long an answer is used again, ms. */
const GOOD_FOR_MS = 10_000;

/** Asks, and remembers the answer for some seconds. */
export class Readiness {
  readonly #ask: () => Promise<Result<true>>;
  readonly #log: Log;
  readonly #now: () => number;
  #answer: Promise<Result<true>> | undefined;
  #askedAt = 0;
  #last: boolean | undefined;

  constructor(ask: () => Promise<Result<true>>, log: Log, now: () => number) {
    this.#ask = ask;
    this.#log = log;
    this.#now = now;
  }

  /** The result of the last check. For the metrics, which start no check. */
  get last(): boolean {
    return this.#last === true;
  }

  async look(): Promise<Result<true>> {
    if (this.#answer === undefined || this.#now() - this.#askedAt >= GOOD_FOR_MS) {
      this.#askedAt = this.#now();
      this.#answer = this.#look();
    }
    return this.#answer;
  }

  async #look(): Promise<Result<true>> {
    const answer = await this.#ask().catch((fault: unknown) => refuse("internal", String(fault)));
    if (answer.ok !== this.#last) {
      this.#log(
        "readiness",
        answer.ok ? { ready: true } : { ready: false, reason: answer.reason, detail: answer.detail },
      );
    }
    this.#last = answer.ok;
    return answer;
  }
}

/** Signs the probe user on and throws the token away. */
export async function probeDelegation(source: TicketSource, mint: Mint, probe: Admitted): Promise<Result<true>> {
  const cache = join(source.folder, `probe-${randomUUID()}`);
  try {
    const ticket = await fetchTicket(source, probe, cache);
    if (!ticket.ok) return ticket;
    const minted = await mint({ cache, principal: ticket.value.principal, service: probe.service, useUntil: 0 });
    return minted.ok ? ok(true) : minted;
  } finally {
    await rm(cache, { force: true });
  }
}

/**
 * For a connector without a probe user. Gets the connector's own ticket for the service, which does not test
 * delegation.
 */
export async function probeService(source: TicketSource, service: string): Promise<Result<true>> {
  const own = await source.own.cache();
  if (!own.ok) return own;
  const copy = join(source.folder, `probe-${randomUUID()}`);
  try {
    await copyFile(own.value, copy);
    const ended = await source.run("kvno", ["-q", service], copy);
    return ended.kind === "exit" && ended.code === 0 ? ok(true) : explain("kvno", ended);
  } finally {
    await rm(copy, { force: true });
  }
}
