// What a device costs in a month. The pieces of a phone's day are sent to the gateway with meters on its bindings, and
// what each uses is recorded; a day is so many of each piece, and a month thirty days, at Cloudflare's prices. CPU time
// is what workerd used for the piece; a machine of Cloudflare's may be faster or slower.

import { setTimeout as wait } from "node:timers/promises";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
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

const PIECES = ["start", "poll", "asked", "reused", "guess"] as const;
type Piece = (typeof PIECES)[number];
/** A day: how many of each piece, and how many silent polls are asked again for the client inside the gateway. */
type Day = Readonly<Record<Piece, number>>;

/** A phone whose application is open all day and night, while nothing happens: each poll is answered after 15 minutes. */
const IDLE: Day = { start: 3, poll: 96, asked: 6, reused: 6, guess: 0 };
/**
 * The same phone in its owner's hand for two hours: an event each half minute, and sixty times somebody writes, opens a
 * conversation or looks at people, which is three requests at once.
 */
const BUSY: Day = { start: 3, poll: 2 * 120 + 88, asked: 60, reused: 120, guess: 0 };
/** Three of ten phones are busy on a day, the others idle. */
const FLEET: Day = mixed(BUSY, 0.3, IDLE);
/** A page that is left open in a browser for ten hours, with an event each half minute. No phone does that. */
const PAGE: Day = { start: 2, poll: 10 * 120, asked: 100, reused: 200, guess: 0 };
/** An attack on the organisation, however many devices it has: a guess a second, all day. */
const ATTACK: Day = { start: 0, poll: 0, asked: 0, reused: 0, guess: 86_400 };

/** Records the pieces and adds them up. */
export async function measureDollars(): Promise<Row[]> {
  const metered = await build("bench/workers/counting-gateway.ts");
  const stand = await startStand((gatewayEnv, simulator) => [
    worker("postern", metered, gatewayEnv(simulator), ...GUARDS),
  ]);
  try {
    const pieces = await recorded(stand);
    return [
      ...PIECES.map((piece) => shown(`recorded: ${WORDS[piece]}`, usageInWords(pieces[piece]))),
      ...SIZES.flatMap((devices) => [
        monthOf(devices, "idle phones", IDLE, pieces),
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
  asked: "a request, guard asked",
  reused: "a request right after another",
  guess: "a guess at the name, from a network that has to wait",
};

async function recorded(stand: Stand): Promise<Recorded> {
  const port = await stand.portOf("postern");
  const anna = await stand.addUser("anna");
  // A Front-End lets an endpoint run one application: the last one that it started.
  let { ticket, application } = await phoneTicket(port, anna);
  const asPhone = async (path: string): Promise<void> => {
    const { status } = await call({ port, path, headers: { authorization: `Bearer cwt=${ticket}` } });
    if (status !== 200) throw new Error(`${path}: ${status}`);
  };
  const pieces: Readonly<Record<Piece, { readonly requests: number; readonly act: () => Promise<unknown> }>> = {
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
  const usage: Partial<Record<Piece, Usage>> = {};
  for (const piece of PIECES) {
    const { requests, act } = pieces[piece];
    await act();
    await wait(ALARMS_RUNG_MS);
    await call({ port, path: "/_counts" });
    const before = cpuMs(stand.pid);
    for (let n = 0; n < TIMES; n++) await act();
    await wait(ALARMS_RUNG_MS);
    const cpu = cpuMs(stand.pid) - before;
    const counts: Operations = JSON.parse((await call({ port, path: "/_counts" })).text);
    usage[piece] = times(usageOf(counts, requests * TIMES, cpu), 1 / TIMES);
  }
  return { start: NO_USAGE, poll: NO_USAGE, asked: NO_USAGE, reused: NO_USAGE, guess: NO_USAGE, ...usage };
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
  return { start: of("start"), poll: of("poll"), asked: of("asked"), reused: of("reused"), guess: of("guess") };
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
