// Ticketed pass-through against an empty Worker proxy in the same workerd. Short rounds, every variant in every round,
// ratios within the round and then their median: other work on the machine then affects all variants equally.

import { setTimeout as wait } from "node:timers/promises";
import { openTicket, sealTicket } from "../src/ticket/envelope.ts";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { phoneTicket, WEB_HOST } from "./client.ts";
import { getRequest, type Load, runLoad } from "./load.ts";
import { cpuMs } from "./process.ts";
import { judged, median, type Row, shown } from "./report.ts";
import type { Stand } from "./stand.ts";

const USERS = 16;
/**
 * Tickets in use where the guard is asked: as many as an isolate knows, less a margin. Each is sent once in a round,
 * and the next round begins when no verdict of the last one may be reused, so the guard is asked about every one of
 * them.
 */
const TICKETS_IN_USE = 4_500;
/** Tickets an isolate has never seen: the first requests of as many clients, in one round. */
const NEW_TICKETS = 3_000;
const CONNECTIONS = 32;
const ROUNDS = 13;
const ROUND_MS = 800;

const ASKED_TARGET = 0.45;
const REUSED_TARGET = 0.7;

/** What is measured, and how a round of it is made, given how long ago its last one ended (ms). */
type Variants = Readonly<Record<string, (rested: number) => Promise<Omit<Load, "connections">>>>;
/** One round of one variant. CPU is that of the workerd process, for one request. */
type Sample = { readonly perSecond: number; readonly cpuMicros: number };
/** Samples by variant, in the order of the rounds. */
type Samples = Readonly<Record<string, readonly Sample[]>>;

/**
 * Measures pass-through with the guard asked and with its verdict reused, and for comparison what the platform costs.
 */
export async function measurePassThrough(stand: Stand): Promise<Row[]> {
  const relayed = await relayedTickets(stand);
  const few = relayed.map(ticketedRequest);
  const inUse = envelopesOf(stand, relayed, TICKETS_IN_USE).map(ticketedRequest);
  const timed = async (worker: string) => ({ port: await stand.portOf(worker), requests: few, ms: ROUND_MS });
  const once = async (requests: Buffer[]) => ({ port: await stand.portOf("postern"), requests, ms: "once" }) as const;
  const usual = await measure(stand, {
    empty: () => timed("empty-proxy"),
    "one-call": () => timed("one-call-proxy"),
    reused: () => timed("postern"),
    asked: async (rested) => {
      await wait(Math.max(0, VERDICT_REUSE_MS + 1 - rested));
      return once(inUse);
    },
  });
  // Measured separately, because new tickets push those in use out of the isolate's memory.
  const first = await measure(stand, {
    empty: () => timed("empty-proxy"),
    new: () => once(envelopesOf(stand, relayed, NEW_TICKETS).map(ticketedRequest)),
  });
  return [
    shown("empty Worker proxy", shownAs(usual, "empty")),
    shown("empty proxy and one Durable Object call", shownAs(usual, "one-call")),
    atLeast(REUSED_TARGET, "gateway, verdict reused", usual, "reused"),
    atLeast(ASKED_TARGET, "gateway, guard asked", usual, "asked"),
    shown("gateway, guard asked, ticket never seen", shownAs(first, "new")),
  ];
}

async function measure(stand: Stand, variants: Variants): Promise<Samples> {
  const names = Object.keys(variants);
  const ended = new Map<string, number>();
  const samples: Record<string, Sample[]> = Object.fromEntries(names.map((name) => [name, []]));
  // The first round only warms up. Each round begins with another variant, so that none always follows the same one.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const index of names.keys()) {
      const name = names[(index + round) % names.length] ?? "";
      const load = await variants[name]?.(performance.now() - (ended.get(name) ?? 0));
      if (load === undefined) continue;
      const before = cpuMs(stand.pid);
      const result = await runLoad({ ...load, connections: CONNECTIONS });
      ended.set(name, performance.now());
      const cpuMicros = (1000 * (cpuMs(stand.pid) - before)) / result.answers;
      if (result.others > 0) throw new Error(`${name}: ${result.others} answers were not 200`);
      if (round > 0) samples[name]?.push({ perSecond: result.perSecond, cpuMicros });
    }
  }
  return samples;
}

function atLeast(target: number, name: string, samples: Samples, variant: string): Row {
  return judged(name, shownAs(samples, variant), `>= ${target.toFixed(2)}`, ratioOf(samples, variant) >= target);
}

/** Requests per second in relation to the empty proxy's of the same round. */
function ratioOf(samples: Samples, variant: string): number {
  const empty = samples.empty ?? [];
  return median((samples[variant] ?? []).map(({ perSecond }, round) => perSecond / (empty[round]?.perSecond ?? 0)));
}

function shownAs(samples: Samples, variant: string): string {
  const of = (pick: (sample: Sample) => number) => median((samples[variant] ?? []).map(pick)).toFixed(0);
  const rate = of(({ perSecond }) => perSecond);
  return `${ratioOf(samples, variant).toFixed(2)} (${rate}/s, ${of(({ cpuMicros }) => cpuMicros)} µs CPU)`;
}

/** One relayed ticket for each user, by real sign-ins. */
async function relayedTickets(stand: Stand): Promise<string[]> {
  const port = await stand.portOf("postern-sign-in");
  const tickets: string[] = [];
  for (let index = 0; index < USERS; index++) {
    tickets.push((await phoneTicket(port, await stand.addUser(`user${index}`))).ticket);
  }
  return tickets;
}

/**
 * Many tickets out of a few: sealing is randomised, so sealing a live ticket again with the gateway's own key gives a
 * new text. An isolate knows tickets by their text, so it has to ask the guard about each.
 */
function envelopesOf(stand: Stand, relayed: readonly string[], count: number): string[] {
  const opened = relayed.flatMap((text) => openTicket(stand.keyring, text) ?? []);
  return Array.from({ length: count }, (_, index) => {
    const ticket = opened[index % opened.length];
    if (ticket === undefined) throw new Error("no ticket to seal");
    return sealTicket(stand.keyring, ticket);
  });
}

/** A request of a UCWA client, with the headers it really sends. */
function ticketedRequest(envelope: string): Buffer {
  return getRequest("/ucwa/oauth/v1/applications/10", {
    Host: WEB_HOST,
    Authorization: `Bearer cwt=${envelope}`,
    Accept: "application/vnd.microsoft.com.ucwa+json",
    "Accept-Language": "en-US",
    "User-Agent": "ACOMO",
    "X-Ms-Origin": `https://${WEB_HOST}`,
  });
}
