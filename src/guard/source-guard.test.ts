// A network's guard inside workerd: what it counts and gives back, whom it lets pass, and what it leaves behind.

import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { SignInAbout } from "../audit/event.ts";
import { pending } from "../audit/outbox.ts";
import { DEFAULT_LIMITS } from "../lockout/limits.ts";
import { sourceGuardOf, whoKey } from "./route.ts";
import { SourceGuard } from "./source-guard.ts";

const { burst } = DEFAULT_LIMITS.network;

let networks = 0;
/** A network that nothing came from before. */
const strangeNetwork = (): string => `10.1.${(++networks >> 8) & 255}.${networks & 255}`;

type Guard = DurableObjectStub<SourceGuard>;

function network(): { readonly guard: Guard; readonly about: SignInAbout } {
  const source = strangeNetwork();
  const about = { requestId: "r", channel: "ntlm", host: "h", source, userAgent: "ua", workstation: "PC" } as const;
  return { guard: sourceGuardOf(env, source), about };
}

const who = (name: string, client = "c") => ({ name: whoKey(name), client });

const outboxOf = (guard: Guard) =>
  runInDurableObject(guard, (_, { storage }) => pending(storage.sql.exec.bind(storage.sql), 1_000));

/** Fails with as many names as the network may. */
async function filled({ guard, about }: ReturnType<typeof network>): Promise<void> {
  for (let i = 0; i < burst; i++) await guard.reserve(about, who(`name ${i}`));
}

describe("S-23: counting over all names", () => {
  it("S-20: of 1000 attempts at a time the network's burst is admitted", async () => {
    const lines = vi.spyOn(console, "log").mockImplementation(() => {});
    const { guard, about } = network();
    const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => guard.reserve(about, who(`name ${i}`))));
    expect(all.filter(({ kind }) => kind === "admitted")).toHaveLength(burst);
    expect(all.filter(({ kind }) => kind === "refused")).toHaveLength(1_000 - burst);
    lines.mockRestore();
  });

  it("a network that is full says so, until it has drained", async () => {
    const here = network();
    await filled(here);
    expect(await here.guard.reserve(here.about, who("alice"))).toEqual({ kind: "refused" });
    const { level, capacity, waitUntil } = await here.guard.lock();
    expect([Math.round(level), capacity]).toEqual([burst, burst]);
    expect(waitUntil).toBeGreaterThan(Date.now());
    await runInDurableObject(here.guard, (_, { storage }) => {
      storage.sql.exec("UPDATE network SET at = at - 3600000");
    });
    expect(await here.guard.reserve(here.about, who("alice"))).toEqual({ kind: "admitted" });
    expect(await here.guard.clear()).toBeUndefined();
    expect((await here.guard.lock()).level).toBe(0);
  });

  it("gives back what was no failure, and with a success what it explains; not more", async () => {
    const { guard, about } = network();
    for (let i = 0; i < 5; i++) await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), { kind: "not-counted" });
    expect(Math.round((await guard.lock()).level)).toBe(4);
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 2 });
    expect(Math.round((await guard.lock()).level)).toBe(1);
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 50 });
    expect((await guard.lock()).level).toBe(0);
  });

  it("S-16: of an unknown name the audit has everything but the name", async () => {
    const { guard, about } = network();
    await guard.reserve(about, who("hunter2-typed-into-the-name-field"));
    await guard.recordStranger(about);
    const events = await outboxOf(guard);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ reason: "unknown-user", outcome: "refused", source: about.source });
    expect(JSON.stringify(events)).not.toMatch(/hunter2|"user"/);
  });

  it("S-26: dry-run admits everything and says what it would have refused", async () => {
    const { guard, about } = network();
    await runInDurableObject(guard, async (_, state) => {
      const lenient = new SourceGuard(state, { ...env, LOCKOUT: "report" });
      for (let i = 0; i < burst; i++) await lenient.reserve(about, who(`name ${i}`));
      const next = await lenient.reserve(about, who("alice"));
      expect(next).toEqual({ kind: "admitted", wouldRefuse: "network-waiting" });
    });
  });
});

describe("S-21: who passes when the network has to wait", () => {
  it("a user who has signed in from here with this client, and nobody else", async () => {
    const here = network();
    const { guard, about } = here;
    await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 0 });
    await filled(here);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "familiar" });
    expect(await guard.reserve(about, who("alice", "another client"))).toEqual({ kind: "refused" });
    expect(await guard.reserve(about, who("bob"))).toEqual({ kind: "refused" });
    expect((await guard.lock()).familiarUsers).toBe(1);
  });
});

describe("the shield of a user's guard", () => {
  const held = (until: number, familiar = false) =>
    ({ kind: "held", until, familiar, userId: "u", user: "sip:u" }) as const;

  it("refuses what the user's guard would refuse, for that name only, as one event", async () => {
    const { guard, about } = network();
    await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), held(Date.now() + 60_000));
    for (let i = 0; i < 10; i++) {
      expect(await guard.reserve(about, who("alice", `client ${i}`))).toEqual({ kind: "refused" });
    }
    expect(await guard.reserve(about, who("bob"))).toEqual({ kind: "admitted" });
    const events = await outboxOf(guard);
    expect(events.map(({ reason, user }) => [reason, user])).toEqual([["waiting", "sip:u"]]);
  });

  it("ends with the wait, and when an administrator clears the user", async () => {
    const { guard, about } = network();
    await guard.reserve(about, who("alice"));
    await guard.settle(about, who("alice"), held(Date.now() - 1));
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "admitted" });
    await guard.settle(about, who("alice"), held(Date.now() + 60_000));
    await guard.clear([whoKey("bob")]);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
    await guard.clear([whoKey("alice")]);
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "admitted" });
  });

  it("holds a familiar client apart from strangers", async () => {
    const { guard, about } = network();
    await guard.settle(about, who("alice"), { kind: "signed-in", forgiven: 0 });
    await guard.settle(about, who("alice", "stranger"), held(Date.now() + 60_000));
    expect(await guard.reserve(about, who("alice", "stranger"))).toEqual({ kind: "refused" });
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "admitted" });
    await guard.settle(about, who("alice"), held(Date.now() + 60_000, true));
    expect(await guard.reserve(about, who("alice"))).toEqual({ kind: "refused" });
  });
});

describe("the alarm", () => {
  it("takes the audit to D1 and deletes the object once nothing counts any more", async () => {
    const { guard, about } = network();
    await guard.reserve(about, who("nobody"));
    await guard.recordStranger(about);
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    const { results } = await env.DB.prepare("SELECT reason FROM audit_events WHERE source = ?")
      .bind(about.source)
      .all();
    expect(results).toEqual([{ reason: "unknown-user" }]);
    await runInDurableObject(guard, (_, { storage }) => {
      storage.sql.exec("UPDATE network SET at = at - 3600000");
    });
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    const left = await runInDurableObject(guard, async (_, { storage }) => [
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_%'").toArray(),
      await storage.getAlarm(),
    ]);
    expect(left).toEqual([[], null]);
  });
});
