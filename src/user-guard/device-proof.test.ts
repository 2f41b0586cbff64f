// S-42: what a proof changes for its device, and for what a further key has to wait, in the user's guard. The tests are
// about two people: the owner with a laptop in a hotel, and a thief behind the owner's own address.

import { evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { aboutFrom, DAY, eventsOf, HOUR, pass, SECOND, stopClock } from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import type { Policy } from "../core/policy/types.ts";
import type { SeenKey } from "../guards/device-key.ts";
import { APPROVED_FOR_MS, MAX_WAITING } from "./device-keys.ts";

const [HOME, HOTEL, ELSEWHERE] = ["203.0.113.7", "198.51.100.9", "192.0.2.66"];
const MACHINE = "PC-17";
const OC = "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017";
const SIPE = "Pidgin/2.14.1 Sipe/1.25.0 (linux-x86_64; RTC/6.0)";

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each event
  await apply({});
});

const at = (network: string) => ({ place: `${network} client`, workstation: MACHINE });
const signsIn = (who: Owner, network = HOME, credentialId = "p_1") => who.signIn(credentialId, at(network));
const open = (who: Owner, ticket: string | undefined, network = HOME) =>
  Promise.all((["address-book", "service"] as const).map((use) => who.uses(ticket, use, undefined, network)));
const OPENS = ["served", "served"];
const CLOSED = ["refused", "refused"];

/** Asks for a certificate for that key with an app password's ticket. `served`: the device got it. */
async function fetches(who: Owner, key: string | undefined, network = HOME, userAgent = OC): Promise<string> {
  return fetchesWith(who, await signsIn(who, network), key, network, userAgent);
}

async function fetchesWith(
  who: Owner,
  ticket: string | undefined,
  key: string | undefined,
  network = HOME,
  userAgent = OC,
): Promise<string> {
  const asked = { kind: "device", source: network, userAgent, ...(key && { certificateKey: key }) } as const;
  const named = await who.names(ticket, "desk", asked);
  if (named !== "served" || key === undefined) return named;
  return who.confirms(ticket, { hash: key, endsAt: Date.now() + 180 * DAY }, network);
}

let signatures = 0;
/** Signs in with that key from there. Returns the ticket. Undefined: the key was refused. */
async function proves(who: Owner, keyHash = "own", network = HOTEL): Promise<string | undefined> {
  const verdict = await who.guard.proveKey({
    about: { ...aboutFrom(network), channel: "certificate" },
    source: { network, country: "DE", asn: 3320 },
    keyHash,
    replayId: `signature ${++signatures}`,
    usableUntil: Date.now() + HOUR,
    user: { profile: await who.profile(), credentials: ["p_1", "p_2"] },
  });
  if (verdict.kind !== "proved") return undefined;
  const { device, credentialId } = verdict;
  return who.signIn(credentialId, { device, proof: "key", keyHash, place: "", workstation: "" });
}

/** A user with a desktop whose certificate Postern saw. */
async function withDesktop(userAgent = OC): Promise<Owner> {
  const who = await owner();
  expect(await fetches(who, "own", HOME, userAgent)).toBe("served");
  return who;
}

const explained = async (who: Owner) => {
  const outcome = await who.command({ kind: "explain", device: "desk" });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
};
const keysOf = async (who: Owner): Promise<readonly SeenKey[]> => (await explained(who)).keys ?? [];
const stepOf = async (who: Owner, name: "proof" | "key" | "address-book") =>
  (await explained(who)).steps?.find(({ step }) => step === name)?.detail ?? "";
const lastReason = async (who: Owner) => (await eventsOf(who.guard)).at(-1)?.reason;
const devicesPolicy = (devices: Partial<Policy["devices"]>) =>
  apply({ devices: { ...DEFAULT_POLICY.devices, ...devices } });

describe("S-42: the laptop in the hotel", () => {
  it("before the proof: has no address book there, for its place is another", async () => {
    const who = await withDesktop();
    expect(await open(who, await signsIn(who))).toEqual(["served", "refused"]);
    expect(await open(who, await signsIn(who, HOTEL), HOTEL)).toEqual(CLOSED);
    expect(await lastReason(who)).toBe("device-unnamed");
  });

  it("after the proof: has everything there, and in the next network, with a ticket of its key", async () => {
    const who = await withDesktop();
    const ticket = await proves(who);
    expect(await open(who, ticket, HOTEL)).toEqual(OPENS);
    expect(await open(who, ticket, ELSEWHERE)).toEqual(OPENS);
    expect(await stepOf(who, "proof")).toContain("With a ticket of its key it is served from anywhere");
    expect((await explained(who)).judgement).toMatchObject({ action: "allow", reason: "enrolled" });
  });

  it("renews its certificate by a ticket of its key alone, and the new key carries the proof on", async () => {
    const who = await withDesktop();
    const ticket = await proves(who);
    pass(SECOND);
    expect(await fetchesWith(who, ticket, "next", HOTEL)).toBe("served");
    expect(await keysOf(who)).toMatchObject([
      { hash: "own", via: "password", provedAt: expect.any(Number) },
      { hash: "next", via: "key", provedAt: null },
    ]);
    expect(await fetches(who, "stolen")).toBe("refused");
    expect(await proves(who, "next")).toBeDefined();
    // The device itself did this, so nobody is told.
    expect((await eventsOf(who.guard)).filter(({ reason }) => reason === "device-key-added")).toEqual([]);
  });
});

describe("S-42: the thief behind the same address", () => {
  it("before the proof: reads the address book, with the password, the machine's name and the client string", async () => {
    const who = await withDesktop();
    const thiefs = await signsIn(who);
    expect(await open(who, thiefs)).toEqual(["served", "refused"]);
    // But he has no certificate, because his key waits.
    expect(await fetches(who, "stolen")).toBe("refused");
    expect(await lastReason(who)).toBe("key-awaiting-approval");
    expect(await proves(who, "stolen")).toBeUndefined();
  });

  it("after the proof: opens nothing, by the place, by the id, or by the tickets that he had", async () => {
    const who = await withDesktop();
    const early = await signsIn(who);
    expect(await fetchesWith(who, early, "own")).toBe("served"); // it has named the device, as its owner's ticket does
    expect(await open(who, early)).toEqual(OPENS);
    expect(await proves(who)).toBeDefined();
    expect(await open(who, early)).toEqual(CLOSED);
    const thiefs = await signsIn(who);
    expect(await open(who, thiefs)).toEqual(CLOSED);
    expect(await lastReason(who)).toBe("device-unproved");
    for (const key of ["stolen", "own", undefined]) expect(await fetches(who, key)).toBe("refused");
    expect(await lastReason(who)).toBe("device-unproved");
    expect(await who.names(thiefs, "another desk", { kind: "device" })).toBe("refused");
    expect(await who.uses(thiefs, "discovery")).toBe("served");
    expect((await keysOf(who)).map(({ hash }) => hash)).toEqual(["own"]);
  });

  it("gets nothing by waiting until the guard has slept, or until the device has expired", async () => {
    const who = await withDesktop();
    await proves(who);
    await evictDurableObject(who.guard);
    expect(await open(who, await signsIn(who))).toEqual(CLOSED);
    pass(100 * DAY);
    expect(await fetches(who, "stolen")).toBe("refused");
    expect(await lastReason(who)).toBe("device-unproved");
    expect(await proves(who)).toBeUndefined();
    await who.command({ kind: "approve", device: "desk" });
    expect(await open(who, await proves(who), HOTEL)).toEqual(OPENS);
  });
});

describe("S-42: the way back of a device that has lost its key", () => {
  it("is `device reset-key`: all its tickets end, and the next key is its first", async () => {
    const who = await withDesktop();
    const ticket = await proves(who);
    expect(await who.command({ kind: "reset-key", device: "desk", key: "" })).toMatchObject({ ok: true });
    expect(await open(who, ticket, HOTEL)).toEqual(["dead", "dead"]);
    expect(await proves(who)).toBeUndefined();
    expect(await eventsOf(who.guard)).toContainEqual(
      expect.objectContaining({ outcome: "changed", reason: "device-keys-reset", by: "0123abcd", why: "key own" }),
    );
    expect(await fetches(who, "new")).toBe("served");
    expect(await proves(who, "new")).toBeDefined();
  });

  it("takes one key away, and the device has still to prove", async () => {
    const who = await withDesktop();
    await devicesPolicy({ nextKey: "open" }).then((policy) => who.guard.adoptPolicy(policy));
    await fetches(who, "stolen", ELSEWHERE);
    await proves(who);
    await who.command({ kind: "reset-key", device: "desk", key: "stol" });
    expect(await proves(who, "stolen")).toBeUndefined();
    expect(await open(who, await signsIn(who))).toEqual(CLOSED);
    expect(await who.command({ kind: "reset-key", device: "desk", key: "stol" })).toMatchObject({
      reason: "no-such-key",
    });
  });

  it("comes by itself when its last certificate has ended", async () => {
    const who = await withDesktop();
    await who.guard.adoptPolicy(await apply({ expireAfterDays: null }));
    await proves(who);
    pass(180 * DAY);
    expect(await proves(who)).toBeUndefined();
    expect(await fetches(who, "new")).toBe("served");
    expect(await keysOf(who)).toMatchObject([{ hash: "new" }]);
    expect(await open(who, await signsIn(who))).toEqual(["served", "refused"]);
  });

  it("is another app password, where the first was revoked", async () => {
    const who = await withDesktop();
    await proves(who);
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    const ticket = await signsIn(who, HOME, "p_2");
    expect(await fetchesWith(who, ticket, "new")).toBe("served");
    expect(await keysOf(who)).toMatchObject([{ hash: "new", state: "good" }]);
    expect(await open(who, ticket)).toEqual(OPENS);
  });

  it("is never a block that is taken back: the keys stay dead, work again, and are gone when it is forgotten", async () => {
    const who = await withDesktop();
    await proves(who);
    await who.command({ kind: "block", device: "desk" });
    expect(await proves(who)).toBeUndefined();
    await who.command({ kind: "approve", device: "desk" });
    expect(await open(who, await signsIn(who))).toEqual(CLOSED);
    expect(await proves(who)).toBeDefined();
    await who.command({ kind: "forget", device: "desk" });
    expect(await proves(who)).toBeUndefined();
  });
});

describe("S-42: a proof and a block at the same moment", () => {
  it("leave no ticket, in whatever order they come", async () => {
    for (const first of ["proof", "block"] as const) {
      const who = await withDesktop();
      const block = () => who.command({ kind: "block", device: "desk" });
      const [ticket] =
        first === "proof"
          ? await Promise.all([proves(who), block()])
          : (await Promise.all([block(), proves(who)])).reverse();
      if (typeof ticket === "string") expect(await open(who, ticket, HOTEL)).toEqual(["dead", "dead"]);
      expect(await proves(who)).toBeUndefined();
    }
  });

  it("a proof between a thief's request and its certificate keeps the certificate from him", async () => {
    const who = await owner();
    const [own, thiefs] = [await signsIn(who), await signsIn(who, ELSEWHERE)];
    const asks = { kind: "device", userAgent: OC } as const;
    expect(await who.names(own, "desk", { ...asks, certificateKey: "own" })).toBe("served");
    expect(await who.names(thiefs, "desk", { ...asks, certificateKey: "stolen" })).toBe("served");
    const certificate = { endsAt: Date.now() + 180 * DAY };
    expect(await who.confirms(own, { hash: "own", ...certificate }, HOME)).toBe("served");
    expect(await who.confirms(thiefs, { hash: "stolen", ...certificate }, ELSEWHERE)).toBe("refused");
    expect(await lastReason(who)).toBe("key-awaiting-approval");
    await proves(who);
    expect(await who.confirms(thiefs, { hash: "stolen", ...certificate }, ELSEWHERE)).toBe("refused");
    expect(await lastReason(who)).toBe("device-unproved");
    expect((await keysOf(who)).filter(({ state }) => state === "good")).toMatchObject([{ hash: "own" }]);
  });
});

describe("a further key that comes with the app password", () => {
  it("waits, and is told: an event, `device show` and `why`; one for each network, for seven days", async () => {
    const who = await withDesktop();
    for (const key of ["b1", "b2", undefined]) expect(await fetches(who, key, ELSEWHERE)).toBe("refused");
    for (let n = 0; n < 2 * MAX_WAITING; n++) await fetches(who, `c${n}`, `192.0.2.${n}`);
    const waiting = (await keysOf(who)).filter(({ state }) => state === "waiting");
    expect(waiting).toHaveLength(MAX_WAITING);
    expect(await stepOf(who, "key")).toContain(`${MAX_WAITING} further keys wait for approval`);
    expect(await eventsOf(who.guard)).toContainEqual(
      expect.objectContaining({ reason: "key-awaiting-approval", source: ELSEWHERE, why: "key b1" }),
    );
    // The device's tickets and keys stay as they are.
    expect(await fetches(who, "own")).toBe("served");
    expect((await explained(who)).judgement).toMatchObject({ action: "allow" });
    pass(8 * DAY);
    expect(await keysOf(who)).toMatchObject([{ hash: "own" }]);
  });

  it("changes nothing that the device says of itself", async () => {
    const who = await withDesktop();
    await fetches(who, "stolen", ELSEWHERE, SIPE);
    expect((await explained(who)).partnership?.facts.product).toBe("OC");
  });

  it("gets in with one approval: this key, or the next one from its network, once, within a day", async () => {
    const who = await withDesktop();
    const approve = (key = "") => who.command({ kind: "approve-key", device: "desk", key });
    expect(await approve()).toMatchObject({ reason: "no-such-key" });
    await fetches(who, "b1", HOTEL);
    await fetches(who, "c1", ELSEWHERE);
    expect(await approve()).toMatchObject({ reason: "several-such-keys" });
    expect(await approve("b1")).toMatchObject({ ok: true });
    expect(await proves(who, "b1")).toBeUndefined(); // it has no certificate yet
    expect(await fetches(who, "c2", ELSEWHERE)).toBe("refused");
    expect(await fetches(who, "b2", HOTEL)).toBe("served");
    expect(await fetches(who, "b3", HOTEL)).toBe("refused");
    expect(await proves(who, "b2")).toBeDefined();
    const events = await eventsOf(who.guard);
    expect(events).toContainEqual(expect.objectContaining({ reason: "device-key-approved", why: "key b1" }));
    expect(events).toContainEqual(expect.objectContaining({ reason: "device-key-added", why: "key b2" }));
    const late = await withDesktop();
    await fetches(late, "b1", HOTEL);
    await late.command({ kind: "approve-key", device: "desk", key: "" });
    pass(APPROVED_FOR_MS);
    expect(await fetches(late, "b1", HOTEL)).toBe("refused");
  });

  it("is not let in by an approval of the device, which says so", async () => {
    const who = await withDesktop();
    await fetches(who, "stolen", ELSEWHERE);
    const outcome = await who.command({ kind: "approve", device: "desk" });
    expect(outcome.ok && outcome.value.keys?.map(({ state }) => state)).toEqual(["good", "waiting"]);
    expect(await fetches(who, "stolen", ELSEWHERE)).toBe("refused");
  });

  it("does not wait where a client makes a new key at each start, and was such a client before", async () => {
    const who = await withDesktop(SIPE);
    expect(await fetches(who, "b", HOTEL, SIPE)).toBe("served");
    expect(await fetches(who, "c", HOTEL, OC)).toBe("refused");
    const desktop = await withDesktop(OC);
    expect(await fetches(desktop, "stolen", ELSEWHERE, SIPE)).toBe("refused");
    // A public key is not secret. With the owner's public key the thief is let in, and says that the device is a client
    // of the exception.
    expect(await fetches(desktop, "own", ELSEWHERE, SIPE)).toBe("served");
    expect(await fetches(desktop, "stolen", ELSEWHERE, SIPE)).toBe("refused");
    await desktop.guard.adoptPolicy(await devicesPolicy({ nextKeyExcept: [] }));
    await who.guard.adoptPolicy(await devicesPolicy({ nextKeyExcept: [] }));
    expect(await fetches(who, "d", HOTEL, SIPE)).toBe("refused");
    await who.guard.adoptPolicy(await devicesPolicy({ nextKey: "open" }));
    expect(await fetches(who, "e", HOTEL, OC)).toBe("served");
  });
});

describe("a policy that asks for a proof", () => {
  it("S-42: serves a desktop of that platform with tickets of its key alone, and lets it fetch a certificate", async () => {
    const who = await withDesktop();
    await who.guard.adoptPolicy(await devicesPolicy({ requireProof: ["windows"] }));
    expect((await explained(who)).judgement).toMatchObject({ action: "discover", reason: "device-unproved" });
    expect(await open(who, await signsIn(who))).toEqual(CLOSED);
    expect(await fetches(who, "own")).toBe("served");
    // A thief calls the desktop a Mac.
    const mac = "UCCAPI/16.20.1 OC/16.20.1 (Skype for Business on Mac) sipe/1 (macosx)";
    expect(await fetches(who, "own", HOME, mac)).toBe("served");
    expect((await explained(who)).partnership?.facts.platform).toBe("windows");
    const ticket = await proves(who);
    expect(await open(who, ticket, HOTEL)).toEqual(OPENS);
    expect((await explained(who)).judgement).toMatchObject({ action: "allow" });
  });

  it("S-42: in a rule, by what the keys say", async () => {
    const who = await withDesktop();
    const judgement = async (proof: "none" | "key" | "proved") => {
      const rules = [{ code: "by-proof", action: "quarantine", reason: "x", when: { proof: [proof] } }] as never;
      await who.guard.adoptPolicy(await apply({ rules }));
      return (await explained(who)).judgement?.action;
    };
    expect([await judgement("none"), await judgement("key"), await judgement("proved")]).toEqual([
      "allow",
      "quarantine",
      "allow",
    ]);
    await apply({}).then((policy) => who.guard.adoptPolicy(policy));
    await proves(who);
    expect([await judgement("key"), await judgement("proved")]).toEqual(["allow", "quarantine"]);
  });
});
