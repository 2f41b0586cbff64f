// S-17 at open polls: fifty event channels of one device are open when an administrator blocks it. When the command
// returns, the device hears nothing more, whatever happens at the Front-End and however often it asks. The same user's
// other device, and another user, hear everything.

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { VERDICT_REUSE_MS } from "../../src/ticket/verdicts.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { applicationsInside, Events, openDevice, type Poll, type PollingDevice, startPolls } from "./support/polls.ts";

const POLLS = 50;
/** How often a race is run. */
const ROUNDS = LONG_RUNS ? 3 : 1;
const OTHERS = 5;
/** S-17: the longest time that a revocation may take, ms. */
const BOUND_MS = 5_000;
const PATIENCE = { timeout: 60_000, interval: 20 };
const PHONE = "7f3a2b1c-0000-4000-8000-000000000001";

let gateway: TestGateway;
let events: Events;
/** Applications that alice's phone polls beside its own. */
let inside: readonly string[];
let tablet: PollingDevice;
let bobs: PollingDevice;

beforeAll(async () => {
  gateway = await startTestGateway({ simulator: { maxApplications: 2 * POLLS } });
  events = new Events(gateway);
  const { alice, bob, atDesk } = gateway;
  const alices = await applicationsInside(gateway, alice, POLLS - 1 + OTHERS - 1);
  inside = alices.slice(0, POLLS - 1);
  const endpointId = "7f3a2b1c-0000-4000-8000-000000000002";
  const forTablet = alices.slice(POLLS - 1);
  tablet = await openDevice(gateway, atDesk.alice, { endpointId, source: "192.0.2.2", applications: forTablet });
  const applications = await applicationsInside(gateway, bob, OTHERS - 1);
  bobs = await openDevice(gateway, bob, { endpointId: "endpoint of bob", source: "192.0.2.3", applications });
});
/** Polls that are open. */
let running: readonly Poll[] = [];
afterEach(() => stopAll());
afterAll(() => gateway?.stop());

/** The administrator decides about alice's phone. Approving a device that was never there changes nothing. */
async function decide(what: "approve" | "block"): Promise<void> {
  try {
    await operator(gateway, "device", what, gateway.alice.upn, PHONE);
  } catch (fault) {
    if (what === "block" || !String(fault).includes("no-such-device")) throw fault;
  }
}

/**
 * Signs alice's phone in, whatever was decided about it before. When this returns, its polls are open, and those of the
 * other two.
 */
async function openPolls(): Promise<{ readonly phone: readonly Poll[]; readonly others: readonly Poll[] }> {
  await decide("approve");
  gateway.simulator.clearLedger();
  const device = { endpointId: PHONE, source: "192.0.2.1", applications: inside };
  const phone = startPolls(gateway, await openDevice(gateway, gateway.alice, device));
  const others = [...startPolls(gateway, tablet), ...startPolls(gateway, bobs)];
  running = [...phone, ...others];
  await allOpen(running);
  return { phone, others };
}

const allOpen = (polls: readonly Poll[]) =>
  vi.waitFor(() => {
    const { requests } = gateway.simulator.ledger();
    const open = new Set(
      requests.flatMap(({ path, status }) => (status === null ? [path.replace(/\/events.*/, "")] : [])),
    );
    expect(polls.filter(({ application }) => !open.has(application))).toEqual([]);
  }, PATIENCE);

const haveHeard = (polls: readonly Poll[], n: number) =>
  vi.waitFor(() => {
    for (const { deliveries } of polls) expect(deliveries.map((each) => each.n)).toContain(n);
  }, PATIENCE);

/**
 * Everything that must not happen: an event that happened after the return and was heard, an event that was heard after
 * the limit, a request that got through.
 */
function heardAfter(returnedAt: number, phone: readonly Poll[]) {
  const deliveries = phone.flatMap((poll) => poll.deliveries);
  const polled = new Set(phone.map(({ application }) => application));
  return {
    fired: deliveries.filter(({ n }) => (events.firedAt[n] ?? 0) >= returnedAt).length,
    late: deliveries.filter(({ at }) => at > returnedAt + BOUND_MS).length,
    arrived: gateway.simulator
      .ledger()
      .requests.filter(({ path, at }) => polled.has(path.replace(/\/events.*/, "")) && Date.parse(at) > returnedAt)
      .length,
  };
}

const allRefused = (polls: readonly Poll[]) =>
  vi.waitFor(() => expect(polls.filter(({ refusals }) => refusals.length === 0)).toEqual([]), PATIENCE);

const stopAll = () => Promise.all(running.map((poll) => poll.stop()));

describe("S-17: fifty open polls of a device that is blocked", () => {
  it("hear nothing from when the command returns, while the other devices' polls go on", {
    timeout: 120_000,
  }, async () => {
    const { alice, bob } = gateway;
    const { phone, others } = await openPolls();
    const before = await events.fire(alice, bob);
    await haveHeard([...phone, ...others], before);
    await allOpen([...phone, ...others]);
    await pause(VERDICT_REUSE_MS + 500); // until every open poll needs a new verdict

    await decide("block");
    const returnedAt = Date.now();
    const ended = () => Date.now() > returnedAt + BOUND_MS;
    const last = await events.fireUntil(ended, 100, alice, bob);
    await haveHeard(others, last);
    expect(phone.map(({ deliveries }) => deliveries.map(({ n }) => n))).toEqual(phone.map(() => [before]));
    expect(new Set(phone.map(({ refusals }) => refusals[0]))).toEqual(new Set([401]));
    expect(heardAfter(returnedAt, phone)).toEqual({ fired: 0, late: 0, arrived: 0 });
    expect(others.flatMap(({ refusals }) => refusals)).toEqual([]);
  });

  it("hear nothing from then on, when a stream of events and the command race", { timeout: 240_000 }, async () => {
    const { alice, bob } = gateway;
    for (let round = 0; round < ROUNDS; round++) {
      const { phone, others } = await openPolls();
      await pause(VERDICT_REUSE_MS + 500); // the guard judges each event, and the command comes among these judgements
      let returnedAt = Number.POSITIVE_INFINITY;
      const blocked = decide("block").then(() => {
        returnedAt = Date.now();
      });
      const last = await events.fireUntil(() => Date.now() > returnedAt + 1_000, 10, alice, bob);
      await blocked;
      await allRefused(phone);
      await haveHeard(others, last);
      expect(heardAfter(returnedAt, phone)).toEqual({ fired: 0, late: 0, arrived: 0 });
      await stopAll();
    }
  });

  it("hear nothing from then on, when their verdicts are fresh and their events come around the return", {
    timeout: 240_000,
  }, async () => {
    const { alice, bob } = gateway;
    for (let round = 0; round < ROUNDS; round++) {
      const { phone, others } = await openPolls();
      let returnedAt = Number.POSITIVE_INFINITY;
      const blocked = decide("block").then(() => {
        returnedAt = Date.now();
      });
      // An event may be served by the verdict of the poll's beginning up to VERDICT_REUSE_MS later. The command waits
      // for the last of these.
      const applications = phone.map(({ application }) => application);
      await events.fireOver(applications, VERDICT_REUSE_MS + 500);
      await blocked;
      const last = await events.fire(alice, bob);
      await allRefused(phone);
      await haveHeard(others, last);
      expect(heardAfter(returnedAt, phone)).toEqual({ fired: 0, late: 0, arrived: 0 });
      await stopAll();
    }
  });
});
