// S-81, S-82: polls in which nothing happens for longer than Cloudflare lets an origin be silent. Here Postern sends a
// silent request again after a fraction of a second, not after 90 s.

import { type ClientRequest, request as httpRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { LedgerEntry } from "../../simulator/ledger.ts";
import type { TestResponse } from "../../simulator/test-client.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { applicationsInside, Events, openDevice, type Poll, type PollingDevice, startPolls } from "./support/polls.ts";

const SILENCE_MS = 1_000;
const SHORTEST_POLL_MS = 3_000;
const POLLS = 50;
/** How many of them race, because 50 of them take a busy machine a minute. */
const RACING = LONG_RUNS ? POLLS : 20;
/** How often an event of each poll meets the moment at which the poll is sent again. */
const ROUNDS = LONG_RUNS ? 30 : 4;
const PATIENCE = { timeout: 60_000, interval: 10 };
const PHONE = "7f3a2b1c-0000-4000-8000-000000000081";
const WAITS = "&timeout=900";

let gateway: TestGateway;
let events: Events;
let phone: PollingDevice;
/** The application of alice's phone, and what the phone sends. */
let application: string;
let headers: Readonly<Record<string, string>>;

beforeAll(async () => {
  const times = { POLL_SILENCE_MS: SILENCE_MS, POLL_FAILED_WITHIN_MS: 100, LEAST_POLL_MS: SHORTEST_POLL_MS };
  gateway = await startTestGateway({ simulator: { maxApplications: 2 * POLLS }, times });
  events = new Events(gateway);
  phone = await openDevice(gateway, gateway.alice, { endpointId: PHONE, source: "192.0.2.81", applications: [] });
  headers = { authorization: `Bearer cwt=${phone.tickets[0]}`, "cf-connecting-ip": phone.source };
});
afterAll(() => gateway?.stop());

let running: readonly Poll[] = [];
beforeEach(async () => {
  await fetch(`${gateway.frontEnd}/_sim/reset`, { method: "POST" });
  application = await startApplication(gateway, phone.tickets[0] ?? "", PHONE);
  gateway.simulator.clearLedger();
});
afterEach(async () => {
  await Promise.all(running.map((poll) => poll.stop()));
  running = [];
});

const ask = (query: string, more: Readonly<Record<string, string>> = {}): Promise<TestResponse> =>
  gateway.send({ path: `${application}/events${query}`, headers: { ...headers, ...more } });

/** The requests for the events of an application that reached the Front-End. */
const arrived = (of = application): readonly LedgerEntry[] =>
  gateway.simulator.ledger().requests.filter(({ path }) => path.startsWith(`${of}/events`));
const open = (of = application) => arrived(of).filter(({ status }) => status === null);

/** Waits until so many requests have arrived, and the last one waits. */
const sentAgain = (times: number, of = application) =>
  vi.waitFor(() => {
    expect(arrived(of).length).toBeGreaterThanOrEqual(times);
    expect(open(of)).toHaveLength(1);
  }, PATIENCE);

const fire = (n: number, of = application) =>
  fetch(`${gateway.frontEnd}/_sim/event`, {
    method: "POST",
    body: JSON.stringify({ application: of.split("/").at(-1), event: { type: "fired", n } }),
  });

/** The last request for the events of each application, read piece by piece: the ledger is long. */
class Waiting {
  readonly #last = new Map<string, LedgerEntry>();
  #read = 0;

  last(of: string): LedgerEntry | undefined {
    const { requests } = gateway.simulator.ledger();
    for (; this.#read < requests.length; this.#read++) {
      const entry = requests[this.#read];
      if (entry?.path.includes("/events")) this.#last.set(entry.path.replace(/\/events.*/, ""), entry);
    }
    return this.#last.get(of);
  }

  byApplication(): ReadonlyMap<string, readonly LedgerEntry[]> {
    const requests = new Map<string, LedgerEntry[]>();
    for (const entry of this.all()) {
      const of = entry.path.replace(/\/events.*/, "");
      requests.set(of, [...(requests.get(of) ?? []), entry]);
    }
    return requests;
  }

  all(): readonly LedgerEntry[] {
    return gateway.simulator.ledger().requests.filter(({ path }) => path.includes("/events"));
  }
}

const order = (path: string, body: unknown) =>
  fetch(`${gateway.frontEnd}/_sim/${path}`, { method: "POST", body: JSON.stringify(body) });

type Events200 = {
  readonly _links: { readonly next: { readonly href: string } };
  readonly sender?: readonly { readonly events: readonly { readonly n: number }[] }[];
};
function heardIn({ status, text }: TestResponse): { readonly numbers: readonly number[]; readonly next: string } {
  expect([status, text]).toEqual([200, expect.stringContaining("next")]);
  const { sender = [], _links } = JSON.parse(text) as Events200;
  return { numbers: sender.flatMap(({ events: each }) => each.map(({ n }) => n)), next: _links.next.href };
}

/** Time in which a poll that goes on would be sent again. */
const someMore = () => pause(2.5 * SILENCE_MS);

describe("S-81: a poll that is silent", () => {
  it("is sent again in its silence, and hears its event once", async () => {
    const poll = ask(`?ack=1${WAITS}`);
    await sentAgain(4);
    await fire(1);
    const first = heardIn(await poll);
    expect(first.numbers).toEqual([1]);
    // All but the last were ended by Postern before they had an answer.
    // (The simulator answers one with 409 when it hears of the next one first. Nobody gets that answer.)
    const statuses = arrived().map(({ status, left }) => (left ? "left" : status));
    expect(statuses.at(-1)).toBe(200);
    expect(statuses.slice(0, -1).filter((each) => each !== "left" && each !== 409)).toEqual([]);
    gateway.simulator.clearLedger();
    const next = gateway.send({ path: `${first.next}${WAITS}`, headers });
    await sentAgain(2);
    await fire(2);
    expect(heardIn(await next).numbers).toEqual([2]);
  });

  it("loses no event that comes in the moment in which it is sent again, and hears none twice", {
    timeout: 240_000,
  }, async () => {
    const { alice } = gateway;
    const inside = await applicationsInside(gateway, alice, RACING - 1);
    const polls = startPolls(gateway, { ...phone, applications: [application, ...inside] });
    running = polls;
    const waiting = new Waiting();
    await Promise.all(
      polls.map(async (poll, i) => {
        for (let n = 0; n < ROUNDS; n++) {
          const one = await vi.waitFor(() => {
            const last = waiting.last(poll.application);
            if (last?.status !== null || poll.deliveries.length < n) throw new Error("it does not wait yet");
            return last;
          }, PATIENCE);
          // From some milliseconds before it is sent again until some after, differently for each.
          const offset = ((i * 7 + n * 13) % 40) - 8;
          await pause(Math.max(0, Date.parse(one.at) + SILENCE_MS + offset - Date.now()));
          await fire(n, poll.application);
        }
      }),
    );
    const all = Array.from({ length: ROUNDS }, (_, n) => n);
    await vi.waitFor(() => {
      for (const { deliveries } of polls) expect(deliveries.length).toBeGreaterThanOrEqual(ROUNDS);
    }, PATIENCE);
    expect(polls.map(({ deliveries }) => deliveries.map(({ n }) => n))).toEqual(polls.map(() => all));
    expect(polls.flatMap(({ refusals }) => refusals)).toEqual([]);
    const answers = waiting.all().filter(({ status }) => status === 200).length;
    const heard = polls.reduce((sum, { answers: each }) => sum + each, 0);
    if (LONG_RUNS) console.info(`${answers - heard} of ${answers} answers went to nobody and were told again`);
  });

  it("ends with no events when its client's time is over, in JSON and in XML, and the next one works", async () => {
    const [inside] = await applicationsInside(gateway, gateway.alice, 1);
    const begun = Date.now();
    const [json, xml] = await Promise.all([
      ask("?ack=1&low=600&medium=300"),
      gateway.send({
        path: `${inside}/events?ack=1`,
        headers: { ...headers, accept: "application/vnd.microsoft.com.ucwa+xml" },
      }),
    ]);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(SHORTEST_POLL_MS);
    const here = `${application}/events?ack=1`;
    expect(JSON.parse(json.text)).toEqual({ _links: { self: { href: here }, next: { href: here } }, rel: "events" });
    expect([json.status, json.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    expect([xml.status, xml.headers["content-type"]]).toEqual([
      200,
      "application/vnd.microsoft.com.ucwa+xml; charset=utf-8",
    ]);
    expect(xml.text).toContain(`<link rel="next" href="${inside}/events?ack=1"/>`);
    await vi.waitFor(() => expect(open()).toEqual([]), PATIENCE);
    await fire(7);
    expect(heardIn(await gateway.send({ path: heardIn(json).next, headers })).numbers).toEqual([7]);
  });

  it("passes the Front-End's own answer without events, when it comes first", async () => {
    const answer = await ask("?ack=1&timeout=0.2");
    expect(heardIn(answer)).toEqual({ numbers: [], next: `${application}/events?ack=2` });
    expect(JSON.parse(answer.text).sender).toEqual([]);
  });

  it("lasts as long as the one before it when it does not say how long", async () => {
    const first = ask(`?ack=1${WAITS}`);
    await sentAgain(1);
    await fire(1);
    const { next } = heardIn(await first);
    const begun = Date.now();
    const second = gateway.send({ path: next, headers });
    await vi.waitFor(() => expect(Date.now() - begun).toBeGreaterThan(SHORTEST_POLL_MS + SILENCE_MS), PATIENCE);
    await vi.waitFor(() => expect(open()).toHaveLength(1), PATIENCE);
    await fire(2);
    expect(heardIn(await second).numbers).toEqual([2]);
  });

  it("gives way to a newer one of its client, and is not sent again", async () => {
    const older = ask(`?ack=1${WAITS}`);
    await sentAgain(2);
    const newer = ask(`?ack=1&medium=300${WAITS}`);
    const replaced = await older;
    expect([replaced.status, JSON.parse(replaced.text).subcode]).toEqual([409, "PGetReplaced"]);
    const before = arrived().length;
    await sentAgain(before + 3);
    expect(
      arrived()
        .slice(before)
        .every(({ path }) => path.includes("medium=300")),
    ).toBe(true);
    await fire(1);
    expect(heardIn(await newer).numbers).toEqual([1]);
  });

  it("stays when another user asks for its events", async () => {
    const other = await openDevice(gateway, gateway.bob, {
      endpointId: "bobs",
      ...{ source: "192.0.2.82", applications: [] },
    });
    const poll = ask(`?ack=1${WAITS}`);
    await sentAgain(1);
    const theirs = { authorization: `Bearer cwt=${other.tickets[0]}`, "cf-connecting-ip": other.source };
    const path = `${application}/events?ack=999999${WAITS}`;
    expect((await gateway.send({ path, headers: theirs })).status).toBe(403);
    await sentAgain(4);
    await fire(21);
    expect(heardIn(await poll).numbers).toEqual([21]);
  });

  it("stays when a newer one has a lower priority", async () => {
    const older = ask(`?ack=1&priority=5${WAITS}`);
    await sentAgain(2);
    const newer = await ask(`?ack=1&priority=4${WAITS}`);
    expect([newer.status, JSON.parse(newer.text).subcode]).toEqual([409, "PGetReplaced"]);
    const before = arrived().length;
    await sentAgain(before + 2);
    await fire(1);
    expect(heardIn(await older).numbers).toEqual([1]);
  });

  it.each(["524", "closed"])("is sent again when something on the way ended it: %s", async (how) => {
    await order("silence", { afterMs: 200, how, times: 6 });
    const poll = ask(`?ack=1${WAITS}`);
    await vi.waitFor(() => expect(arrived().filter(({ cut }) => cut).length).toBeGreaterThanOrEqual(3), PATIENCE);
    await sentAgain(7);
    await fire(1);
    expect(heardIn(await poll).numbers).toEqual([1]);
  });

  it("of a device that is blocked ends when it would be sent again, and asks for nothing more", async () => {
    const { bob } = gateway;
    const bobs = await openDevice(gateway, bob, { endpointId: "bobs", source: "192.0.2.82", applications: [] });
    const [of = ""] = bobs.applications;
    const own = { authorization: `Bearer cwt=${bobs.tickets[0]}`, "cf-connecting-ip": bobs.source };
    const poll = gateway.send({ path: `${of}/events?ack=1${WAITS}`, headers: own });
    await sentAgain(2, of);
    await operator(gateway, "device", "block", bob.upn, "bobs");
    const blocked = arrived(of).length;
    expect((await poll).status).toBe(401);
    await vi.waitFor(() => expect(open(of)).toEqual([]), PATIENCE);
    await someMore();
    expect(arrived(of).length).toBe(blocked);
  });

  it("is one of fifty, which all hear the same event once", async () => {
    const inside = await applicationsInside(gateway, gateway.alice, POLLS - 1);
    running = startPolls(gateway, { ...phone, applications: [application, ...inside] });
    /** Until every poll was sent again so often. All fifty need not wait at one moment: a busy machine has none such. */
    const allSentAgain = (times: number) =>
      vi.waitFor(
        () => {
          const requests = new Waiting().byApplication();
          for (const { application: of } of running) {
            expect(requests.get(of)?.length ?? 0).toBeGreaterThanOrEqual(times);
          }
        },
        { ...PATIENCE, interval: 200 },
      );
    await allSentAgain(4);
    const n = await events.fire(gateway.alice);
    await vi.waitFor(() => {
      for (const { deliveries } of running) expect(deliveries.map((each) => each.n)).toEqual([n]);
    }, PATIENCE);
    gateway.simulator.clearLedger();
    await allSentAgain(2);
    expect(running.flatMap(({ deliveries }) => deliveries)).toHaveLength(POLLS);
    expect(running.flatMap(({ refusals }) => refusals)).toEqual([]);
  });
});

describe("S-82: a client that leaves its poll", () => {
  /** A poll whose client can leave without a word. */
  function begin(): ClientRequest {
    const { hostname, port } = new URL(gateway.gateway);
    const own = { host: gateway.simulator.hosts.web, ...headers };
    const outgoing = httpRequest({
      hostname,
      port,
      path: `${application}/events?ack=1${WAITS}`,
      headers: own,
      agent: false,
    });
    outgoing.on("error", () => undefined);
    outgoing.end();
    return outgoing;
  }

  it.each([
    ["before it was sent again", 1],
    ["after it was sent again", 3],
  ])("%s: the request to the Front-End ends, and none follows", async (_, times) => {
    const outgoing = begin();
    await sentAgain(times);
    outgoing.socket?.resetAndDestroy();
    await vi.waitFor(() => expect(open()).toEqual([]), PATIENCE);
    const before = arrived().length;
    expect(arrived().at(-1)).toMatchObject({ left: true });
    await someMore();
    expect(arrived().length).toBe(before);
    // What happens meanwhile is there for the next poll.
    await fire(3);
    expect(heardIn(await ask(`?ack=1${WAITS}`)).numbers).toEqual([3]);
  });
});

describe("S-37 S-81: an origin that fails at once", () => {
  let failing: TestGateway;
  let path: string;
  let own: Readonly<Record<string, string>>;
  beforeAll(async () => {
    failing = await startTestGateway({ times: { POLL_SILENCE_MS: SILENCE_MS, AFTER_FAILURE_MS: 20 } });
    const device = { endpointId: PHONE, source: "192.0.2.83", applications: [] };
    const { applications, tickets, source } = await openDevice(failing, failing.alice, device);
    path = `${applications[0]}/events`;
    own = { authorization: `Bearer cwt=${tickets[0]}`, "cf-connecting-ip": source };
  });
  afterAll(() => failing?.stop());
  beforeEach(() => failing.simulator.clearLedger());

  const requests = () => failing.simulator.ledger().requests.filter((each) => each.path.startsWith(path));
  const fail = (times: number) =>
    fetch(`${failing.frontEnd}/_sim/fail`, { method: "POST", body: JSON.stringify({ path, kind: "drop", times }) });

  it("is asked once for a new poll: 503", async () => {
    await fail(1);
    const answer = await failing.send({ path: `${path}?ack=1${WAITS}`, headers: own });
    expect([answer.status, answer.headers["retry-after"], requests().length]).toEqual([503, "10", 1]);
  });

  it("is asked three times for a poll that was silent before, and then the client gets 503", async () => {
    const poll = failing.send({ path: `${path}?ack=1${WAITS}`, headers: own });
    await vi.waitFor(() => expect(requests().length).toBe(2), PATIENCE);
    await fail(100);
    const answer = await poll;
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "10"]);
    expect(requests().filter(({ left, status }) => !left && status === null)).toHaveLength(3);
    const before = requests().length;
    await someMore();
    expect(requests().length).toBe(before);
    await fetch(`${failing.frontEnd}/_sim/reset`, { method: "POST" });
  });
});
