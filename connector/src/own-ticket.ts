// The connector's own ticket-granting ticket, from its keytab. It is renewed at half its life, so the connector keeps
// working while the directory is unreachable for some hours. `-f`: without a forwardable ticket the KDC refuses to
// delegate.

import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunCommand } from "./command.ts";
import { explain } from "./explain.ts";
import { readKlist } from "./klist.ts";
import type { Log } from "./log.ts";
import { ok, type Refusal, type Result, refuse } from "./result.ts";

/** A ticket is not used in the last minute of its life. */
const LAST_MOMENT_MS = 60_000;
/** After a failed renewal the old ticket stays in use, and the next try comes after this time. */
const TRY_AGAIN_MS = 30_000;
/**
 * A keytab that the directory did not take is not shown to it again for so long, unless the file has changed: each try is a
 * wrong password in the directory's eyes, and a few of them lock the connector's account. Longer than directories count for.
 */
const SAME_KEYTAB_AGAIN_MS = 60 * 60_000;

/** Who the connector is. */
export type Account = { readonly principal: string; readonly keytab: string };

/** Holds the ticket and renews it. */
export class OwnTicket {
  readonly #account: Account;
  readonly #folder: string;
  readonly #run: RunCommand;
  readonly #log: Log;
  readonly #now: () => number;
  #renewing: Promise<Result<true>> | undefined;
  #endsAt = 0;
  #renewAt = 0;
  #outdated: { readonly keytab: string; readonly until: number; readonly refusal: Refusal } | undefined;

  constructor(account: Account, folder: string, run: RunCommand, log: Log, now: () => number) {
    this.#account = account;
    this.#folder = folder;
    this.#run = run;
    this.#log = log;
    this.#now = now;
  }

  /** When the ticket ends, in ms; 0 without one. */
  get endsAt(): number {
    return this.#endsAt;
  }

  /** The cache file with the ticket, which no program may write to: programs get a copy. */
  async cache(): Promise<Result<string>> {
    const now = this.#now();
    const usable = now < this.#endsAt - LAST_MOMENT_MS;
    if (now >= this.#renewAt) {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
      if (!usable) {
        const renewed = await this.#renewing;
        if (!renewed.ok) return renewed;
      }
    }
    return ok(this.#file);
  }

  /** The KDC did not take the ticket: get another one for whoever comes next. */
  distrust(): void {
    this.#endsAt = 0;
    this.#renewAt = 0;
  }

  /** Resolves when no renewal is under way. */
  async settled(): Promise<void> {
    await this.#renewing;
  }

  get #file(): string {
    return join(this.#folder, "own");
  }

  async #renew(): Promise<Result<true>> {
    try {
      const fresh = join(this.#folder, "own.new");
      const { principal, keytab } = this.#account;
      const version = await versionOf(keytab);
      if (this.#outdated !== undefined && this.#outdated.keytab === version && this.#now() < this.#outdated.until) {
        return this.#outdated.refusal;
      }
      const ended = await this.#run("kinit", ["-f", "-k", "-t", keytab, principal], fresh);
      if (ended.kind !== "exit" || ended.code !== 0) {
        const refusal = explain("kinit", ended);
        if (refusal.reason === "keytab-outdated" && version !== undefined) {
          this.#outdated = { keytab: version, until: this.#now() + SAME_KEYTAB_AGAIN_MS, refusal };
        }
        return this.#failed(refusal);
      }
      const listed = await this.#run("klist", ["-f"], fresh);
      const ticket = listed.kind === "exit" ? readKlist(listed.stdout) : undefined;
      if (ticket === undefined) return this.#failed(refuse("not-understood", "klist of the own ticket"));
      await rename(fresh, this.#file);
      this.#endsAt = ticket.endsAt;
      this.#renewAt = ticket.startsAt + (ticket.endsAt - ticket.startsAt) / 2;
      this.#log("own-ticket", { outcome: "renewed", endsAt: new Date(ticket.endsAt).toISOString() });
      return ok(true);
    } catch (fault) {
      return this.#failed(refuse("internal", String(fault))); // a renewal nobody waits for must not end the process
    }
  }

  #failed(refusal: Extract<Result<true>, { ok: false }>): Result<true> {
    // Without a ticket every order tries; with one there is time.
    if (this.#now() < this.#endsAt - LAST_MOMENT_MS) this.#renewAt = this.#now() + TRY_AGAIN_MS;
    this.#log("own-ticket", { outcome: "failed", reason: refusal.reason, detail: refusal.detail });
    return refusal;
  }
}

/** Changes when the file does. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    return undefined; // kinit will say why
  }
}
