// A network's guard inside workerd: how it shields the users' guards, and how it knows the same mistake again.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  eventsOf,
  MINUTE,
  pass,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import type { EventContext } from "../audit/event.ts";
import type { Who } from "../guards/network-question.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { SourceGuard } from "./source-guard.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

type Network = { readonly guard: DurableObjectStub<SourceGuard>; readonly about: EventContext };

/** A network nobody else in this file has. */
function network(): Network {
  const source = strangeNetwork();
  return { guard: sourceGuardOf(env, source), about: aboutFrom(source) };
}

/** A name as long as the keys of names are. */
const named = (n: number): Who => who(String(n).padStart(64, "0"));
const who = (name: string, client = "client"): Who => ({ name: whoKey(name), client });
const level = async ({ guard }: Network): Promise<number> => (await guard.lock()).level;

async function signIn({ guard, about }: Network, as: Who): Promise<void> {
  expect((await guard.reserve(about, as)).kind).toBe("admitted");
  await guard.settle(about, as, { kind: "signed-in", forgiven: 0 }, COUNTED);
}

const held = (until: number) => ({ kind: "held", until }) as const;
const OWNER = { userId: "u_1", user: "sip:alice@contoso.test" };
const COUNTED = { counted: true };
const OWNED = { counted: true, owner: OWNER };
const ADMITTED = { kind: "admitted", counted: true };
describe("the shield of a user's guard", () => {
  it("refuses what the user's guard would refuse, for that name only, as one event that names the user", async () => {
    const { guard, about } = network();
    const until = Date.now() + MINUTE;
    await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), held(until), OWNED);
    for (let i = 0; i < 10; i++) {
      expect(await guard.reserve(about, who("alice", `client ${i}`))).toEqual({ kind: "refused" });
    }
    expect(await guard.reserve(about, who("bob"))).toEqual(ADMITTED);
    const user = { userId: "u_1", user: "sip:alice@contoso.test" };
    expect(await eventsOf(guard)).toMatchObject([{ reason: "waiting", waitUntil: until, ...user }]);
  });

  it("counts no more than for a name that belongs to nobody, then writes nothing and stores nothing", async () => {
    const here = network();
    const { guard, about } = here;
    await guard.settle(about, who("alice"), held(Date.now() + MINUTE), OWNED);
    for (let i = 0; i < 6; i++) await guard.reserve(about, who("alice"));
    const before = await storageOf(guard);
    const rows = await runInDurableObject(guard, async (object, { storage }) => {
      const exec = vi.spyOn(storage.sql, "exec");
      for (let i = 0; i < 50; i++) await object.reserve(about, who("alice"));
      const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>);
      exec.mockRestore();
      return cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    });
    expect(rows).toBe(0);
    expect(await storageOf(guard)).toEqual(before);
    expect(await level(here)).toBe(5);
  });

  it("ends with the wait, with a success, with the object, and when an administrator clears the user", async () => {
    const { guard, about } = network();
    const kind = async () => (await guard.reserve(about, who("alice"))).kind;
    const hold = () => guard.settle(about, who("alice"), held(Date.now() + MINUTE), OWNED);
    await hold();
    pass(MINUTE - 1);
    expect(await kind()).toBe("refused");
    pass(1);
    expect(await kind()).toBe("admitted");
    await hold();
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 0 }, COUNTED);
    expect(await kind()).toBe("admitted");
    await hold();
    await evictDurableObject(guard);
    expect(await kind()).toBe("admitted");
    await guard.settle(about, who("bob"), held(Date.now() + MINUTE), OWNED);
    await guard.clear([whoKey("alice")]);
    expect((await guard.reserve(about, who("bob"))).kind).toBe("refused");
    await guard.clear([whoKey("carol"), whoKey("bob")]);
    expect((await guard.reserve(about, who("bob"))).kind).toBe("admitted");
  });

  it("S-43: delays strangers only: a familiar client goes on to its user's guard after any failures there", async () => {
    const here = network();
    const { guard, about } = here;
    await signIn(here, who("alice"));
    await guard.settle(about, who("alice", "stranger"), held(Date.now() + MINUTE), OWNED);
    expect((await guard.reserve(about, who("alice", "stranger"))).kind).toBe("refused");
    const before = await level(here);
    const kinds = [];
    for (let i = 0; i < 200; i++) kinds.push((await guard.reserve(about, who("alice"))).kind);
    expect(tally(kinds)).toEqual({ admitted: 5, familiar: 195 });
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "familiar", owner: OWNER });
    expect(await level(here)).toBe(before + 5);
    await guard.clear([whoKey("alice")]);
    expect((await guard.reserve(about, who("alice"))).kind).toBe("admitted");
  });

  it("S-44: holds as many names as fit its budget; of the oldest beyond, the users' guards are asked again", async () => {
    const { guard, about } = network();
    const until = Date.now() + MINUTE;
    const kinds = await runInDurableObject(guard, async (object) => {
      const seen: string[] = [];
      await object.settle(about, named(0), held(until), OWNED);
      seen.push((await object.reserve(about, named(0))).kind);
      for (let i = 1; i < 6_000; i++) await object.settle(about, named(i), held(until), OWNED);
      for (const i of [0, 5_999]) seen.push((await object.reserve(about, named(i))).kind);
      return seen;
    });
    expect(kinds).toEqual(["refused", "admitted", "refused"]);
  });
});

describe("S-24: the same again", () => {
  const proof = (text: string): Who => ({ ...who("alice"), proof: text });

  it("counts once, and found wrong twice is refused from memory for a minute, then looked at once more", async () => {
    const here = network();
    const { guard, about } = here;
    const look = async () => (await guard.reserve(about, proof("p"))).kind;
    expect(await look()).toBe("admitted");
    for (let i = 0; i < 3; i++) {
      expect(await guard.reserve(about, proof("p"))).toEqual({ kind: "admitted", counted: false });
      await guard.settle(about, proof("p"), { kind: "wrong" }, { counted: false, owner: OWNER });
      for (let j = 0; j < 20; j++) expect(await look()).toBe("refused");
      pass(MINUTE);
    }
    expect(await level(here)).toBeLessThanOrEqual(1);
    expect(await eventsOf(guard)).toMatchObject([{ reason: "repeated", ...OWNER }]);
    expect(await guard.reserve(about, proof("another"))).toEqual(ADMITTED);
  });

  it("is remembered as wrong only when somebody says so, and until a success, a fault of ours or an administrator", async () => {
    const { guard, about } = network();
    const kinds = async (count: number) => {
      const seen: string[] = [];
      for (let i = 0; i < count; i++) {
        seen.push((await guard.reserve(about, proof("p"))).kind);
        await guard.settle(about, proof("p"), { kind: "known" }, { counted: false });
      }
      return tally(seen);
    };
    expect(await kinds(10)).toEqual({ admitted: 10 });
    for (const end of [{ kind: "signed-in", forgiven: 0 }, { kind: "not-counted" }] as const) {
      await guard.settle(about, proof("p"), { kind: "wrong" }, { counted: false });
      expect(await kinds(1)).toEqual({ refused: 1 });
      await guard.settle(about, proof("p"), end, COUNTED);
      expect(await kinds(2)).toEqual({ admitted: 2 });
    }
    await guard.settle(about, proof("p"), { kind: "recognised", lasting: false }, { counted: false });
    expect(await kinds(1)).toEqual({ admitted: 1 });
    await guard.settle(about, proof("p"), { kind: "recognised", lasting: true }, { counted: false });
    expect(await kinds(1)).toEqual({ refused: 1 });
    await guard.clear([whoKey("alice")]);
    expect(await kinds(1)).toEqual({ admitted: 1 });
  });

  it("S-44: keeps a bounded number of names and fingerprints", async () => {
    const { guard, about } = network();
    await runInDurableObject(guard, async (_, state) => {
      const lenient = new SourceGuard(state, { ...env, LOCKOUT: "report" });
      const first = { ...who("first"), proof: "first" };
      await lenient.reserve(about, first);
      for (let i = 0; i < 6_000; i++) await lenient.reserve(about, { ...named(i), proof: `proof ${i}` });
      expect(await lenient.reserve(about, first)).toMatchObject({ counted: true }); // it made room for others
      expect(await lenient.reserve(about, { ...named(5_999), proof: "proof 5999" })).toMatchObject({
        counted: false,
      });
    });
  });
});
