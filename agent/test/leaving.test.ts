// Rounds of the sync: who leaves, and who only seems to.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectoryFault } from "../src/ldap/fault.ts";
import { Stand, statuses } from "./stand.ts";

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(() => stand.gateway.stop());

describe("S-47: who leaves the directory", () => {
  it.each<[string, (name: string) => void, string]>([
    ["is disabled", (name) => stand.directory.person(name, { userAccountControl: "514" }), "disabled"],
    ["is deleted", (name) => stand.directory.entries.delete(stand.directory.dn(name)), "deleted"],
    [
      "is no longer enabled for Lync",
      (name) => stand.directory.person(name, { "msRTCSIP-UserEnabled": "FALSE" }),
      "out",
    ],
  ])("and %s is told at the next round, and comes back with the account", async (_, leave, state) => {
    const key = stand.directory.person("alice");
    stand.directory.person("bob");
    await stand.sync();
    leave("alice");
    expect([statuses(await stand.sync()), stand.stateOf(key)]).toEqual([["disabled"], state]);
    expect((await stand.sync()).outcomes).toEqual([]);
    stand.directory.person("alice", { userAccountControl: "512", "msRTCSIP-UserEnabled": "TRUE" });
    expect([statuses(await stand.sync()), stand.stateOf(key)]).toEqual([["enabled"], "in"]);
  });

  it("by the clock alone is seen, though nothing changes in the directory", async () => {
    const ends = BigInt(stand.clock + 60_000 + 11_644_473_600_000) * 10_000n;
    const key = stand.directory.person("alice", { accountExpires: String(ends) });
    await stand.sync();
    expect(stand.stateOf(key)).toBe("in");
    stand.clock += 60_000;
    await stand.sync();
    expect(stand.stateOf(key)).toBe("expired");
  });

  it("by leaving a group, also a nested one, is told; the group's own objects are no people", async () => {
    const [alice, bob] = [stand.directory.person("alice"), stand.directory.person("bob")];
    const inner = stand.directory.group("Inner", [stand.directory.dn("alice")]);
    const outer = stand.directory.group("Outer", [inner, stand.directory.dn("bob")]);
    stand.directory.group("Inner", [stand.directory.dn("alice"), outer]); // each in the other
    stand.settings = { ...stand.settings, onlyMembersOf: [{ dn: outer, nested: true }] };
    await stand.sync();
    expect([stand.stateOf(alice), stand.stateOf(bob)]).toEqual(["in", "in"]);
    stand.directory.group("Inner", []);
    await stand.sync();
    expect([stand.stateOf(alice), stand.stateOf(bob)]).toEqual(["out", "in"]);
  });

  it("is told before anybody new is added", async () => {
    stand.directory.person("alice");
    await stand.sync();
    stand.many(300);
    stand.directory.person("alice", { userAccountControl: "514" });
    stand.gateway.requests.length = 0;
    await stand.sync();
    const [first] = stand.applied();
    expect(first?.body.rows.map(({ state }) => state)).toEqual(["disabled"]);
  });

  it("whose account ends while the address cannot be used ends all the same", async () => {
    const key = stand.directory.person("alice");
    await stand.sync();
    stand.directory.person("alice", { "msRTCSIP-PrimaryUserAddress": "broken", userAccountControl: "514" });
    await stand.sync();
    expect(stand.stateOf(key)).toBe("disabled");
  });
});

describe("S-55: nobody is taken for gone who is not", () => {
  it("because a listing missed somebody: each who is absent is asked for by objectGUID", async () => {
    const key = stand.directory.person("alice");
    await stand.sync();
    stand.directory.missedByListing.add(stand.directory.dn("alice"));
    expect([(await stand.sync()).outcomes, stand.stateOf(key)]).toEqual([[], "in"]);
  });

  it.each([
    ["the listing of people", "people"],
    ["the groups", "groups"],
    ["the look for those who are absent", "whereabouts"],
  ])("because the controller breaks off in %s", async (_, operation) => {
    const keys = stand.many(10);
    stand.settings = { ...stand.settings, groups: [{ dn: stand.directory.group("g", []), nested: true }] };
    await stand.sync();
    stand.directory.entries.delete(stand.directory.dn("p3"));
    stand.directory.onSearch = (asked) => {
      if (asked === operation) throw new DirectoryFault("unreachable", "broken off", "");
    };
    await expect(stand.sync()).rejects.toThrow("broken off");
    expect(keys.map((key) => stand.stateOf(key))).toEqual(keys.map(() => "in"));
  });

  it("because a group of the configuration vanished: words stay, members stay, and it is reported", async () => {
    const key = stand.directory.person("alice");
    const left = stand.directory.person("carol");
    const group = stand.directory.group("Sales", [stand.directory.dn("alice"), stand.directory.dn("carol")]);
    stand.settings = {
      ...stand.settings,
      groups: [{ dn: group, nested: true }],
      onlyMembersOf: [{ dn: group, nested: true }],
    };
    await stand.sync();
    stand.directory.group("Sales", [stand.directory.dn("alice")]);
    await stand.sync();
    stand.directory.entries.delete(group);
    stand.directory.person("bob");
    const { problems, inStep, outcomes } = await stand.sync();
    expect([problems[0]?.code, inStep, outcomes]).toEqual(["group-missing", false, []]);
    expect(stand.gateway.people.get(key)).toMatchObject({ state: "in", groups: ["Sales"] });
    expect(stand.stateOf(left)).toBe("out");
    // The account itself still counts.
    stand.directory.person("alice", { userAccountControl: "514" });
    await stand.sync();
    expect(stand.stateOf(key)).toBe("disabled");
  });
});

it("S-55: a right that is taken from the agent's account ends nobody: the brake holds everybody, and it is said", async () => {
  const keys = stand.many(50);
  await stand.sync();
  for (let at = 0; at < 50; at++) stand.directory.person(`p${at}`, { userAccountControl: undefined });
  const { held, problems } = await stand.sync();
  expect([held.length, problems.map(({ code }) => code)]).toEqual([50, ["unreadable"]]);
  expect(keys.map((key) => stand.stateOf(key))).toEqual(keys.map(() => "in"));
});
