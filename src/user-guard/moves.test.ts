// S-48 and S-17 at the guards: a person moves to another address, together with everything that recognises a device or
// a place, and nothing else. After a crash at any step, the move goes on. The next owner of the old address gets
// nothing of the person.

import { env, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  HOUR,
  ntlm,
  pass,
  relayed,
  stopClock,
  storageOf,
  strangeNetwork,
  typed,
} from "../../test/kit/attempts.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { keptAt, moveWith, orderOf, type Resident, resident } from "../../test/kit/moves.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { GuardNamespaces } from "../guards/calls.ts";
import { guardOf } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { disableUser, subjectOf } from "../store/directory.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { LEFT_BEHIND, MOVED } from "./luggage.ts";

const db = openDatabase(env.DB);
beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

let addresses = 0;
const newAddress = (): string => `sip:moved${++addresses}@fabrikam.test`;
const command = (kind: "block" | "approve", device: string) => ({
  ...{ kind, device, about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" },
});

/** Somebody with a phone, a familiar place and a ticket. A stranger has failed there, too. */
async function settled(): Promise<Resident & { readonly stranger: string }> {
  const who = await resident();
  expect(await who.signIn()).toBe("signed-in");
  expect(await who.gets(`${who.id} old`)).toBe("remembered");
  expect(await who.names(`${who.id} old`, "phone")).toBe("served");
  const stranger = strangeNetwork();
  expect(await who.signIn(typed("wrong"), { source: stranger, client: "x" })).toBe("refused");
  return { ...who, stranger };
}

/** Checks that everything has arrived at the person's new address, and that nothing is left at the old one. */
async function expectMoved(who: Resident & { readonly stranger: string }, to: string): Promise<void> {
  expect((await who.row()).sipUri).toBe(to);
  expect(await who.uses(`${who.id} old`, who.sipUri)).toBe("dead");
  expect(await who.uses(`${who.id} old`)).toBe("dead");
  const { pairs } = await guardOf(env, to).locks();
  expect(pairs.map(({ source, familiar, failures }) => [source, familiar, failures]).sort()).toEqual(
    [
      [ABOUT.source, true, 0],
      [who.stranger, false, 1],
    ].sort(),
  );
  expect(await who.signIn()).toBe("signed-in");
  expect(await who.gets(`${who.id} new`)).toBe("remembered");
  expect(await who.names(`${who.id} new`, "phone")).toBe("served");
  expect(await who.uses(`${who.id} new`)).toBe("served");
  expect((await partnershipsOfUser(db, who.id)).map(({ state }) => state)).toEqual(["allowed"]);
  expect((await keptAt(to)).devices).toMatchObject([{ state: "allowed", credentialId: "p_0" }]);
  expect(JSON.stringify(await keptAt(who.sipUri))).not.toMatch(new RegExp(`${who.id}|p_0|203\\.0\\.113`));
  const events = await findEvents(db, { userId: who.id, reason: "user-renamed" }, 10);
  expect(events).toHaveLength(1);
  pass(2 * HOUR);
  await runDurableObjectAlarm(guardOf(env, who.sipUri));
  pass(24 * HOUR);
  await runDurableObjectAlarm(guardOf(env, who.sipUri));
  expect((await storageOf(guardOf(env, who.sipUri))).rows).toEqual({});
}

const failing = (): never => {
  throw new Error("down");
};
/** D1, in which one batch of statements does something else. Batches are counted from the beginning of the move. */
const databaseWith = (batch: D1Database["batch"], prepare?: () => never): D1Database =>
  new Proxy(env.DB, {
    get: (target, key) => {
      if (key === "batch") return batch;
      if (key === "prepare" && prepare !== undefined) return prepare;
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
/** The number of the batch that moves the user. The audit is sent in batches of one insert. */
const isMove = (statements: readonly unknown[]): boolean => statements.length > 2;
type Batch = D1Database["batch"];
const commits = (instead: (statements: D1PreparedStatement[]) => Promise<never>): D1Database =>
  databaseWith(((statements: D1PreparedStatement[]) =>
    isMove(statements) ? instead(statements) : env.DB.batch(statements)) as Batch);
/** No other user's guard can be reached. */
const noGuards = { getByName: () => ({ move: failing, arrive: failing }) } as unknown as GuardNamespaces["USER_GUARD"];
/** A guard that does what it is told, but whose answer is lost. */
const deafGuards = {
  getByName: (name: string) => {
    const guard = env.USER_GUARD.getByName(name);
    return { move: (step: Parameters<typeof guard.move>[0]) => guard.move(step).then(failing) };
  },
} as unknown as GuardNamespaces["USER_GUARD"];

describe("S-48: a person who moves to another address", () => {
  it("keeps device, app password and what was counted; tickets end", async () => {
    const who = await settled();
    const to = newAddress();
    const order = await orderOf(who, { sipUri: to });
    expect(await moveWith(await who.guard(), order)).toBe("moved");
    await expectMoved(who, to);
  });

  it("and back within the hour", async () => {
    const who = await settled();
    const away = newAddress();
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: away }))).toBe("moved");
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: who.sipUri }))).toBe("moved");
    expect(await who.signIn()).toBe("signed-in");
    expect(await who.gets("again")).toBe("remembered");
    expect(await who.names("again", "phone")).toBe("served");
    expect(await who.uses("again", away)).toBe("dead");
  });

  it("S-3: cannot have an answered challenge answered once more under the new address", async () => {
    const who = await settled();
    const proof = ntlm(who.password);
    expect(await who.signIn(proof)).toBe("signed-in");
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: newAddress() }))).toBe("moved");
    expect(await who.signIn(proof)).not.toBe("signed-in");
    expect(await who.signIn(ntlm(who.password))).toBe("signed-in");
  });

  it("stays disabled", async () => {
    const who = await settled();
    await disableUser(db, who.id, Date.now());
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: newAddress() }))).toBe("moved");
    expect([await who.signIn(), await who.gets("t")]).toEqual(["refused", "ended"]);
  });

  it("who never signed in moves as well", async () => {
    const who = await resident();
    const to = newAddress();
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: to }))).toBe("moved");
    expect((await who.row()).sipUri).toBe(to);
    expect([await who.signIn(), await who.gets("t"), await who.names("t", "phone")]).toEqual([
      ...["signed-in", "remembered", "served"],
    ]);
  });

  it("takes every table along, or leaves it on purpose", async () => {
    const who = await settled();
    const { rows } = await storageOf(await who.guard());
    expect([...MOVED, ...LEFT_BEHIND].sort()).toEqual(Object.keys(rows).sort());
  });
});

describe("S-37 S-48: a move that breaks off", () => {
  const CRASHES = [
    ["before the other guard has heard", { USER_GUARD: noGuards }],
    ["when the other guard has everything, and its answer is lost", { USER_GUARD: deafGuards }],
    ["before D1 has moved the user", { DB: commits(failing) }],
    [
      "when D1 has moved the user, and its answer is lost",
      { DB: commits((statements) => env.DB.batch(statements).then(failing)) },
    ],
  ] as const;

  it.each(CRASHES)("%s: serves nobody, and is gone on with by the alarm", async (_, bindings) => {
    const who = await settled();
    const to = newAddress();
    const old = await who.guard();
    const order = await orderOf(who, { sipUri: to });
    expect(await moveWith(old, order, bindings)).toBe("broken off");
    expect(await who.uses(`${who.id} old`, who.sipUri)).toBe("dead");
    if ((await who.row()).sipUri === who.sipUri) {
      expect([await who.signIn(typed("wrong")), await who.signIn()]).toEqual(["refused", "unavailable"]);
      expect(await who.gets("between")).toBe("ended");
    }
    expect(await runDurableObjectAlarm(old)).toBe(true);
    await expectMoved(who, to);
  });

  it.each(CRASHES)("%s: is gone on with by the same call", async (_, bindings) => {
    const who = await settled();
    const to = newAddress();
    const old = await who.guard();
    expect(await moveWith(old, await orderOf(who, { sipUri: to }), bindings)).toBe("broken off");
    // When D1 has moved the user, the same call finds nothing to do, and the alarm cleans up.
    if ((await who.row()).sipUri === who.sipUri) {
      expect(await moveWith(old, await orderOf(who, { sipUri: to }))).toBe("moved");
    } else await runDurableObjectAlarm(old);
    await expectMoved(who, to);
  });

  it.each(CRASHES.slice(0, 3))(
    "%s: is given up when it is told so, and another move waits for that",
    async (_, broken) => {
      const who = await settled();
      const to = newAddress();
      const old = await who.guard();
      expect(await moveWith(old, await orderOf(who, { sipUri: to }), broken)).toBe("broken off");
      expect(await moveWith(old, await orderOf(who, { sipUri: newAddress() }))).toBe("move-in-progress");
      expect(await old.move({ kind: "stay" })).toBe("settled");
      expect([await who.signIn(), await who.gets("anew"), await who.names("anew", "phone")]).toEqual([
        ...["signed-in", "remembered", "served"],
      ]);
      expect((await keptAt(to)).devices ?? []).toEqual([]);
      const next = newAddress();
      expect(await moveWith(old, await orderOf(who, { sipUri: next }))).toBe("moved");
      expect((await who.row()).sipUri).toBe(next);
    },
  );

  it("is given up when somebody else gets the new address, who gets nothing with it", async () => {
    const who = await settled();
    const to = newAddress();
    let other: Resident | undefined;
    const late = commits(async (statements) => {
      other = await resident(to);
      return env.DB.batch(statements) as unknown as Promise<never>;
    });
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: to }), { DB: late })).toBe("name-taken");
    expect((await who.row()).sipUri).toBe(who.sipUri);
    expect([await who.signIn(), await who.gets("anew"), await who.uses("anew")]).toEqual([
      ...["signed-in", "remembered", "refused"],
    ]);
    expect(await who.names("anew", "phone")).toBe("served");
    expect((await guardOf(env, to).locks()).pairs).toEqual([]);
    expect(await other?.signIn()).toBe("signed-in");
    expect([await other?.gets("other"), await other?.names("other", "tablet")]).toEqual(["remembered", "served"]);
    expect((await keptAt(to)).devices).toHaveLength(1);
  });

  it("and whose user is deleted by hand leaves nothing at either address", async () => {
    const who = await settled();
    const to = newAddress();
    const old = await who.guard();
    expect(await moveWith(old, await orderOf(who, { sipUri: to }), { DB: commits(failing) })).toBe("broken off");
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(who.id).run();
    await runDurableObjectAlarm(old);
    for (const address of [who.sipUri, to]) {
      const kept = await keptAt(address);
      expect([kept.devices ?? [], kept.pairs ?? [], kept.relayed_tickets ?? []], address).toEqual([[], [], []]);
    }
  });
});

describe("S-48: whoever gets an address that was freed", () => {
  it("gets nothing of the one before, also when that one's guard has not forgotten yet", async () => {
    const who = await settled();
    const to = newAddress();
    const lost = commits((statements) => env.DB.batch(statements).then(failing));
    expect(await moveWith(await who.guard(), await orderOf(who, { sipUri: to }), { DB: lost })).toBe("broken off");
    const next = await resident(who.sipUri);
    expect((await (await next.guard()).locks()).pairs).not.toEqual([]); // rows that the other user has left there
    expect(await next.signIn()).toBe("signed-in");
    expect((await (await next.guard()).locks()).pairs).toMatchObject([{ familiar: true, failures: 0 }]);
    expect([await next.gets("next"), await next.uses(`${who.id} old`)]).toEqual(["remembered", "dead"]);
    expect(await next.names("next", "tablet")).toBe("served");
    expect((await keptAt(who.sipUri)).devices).toHaveLength(1);
    expect(JSON.stringify(await keptAt(who.sipUri))).not.toContain(who.id);
    expect(await who.signIn()).toBe("signed-in");
    expect((await guardOf(env, to).locks()).pairs).toHaveLength(2);
  });

  it("is not disturbed by what read D1 before: no sign-in, no ticket, no command, no late copy", async () => {
    const who = await settled();
    const [before, old] = [await who.record(), await who.guard()];
    const profile = { subject: subjectOf(await who.row()), policyVersion: 0 };
    expect(await moveWith(old, await orderOf(who, { sipUri: newAddress() }))).toBe("moved");
    const late = async () => {
      expect((await old.signIn(attempt(before, typed(who.password)))).kind).toBe("unavailable");
      expect(await old.rememberTicket(relayed("late"), profile)).toBe("ended");
      expect(await old.command(profile, command("block", "endpoint:phone"))).toBe("moved");
      expect(await old.erase(who.id, who.sipUri)).toBe("moved");
      const arrival = { move: "earlier", subject: profile.subject, luggage: {} };
      expect(await old.move({ kind: "arrive", arrival })).toBe("address-taken");
    };
    await late();
    const next = await resident(who.sipUri);
    expect([await next.signIn(), await next.gets("next")]).toEqual(["signed-in", "remembered"]);
    await late();
    await evictDurableObject(old);
    await late();
    expect([await next.names("next", "tablet"), await next.uses("next")]).toEqual(["served", "served"]);
    expect(JSON.stringify(await keptAt(who.sipUri))).not.toContain(who.id);
  });

  it("gets a guard that still has somebody whom D1 no longer knows", async () => {
    const who = await settled();
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(who.id).run();
    const next = await resident(who.sipUri);
    expect(await next.gets("next")).toBe("remembered");
    expect(await next.uses(`${who.id} old`)).toBe("dead");
    const kept = await keptAt(who.sipUri);
    expect([kept.devices ?? [], kept.pairs ?? []]).toEqual([[], []]);
    // so does a user who moves there
    const [gone, mover] = [await settled(), await settled()];
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(gone.id).run();
    expect(await moveWith(await mover.guard(), await orderOf(mover, { sipUri: gone.sipUri }))).toBe("moved");
    await expectMoved(mover, gone.sipUri);
  });
});

describe("S-48: two at once", () => {
  it("an address that somebody has is refused, and so are two who would swap", async () => {
    const [a, b] = [await settled(), await settled()];
    const orders = [await orderOf(a, { sipUri: b.sipUri }), await orderOf(b, { sipUri: a.sipUri })] as const;
    const [first, second] = [await a.guard(), await b.guard()];
    const outcomes = await Promise.all([
      first.move({ kind: "go", order: orders[0] }),
      second.move({ kind: "go", order: orders[1] }),
    ]);
    expect(outcomes).toEqual(["address-taken", "address-taken"]);
    for (const who of [a, b]) {
      expect([await who.signIn(), await who.gets(`${who.id} x`), await who.names(`${who.id} x`, "phone")]).toEqual([
        ...["signed-in", "remembered", "served"],
      ]);
    }
  });

  it("two who want the same free address: one has it", async () => {
    const [a, b] = [await settled(), await settled()];
    const to = newAddress();
    const orders = [await orderOf(a, { sipUri: to }), await orderOf(b, { sipUri: to })] as const;
    const outcomes = await Promise.all([
      (await a.guard()).move({ kind: "go", order: orders[0] }),
      (await b.guard()).move({ kind: "go", order: orders[1] }),
    ]);
    expect(outcomes.filter((each) => each === "moved")).toHaveLength(1);
    for (const who of [a, b]) {
      expect([await who.signIn(), await who.gets(`${who.id} x`), await who.names(`${who.id} x`, "phone")]).toEqual([
        ...["signed-in", "remembered", "served"],
      ]);
    }
  });

  it("S-46: a block that comes while its user moves is not lost", async () => {
    const who = await settled();
    const [device] = await partnershipsOfUser(db, who.id);
    const old = await who.guard();
    const profile = { subject: subjectOf(await who.row()), policyVersion: 0 };
    const order = await orderOf(who, { sipUri: newAddress() });
    const [moved, blocked] = await Promise.all([
      old.move({ kind: "go", order }),
      old.command(profile, command("block", device?.id ?? "")),
    ]);
    expect([moved, blocked]).toEqual(["moved", "moved"]);
    const again = { subject: subjectOf(await who.row()), policyVersion: 0 };
    expect((await (await who.guard()).command(again, command("block", device?.id ?? ""))) !== "moved").toBe(true);
    expect(await who.signIn()).not.toBe("signed-in");
  });

  it("a rename that changed the user meanwhile gives the move up", async () => {
    const who = await settled();
    const order = await orderOf(who, { sipUri: newAddress() });
    await env.DB.prepare("UPDATE users SET account = 'other' WHERE id = ?").bind(who.id).run();
    expect(await moveWith(await who.guard(), order)).toBe("changed-meanwhile");
    expect(await who.signIn()).toBe("signed-in");
  });
});
