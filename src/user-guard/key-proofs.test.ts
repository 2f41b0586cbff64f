// How a user's guard decides about a verified signature (S-41), and what it keeps afterwards.

import { env, evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  DAY,
  eventsOf,
  MINUTE,
  NOTHING,
  pass,
  relayed,
  stopClock,
  storageOf,
  tally,
} from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import type { SignedRequest } from "../guards/proof-question.ts";
import { guardOf } from "../guards/route.ts";

const [HOME, HOTEL] = ["198.51.100.7", "203.0.113.9"];
const LIVE = ["p_1", "p_2"];

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each event
  await apply({});
});

let signatures = 0;
/** A new signature of that key, from the hotel. */
async function signed(who: Owner, keyHash: string, changes: Partial<SignedRequest> = {}): Promise<SignedRequest> {
  const user = { profile: await who.profile(), credentials: LIVE };
  return {
    about: { ...aboutFrom(HOTEL), channel: "certificate" },
    source: { network: HOTEL, country: "DE", asn: 3320 },
    keyHash,
    replayId: `signature ${++signatures}`,
    usableUntil: Date.now() + 10 * MINUTE,
    user,
    ...changes,
  };
}

/** A user with a desktop whose certificate Postern saw. */
async function certified(key = "aa", endsAt = Date.now() + 180 * DAY): Promise<Owner> {
  const who = await owner();
  const ticket = await who.signIn("p_1");
  expect(await who.names(ticket, "desk", { kind: "device", source: HOME })).toBe("served");
  expect(await who.confirms(ticket, { hash: key, endsAt }, HOME)).toBe("served");
  return who;
}

const prove = async (who: Owner, keyHash: string, changes: Partial<SignedRequest> = {}) =>
  who.guard.proveKey(await signed(who, keyHash, changes));

/** The remembered ticket of a proved sign-in. Undefined: it was not remembered. */
async function ticketOf(who: Owner, keyHash = "aa"): Promise<string | undefined> {
  const verdict = await prove(who, keyHash);
  if (verdict.kind !== "proved") throw new Error(verdict.kind);
  const { device, credentialId } = verdict;
  return who.signIn(credentialId, { device, proof: "key", keyHash, place: "", workstation: "" });
}

const reasonsOf = async ({ guard }: Owner) => tally((await eventsOf(guard)).map(({ reason }) => reason));

describe("S-41: a key that the user's device has", () => {
  it("proves once for each signature; the ticket is the device's from the start, in every network", async () => {
    const who = await certified();
    const request = await signed(who, "aa");
    expect(await who.guard.proveKey(request)).toMatchObject({ kind: "proved", credentialId: "p_1" });
    expect(await who.guard.proveKey(request)).toEqual({ kind: "refused" });
    expect(await prove(who, "aa", { replayId: request.replayId })).toEqual({ kind: "refused" });
    expect(await reasonsOf(who)).toMatchObject({ "proof-repeated": 1 }); // the second one only raises its number
    const ticket = await ticketOf(who);
    expect(await who.uses(ticket, "service", undefined, HOTEL)).toBe("served");
    expect(await who.uses(ticket, "address-book", undefined, HOME)).toBe("served");
    await evictDurableObject(who.guard);
    expect(await who.uses(ticket, "service", undefined, HOTEL)).toBe("served");
  });

  it("of many requests with one signature at once, one proves", async () => {
    const who = await certified();
    const request = await signed(who, "aa");
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => who.guard.proveKey(request)));
    expect(tally(verdicts.map(({ kind }) => kind))).toEqual({ proved: 1, refused: 19 });
  });

  it("has proved only when the Front-End has given the ticket", async () => {
    const who = await certified();
    const provedAt = async () => {
      const outcome = await who.command({ kind: "explain", device: "desk" });
      return outcome.ok ? outcome.value.keys?.[0]?.provedAt : undefined;
    };
    await prove(who, "aa");
    expect(await provedAt()).toBeNull();
    await ticketOf(who);
    expect(await provedAt()).toBe(Date.now());
  });

  it("opens nothing after its certificate's end, and says so", async () => {
    const who = await certified("aa", Date.now() + DAY);
    pass(DAY);
    expect(await prove(who, "aa")).toEqual({ kind: "refused" });
    const ended = (await eventsOf(who.guard)).find(({ reason }) => reason === "key-ended");
    expect(ended).toMatchObject({ device: expect.stringMatching(/^d_/), credentialId: "p_1", why: "key aa" });
  });

  it("opens nothing where the app password is revoked, in D1 or here, or the user is disabled", async () => {
    const who = await certified();
    const profile = await who.profile();
    expect(await prove(who, "aa", { user: { profile, credentials: ["p_2"] } })).toEqual({ kind: "refused" });
    await who.disable();
    expect(await prove(who, "aa")).toEqual({ kind: "refused" });
    await who.enable();
    expect((await prove(who, "aa")).kind).toBe("proved");
    expect(await reasonsOf(who)).toMatchObject({ "revoked-password": 1 });
  });

  it("opens nothing while its device is blocked, and nothing once it is forgotten", async () => {
    const who = await certified();
    const ticket = await ticketOf(who);
    await who.command({ kind: "block", device: "desk" });
    expect(await prove(who, "aa")).toEqual({ kind: "refused" });
    expect(await who.uses(ticket, "service", undefined, HOTEL)).toBe("dead");
    await who.command({ kind: "approve", device: "desk" });
    expect((await prove(who, "aa")).kind).toBe("proved");
    await who.command({ kind: "forget", device: "desk" });
    expect(await prove(who, "aa")).toEqual({ kind: "unknown" });
  });

  it.each(["block", "forget"] as const)(
    "gets no ticket where a %s comes while the Front-End is asked",
    async (kind) => {
      const who = await certified();
      const verdict = await prove(who, "aa");
      if (verdict.kind !== "proved") throw new Error(verdict.kind);
      await who.command({ kind, device: "desk" });
      const { device, credentialId } = verdict;
      expect(await who.signIn(credentialId, { device, proof: "key", keyHash: "aa" })).toBeUndefined();
    },
  );
});

describe("S-41: a key that the user does not have", () => {
  it("writes nothing, at a user's guard and at one that nobody has", async () => {
    const who = await certified();
    const before = await storageOf(who.guard);
    expect(await prove(who, "bb")).toEqual({ kind: "unknown" });
    expect((await storageOf(who.guard)).rows).toEqual(before.rows);
    const [stranger, request] = [guardOf(env, "sip:stranger@contoso.test"), await signed(who, "aa")];
    const { user: _, ...unnamed } = request;
    expect(await stranger.proveKey(request)).toEqual({ kind: "unknown" });
    expect(await stranger.proveKey(unnamed)).toEqual({ kind: "unknown" });
    expect(await storageOf(stranger)).toEqual(NOTHING);
  });

  it("is another user's key too", async () => {
    const [alice, bob] = [await certified("aa"), await certified("bb")];
    expect(await prove(alice, "bb")).toEqual({ kind: "unknown" });
    expect(await prove(bob, "aa")).toEqual({ kind: "unknown" });
  });

  it("gets no ticket by saying so to the guard", async () => {
    const who = await certified();
    const verdict = await prove(who, "aa");
    const device = verdict.kind === "proved" ? verdict.device : "";
    for (const wrong of [{ keyHash: "bb" }, { device: "d_other" }, { credentialId: "p_2" }]) {
      const right = { credentialId: "p_1", device, proof: "key", keyHash: "aa" } as const;
      const ticket = relayed("t", { ...right, ...wrong });
      expect(await who.guard.rememberTicket(ticket, await who.profile()), JSON.stringify(wrong)).toBe("ended");
    }
  });
});
