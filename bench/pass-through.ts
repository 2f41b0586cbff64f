// Ticketed pass-through against two floors in the same workerd: an empty Worker proxy, and the same with one call to a
// Durable Object. It is measured below a UCWA application and at discovery. Short rounds, every variant in every round,
// ratios within the round and then their median: other work on the machine then affects all variants equally.

import { setTimeout as wait } from "node:timers/promises";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { type Load, runLoad } from "./load.ts";
import { cpuMs } from "./process.ts";
import { judged, median, quartiles, type Row, shown } from "./report.ts";
import type { Stand } from "./stand.ts";
import {
  envelopesOf,
  PLACES,
  type Place,
  relayedTickets,
  type TicketOf,
  ticketedRequest,
} from "./ticketed-requests.ts";

/**
 * Tickets in use where the guard is asked: nearly as many as an isolate knows. A round sends a third of them, each once,
 * so no verdict is left from the round that sent the same third.
 */
const TICKETS_IN_USE = 4_500;
const THIRDS = 3;
/** Tickets an isolate has never seen: the first requests of as many clients, in one round. */
const NEW_TICKETS = 3_000;
const CONNECTIONS = 32;
const ROUNDS = 21;
/** Fewer for new tickets: their row has no target. */
const ROUNDS_OF_NEW = 7;
const ROUND_MS = 500;

/** Of the empty proxy's requests per second. */
const REUSED_TARGET = 0.8;
/** Of those of the proxy that makes one call to a Durable Object. */
const ASKED_TARGET = 0.85;

/** What is measured, and the load of its round. */
type Variants = Readonly<Record<string, (round: number) => Promise<Omit<Load, "connections">>>>;
/** One round of one variant. CPU is that of the workerd process, for one request. */
type Sample = { readonly perSecond: number; readonly cpuMicros: number };
/** Samples by variant, in the order of the rounds. */
type Samples = Readonly<Record<string, readonly Sample[]>>;

/**
 * Measures pass-through with the guard asked and with its verdict reused, and for comparison what the platform costs.
 */
export async function measurePassThrough(stand: Stand): Promise<Row[]> {
  const relayed = await relayedTickets(stand);
  const inUse = envelopesOf(stand.keyring, relayed, TICKETS_IN_USE);
  const ports = {
    empty: await stand.portOf("empty-proxy"),
    oneCall: await stand.portOf("one-call-proxy"),
    postern: await stand.portOf("postern"),
  };
  const variants = Object.assign({}, ...PLACES.map((place) => variantsAt(place, ports, relayed, inUse)));
  const usual = await measure(stand, variants, ROUNDS);
  // Measured separately, because new tickets push those in use out of the isolate's memory.
  const few = relayed.map((ticket) => ticketedRequest(ticket, "application"));
  const first = await measure(
    stand,
    {
      "application empty": async () => ({ port: ports.empty, requests: few, ms: ROUND_MS }),
      "application new": async () => {
        const tickets = envelopesOf(stand.keyring, relayed, NEW_TICKETS);
        const requests = tickets.map((ticket) => ticketedRequest(ticket, "application"));
        return { port: ports.postern, requests, ms: "once" };
      },
    },
    ROUNDS_OF_NEW,
  );
  return [
    ...PLACES.flatMap((place) => rowsOf(place, usual)),
    shown("application: guard asked, ticket never seen", shownAs(first, "application new", ["application empty"])),
  ];
}

/** The two floors and Postern's two ways at that place. All send the same requests. */
function variantsAt(
  place: Place,
  ports: { readonly empty: number; readonly oneCall: number; readonly postern: number },
  relayed: readonly TicketOf[],
  inUse: readonly TicketOf[],
): Variants {
  const few = relayed.map((ticket) => ticketedRequest(ticket, place));
  const many = inUse.map((ticket) => ticketedRequest(ticket, place));
  const size = Math.ceil(many.length / THIRDS);
  const thirds = Array.from({ length: THIRDS }, (_, index) => many.slice(index * size, (index + 1) * size));
  const sentAt = new Map<number, number>();
  const timed = (port: number) => async () => ({ port, requests: few, ms: ROUND_MS });
  return {
    [`${place} empty`]: timed(ports.empty),
    [`${place} one-call`]: timed(ports.oneCall),
    [`${place} reused`]: async () => {
      // The guard is asked before the round begins, as it was by the first request of a client's burst.
      await runLoad({ port: ports.postern, requests: few, ms: "once", connections: CONNECTIONS });
      return timed(ports.postern)();
    },
    [`${place} asked`]: async (round) => {
      const third = round % THIRDS;
      const rested = performance.now() - (sentAt.get(third) ?? Number.NEGATIVE_INFINITY);
      await wait(Math.max(0, VERDICT_REUSE_MS + 1_000 - rested));
      sentAt.set(third, performance.now());
      return { port: ports.postern, requests: thirds[third] ?? [], ms: "once" };
    },
  };
}

async function measure(stand: Stand, variants: Variants, rounds: number): Promise<Samples> {
  const names = Object.keys(variants);
  const samples: Record<string, Sample[]> = Object.fromEntries(names.map((name) => [name, []]));
  // The first rounds only warm up. Each round begins with another variant, so that none always follows the same one.
  for (let round = -THIRDS; round < rounds; round++) {
    for (const index of names.keys()) {
      const name = names[(index + round + names.length) % names.length] ?? "";
      const load = await variants[name]?.(round + THIRDS);
      if (load === undefined) continue;
      const before = cpuMs(stand.pid);
      const result = await runLoad({ ...load, connections: CONNECTIONS });
      const cpuMicros = (1000 * (cpuMs(stand.pid) - before)) / result.answers;
      if (result.others > 0) throw new Error(`${name}: ${result.others} answers were not 200`);
      if (round >= 0) samples[name]?.push({ perSecond: result.perSecond, cpuMicros });
    }
  }
  return samples;
}

function rowsOf(place: Place, samples: Samples): Row[] {
  const [empty, oneCall, reused, asked] = ["empty", "one-call", "reused", "asked"].map((name) => `${place} ${name}`);
  if (empty === undefined || oneCall === undefined || reused === undefined || asked === undefined) return [];
  const atLeast = (target: number, name: string, variant: string, floors: readonly [string, ...string[]]): Row =>
    judged(
      `${place}: ${name}`,
      shownAs(samples, variant, floors),
      `>= ${target.toFixed(2)} of ${wordsOf(floors[0])}`,
      median(ratiosOf(samples, variant, floors[0])) >= target,
    );
  return [
    shown(`${place}: empty Worker proxy`, shownAs(samples, empty, [])),
    shown(`${place}: empty proxy and one Durable Object call`, shownAs(samples, oneCall, [empty])),
    atLeast(REUSED_TARGET, "gateway, verdict reused", reused, [empty]),
    atLeast(ASKED_TARGET, "gateway, guard asked", asked, [oneCall, empty]),
  ];
}

const wordsOf = (floor: string): string => (floor.endsWith("one-call") ? "one call" : "empty");

/** Requests per second in relation to a floor's of the same round. */
function ratiosOf(samples: Samples, variant: string, floor: string): number[] {
  const floors = samples[floor] ?? [];
  return (samples[variant] ?? []).map(({ perSecond }, round) => perSecond / (floors[round]?.perSecond ?? 0));
}

/** Each ratio with its middle half and the ratio of CPU time, the rate, and the CPU time of one request. */
function shownAs(samples: Samples, variant: string, floors: readonly string[]): string {
  const of = (name: string, pick: (sample: Sample) => number) => median((samples[name] ?? []).map(pick));
  const ratios = floors.map((floor) => {
    const each = ratiosOf(samples, variant, floor);
    const [low, high] = quartiles(each);
    const cpu = of(floor, ({ cpuMicros }) => cpuMicros) / of(variant, ({ cpuMicros }) => cpuMicros);
    const middle = `${low.toFixed(2)} to ${high.toFixed(2)}, by CPU ${cpu.toFixed(2)}`;
    return `${median(each).toFixed(2)} (${middle}) of ${wordsOf(floor)}; `;
  });
  const [rate, micros] = [of(variant, ({ perSecond }) => perSecond), of(variant, ({ cpuMicros }) => cpuMicros)];
  return `${ratios.join("")}${rate.toFixed(0)}/s, ${micros.toFixed(0)} µs CPU`;
}
