// Devices that hold many event channels open, as clients do. They ask again after each answer and, unlike real clients,
// also after a refusal. Every event has a number, so a test knows what was delivered to whom, and when.

import { setTimeout as pause } from "node:timers/promises";
import { compactTicketFor, send, type TestRequest, type TestResponse } from "../../../simulator/test-client.ts";
import type { Person, TestGateway } from "./gateway.ts";
import { creation } from "./presenting.ts";
import { compactTicket } from "./tickets.ts";

/** How soon a refused poll asks again, ms. */
const STUBBORN_MS = 250;
/** How many tickets the polls share, because a client signs in more than once in the life of its application. */
const TICKETS = 5;

/** An event that reached a device. `at`: when its answer was complete, ms. */
export type Delivery = { readonly n: number; readonly at: number };

/** A device, the applications whose channels it polls, and its tickets without `cwt=`. */
export type PollingDevice = {
  readonly source: string;
  readonly tickets: readonly string[];
  /** Paths. */
  readonly applications: readonly string[];
};

const jsonWith = (cwt: string): Record<string, string> => ({
  authorization: `Bearer cwt=${cwt}`,
  "content-type": "application/json",
});

/**
 * Makes applications of a user inside, where no device has named itself by them. A Front-End lets an endpoint run one
 * application. A device may use any application of its user.
 */
export async function applicationsInside({ simulator }: TestGateway, who: Person, count: number): Promise<string[]> {
  const headers = jsonWith((await compactTicketFor(simulator, who.upn)).replace(/^cwt=/, ""));
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    paths.push(applicationIn(await send(simulator, { ...creation(`inside-${who.account}-${i}`), headers })));
  }
  return paths;
}

/** Signs in, names the device with each ticket, and gives the device its own application and these. */
export async function openDevice(
  gateway: TestGateway,
  who: Person,
  device: { readonly endpointId: string; readonly source: string; readonly applications: readonly string[] },
): Promise<PollingDevice> {
  const tickets: string[] = [];
  let own = "";
  for (let i = 0; i < TICKETS; i++) {
    const cwt = await compactTicket(gateway, who);
    const headers = { ...jsonWith(cwt), "cf-connecting-ip": device.source };
    own = applicationIn(await gateway.send({ ...creation(device.endpointId), headers }));
    tickets.push(cwt);
  }
  return { source: device.source, tickets, applications: [own, ...device.applications] };
}

function applicationIn({ status, headers, text }: TestResponse): string {
  if (status !== 201) throw new Error(`no application: ${status} ${text}`);
  return new URL(headers.location ?? "").pathname;
}

/** One event channel, polled until it is stopped. */
export class Poll {
  readonly #gateway: TestGateway;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  readonly application: string;
  readonly deliveries: Delivery[] = [];
  /** How many answers with or without events it got. */
  answers = 0;
  /** The statuses of answers that were not events; `cut` is an answer that Postern broke off after its head. */
  readonly refusals: (number | "cut")[] = [];

  constructor(gateway: TestGateway, device: PollingDevice, application: string, ticket: string) {
    this.#gateway = gateway;
    this.application = application;
    this.#done = this.#run({ authorization: `Bearer cwt=${ticket}`, "cf-connecting-ip": device.source });
  }

  /** Ends everything that is open. Throws what went wrong meanwhile. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
  }

  async #run(headers: Readonly<Record<string, string>>): Promise<void> {
    const { signal } = this.#stopped;
    let path = `${this.application}/events?ack=1`;
    try {
      while (!signal.aborted) {
        const answer = await this.#ask({ path, headers, signal });
        if (answer !== "cut" && answer.status === 200) {
          const { events, next } = readEvents(answer.text);
          this.answers++;
          this.deliveries.push(...events.map((n) => ({ n, at: Date.now() })));
          path = next;
        } else {
          this.refusals.push(answer === "cut" ? "cut" : answer.status);
          await pause(STUBBORN_MS, undefined, { signal });
        }
      }
    } catch (fault) {
      if (!signal.aborted) throw fault;
    }
  }

  /**
   * One question. When the device is blocked between the head of an answer and its event, Postern ends the answer
   * there: its client sees a connection that breaks off, and hears nothing.
   */
  async #ask(request: TestRequest): Promise<TestResponse | "cut"> {
    try {
      return await this.#gateway.send(request);
    } catch (fault) {
      if (!request.signal?.aborted && isCut(fault)) return "cut";
      throw fault;
    }
  }
}

/** node:http says `aborted` (ECONNRESET) when a connection ends within an answer. */
const isCut = (fault: unknown): boolean =>
  fault instanceof Error && (fault as NodeJS.ErrnoException).code === "ECONNRESET";

/** Polls all of a device's applications. */
export const startPolls = (gateway: TestGateway, device: PollingDevice): Poll[] =>
  device.applications.map(
    (application, i) => new Poll(gateway, device, application, device.tickets[i % device.tickets.length] ?? ""),
  );

/** A client that is lost gets `resync` alone. An answer without events may have only `next`. */
type EventsAnswer = {
  readonly _links: { readonly next?: { readonly href: string }; readonly resync?: { readonly href: string } };
  readonly sender?: readonly { readonly events: readonly { readonly n: number }[] }[];
};

function readEvents(json: string): { readonly events: readonly number[]; readonly next: string } {
  const { _links, sender = [] } = JSON.parse(json) as EventsAnswer;
  const next = _links.next?.href ?? _links.resync?.href;
  if (next === undefined) throw new Error(`events lead nowhere: ${json}`);
  return { events: sender.flatMap(({ events }) => events.map(({ n }) => n)), next };
}

/** The events of a test: their numbers, and when each was sent. */
export class Events {
  readonly #gateway: TestGateway;
  /** The time of each event by its number, ms. */
  readonly firedAt: number[] = [];

  constructor(gateway: TestGateway) {
    this.#gateway = gateway;
  }

  /**
   * Makes one event for every application of these users. It answers the open poll, or waits for the next. Returns its
   * number.
   */
  async fire(...users: readonly Person[]): Promise<number> {
    const n = this.firedAt.push(Date.now()) - 1;
    for (const { sipUri: user } of users) await this.#deliver({ user, event: { type: "fired", n } });
    return n;
  }

  /** Makes one event for each application, spread evenly over this time (ms). */
  async fireOver(applications: readonly string[], ms: number): Promise<void> {
    const begun = Date.now();
    for (const [i, path] of applications.entries()) {
      await pause(Math.max(0, begun + (i * ms) / applications.length - Date.now()));
      const n = this.firedAt.push(Date.now()) - 1;
      await this.#deliver({ application: path.split("/").at(-1), event: { type: "fired", n } });
    }
  }

  /** Makes one event after another until told to stop. Returns the last number. */
  async fireUntil(stop: () => boolean, everyMs: number, ...users: readonly Person[]): Promise<number> {
    let last = -1;
    while (!stop()) {
      last = await this.fire(...users);
      await pause(everyMs);
    }
    return last;
  }

  async #deliver(event: unknown): Promise<void> {
    await fetch(`${this.#gateway.frontEnd}/_sim/event`, { method: "POST", body: JSON.stringify(event) });
  }
}
