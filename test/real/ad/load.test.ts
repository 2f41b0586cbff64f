// Two connectors under load. 200 sign-ins at the same time never get a wrong identity. When one connector stops, nobody
// notices. When both stop, every sign-in ends in 503 with Retry-After until one is back.

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ConnectorProcess } from "./connector.ts";
import { type Attempt, attempt, type LabGateway, startLabGateway } from "./gateway.ts";
import { type Lab, startLab } from "./lab.ts";
import { LOAD_USERS, PEOPLES_SUFFIX } from "./names.ts";
import { describeLab } from "./requirements.ts";

/** A sign-in and its user. */
type Tried = Attempt & { readonly account: string };

describeLab("two connectors under load", () => {
  let lab: Lab;
  let gateway: LabGateway;
  let first: ConnectorProcess;
  let second: ConnectorProcess;
  beforeAll(async () => {
    // The connectors remember tickets only briefly, so they ask the directory again and again.
    const settings = { limits: { cacheSeconds: 5 } };
    lab = await startLab([
      { name: "connector-a", settings },
      { name: "connector-b", settings },
    ]);
    gateway = await startLabGateway(lab);
    const [a, b] = lab.connectors;
    if (a === undefined || b === undefined) throw new Error("the lab has too few connectors");
    [first, second] = [a, b];
  });
  afterAll(() => Promise.all([gateway?.stop(), lab?.stop()]));
  beforeEach(() => gateway.simulator.clearLedger());

  const sipUriOf = (account: string): string => `sip:${account}@${PEOPLES_SUFFIX}`;
  const signInAs = async (account: string): Promise<Tried> => ({
    account,
    ...(await attempt(gateway, gateway.person(account))),
  });
  const mintedBy = ({ orders }: ConnectorProcess): number =>
    orders().filter(({ outcome }) => outcome === "minted").length;

  /** Each of the twenty users signs in again and again, until told to end. */
  function keepSigningIn(): { readonly end: () => Promise<readonly Tried[]>; readonly tried: readonly Tried[] } {
    const tried: Tried[] = [];
    let ending = false;
    const loops = LOAD_USERS.map(async ({ account }) => {
      while (!ending) {
        tried.push(await signInAs(account));
        await pause(100);
      }
    });
    const end = async (): Promise<readonly Tried[]> => {
      ending = true;
      await Promise.all(loops);
      return tried;
    };
    return { end, tried };
  }

  /** Every ticket belongs to its user. The Front-End saw exactly the users who got one, each in one request. */
  function expectRightIdentities(tried: readonly Tried[]): void {
    const served = tried.filter(({ status }) => status === 200);
    expect(served.map(({ owner }) => owner)).toEqual(served.map(({ account }) => sipUriOf(account)));
    const { signOns, refusedSignOns, requests } = gateway.simulator.ledger();
    expect(signOns.map(({ user }) => user).sort()).toEqual(served.map(({ account }) => sipUriOf(account)).sort());
    expect(refusedSignOns).toEqual([]);
    expect(requests).toHaveLength(signOns.length);
  }

  it("S-35: 200 sign-ins of twenty users at once: every ticket is its user's", async ({ annotate }) => {
    const began = performance.now();
    const accounts = Array.from({ length: 10 }, () => LOAD_USERS.map(({ account }) => account)).flat();
    const tried = await Promise.all(accounts.map(signInAs));
    const seconds = (performance.now() - began) / 1000;
    expect(tried.filter(({ status }) => status !== 200)).toEqual([]);
    expectRightIdentities(tried);
    await annotate(`${tried.length} sign-ins at once took ${seconds.toFixed(1)} s`);
  });

  it("one connector is killed: nobody notices", async ({ annotate }) => {
    const load = keepSigningIn();
    while (load.tried.length < 60) await pause(20);
    await first.kill();
    const before = mintedBy(second);
    while (mintedBy(second) < before + 60) await pause(20);
    const tried = await load.end();
    expect(tried.filter(({ status }) => status !== 200)).toEqual([]);
    expectRightIdentities(tried);
    await annotate(`${tried.length} sign-ins, none failed`);
  });

  it("S-37: both are killed: 503 with Retry-After, and all is right when they are back", async ({ annotate }) => {
    const load = keepSigningIn();
    await second.kill();
    const failures = (): number => load.tried.filter(({ status }) => status === 503).length;
    while (failures() < 60) await pause(20);
    await Promise.all([first.restart(), second.restart()]);
    const back = load.tried.length;
    while (load.tried.slice(back).filter(({ status }) => status === 200).length < 100) await pause(20);
    const tried = await load.end();
    const failed = tried.filter(({ status }) => status !== 200);
    expect(failed.map(({ status, retryAfter }) => [status, retryAfter])).toEqual(failed.map(() => [503, "10"]));
    expectRightIdentities(tried);
    const afterwards = await Promise.all(LOAD_USERS.map(({ account }) => signInAs(account)));
    expect(afterwards.filter(({ status }) => status !== 200)).toEqual([]);
    await annotate(`${tried.length} sign-ins, ${failed.length} of them ended in 503 while there was no connector`);
  });
});
