// The first sync: five thousand people of a real directory come into Postern, with their odd names, in less than five
// minutes. Nobody is merged. A sync that was killed, or lost its controller, has done no harm and goes on.

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { build } from "../../../bench/stand.ts";
import { displayable } from "../../../src/core/text/printable.ts";
import { newAgent } from "./agent.ts";
import { LARGE } from "./controller.ts";
import { type Source, startSyncedGateway } from "./gateway.ts";
import { type Entry, EVERYBODY, INCOMPLETE, KNOWN, ODD, OUTSIDE, SHUT_OUT, TROUBLE } from "./people.ts";
import { placeDn } from "./population.ts";
import { describeAgent } from "./requirements.ts";
import { GROUP_WORDS, startWorld, type World } from "./world.ts";

const FIVE_MINUTES_MS = 300_000;
/** A directory of 25,000 entries takes half a minute to fill, and many times that on a busy machine. */
const START_WITHIN_MS = 900_000;
const PATIENCE = { timeout: FIVE_MINUTES_MS, interval: 50 };
/** What a counter of workers/counting-gateway.ts answers. */
type Counts = {
  readonly d1Queries: number;
  readonly d1RowsRead: number;
  readonly d1RowsWritten: number;
  readonly guardRequests: number;
};

/** What `agent sync --dry-run` ends with when the directory says something new. */
const THERE_ARE_DIFFERENCES = 10;

describeAgent("the first sync of five thousand people", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(LARGE, {
      gateway: { worker: await build("bench/workers/counting-gateway.ts") },
      agent: { directory: { ...GROUP_WORDS, attributes: ["preferredLanguage"] } },
    });
  }, START_WITHIN_MS);
  afterAll(() => world?.stop());

  const counts = async (): Promise<Counts> =>
    (await fetch(`${world.gateway.gateway}/_counts`)).json() as Promise<Counts>;
  const problems = async (): Promise<Source["problems"]> => (await world.gateway.source())?.problems ?? [];

  it("S-55: says what it would do, and does nothing", async () => {
    const { code, stdout, stderr } = await world.agent.command("sync", "--dry-run");
    expect(code, stderr).toBe(THERE_ARE_DIFFERENCES);
    expect(stdout).toContain("p0001");
    expect(await world.gateway.linked()).toEqual(new Map());
    expect(await world.gateway.source()).toBeUndefined();
  });

  it("S-55: takes everybody in less than five minutes", async ({ annotate }) => {
    const { agent, gateway } = world;
    await counts();
    const begun = Date.now();
    await agent.start();
    await vi.waitFor(async () => expect((await gateway.source())?.inStepAt).toBeTruthy(), PATIENCE);
    const ms = Date.now() - begun;
    const { d1Queries, d1RowsRead, d1RowsWritten, guardRequests } = await counts();
    const ldap = await agent.counted("postern_agent_ldap_requests_total");
    const api = await agent.counted("postern_agent_api_requests_total");
    const { size } = await gateway.linked();
    await annotate(
      `${size} people in ${(ms / 1_000).toFixed(1)} s: ${ldap} LDAP requests, ${api} API requests, ${guardRequests} guard requests, ${d1Queries} D1 queries, ${d1RowsRead} rows read, ${d1RowsWritten} written`,
    );
    expect(ms).toBeLessThan(FIVE_MINUTES_MS);
    expect(size).toBeGreaterThan(LARGE.people);
  });

  it("S-55: costs little when nothing has changed", async ({ annotate }) => {
    const { agent } = world;
    const counters = ["postern_agent_ldap_requests_total", "postern_agent_api_requests_total"];
    const readAll = () => Promise.all(counters.map((name) => agent.counted(name)));
    const reports = () => agent.counted("postern_agent_api_requests_total", /report/);
    const [before, reported] = [await readAll(), await reports()];
    // On a busy machine more than one round may go by between two looks.
    await vi.waitFor(async () => expect(await reports()).toBeGreaterThan(reported), PATIENCE);
    const after = await readAll();
    const rounds = (await reports()) - reported;
    const [ldap = 0, api = 0] = after.map((value, index) => (value - (before[index] ?? 0)) / rounds);
    await annotate(`a round without a change: ${ldap} LDAP requests, ${api} API requests`);
    expect(api).toBeLessThan(10);
  });

  it("S-55: has everybody as the directory has them, whatever their names are made of", async () => {
    // Whoever a busy controller or gateway did not come to in one round is in the next one.
    await vi.waitFor(hasEverybody, { ...PATIENCE, interval: 2_000 });
  });

  async function hasEverybody(): Promise<void> {
    const linked = await world.gateway.linked();
    const known = Object.values(KNOWN).filter(({ account }) => !/^(alice|bob)$/.test(account));
    for (const { account, ...entry } of [...known, ...ODD, INCOMPLETE.noMail]) {
      const { mail = null, mobile = null } = entry;
      // An unseen character could hide something: it is shown as U+FFFD, unless it joins the letters of a name.
      const displayName = displayable(entry.displayName ?? "", 256);
      const sipUri = entry.address?.toLowerCase();
      expect(linked.get(account.toLowerCase()), account).toMatchObject({
        displayName,
        mail,
        mobile,
        sipUri,
        state: "in",
      });
    }
    expect(linked.get(INCOMPLETE.badMail.account)).toMatchObject({ mail: null, state: "in" });
    expect(linked.get(INCOMPLETE.noUpn.account)).toMatchObject({ upn: null, state: "in" });
    expect(linked.get(INCOMPLETE.noDisplayName.account)).toMatchObject({ displayName: null, state: "in" });
  }

  it("S-55: takes nobody whom Lync does not know, and lets nobody in whom the directory shuts out", async () => {
    const linked = await world.gateway.linked();
    for (const { account } of Object.values(OUTSIDE)) expect(linked.has(account), account).toBe(false);
    for (const { account } of Object.values(SHUT_OUT)) expect(linked.get(account)?.state ?? "absent").not.toBe("in");
  });

  it("S-55: S-10: merges nobody: of two with one name at most one is in, and the other is reported", async () => {
    const linked = await world.gateway.linked();
    const reported = new Set((await problems()).map(({ key }) => key));
    const pairs: readonly (readonly [Entry, Entry])[] = [
      [TROUBLE.strasse, TROUBLE.straße],
      [TROUBLE.composed, TROUBLE.decomposed],
      [TROUBLE.twin, TROUBLE.otherTwin],
    ];
    for (const pair of pairs) {
      const keys = await Promise.all(pair.map(({ account }) => world.keyOf(account)));
      const inside = [...linked.values()].filter(({ key, state }) => keys.includes(key) && state === "in");
      expect(inside.length, pair[0].account).toBeLessThanOrEqual(1);
      for (const key of keys) expect(reported.has(key) || inside.some((person) => person.key === key)).toBe(true);
    }
    for (const { account } of [TROUBLE.noAddress, TROUBLE.telephone]) {
      expect(linked.has(account), account).toBe(false);
      expect(reported).toContain(await world.keyOf(account));
    }
  });

  it("S-55: knows the members of a group by names that need escaping", async () => {
    const linked = await world.gateway.linked();
    for (const { account } of ODD) {
      expect(linked.get(account.toLowerCase())?.groups, account).toContain('Odd,-"Names"-+-\\-<more>;-#=');
    }
  });

  it("S-55: five thousand people have the word of a group with twenty thousand members", async () => {
    const linked = await world.gateway.linked();
    const members = [...linked.values()].filter(({ groups }) => groups.includes(EVERYBODY));
    expect(members).toHaveLength(LARGE.people);
  });

  it("S-55: nobody is disabled when the controller goes away in the middle of a comparison", async () => {
    const { agent, controller, gateway } = world;
    await agent.stop();
    const states = async () => [...(await gateway.linked()).values()].map(({ key, state }) => `${key} ${state}`);
    const before = await states();
    // A fast machine has compared everybody before the controller goes away: then it has to go earlier.
    for (let after = 1_200, code: unknown = 0; code === 0; after /= 2) {
      const comparing = agent.command("sync", "--full");
      await pause(after);
      await controller.stop("ended");
      ({ code } = await comparing);
      expect(await states()).toEqual(before);
      await controller.start();
    }
    expect(await agent.command("sync", "--full")).toMatchObject({ code: 0 });
    expect(await states()).toEqual(before);
  });

  it("S-55: an agent that is killed in the middle of its first sync goes on where it was, and makes nobody twice", async () => {
    const { controller, folder } = world;
    const gateway = await startSyncedGateway(controller, []);
    const bases = [placeDn(["Zürich", "People"]), placeDn(["Paris, Texas", "People"])];
    const agent = await newAgent(join(folder, "killed"), { controller, gateway, token: gateway.token, bases });
    try {
      await agent.start();
      const count = async () => {
        const [rows = []] = await gateway.execute(["SELECT count(*) AS n FROM directory_links"]);
        return Number(rows[0]?.n);
      };
      await vi.waitFor(async () => expect(await count()).toBeGreaterThan(0), { ...PATIENCE, interval: 10 });
      await agent.kill();
      const half = await count();
      await agent.start();
      await vi.waitFor(async () => expect((await gateway.source())?.inStepAt).toBeTruthy(), PATIENCE);
      const all = await count();
      expect(half).toBeLessThanOrEqual(all); // all of them, where the agent was faster than its end
      expect(all).toBe((LARGE.people * 2) / 5);
      const [made = []] = await gateway.execute(["SELECT count(*) AS n FROM users"]);
      expect(made[0]?.n).toBe(all + 2); // and alice and bob, who were made by hand
      expect((await gateway.source())?.problemCount).toBe(0);
    } finally {
      await agent.stop();
      await gateway.stop();
    }
  });
});
