// S-28: what a ticket opens that has not named its device, when the user has a desktop that has named itself. For the
// address book, and for nothing else, it is enough that the request comes from the desktop's place.

import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, eventsOf, pass, stopClock } from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";

const MACHINE = "DESKTOP-7F3K2QA";
const ELSEWHERE = "198.51.100.1";

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
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

  it("counts only from the partnership's own machine: not from another one, and not without a machine's name", async () => {
    const who = await withDesktop();
    for (const workstation of ["LAPTOP-OF-A-THIEF", ""]) {
      expect(await who.uses(await who.signIn("p_1", { workstation }), "address-book"), workstation).toBe("refused");
    }
    // A desktop that never told its machine's name is not recognised by its place either.
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
    await who.guard.adoptPolicy(await apply({ devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" } }));
    const ticket = await who.signIn("p_1", { workstation: MACHINE });
    expect(await who.uses(ticket, "address-book")).toBe("refused");
    await who.names(ticket, "the desktop", { kind: "device" });
    expect(await who.uses(ticket, "address-book", undefined, ELSEWHERE)).toBe("served");
    expect(await who.uses(ticket, "service", undefined, ELSEWHERE)).toBe("served");
  });

  it("is refused in words that a help desk understands: the audit says what was missing, and no secret", async () => {
    const who = await withDesktop();
    const of = async (changes: Parameters<Owner["signIn"]>[1], network?: string) => {
      const ticket = await who.signIn("p_1", { workstation: MACHINE, ...changes });
      expect(await who.uses(ticket, "address-book", undefined, network)).toBe("refused");
    };
    await of({}, ELSEWHERE);
    await of({ place: `${ELSEWHERE} client` }, ELSEWHERE);
    await of({ workstation: "" });
    await of({ workstation: "LAPTOP-OF-A-THIEF" });
    await who.guard.adoptPolicy(await apply({ devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" } }));
    await of({});
    const refusals = (await eventsOf(who.guard)).filter(({ outcome }) => outcome === "refused");
    expect(refusals.map(({ reason, why }) => [reason, why?.replace("signed in, but no address book: ", "")])).toEqual([
      ["no-address-book", "the request came from another network than its sign-in"],
      [
        "no-address-book",
        "the desktop has fetched no certificate from this network, with this client, in the last 30 days",
      ],
      ["no-address-book", "the sign-in did not tell the machine's name"],
      ["no-address-book", "the machine of the sign-in has another name than the machine that fetched the certificate"],
      ["no-address-book", 'devices.unnamed in the policy is "refuse"'],
    ]);
    expect(refusals[0]).toMatchObject({ deviceKey: `device:${who.own("the desktop")}`, user: who.sipUri });
  });

  it("is opened where the desktop fetches a certificate again", async () => {
    const who = await withDesktop();
    const hotel = { workstation: MACHINE, place: `${ELSEWHERE} client` };
    const opens = async () => who.uses(await who.signIn("p_1", hotel), "address-book", undefined, ELSEWHERE);
    expect(await opens()).toBe("refused");
    const again = { kind: "device", source: ELSEWHERE } as const;
    expect(await who.names(await who.signIn("p_1", hotel), "the desktop", again)).toBe("served");
    expect(await opens()).toBe("served");
  });

  it("is explained by `postern why`: where the address book opens, and what to do elsewhere", async () => {
    const who = await withDesktop();
    const explained = async () => {
      const outcome = await who.command({ kind: "explain", device: "the desktop" });
      const steps = outcome.ok ? (outcome.value.steps ?? []) : [];
      return steps.find(({ step }) => step === "address-book")?.detail ?? "";
    };
    expect(await explained()).toMatch(
      `The address book opens in ${ABOUT.source}. Anywhere else: signed in, but no address book. Sign out in the client, choose "Delete my sign-in info"`,
    );
    await who.guard.adoptPolicy(await apply({ devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" } }));
    expect(await explained()).toContain('devices.unnamed in the policy is "refuse"');
    const away = await withDesktop();
    pass(31 * DAY);
    const phone = await withDesktop("endpoint");
    const detail = async (of: Owner) => {
      const outcome = await of.command({ kind: "explain", device: "the desktop" });
      return JSON.stringify(outcome.ok ? outcome.value.steps : []);
    };
    expect(await detail(away)).not.toContain("opens in");
    expect(await detail(phone)).toContain("The device is not a desktop.");
  });

  it("opens the address book under a policy that was stored before it had the word", async () => {
    const who = await withDesktop();
    const { policy, version } = await apply({});
    const { devices: _, ...older } = policy;
    await who.guard.adoptPolicy({ version, policy: older as typeof policy });
    expect(await who.uses(await who.signIn("p_1", { workstation: MACHINE }), "address-book")).toBe("served");
  });
});
