// Rounds of the sync: who is told to the gateway, and how often.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectoryFault } from "../src/ldap/fault.ts";
import { foreseen } from "../src/sync/foreseen.ts";
import type { Outcome } from "../src/sync/gateway.ts";
import { Memory } from "../src/sync/memory.ts";
import type { Change } from "../src/sync/plan.ts";
import { shownRound } from "../src/sync/show.ts";
import { BASE } from "./memory-directory.ts";
import { Stand, statuses } from "./stand.ts";

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(() => stand.gateway.stop());

describe("S-55: people of the directory", () => {
  it("are told once, in batches of 200, and a round without a change tells nothing", async () => {
    stand.many(450);
    const first = await stand.sync();
    expect([first.inStep, first.compared, stand.gateway.people.size, stand.applied().length]).toEqual([
      true,
      true,
      450,
      3,
    ]);
    const second = await stand.sync();
    expect([second.inStep, second.compared, second.outcomes.length, stand.applied().length]).toEqual([
      true,
      false,
      0,
      3,
    ]);
    expect(stand.gateway.report).toMatchObject({ inStep: true, people: 450, brake: null, cursor: null, problems: [] });
  });

  it("who change are told as they are: another address, account, unit, group, name, attribute", async () => {
    const key = stand.directory.person("alice");
    stand.settings = {
      ...stand.settings,
      groups: [{ dn: stand.directory.group("Sales", []), nested: true }],
      attributes: ["department"],
    };
    await stand.sync();
    stand.directory.person("alice", {
      ...{ "msRTCSIP-PrimaryUserAddress": "sip:alice.smith@contoso.test", displayName: "Alice Smith" },
      ...{ userPrincipalName: "alice.smith@contoso.test", sAMAccountName: "asmith", department: "R & D" },
    });
    stand.directory.group("Sales", [stand.directory.dn("alice")]);
    expect(statuses(await stand.sync())).toEqual(["renamed"]);
    expect(stand.gateway.people.get(key)).toMatchObject({
      ...{ sipUri: "sip:alice.smith@contoso.test", account: "CORP\\asmith", displayName: "Alice Smith" },
      groups: ["Sales", "department=R-&-D"],
    });
  });

  it("who are moved to another unit stay who they are, though their distinguished names change", async () => {
    const key = stand.directory.person("alice");
    await stand.sync();
    stand.directory.entries.delete(stand.directory.dn("alice"));
    stand.directory.person("alice", {}, `OU=Elsewhere,${BASE}`);
    expect((await stand.sync()).outcomes).toEqual([]);
    expect([...stand.gateway.people.keys()]).toEqual([key]);
  });

  it("whom the gateway knows under another spelling are not told again", async () => {
    const key = stand.directory.person("alice", { "msRTCSIP-PrimaryUserAddress": "SIP:Alice@Contoso.test" });
    await stand.sync();
    const known = stand.gateway.people.get(key);
    if (known !== undefined) stand.gateway.people.set(key, { ...known, sipUri: "sip:alice@contoso.test" });
    expect((await stand.sync({ full: true })).outcomes).toEqual([]);
  });

  it("S-10: whose names fold to one are reported, and asked about again only after minutes", async () => {
    stand.directory.person("alice");
    stand.directory.person("alice2", { "msRTCSIP-PrimaryUserAddress": "sip:alice@contoso.test" });
    const first = await stand.sync();
    expect(statuses(first)).toEqual(["conflict", "created"]);
    expect(first.problems).toEqual([expect.objectContaining({ code: "name-taken", name: "alice@contoso.test" })]);
    const second = await stand.sync();
    expect([second.problems.length, stand.applied().length]).toEqual([1, 1]);
    stand.clock += 11 * 60_000;
    await stand.sync();
    expect(stand.applied().length).toBe(2);
  });

  it("S-10: who are new and share a name are foreseen by a dry run, in whichever requests they are", async () => {
    stand.directory.person("straße");
    stand.many(250);
    stand.directory.person("strasse");
    const dry = await stand.sync({ dryRun: true, full: true }, new Memory());
    expect(stand.gateway.people.size).toBe(0);
    expect(dry.problems).toEqual([
      expect.objectContaining({
        code: "name-taken",
        name: "strasse@contoso.test",
        message: expect.stringContaining("straße"),
      }),
    ]);
    expect(shownRound(dry, "dry-run")).toContain("It would come to: 251 created, 1 conflict.");
  });

  it("S-10: who are new and share a SID are foreseen too", () => {
    const sid = "S-1-5-21-1-2-3-1104";
    const created = (name: string): Outcome => {
      const texts = { upn: null, displayName: null, mail: null, mobile: null, language: null, pool: null };
      const person = { ...texts, sipUri: `${name}@corp.test`, account: `CORP\\${name}`, sid, groups: [] };
      const change = { row: { key: `ad:${name}`, state: "in", person }, name, isNew: true, leaves: false, fields: [] };
      return { change: change as Change, status: "created", code: undefined, message: undefined };
    };
    const [one, two] = [created("one"), created("two")];
    const ended = foreseen([two, one], [one.change, two.change]);
    expect(ended.map(({ status, code }) => code ?? status)).toEqual(["created", "sid-taken"]);
  });

  it("who cannot be taken are reported with a sentence, and keep nobody else out", async () => {
    stand.directory.person("nobody", { "msRTCSIP-PrimaryUserAddress": undefined });
    stand.directory.person("alice");
    const { problems } = await stand.sync();
    expect(problems).toEqual([expect.objectContaining({ name: "nobody", code: "no-address" })]);
    expect(stand.gateway.report).toMatchObject({ inStep: true, problemCount: 1 });
    expect(stand.gateway.people.size).toBe(1);
  });

  it("are sent again at once where the gateway did not come to all of them", async () => {
    stand.many(450);
    stand.gateway.mostOfARequest = 90;
    const done = await stand.sync();
    expect([done.inStep, stand.gateway.people.size, statuses(done).every((status) => status === "created")]).toEqual([
      true,
      450,
      true,
    ]);
    stand.many(460);
    stand.gateway.mostOfARequest = 0;
    expect([(await stand.sync()).inStep, stand.gateway.people.size]).toEqual([false, 450]);
  });

  it("one row that the gateway cannot read does not keep the others of its batch out", async () => {
    stand.many(20);
    const bad = stand.directory.person("bad");
    stand.gateway.fault = (path) => {
      const rows = (stand.gateway.requests.at(-1)?.body as { rows?: { key: string }[] } | undefined)?.rows;
      if (path !== "/v1/directory/apply" || rows?.some(({ key }) => key === bad) !== true) return undefined;
      return { status: 422, body: { code: "invalid", title: "Fields cannot be used", detail: "rows.3: no." } };
    };
    const { problems } = await stand.sync();
    expect([stand.gateway.people.size, problems.map(({ name, code }) => `${name} ${code}`)]).toEqual([
      20,
      ["bad@contoso.test invalid"],
    ]);
  });
});

describe("S-55: a round can be broken off anywhere", () => {
  it("and the next one, of an agent that remembers nothing, does the rest and nothing twice", async () => {
    stand.many(500);
    // Each request in turn is the last one that the agent makes; then another agent begins.
    for (let last = 0; ; last++) {
      stand.gateway.requests.length = 0;
      stand.gateway.fault = () =>
        stand.gateway.requests.length > last ? { status: 400, body: { code: "x", title: "broken off" } } : undefined;
      const ended = await stand.sync({}, new Memory()).then(
        () => true,
        () => false,
      );
      if (ended) break;
      expect(last).toBeLessThan(50);
    }
    stand.gateway.fault = () => undefined;
    expect((await stand.sync({}, new Memory())).outcomes).toEqual([]);
    expect(stand.gateway.people.size).toBe(500);
  });

  it("also after a request whose answer was lost", async () => {
    stand.many(5);
    await expect(
      (async () => {
        stand.gateway.fault = (path) => (path === "/v1/directory/ad/report" ? { status: 400, body: {} } : undefined);
        return stand.sync();
      })(),
    ).rejects.toThrow();
    stand.gateway.fault = () => undefined;
    expect([(await stand.sync({}, new Memory())).outcomes, stand.gateway.people.size]).toEqual([[], 5]);
  });

  it("two agents at once do no harm", async () => {
    stand.many(300);
    await Promise.all([stand.sync({}, new Memory()), stand.sync({}, new Memory())]);
    expect(stand.gateway.people.size).toBe(300);
    stand.directory.person("p0", { userAccountControl: "514" });
    await Promise.all([stand.sync({}, new Memory()), stand.sync({}, new Memory())]);
    expect([...stand.gateway.people.values()].filter(({ state }) => state !== "in").length).toBe(1);
  });

  it("and a round that takes too long leaves the rest to the next one", async () => {
    stand.many(300);
    const first = await stand.sync({ until: 0 });
    expect([first.left, first.inStep, stand.gateway.people.size]).toEqual([300, false, 0]);
    expect((await stand.sync()).inStep).toBe(true);
  });

  it("a person whom the gateway left half-done is sent again", async () => {
    const key = stand.directory.person("alice");
    await stand.sync();
    const known = stand.gateway.people.get(key);
    if (known !== undefined) stand.gateway.people.set(key, { ...known, told: false });
    expect((await stand.sync({ full: true })).outcomes.length).toBe(1);
  });
});

it("S-55: --dry-run shows what would change, from what to what, and changes nothing", async () => {
  stand.directory.person("alice");
  await stand.sync();
  stand.directory.person("alice", { displayName: "\u001b[2JAlice\u202e" });
  stand.directory.person("bob");
  const dry = await stand.sync({ dryRun: true, full: true }, new Memory());
  const text = shownRound(dry, "dry-run");
  expect(text).toContain("changed  alice@contoso.test  displayName: – → ");
  expect(text).toContain("created  bob@contoso.test    sip:bob@contoso.test, CORP\\bob");
  expect(text).toContain("It would come to: 1 changed, 1 created.");
  expect(["\u001b", "\u202e"].some((hidden) => text.includes(hidden))).toBe(false);
  expect(stand.gateway.people.size).toBe(1);
  expect(shownRound(await stand.sync({}, stand.memory), "full")).toContain("Done: ");
  expect(shownRound(await stand.sync({ full: true }), "full")).toContain("there is nothing to do");
});

it("S-55: a group of 20,000 members is read in ranges", async () => {
  stand.directory.person("alice");
  const others = Array.from({ length: 20_000 }, (_, at) => `CN=o${at},${BASE}`);
  stand.settings = {
    ...stand.settings,
    groups: [{ dn: stand.directory.group("All", [...others, stand.directory.dn("alice")]), nested: true }],
  };
  await stand.sync();
  expect([...stand.gateway.people.values()][0]?.groups).toEqual(["All"]);
  expect(stand.directory.asked.filter((operation) => operation === "members").length).toBe(13);
});

it("S-55: every group below a branch gives its name, and a branch that vanished takes no word away", async () => {
  stand.directory.person("alice");
  stand.directory.group("Postern Sales", [stand.directory.dn("alice")]);
  const branch = `OU=Groups,${BASE}`;
  stand.directory.entries.set(branch, { dn: branch, objectClass: "organizationalUnit" });
  stand.settings = { ...stand.settings, groups: [{ under: branch, nested: true }] };
  await stand.sync();
  expect([...stand.gateway.people.values()][0]?.groups).toEqual(["Postern-Sales"]);
  stand.directory.onSearch = (operation, { base }) => {
    if (operation === "groups" && base === branch) throw new DirectoryFault("missing", "no such branch", "");
  };
  const { problems, outcomes } = await stand.sync();
  expect([problems[0]?.code, outcomes]).toEqual(["group-missing", []]);
});
