// What a device costs in a month. The pieces of a phone's day are sent to the gateway with meters on its bindings, and
// what each uses is recorded; a day is so many of each piece, and a month thirty days, at Cloudflare's prices. CPU time
// is what workerd used for the piece; a machine of Cloudflare's may be faster or slower.

import { setTimeout as wait } from "node:timers/promises";
import { POLL_SILENCE_MS } from "../src/gateway/poll-times.ts";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { hurried } from "../test/kit/gateway/hurried.ts";
import { call, compactTicket, discoverUser, phoneTicket, sipUriOf, startApplication, WINDOWS_GRANT } from "./client.ts";
import { ALARMS_RUNG_MS } from "./limits.ts";
import type { Operations } from "./path.ts";
import { dollars, NO_USAGE, PLAN, plus, times, type Usage } from "./prices.ts";
import { cpuMs } from "./process.ts";
import { judged, type Row, shown } from "./report.ts";
import { build, type Stand, startStand, worker } from "./stand.ts";

const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];
const DAYS = 30;
/** Dollars a month for a thousand devices. */
const MOST = 5;
const SIZES = [1_000, 5_000];
/** How often a piece is sent, so that a moment's chance is spread. */
const TIMES = 20;
/** How long an object works for one call, s, and what is billed with it, GB. A call is one synchronous step. */
const OBJECT_S_PER_CALL = 0.005;
const OBJECT_GB = 0.128;

/** How long a poll of a phone is silent, ms, and how often the gateway sends it again in that time. */
const POLL_MS = 900_000;
const AGAIN = Math.ceil(POLL_MS / POLL_SILENCE_MS) - 1;

const PIECES = ["start", "poll", "again", "asked", "reused", "guess"] as const;
type Piece = (typeof PIECES)[number];
/** A day: how many of each piece, and how many silent polls are asked again for the client inside the gateway. */
type Day = Readonly<Record<Piece, number>>;

/** A phone whose application is open all day and night, while nothing happens: each poll is answered after 15 minutes. */
const IDLE: Day = { start: 3, poll: 96, again: 96 * AGAIN, asked: 6, reused: 6, guess: 0 };
/** The same phone, when its system lets the application sleep for two thirds of the day. It polls for eight hours. */
const ASLEEP: Day = { ...IDLE, poll: 32, again: 32 * AGAIN };
/**
 * The same phone in its owner's hand for two hours: an event each half minute, and sixty times somebody writes, opens a
 * conversation or looks at people, which is three requests at once.
 */
const BUSY: Day = { start: 3, poll: 2 * 120 + 88, again: 88 * AGAIN, asked: 60, reused: 120, guess: 0 };
/** Three of ten phones are busy on a day, the others idle. */
const FLEET: Day = mixed(BUSY, 0.3, IDLE);
/** A page that is left open in a browser for ten hours, with an event each half minute. No phone does that. */
const PAGE: Day = { start: 2, poll: 10 * 120, again: 0, asked: 100, reused: 200, guess: 0 };
/** An attack on the organisation, however many devices it has: a guess a second, all day. */
const ATTACK: Day = { start: 0, poll: 0, again: 0, asked: 0, reused: 0, guess: 86_400 };

/**
 * The gateway that sends a silent poll again in moments, so that nobody waits for minutes. Each time it asks the guard, as
 * it does after 90 s.
 */
const HURRIED = { POLL_SILENCE_MS: 200, POLL_FAILED_WITHIN_MS: 50, LEAST_POLL_MS: 1_000, VERDICT_REUSE_MS: 0 };

/** Records the pieces and adds them up. */
export async function measureDollars(): Promise<Row[]> {
  const metered = await build("bench/workers/counting-gateway.ts");
  const stand = await startStand((gatewayEnv, simulator) => [
    worker("postern", metered, gatewayEnv(simulator), ...GUARDS),
    worker("hurried", hurried(metered, HURRIED), gatewayEnv(simulator), ...GUARDS),
  ]);
  try {
    const pieces = await recorded(stand);
    return [
      ...PIECES.map((piece) => shown(`recorded: ${WORDS[piece]}`, usageInWords(pieces[piece]))),
      ...SIZES.flatMap((devices) => [
        monthOf(devices, "phones that sleep for two thirds of the day", ASLEEP, pieces),
        monthOf(devices, "idle phones, awake day and night", IDLE, pieces),
        monthOf(devices, "phones, three of ten of them busy", FLEET, pieces),
        monthOf(devices, "of these, and a guess a second", FLEET, pieces, ATTACK),
        shown(
          `${inWords(devices)} phones, all of them busy, a month`,
          priceOf(monthly(BUSY, devices, pieces), devices).text,
        ),
      ]),
      shown("1,000 pages left open ten hours a day, a month", priceOf(monthly(PAGE, 1_000, pieces), 1_000).text),
      shown("a million guesses", `$${dollars(times(pieces.guess, 1e6), { included: false }).toFixed(2)}`),
    ];
  } finally {
    await stand.stop();
  }
}

/** What each piece uses. */
type Recorded = Readonly<Record<Piece, Usage>>;

const WORDS: Readonly<Record<Piece, string>> = {
  start: "a client starts (discovery, sign-in, device, application)",
  poll: "a poll, from the question until an event",
  again: "a silent poll that is sent again",
  asked: "a request, guard asked",
  reused: "a request right after another",
  guess: "a guess at the name, from a network that has to wait",
};

async function recorded(stand: Stand): Promise<Recorded> {
  const port = await stand.portOf("postern");
  const anna = await stand.addUser("anna");
  // A Front-End lets an endpoint run one application: the last one that it started.
  let { ticket, application } = await phoneTicket(port, anna);
  const asPhone = async (path: string, at = port): Promise<void> => {
    const { status } = await call({ port: at, path, headers: { authorization: `Bearer cwt=${ticket}` } });
    if (status !== 200) throw new Error(`${path}: ${status}`);
  };
  const sent: Readonly<
    Record<Exclude<Piece, "again">, { readonly requests: number; readonly act: () => Promise<unknown> }>
  > = {
    start: {
      requests: 8,
      act: async () => {
        await call({ port, path: "/", host: "lyncdiscover.contoso.test" });
        await discoverUser(port, "oauth/user", {});
        ticket = await compactTicket(port, anna); // two requests
        await discoverUser(port, "oauth/user", { authorization: `Bearer cwt=${ticket}` });
        const started = await startApplication(port, ticket, `phone of ${anna.account}`);
        application = new URL(started.headers.location ?? "").pathname;
        await asPhone(`${application}/me`);
        await asPhone(`${application}/people`);
      },
    },
    poll: { requests: 1, act: () => asPhone(`${application}/events?ack=1&timeout=4`) },
    asked: {
      requests: 1,
      act: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        await asPhone(`${application}/me`);
      },
    },
    reused: { requests: 1, act: () => asPhone(`${application}/people`) },
    guess: { requests: 1, act: () => guess(port, anna.account) },
  };
  for (let n = 0; n < 10; n++) await guess(port, anna.account); // from then on the network has to wait
  const used = async (piece: keyof typeof sent): Promise<Usage> => {
    const { requests, act } = sent[piece];
    const { counts, cpu } = await counted(stand, act);
    return times(usageOf(counts, requests * TIMES, cpu), 1 / TIMES);
  };
  const [start, poll] = [await used("start"), await used("poll")];
  const hurriedPort = await stand.portOf("hurried");
  const { counts, cpu } = await counted(stand, () => asPhone(`${application}/events?ack=1&timeout=4`, hurriedPort));
  const more = plus(usageOf(counts, TIMES, cpu), times(poll, -TIMES));
  const again = times(more, 1 / (counts.frontEnd - TIMES));
  return { start, poll, again, asked: await used("asked"), reused: await used("reused"), guess: await used("guess") };
}

/** Does it so often, and counts what that used in both gateways, with the alarms that follow. */
async function counted(stand: Stand, act: () => Promise<unknown>): Promise<{ counts: Operations; cpu: number }> {
  const ports = [await stand.portOf("postern"), await stand.portOf("hurried")];
  const read = async (): Promise<Operations> => {
    const all = await Promise.all(ports.map(async (port) => (await call({ port, path: "/_counts" })).text));
    return all.map((text): Operations => JSON.parse(text)).reduce(bothOf);
  };
  await act();
  await wait(ALARMS_RUNG_MS);
  await read();
  const before = cpuMs(stand.pid);
  for (let n = 0; n < TIMES; n++) await act();
  await wait(ALARMS_RUNG_MS);
  return { cpu: cpuMs(stand.pid) - before, counts: await read() };
}

function bothOf(one: Operations, other: Operations): Operations {
  const kinds = Object.keys(one) as (keyof Operations)[];
  return Object.fromEntries(kinds.map((kind) => [kind, one[kind] + other[kind]])) as Operations;
}

const usageOf = (counts: Operations, workerRequests: number, cpu: number): Usage => {
  const objectRequests = counts.guardRequests + counts.alarms;
  return {
    workerRequests,
    cpuMs: cpu,
    objectRequests,
    objectGbS: objectRequests * OBJECT_S_PER_CALL * OBJECT_GB,
    objectRowsRead: counts.rowsRead,
    objectRowsWritten: counts.rowsWritten,
    d1RowsRead: counts.d1RowsRead,
    d1RowsWritten: counts.d1RowsWritten,
  };
};

async function guess(port: number, account: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: "password",
    username: sipUriOf(account),
    password: `guess-${Math.random()}-guess-guess`,
  });
  const headers = { ...WINDOWS_GRANT.headers, "cf-connecting-ip": "198.51.100.77" };
  await call({ port, ...WINDOWS_GRANT, headers, body: body.toString() });
}

const inWords = (devices: number): string => devices.toLocaleString("en");

function mixed(one: Day, share: number, other: Day): Day {
  const of = (piece: Piece): number => share * one[piece] + (1 - share) * other[piece];
  return Object.fromEntries(PIECES.map((piece) => [piece, of(piece)])) as Day;
}

/** What these devices use in a month of such days. */
const monthly = (day: Day, devices: number, pieces: Recorded): Usage =>
  PIECES.reduce((sum, piece) => plus(sum, times(pieces[piece], day[piece] * devices * DAYS)), NO_USAGE);

/** `attack`: what comes on top of the devices' own day, whatever their number. */
function monthOf(devices: number, name: string, day: Day, pieces: Recorded, attack?: Day): Row {
  const use = plus(monthly(day, devices, pieces), attack === undefined ? NO_USAGE : monthly(attack, 1, pieces));
  const { text, perThousand } = priceOf(use, devices);
  return judged(
    `${devices.toLocaleString("en")} ${name}, a month`,
    text,
    `< $${MOST} for each 1,000`,
    perThousand < MOST,
  );
}

function priceOf(use: Usage, devices: number): { readonly text: string; readonly perThousand: number } {
  const [all, above] = [dollars(use, { included: false }), dollars(use, { included: true })];
  const perThousand = (above * 1_000) / devices;
  const text = `$${above.toFixed(2)} above the plan's $${PLAN} ($${perThousand.toFixed(2)} for each 1,000); $${all.toFixed(2)} if nothing were included`;
  return { text, perThousand };
}

function usageInWords(usage: Usage): string {
  const {
    workerRequests,
    cpuMs: cpu,
    objectRequests,
    objectRowsRead,
    objectRowsWritten,
    d1RowsRead,
    d1RowsWritten,
  } = usage;
  const n = (value: number): string => value.toFixed(1);
  return `${n(workerRequests)} requests, ${n(cpu)} ms CPU, ${n(objectRequests)} object requests, ${n(objectRowsRead)}/${n(objectRowsWritten)} rows read/written, D1 ${n(d1RowsRead)}/${n(d1RowsWritten)}`;
}
