// Dead tickets in their network's guard: only a handful is let through; who passes even then; and what is left
// afterwards.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  DAY,
  HOUR,
  MINUTE,
  NOTHING,
  pass,
  profileOf,
  relayed,
  someone,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import { DEAD_TICKETS } from "../core/lockout/dead-tickets.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import { UserGuard } from "../user-guard/user-guard.ts";
import { SourceGuard } from "./source-guard.ts";

const HANDFUL = DEAD_TICKETS.burst;
const EACH_MS = HOUR / DEAD_TICKETS.perHour;

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

function network() {
  const source = strangeNetwork();
  return { guard: sourceGuardOf(env, source), about: aboutFrom(source) };
}

type Network = ReturnType<typeof network>;

async function crowded(): Promise<Network> {
  const here = network();
  for (let i = 0; i < HANDFUL; i++) await here.guard.countDeadTicket();
  return here;
}

/** Somebody who signs in there and gets that ticket. */
async function signedIn({ guard, about }: Network, id: string) {
  const { user, guard: owner } = someone();
  const who = { name: whoKey(user.sipUri.replace("sip:", "")), client: "client" };
  await guard.reserve(about, who);
  await guard.settle(about, who, { kind: "signed-in", forgiven: 0 }, { counted: true });
  await owner.rememberTicket(relayed(id), profileOf(user));
  return { user };
}

/** Counts from now on how often users' guards are asked which tickets are live. */
function asks(): () => number {
  const living = vi.spyOn(UserGuard.prototype, "living");
  return () => living.mock.calls.length;
}

describe("S-44: a network's dead tickets", () => {
  it("are a handful, then one a minute, even if the object is evicted", async () => {
    const { guard } = network();
    for (let i = 1; i < HANDFUL; i++) expect(await guard.countDeadTicket()).toBeUndefined();
    expect(await guard.countDeadTicket()).toBe(Date.now() + EACH_MS);
    await evictDurableObject(guard);
    for (let i = 0; i < 50; i++) expect(await guard.countDeadTicket()).toBe(Date.now() + EACH_MS);
    pass(EACH_MS);
    expect(await guard.countDeadTicket()).toBe(Date.now() + EACH_MS);
  });

  it("are counted before they are looked at, where more come than an isolate asks about: 300 at a time are a handful", async () => {
    const { guard } = network();
    const all = await Promise.all(
      Array.from({ length: 300 }, (_, i) => guard.admitTicket(`sip:user${i}@contoso.test`, `id-${i}`)),
    );
    expect(tally(all.map(({ kind }) => kind))).toEqual({ counted: HANDFUL, refused: 300 - HANDFUL });
  });

  it("give back what proves to be alive", async () => {
    const { guard } = network();
    for (let i = 0; i < 3 * HANDFUL; i++) {
      expect((await guard.admitTicket("sip:guest@contoso.test", `id-${i}`)).kind).toBe("counted");
      await guard.takeBackTicket();
    }
  });

  it("are forgotten, and the object with them", async () => {
    const { guard } = await crowded();
    pass(HANDFUL * EACH_MS + MINUTE);
    await runDurableObjectAlarm(guard);
    expect(await storageOf(guard)).toEqual(NOTHING);
    expect(await guard.countDeadTicket()).toBeUndefined();
  });

  it("keep the object until they are", async () => {
    const { guard } = await crowded();
    await runDurableObjectAlarm(guard);
    expect((await storageOf(guard)).rows).toMatchObject({ dead_tickets: 1 });
  });

  it("are cleared with everything that counts against the network", async () => {
    const { guard } = await crowded();
    await guard.clear();
    expect((await guard.admitTicket("sip:anybody@contoso.test", "id")).kind).toBe("counted");
  });

  it("S-26: refuse nobody in dry-run", async () => {
    const { guard } = await crowded();
    await runInDurableObject(guard, async (_, state) => {
      const lenient = new SourceGuard(state, { ...env, LOCKOUT: "report" });
      expect((await lenient.admitTicket("sip:anybody@contoso.test", "id")).kind).toBe("counted");
    });
  });
});

describe("S-44: from a network that is over its handful", () => {
  it("a ticket of a user who signed in there a moment ago passes, and a forged one of the same user does not", async () => {
    const here = await crowded();
    const { user } = await signedIn(here, "mine");
    expect((await here.guard.admitTicket(user.sipUri, "mine")).kind).toBe("alive");
    expect((await here.guard.admitTicket(user.sipUri, "forged")).kind).toBe("refused");
  });

  it("a forged one wakes no user's guard, with any subject", async () => {
    const { guard } = await crowded();
    const { user } = someone();
    const asked = asks();
    for (const subject of [user.sipUri, "nobody", "", "sip:", "x".repeat(100_000)]) {
      expect((await guard.admitTicket(subject, "forged")).kind).toBe("refused");
    }
    expect(asked()).toBe(0);
  });

  it("500 forged ones of a user who signed in there ask that user's guard a few times, and the user's own still passes", async () => {
    const here = await crowded();
    const { user } = await signedIn(here, "mine");
    const asked = asks();
    const forged = (from: number) =>
      Array.from({ length: 250 }, (_, i) => here.guard.admitTicket(user.sipUri, `forged-${from + i}`));
    const [mine, ...others] = await Promise.all([
      here.guard.admitTicket(user.sipUri, "mine"),
      ...forged(0),
      ...forged(250),
    ]);
    expect(mine?.kind).toBe("alive");
    expect(tally(others.map(({ kind }) => kind))).toEqual({ refused: 500 });
    expect(asked()).toBeLessThanOrEqual(3);
  });

  it("a user who has not signed in there for a month is a stranger again", async () => {
    const here = network();
    const { user } = await signedIn(here, "old");
    pass(31 * DAY);
    for (let i = 0; i < HANDFUL; i++) await here.guard.countDeadTicket();
    await guardOf(env, user.sipUri).rememberTicket(relayed("new"), profileOf(user));
    expect((await here.guard.admitTicket(user.sipUri, "new")).kind).toBe("refused");
  });
});
