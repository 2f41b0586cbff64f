// The connector's own ticket-granting ticket, which it gets with its keytab. It gets a new one when half the ticket's
// life has passed. So it keeps working while the directory is unreachable for some hours. `-f` asks for a forwardable
// ticket, because the KDC does not delegate without one.

import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunCommand } from "./command.ts";
import { explain } from "./explain.ts";
import { readKlist } from "./klist.ts";
import type { Log } from "./log.ts";
import { ok, type Refusal, type Result, refuse } from "./result.ts";

/** The connector does not use a ticket in the last minute of its life. */
const LAST_MOMENT_MS = 60_000;
/** After a failed renewal the old ticket stays in use, and the next try comes after this time. */
const TRY_AGAIN_MS = 30_000;
/**
 * If the directory refused a keytab, the connector does not try the same file again for this time, ms. For the
 * directory each try is a wrong password, and a few of them lock the connector's account. Directories count wrong
 * passwords for a shorter time than this.
 */
const SAME_KEYTAB_AGAIN_MS = 60 * 60_000;

/** The connector's account in the directory. */
export type Account = { readonly principal: string; readonly keytab: string };

/** Keeps the ticket and renews it. */
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

  /** When the ticket ends, ms. 0 if there is none. */
  get endsAt(): number {
    return this.#endsAt;
  }

  /** The cache file with the ticket. A program gets a copy of it, because no program may write to this file. */
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

  /** Says that the KDC refused the ticket. The next caller gets a new one. */
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
    // Without a usable ticket, every order tries again at once. With one, the next try can wait.
    if (this.#now() < this.#endsAt - LAST_MOMENT_MS) this.#renewAt = this.#now() + TRY_AGAIN_MS;
    this.#log("own-ticket", { outcome: "failed", reason: refusal.reason, detail: refusal.detail });
    return refusal;
  }
}

/** A text that changes when the file changes. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    return undefined; // kinit will say why
  }
}
