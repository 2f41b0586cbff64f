// S-78: a version takes the place of the one before, on the same state and under load, and goes back. The clients sign
// in and use their tickets all the time. D1 gets its migrations while the old version still serves.

import { rm } from "node:fs/promises";
import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { type LocalGateway, startGateway } from "../../local/gateway.ts";
import { localAdminKey } from "../../local/keys.ts";
import { demoUsers, type Simulator, startSimulator } from "../../simulator/simulator.ts";
import { send, type TestRequest, type TestResponse } from "../../simulator/test-client.ts";
import { startApplication } from "./support/devices.ts";
import type { Person } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { APPLICATIONS, asBearer } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";
import {
  addCodePassword,
  addPerson,
  currentWorker,
  EARLIER,
  type EarlierVersion,
  earlierWorker,
  hasHistory,
  migrate,
  newHome,
  newSealingKey,
  noteGateway,
} from "./support/versions.ts";

/** How many requests each client makes with each version. Among so many it signs in again. */
const REQUESTS = 15;
const REQUIRED = (process.env.POSTERN_REQUIRE_REAL_CLIENTS ?? "") !== "";

let simulator: Simulator;
let worker: string;
const toStop: (() => Promise<void>)[] = [];
beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers, newcomersAt: "contoso.test" });
  worker = await currentWorker();
});
afterEach(async () => {
  for (const stop of toStop.splice(0).toReversed()) await stop();
});
afterAll(() => simulator?.stop());

const workers = new Map<string, Promise<string>>();

/** The Worker of an earlier version. A clone without the history skips the test, and says why. */
async function built(version: EarlierVersion, { skip }: TestContext): Promise<string> {
  const { commit } = version;
  if (!(await hasHistory(version))) {
    const why = `this clone does not have commit ${commit}, of which the earlier version is built: git fetch --unshallow`;
    if (REQUIRED) expect.fail(why);
    skip(why);
  }
  const building = workers.get(commit) ?? earlierWorker(version);
  workers.set(commit, building);
  return building;
}

/** One place behind which one version after the other runs, as a route of Cloudflare's has them. */
class Place {
  readonly home: string;
  readonly #state: string;
  readonly #sealingKeys: string;
  readonly #version: EarlierVersion;
  #gateway: LocalGateway | undefined;
  #replacing: Promise<unknown> = Promise.resolve();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly log: string[] = [];
  /** How long nobody was served, ms: once for each replacement. */
  readonly gaps: number[] = [];

  constructor(
    folders: { readonly home: string; readonly state: string },
    sealingKeys: string,
    version: EarlierVersion,
  ) {
    this.home = folders.home;
    this.#state = folders.state;
    this.#sealingKeys = sealingKeys;
    this.#version = version;
  }

  get gateway(): LocalGateway {
    if (this.#gateway === undefined) throw new Error("nothing runs");
    return this.#gateway;
  }

  /** Waits while one version takes the place of another, as a client does that cannot connect. */
  readonly send = async (request: TestRequest): Promise<TestResponse> => {
    await this.#replacing;
    const { gateway } = this.gateway;
    const answer = send(
      { url: gateway, hosts: simulator.hosts },
      { agent: new Agent({ keepAlive: false }), ...request },
    );
    this.#underWay.add(answer);
    return answer.finally(() => this.#underWay.delete(answer));
  };

  /** Starts the version, in the place of the one that runs. What is under way is answered by the old one. */
  async replaceBy(code: string, knows: "all" | "less"): Promise<void> {
    const replacing = this.#replace(code, knows);
    this.#replacing = replacing;
    await replacing;
  }

  /** Starts the version with the guards of another, as some requests meet them during a gradual deployment. */
  async mix(code: string, guards: string): Promise<void> {
    await this.#replace(code, "less", guards);
  }

  async #replace(code: string, knows: "all" | "less", guards?: string): Promise<void> {
    await Promise.allSettled(this.#underWay);
    const begun = performance.now();
    await this.#gateway?.stop();
    const unknown = Object.fromEntries(this.#version.unknown.map((name) => [name, undefined]));
    this.#gateway = await startGateway({
      ...{ state: this.#state, sealingKeys: this.#sealingKeys, adminKey: localAdminKey(this.home) },
      ...(guards === undefined ? {} : { guards }),
      ...{ worker: code, sharedSimulator: simulator, people: "kept", onLog: (line) => this.log.push(line) },
      variables: { REFUSAL_FLOOR_MS: "0", ...(knows === "less" ? unknown : {}) },
    });
    await noteGateway(this.home, this.#gateway.gateway, this.#gateway.adminHost);
    this.gaps.push(performance.now() - begun);
  }
}

/** A client at an address of its own. It signs in now and then, and uses its ticket in between. */
class Client {
  readonly who: Person;
  readonly device: string;
  readonly #place: Place;
  readonly #source: string;
  ticket = "";
  /** What was not served, in words. */
  readonly refused: string[] = [];
  served = 0;
  signedIn = 0;

  constructor(place: Place, who: Person, device: string, source: string) {
    this.#place = place;
    this.who = who;
    this.device = device;
    this.#source = source;
  }

  readonly send = (request: TestRequest): Promise<TestResponse> =>
    this.#place.send({ ...request, headers: { "cf-connecting-ip": this.#source, ...request.headers } });

  /** Signs in, and names its device. */
  async enter(): Promise<void> {
    this.ticket = await compactTicket(this, this.who);
    await startApplication(this, this.ticket, this.device);
    this.signedIn++;
  }

  /** The status of a request with the ticket. */
  readonly use = async (): Promise<number> => (await this.send(asBearer(this.ticket))).status;

  async goOn(until: () => boolean): Promise<void> {
    for (let round = 1; !until(); round++) {
      try {
        if (round % 12 === 0) await this.enter();
        const status = await this.use();
        if (status === 200) this.served++;
        else this.refused.push(`${this.device}: ${status}`);
      } catch (fault) {
        this.refused.push(`${this.device}: ${fault instanceof Error ? fault.message : fault}`);
      }
      await pause(20);
    }
  }
}

describe.each(EARLIER)("S-78: from $name to this version, back and forward again", (version) => {
  it("nobody is refused, and nothing is lost", async (context) => {
    const old = await built(version, context);
    const folders = await newHome();
    toStop.push(() => rm(folders.home, { recursive: true, force: true }));
    const sealingKeys = newSealingKey();
    const place = new Place(folders, sealingKeys, version);
    await place.replaceBy(old, "less");
    toStop.push(() => place.gateway.stop());
    const { execute } = place.gateway;
    await migrate(execute, 0, version.migrations);
    const [alice, atTablet, atDesk] = await addPerson(execute, sealingKeys, "alice", 3);
    const [bob, atLost] = await addPerson(execute, sealingKeys, "bob", 2);
    const [carol] = await addPerson(execute, sealingKeys, "carol", 1);
    const [dora] = await addPerson(execute, sealingKeys, "dora", 1);
    if (!dora || !carol || !alice || !atTablet || !atDesk || !bob || !atLost) return expect.fail("nobody");

    const clients = [
      new Client(place, alice, "phone of alice", "198.51.100.1"),
      new Client(place, bob, "phone of bob", "198.51.100.2"),
    ];
    const lost = new Client(place, atLost, "lost phone", "198.51.100.2");
    for (const client of [...clients, lost]) await client.enter();
    let over = false;
    const asked = () => clients.map(({ served, refused }) => served + refused.length);
    const more = async () => {
      const before = asked();
      const all = () => asked().every((count, at) => count >= (before[at] ?? 0) + REQUESTS);
      await expect.poll(all, { timeout: 120_000 }).toBe(true);
    };
    const load = Promise.all(clients.map((client) => client.goOn(() => over)));

    await more();
    await migrate(place.gateway.execute, version.migrations); // the old version still serves
    await more();
    await place.replaceBy(worker, "all");
    await more();
    // What this version does holds after going back.
    await operator(place, "device", "block", bob.sipUri, "lost phone", "--why", "stolen");
    expect(await lost.use()).not.toBe(200);
    await addCodePassword(place.gateway.execute, sealingKeys, carol);
    await place.gateway.execute(["UPDATE app_passwords SET expires_at = 1 WHERE id = 'p_dora0'"]);
    const tooLate = new Client(place, dora, "phone of dora", "198.51.100.5");
    await expect(tooLate.enter()).rejects.toThrow("no compact ticket: 401");
    await operator(place, "user", "invite", bob.sipUri);
    const added = new Client(place, atTablet, "tablet", "198.51.100.3");
    await added.enter();
    await place.replaceBy(old, "less");
    await more();
    expect(await lost.use()).not.toBe(200);
    await expect(lost.enter()).rejects.toThrow(/: 40[13]/);
    expect(await added.use()).toBe(200);
    // docs/upgrade.md: 0.1.0 lets nobody in who has an app password with a code, not even by another one.
    const entering = new Client(place, carol, "phone of carol", "198.51.100.4").enter();
    await (version.knowsCodes ? entering : expect(entering).rejects.toThrow("no compact ticket: 503"));
    // Nor does it know that an app password runs out.
    await (version.knowsCodes ? expect(tooLate.enter()).rejects.toThrow("no compact ticket: 401") : tooLate.enter());
    const met = new Client(place, atDesk, "met by the old version", "198.51.100.3");
    await met.enter();
    await place.replaceBy(worker, "all");
    await more();
    over = true;
    await load;

    expect(clients.flatMap(({ refused }) => refused)).toEqual([]);
    for (const client of clients) {
      expect(client.served).toBeGreaterThan(5 * REQUESTS - 1);
      expect(client.signedIn).toBeGreaterThan(5);
    }
    expect([await met.use(), await added.use()]).toEqual([200, 200]);
    expect(await lost.use()).not.toBe(200);
    const devices = (await operator(place, "device", "list", "--all")) as { key: string; state: string }[];
    expect(devices.map(({ key, state }) => `${key} ${state}`)).toEqual(
      expect.arrayContaining([
        ...["phone of alice", "phone of bob", "tablet", "met by the old version"].map((id) => `endpoint:${id} allowed`),
        "endpoint:lost phone blocked",
      ]),
    );
    const [invitations] = await place.gateway.execute(["SELECT used_at, withdrawn_at FROM user_invitations"]);
    expect(invitations).toEqual([{ used_at: null, withdrawn_at: null }]);
    // A restart on this machine. In production the versions overlap, and there is none.
    expect(Math.max(...place.gaps)).toBeLessThan(60_000);
    expect(place.log.filter((line) => /"event":"configuration"|no such (?:table|column)/.test(line))).toEqual([]);
  });
});

describe.each(EARLIER)("S-78: while $name and this version run side by side", (version) => {
  it.for(["an old Worker asks new guards", "a new Worker asks old guards"])("%s", async (which, context) => {
    const old = await built(version, context);
    const folders = await newHome();
    toStop.push(() => rm(folders.home, { recursive: true, force: true }));
    const sealingKeys = newSealingKey();
    const place = new Place(folders, sealingKeys, version);
    const isNew = which.startsWith("a new");
    await place.mix(isNew ? worker : old, isNew ? old : worker);
    toStop.push(() => place.gateway.stop());
    const { execute } = place.gateway;
    await migrate(execute, 0); // before any of the new version runs
    const [alice, atTablet] = await addPerson(execute, sealingKeys, "alice", 2);
    if (!alice || !atTablet) return expect.fail("nobody");
    const phone = new Client(place, alice, "phone", "198.51.100.1");
    const tablet = new Client(place, atTablet, "tablet", "198.51.100.2");
    for (const client of [phone, tablet]) {
      await client.enter();
      expect(await client.use()).toBe(200);
    }
    const wrong = new Client(place, { ...alice, password: "aaaaa-bbbbb-ccccc-ddddd-e" }, "thief", "198.51.100.3");
    await expect(wrong.enter()).rejects.toThrow("no compact ticket: 401");
    if (isNew) {
      await operator(place, "device", "block", alice.sipUri, "tablet");
      expect(await tablet.use()).not.toBe(200);
    }
    expect(await phone.use()).toBe(200);
    // A ticket that has named no device is refused, with its event, however the question was asked.
    const unnamed = await compactTicket(phone, alice);
    expect((await phone.send(asBearer(unnamed, `${APPLICATIONS}/100000000001/me`))).status).toBe(403);
    await phone.enter();
    const failed = place.log.filter((line) => /"event":"(?:configuration|unavailable)"/.test(line));
    expect(failed).toEqual([]);
  });
});
