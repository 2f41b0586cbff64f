// Gets service tickets for users without their passwords, by S4U2Self and S4U2Proxy in one `kvno -U … -P`. Each ticket
// is alone in its own file. It is used for a bounded time. So a user who was disabled in the directory or removed from
// a group is signed on for no longer than that.

import { createHash, randomUUID } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Admitted } from "./access.ts";
import type { RunCommand } from "./command.ts";
import { explain } from "./explain.ts";
import type { GroupCheck } from "./groups.ts";
import { type ListedTicket, readKlist } from "./klist.ts";
import type { OwnTicket } from "./own-ticket.ts";
import type { Queue } from "./queue.ts";
import { ok, type Refusal, type Result, refuse } from "./result.ts";

/** One user's ticket for one service. */
export type UserTicket = {
  /** A cache file with this ticket alone. */
  readonly cache: string;
  /** The user as Kerberos spells the name. A program that reads the cache must ask for this name. */
  readonly principal: string;
  readonly service: string;
  /** The ticket is not used after this time, ms. */
  readonly useUntil: number;
};

/** Everything that is needed to get tickets. */
export type TicketSource = {
  readonly own: OwnTicket;
  readonly account: string;
  readonly folder: string;
  readonly run: RunCommand;
  readonly inGroups: GroupCheck;
};

/** Gets one ticket from the directory and writes it to the file `cache`. */
export async function fetchTicket(source: TicketSource, asked: Admitted, cache: string): Promise<Result<ListedTicket>> {
  const own = await source.own.cache();
  if (!own.ok) return own;
  // kvno gets a copy, because it stores its tickets in the cache that it reads, even with --no-store. The next time it
  // would find them there and not ask the KDC, for as long as our own ticket lives. A disabled user could go on for
  // hours.
  const work = join(source.folder, `work-${randomUUID()}`);
  const ownCopy = join(work, "own");
  const fresh = join(work, "user");
  await mkdir(work, { mode: 0o700 });
  try {
    await copyFile(own.value, ownCopy);
    const { user, service } = asked;
    const ended = await source.run("kvno", ["-q", "-U", user, "-P", "--out-cache", `FILE:${fresh}`, service], ownCopy);
    if (ended.kind !== "exit" || ended.code !== 0) return await whyNot(source, user, explain("kvno", ended), work);
    const ticket = await listed(source, fresh);
    if (ticket === undefined || !isFor(ticket, asked)) return refuse("not-understood", "klist of a user's ticket");
    const admitted = await source.inGroups(user, ownCopy);
    if (!admitted.ok) return admitted;
    await rename(fresh, cache);
    return ok(ticket);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Whether the ticket is for the service and the user that were asked for. The KDC may leave the name as it was asked
 * (an enterprise name, with its `@` escaped). Then it must be the same name. Otherwise the KDC writes the account name
 * of the user, and only the KDC knows which account that is.
 */
function isFor(ticket: ListedTicket, { user, service }: Admitted): boolean {
  const name = ticket.principal.slice(0, ticket.principal.lastIndexOf("@"));
  const target = ticket.service.slice(0, ticket.service.lastIndexOf("@"));
  const asked = !name.includes("\\@") || name.replaceAll("\\", "").toLowerCase() === user;
  return asked && target.toLowerCase() === service.toLowerCase();
}

/**
 * Finds out why the KDC refused. It uses the same words for a fault of the user and a fault of our own account. So we
 * ask for a ticket to ourselves in a user's name. For a protected user that ticket is not forwardable. Without "any
 * authentication protocol" no such ticket is forwardable, not even one in our own name. If our account is disabled, we
 * get none.
 */
async function whyNot(source: TicketSource, user: string, refusal: Refusal, work: string): Promise<Refusal> {
  const { reason, detail } = refusal;
  if (reason === "own-ticket-refused" || reason === "not-understood") source.own.distrust();
  if (reason === "user-disabled") {
    const ours = await witness(source, source.account, work);
    return !ours.ok && ours.reason === "user-disabled" ? refuse("account-disabled", detail) : refusal;
  }
  if (reason !== "delegation-missing") return refusal;
  const theirs = await witness(source, user, work);
  if (!theirs.ok || theirs.value.forwardable) return refusal;
  const ours = await witness(source, source.account, work);
  return refuse(ours.ok && !ours.value.forwardable ? "protocol-transition-missing" : "user-protected", detail);
}

/** Gets a ticket to ourselves in the name of a user. */
async function witness(source: TicketSource, name: string, work: string): Promise<Result<ListedTicket>> {
  const file = join(work, `witness-${randomUUID()}`);
  const args = ["-q", "-U", name, "--out-cache", `FILE:${file}`, source.account];
  const ended = await source.run("kvno", args, join(work, "own"));
  if (ended.kind !== "exit" || ended.code !== 0) return explain("kvno", ended);
  const ticket = await listed(source, file);
  return ticket === undefined ? refuse("not-understood", "klist of a ticket to ourselves") : ok(ticket);
}

async function listed(source: TicketSource, cache: string): Promise<ListedTicket | undefined> {
  const ended = await source.run("klist", ["-f"], cache);
  return ended.kind === "exit" && ended.code === 0 ? readKlist(ended.stdout) : undefined;
}

/** How many tickets are kept, and for how long. */
export type TicketLimits = { readonly most: number; readonly keepMs: number };

/** How long before its end a ticket is no longer used, ms. */
const LAST_MOMENT_MS = 60_000;

/**
 * The tickets that are kept. At most one request to the directory runs for one user and service. If there are too many
 * tickets, the one that was not used for longest is deleted.
 */
export class UserTickets {
  readonly #source: TicketSource;
  readonly #queue: Queue;
  readonly #limits: TicketLimits;
  readonly #now: () => number;
  readonly #held = new Map<string, UserTicket>();
  readonly #uses = new Map<string, number>();
  readonly #coming = new Map<string, Promise<Result<UserTicket>>>();

  constructor(source: TicketSource, queue: Queue, limits: TicketLimits, now: () => number) {
    this.#source = source;
    this.#queue = queue;
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Calls `act` with a kept or a new ticket. The ticket's file is not deleted before `act` has ended. */
  async use<T>(asked: Admitted, act: (ticket: UserTicket) => Promise<Result<T>>): Promise<Result<T>> {
    const key = keyOf(asked);
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
    try {
      const ticket = await this.#ticketFor(key, asked);
      return ticket.ok ? await act(ticket.value) : ticket;
    } finally {
      const others = (this.#uses.get(key) ?? 1) - 1;
      if (others > 0) this.#uses.set(key, others);
      else this.#uses.delete(key);
      await this.#removeUnlessNeeded(key);
    }
  }

  /** Forgets a ticket that did not work. The next order gets a new one. */
  drop(asked: Admitted): void {
    this.#held.delete(keyOf(asked));
  }

  #ticketFor(key: string, asked: Admitted): Promise<Result<UserTicket>> {
    const held = this.#held.get(key);
    if (held !== undefined && this.#now() < held.useUntil) {
      this.#held.delete(key);
      this.#held.set(key, held);
      return Promise.resolve(ok(held));
    }
    let coming = this.#coming.get(key);
    if (coming === undefined) {
      coming = this.#fetch(key, asked).finally(() => this.#coming.delete(key));
      this.#coming.set(key, coming);
    }
    return coming;
  }

  async #fetch(key: string, asked: Admitted): Promise<Result<UserTicket>> {
    const cache = join(this.#source.folder, key);
    let askedAt = 0; // when the directory was asked: from then on counts the time for which the ticket is kept
    const fetched = await this.#queue.run(() => {
      askedAt = this.#now();
      return fetchTicket(this.#source, asked, cache);
    });
    if (fetched === undefined) return refuse("queue-full");
    if (!fetched.ok) {
      this.#held.delete(key);
      return fetched;
    }
    const { principal, endsAt } = fetched.value;
    const useUntil = Math.min(endsAt - LAST_MOMENT_MS, askedAt + this.#limits.keepMs);
    const ticket = { cache, principal, service: asked.service, useUntil };
    this.#held.delete(key);
    this.#held.set(key, ticket);
    await this.#makeRoom();
    return ok(ticket);
  }

  async #makeRoom(): Promise<void> {
    const now = this.#now();
    for (const [key, held] of this.#held) {
      if (this.#held.size <= this.#limits.most && held.useUntil > now) break;
      this.#held.delete(key);
      await this.#removeUnlessNeeded(key);
    }
  }

  /** Deletes the file of a ticket if the ticket is neither kept nor in use. */
  async #removeUnlessNeeded(key: string): Promise<void> {
    if (this.#held.has(key) || this.#uses.has(key)) return;
    await rm(join(this.#source.folder, key), { force: true });
  }
}

/** A file name that is always the same for one user and service and does not reveal them. */
function keyOf({ user, service }: Admitted): string {
  return createHash("sha256").update(`${user}\0${service}`).digest("hex").slice(0, 40);
}
