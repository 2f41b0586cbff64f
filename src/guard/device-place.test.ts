// S-28: what a ticket opens that has not named its device, in a guard with a desktop that has. Its place stands in for its name
// for the address book, and for nothing else.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ABOUT } from "../audit/test-events.ts";
import { DAY, pass, stopClock } from "./test-attempts.ts";
import { apply, type Owner, owner } from "./test-devices.ts";

const MACHINE = "DESKTOP-7F3K2QA";
const ELSEWHERE = "198.51.100.1";

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // a line for each decision
  await apply({});
});

/** Somebody whose desktop has fetched a certificate at the usual place. */
async function withDesktop(kind: "device" | "endpoint" = "device"): Promise<Owner> {
  const who = await owner();
  expect(await who.names(await who.signIn("p_1", { workstation: MACHINE }), "the desktop", { kind })).toBe("served");
  return who;
}

describe("S-28: a ticket that names no device, at the place of its user's desktop", () => {
  it("opens the address book, and nothing else", async () => {
    const who = await withDesktop();
    const ticket = await who.signIn("p_1", { workstation: MACHINE.toLowerCase() });
    expect(await who.uses(ticket, "address-book")).toBe("served");
    expect(await who.uses(ticket, "service")).toBe("refused");
    expect(await who.uses(ticket, "application")).toBe("refused");
    expect(await who.uses(ticket, "discovery")).toBe("served");
  });

  it("holds at that place only, at each use", async () => {
    const who = await withDesktop();
    const ticket = await who.signIn("p_1", { workstation: MACHINE });
    expect(await who.uses(ticket, "address-book", undefined, ELSEWHERE)).toBe("refused");
    expect(await who.uses(ticket, "address-book")).toBe("served");
    const gotElsewhere = await who.signIn("p_1", { workstation: MACHINE, place: `${ELSEWHERE} client` });
    expect(await who.uses(gotElsewhere, "address-book", undefined, ELSEWHERE)).toBe("refused");
    expect(await who.uses(gotElsewhere, "address-book")).toBe("refused");
    const otherClient = await who.signIn("p_1", { workstation: MACHINE, place: `${ABOUT.source} another` });
    expect(await who.uses(otherClient, "address-book")).toBe("refused");
  });

  it("is of the partnership's own machine: another one, and none, is nobody's", async () => {
    const who = await withDesktop();
    for (const workstation of ["LAPTOP-OF-A-THIEF", ""]) {
      expect(await who.uses(await who.signIn("p_1", { workstation }), "address-book"), workstation).toBe("refused");
    }
    // Nor is a desktop known by place that never told a machine's name.
    const silent = await owner();
    await silent.names(await silent.signIn("p_1", { workstation: "" }), "the desktop", { kind: "device" });
    expect(await silent.uses(await silent.signIn("p_1", { workstation: "" }), "address-book")).toBe("refused");
  });

  it("is a desktop's: a client that names itself by UCWA does so each time it starts", async () => {
    const who = await withDesktop("endpoint");
    expect(await who.uses(await who.signIn("p_1", { workstation: MACHINE }), "address-book")).toBe("refused");
  });

  it("is forgotten after thirty days", async () => {
    const who = await withDesktop();
    pass(31 * DAY);
    expect(await who.uses(await who.signIn("p_1", { workstation: MACHINE }), "address-book")).toBe("refused");
  });

  it("is no place where the ticket was got and the device was named from another network", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1", { workstation: MACHINE });
    await who.names(ticket, "the desktop", { kind: "device", source: ELSEWHERE });
    expect(await who.uses(await who.signIn("p_1", { workstation: MACHINE }), "address-book")).toBe("refused");
  });

  it('opens nothing with `devices.unnamed = "refuse"`, and what named the device opens all', async () => {
    const who = await withDesktop();
    await who.guard.adoptPolicy(await apply({ devices: { unnamed: "refuse" } }));
    const ticket = await who.signIn("p_1", { workstation: MACHINE });
    expect(await who.uses(ticket, "address-book")).toBe("refused");
    await who.names(ticket, "the desktop", { kind: "device" });
    expect(await who.uses(ticket, "address-book", undefined, ELSEWHERE)).toBe("served");
    expect(await who.uses(ticket, "service", undefined, ELSEWHERE)).toBe("served");
  });

  it("opens the address book under a policy that was stored before it had the word", async () => {
    const who = await withDesktop();
    const { policy, version } = await apply({});
    const { devices: _, ...older } = policy;
    await who.guard.adoptPolicy({ version, policy: older as typeof policy });
    expect(await who.uses(await who.signIn("p_1", { workstation: MACHINE }), "address-book")).toBe("served");
  });
});
