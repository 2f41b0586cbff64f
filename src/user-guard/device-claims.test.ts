// S-28: to whom a device's id belongs. A claim is provisional until a Front-End has accepted the request that named the
// device. Until then, another user who names the same id gets it. Afterwards only an administrator can take it away.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, pass, SECOND, stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { openDatabase } from "../store/database.ts";
import { listContests, partnershipsOfUser } from "../store/partnerships.ts";

const db = openDatabase(env.DB);
let ids = 0;
/** A device id that nobody has named yet; every user in a test may name it. */
const contested = (): string => `shared ${++ids}`;

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

const inD1 = async ({ id }: Owner) =>
  (await partnershipsOfUser(db, id)).map(({ key, state, provisional }) => ({ key, state, provisional }));
const reasons = async ({ guard }: Owner): Promise<string[]> => (await eventsOf(guard)).map(({ reason }) => reason);

/** Somebody who names a device. The user's Front-End accepts it or not. */
async function naming(id: string, accepted: boolean): Promise<{ readonly who: Owner; readonly ticket: string }> {
  const who = await owner();
  const ticket = (await who.signIn("p_1")) ?? "none";
  expect(await who.names(ticket, id)).toBe("served");
  if (accepted) expect(await who.confirms(ticket)).toBe("served");
  return { who, ticket };
}

describe("S-28: a device's id", () => {
  it("belongs to nobody before a Front-End has accepted it: the next user who names it has it, and both hear of that", async () => {
    const id = contested();
    const { who: mallory, ticket } = await naming(id, false);
    expect(await inD1(mallory)).toMatchObject([{ provisional: true }]);
    const { who: alice } = await naming(id, true);
    expect(await inD1(alice)).toEqual([{ key: `endpoint:${id}`, state: "allowed", provisional: false }]);
    expect(await inD1(mallory)).toEqual([]);
    expect(await reasons(mallory)).toEqual(["enrolled", "device-id-given-up"]);
    expect(await reasons(alice)).toEqual(["enrolled"]);
    // Requests of the other one that were under way have no effect.
    expect(await mallory.confirms(ticket)).toBe("refused");
    expect(await mallory.uses(ticket, "application")).toBe("refused");
    expect(await mallory.names(ticket, id)).toBe("refused");
    expect(await listContests(db, alice.id)).toMatchObject([{ user: mallory.sipUri, holder: alice.sipUri }]);
  });

  it("is its user's for good once a Front-End has accepted it, also in D1 and after the guard has moved", async () => {
    const id = contested();
    const { who: alice } = await naming(id, true);
    await evictDurableObject(alice.guard);
    const mallory = await owner();
    expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
    await runInDurableObject(alice.guard, (_, { storage }) => storage.deleteAll());
    await evictDurableObject(alice.guard);
    await alice.signIn("p_1"); // reads D1
    pass(4 * SECOND);
    expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
    expect(await reasons(mallory)).toContain("device-of-another-user");
    expect(await inD1(alice)).toMatchObject([{ provisional: false }]);
  });

  it("is not given up by a guard that has lost what it knew: nobody can say that it was not accepted", async () => {
    const id = contested();
    const { who: alice } = await naming(id, false);
    await runInDurableObject(alice.guard, (_, { storage }) => storage.deleteAll());
    await evictDurableObject(alice.guard);
    const bob = await owner();
    expect(await bob.names(await bob.signIn("p_1"), id)).toBe("refused");
  });

  it("that a guard claimed in D1 and never had is free", async () => {
    const id = contested();
    const { who: alice } = await naming(id, false);
    await runInDurableObject(alice.guard, (_, { storage }) => storage.sql.exec("DELETE FROM devices"));
    await evictDurableObject(alice.guard);
    await naming(id, true);
    expect(await inD1(alice)).toEqual([]);
  });

  it("that an administrator expects is that user's: it takes a provisional one, and gives way to none", async () => {
    const id = contested();
    const { who: mallory } = await naming(id, false);
    const alice = await owner();
    expect(await alice.command({ kind: "expect", credentialId: "p_1", key: `endpoint:${id}` })).toMatchObject({
      ok: true,
    });
    expect(await inD1(mallory)).toEqual([]);
    expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
    expect(await alice.names(await alice.signIn("p_1"), id)).toBe("served");
    pass(4 * SECOND);
    expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
  });

  it("of a blocked device is given up, and the device stays blocked", async () => {
    const id = contested();
    const { who: mallory } = await naming(id, false);
    await mallory.command({ kind: "block", device: id });
    await naming(id, true);
    expect(await inD1(mallory)).toEqual([{ key: null, state: "blocked", provisional: false }]);
    expect(await mallory.signIn("p_1")).toBeUndefined();
  });

  it("that is quarantined has been accepted by nobody", async () => {
    await apply(enrolment({ mode: "approval" }));
    const id = contested();
    const [alice, bob] = [await owner(), await owner()];
    expect(await alice.names(await alice.signIn("p_1"), id)).toBe("refused");
    expect(await bob.names(await bob.signIn("p_1"), id)).toBe("refused");
    expect([await inD1(alice), await inD1(bob)]).toMatchObject([[], [{ state: "quarantined" }]]);
  });

  it("named by two users at once, each through a Front-End, is one's, and D1 says whose", async () => {
    const id = contested();
    const both = [await owner(), await owner()];
    const confirmed = await Promise.all(
      both.map(async (who) => {
        const ticket = await who.signIn("p_1");
        const verdict = await who.names(ticket, id);
        return verdict === "served" ? who.confirms(ticket) : verdict;
      }),
    );
    expect(confirmed.toSorted()).toEqual(["refused", "served"]);
    const holder = both[confirmed.indexOf("served")];
    const [mine, theirs] = await Promise.all(both.map(inD1));
    expect([mine, theirs].flat()).toMatchObject([{ provisional: false }]);
    expect(await listContests(db, holder?.id ?? "")).toHaveLength(1);
  });

  it("is confirmed once: later namings say nothing new, and cost nothing", async () => {
    const { who, ticket } = await naming(contested(), true);
    const unsaved = () =>
      runInDurableObject(who.guard, (_, { storage }) => storage.sql.exec("SELECT * FROM unsaved_devices").toArray());
    expect(await unsaved()).toEqual([]);
    expect(await who.confirms(ticket)).toBe("served");
    expect(await unsaved()).toEqual([]);
  });
});

describe("S-27: with a provisional claim", () => {
  it("the most devices a user may have holds, and one that gave way makes room", async () => {
    await apply(enrolment({ maxDevices: 1 }));
    const id = contested();
    const { who: mallory } = await naming(id, false);
    expect(await mallory.names(await mallory.signIn("p_2"), "another")).toBe("refused");
    await naming(id, true);
    expect(await mallory.names(await mallory.signIn("p_2"), "another")).toBe("served");
  });
});

describe("S-37: D1 fails while a claim is confirmed", () => {
  it("it is the user's in the guard, which tells D1 by its alarm", async () => {
    const id = contested();
    const { who, ticket } = await naming(id, false);
    const { UserGuard } = await import("./user-guard.ts");
    const failing = (): never => {
      throw new Error("D1_ERROR: the database is down");
    };
    const source = { network: "192.0.2.1", country: "DE", asn: 0 };
    const about = {
      requestId: "r",
      channel: "device",
      host: "",
      source: "192.0.2.1",
      userAgent: "",
      workstation: "",
    } as const;
    const outcome = await runInDurableObject(who.guard, (_, state) => {
      const DB = { prepare: failing, batch: failing } as unknown as D1Database;
      return new UserGuard(state, { ...env, DB }).confirmDevice({ id: ticket, source, about }).catch(() => "thrown");
    });
    expect(outcome).toBe("thrown"); // and the answer does not leave
    await evictDurableObject(who.guard);
    const other = await owner();
    expect(await other.names(await other.signIn("p_1"), id)).toBe("refused");
    await runDurableObjectAlarm(who.guard);
    expect(await inD1(who)).toMatchObject([{ provisional: false }]);
  });
});
