// S-46: no administrative act opens what an earlier one closed without saying so. The test takes everything that closes
// a device out, and lets every command and event follow; after a block, every sequence of two. All runs in a real
// guard. The table of docs/devices.md says what may open.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, HOUR, pass, stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { decides } from "../../test/kit/own-devices.ts";
import { rule } from "../../test/kit/policies.ts";
import { LONG_RUNS } from "../../test/kit/runs.ts";
import { tableRows } from "../../test/kit/tables.ts";
import type { EnrolmentMode, Policy } from "../core/policy/types.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, listAppPasswords, revokeAppPassword } from "../store/directory.ts";

const db = openDatabase(env.DB);
const TABLE = tableRows("closed by", "opened again by", "how it says so");

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
});

/** Somebody with two app passwords. The device came with the first, or is expected with it. */
type Scene = { readonly who: Owner; readonly first: string; readonly second: string };

/** The device comes with that app password, if D1 has it as live. Returns whether it is let in. */
async function comes({ who }: Scene, password: string): Promise<boolean> {
  const live = (await listAppPasswords(db, who.id)).some(({ id, revokedAt }) => id === password && revokedAt === null);
  const ticket = live ? await who.signIn(password, { expiresAt: Date.now() + HOUR }) : undefined;
  return ticket !== undefined && (await who.names(ticket, "phone")) === "served";
}

async function adopt({ who }: Scene, policy: Partial<Policy>): Promise<void> {
  await who.guard.adoptPolicy(await apply(policy));
}

async function revoke({ who, first }: Scene): Promise<void> {
  await revokeAppPassword(db, who.id, first, Date.now());
  await who.command({ kind: "revoke-password", credentialId: first });
}

/** Ninety-one days pass, and an alarm rings at some time in them. */
async function expiry({ who }: Scene): Promise<void> {
  pass(91 * DAY);
  await runDurableObjectAlarm(who.guard);
}

/** Whether the event itself let the device in. The event `new password` is the device coming by itself. */
const EVENTS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  approve: ({ who }) => who.command({ kind: "approve", device: "phone" }),
  block: ({ who }) => who.command({ kind: "block", device: "phone" }),
  forget: ({ who }) => who.command({ kind: "forget", device: "phone" }),
  "approve-own": ({ who }) => decides(who, "approve-own", "phone"),
  "block-own": ({ who }) => decides(who, "block-own", "phone"),
  "forget-own": ({ who }) => decides(who, "forget-own", "phone"),
  expect: ({ who, first }) => who.command({ kind: "expect", credentialId: first, key: null }),
  window: ({ who }) => who.settings({ windowUntil: Date.now() + HOUR }),
  revoke,
  disable: ({ who }) => who.disable(),
  enable: ({ who }) => who.enable(),
  policy: (scene) => adopt(scene, {}),
  "user set": ({ who }) => who.settings({ enrolment: "open", maxDevices: 100, windowUntil: null }),
  expiry,
  "new password": (scene) => comes(scene, scene.second),
};

const OWN = ["block-own", "block-own, forget-own"];
const WAITING = ["quarantine", "waiting for its user"];
const KNOWN = ["block", "block, forget", ...OWN, "revoke", "disable", "a rule", ...WAITING, "expiry"];
/** The mode in which the device came, if it is not `open`. */
const MODES: Readonly<Record<string, EnrolmentMode>> = {
  quarantine: "approval",
  "waiting for its user": "self",
  "window closed": "window",
};

const CLOSERS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  block: ({ who }) => who.command({ kind: "block", device: "phone" }),
  "block, forget": async ({ who }) => {
    await who.command({ kind: "block", device: "phone" });
    await who.command({ kind: "forget", device: "phone" });
  },
  "block-own": ({ who }) => decides(who, "block-own", "phone"),
  "block-own, forget-own": async ({ who }) => {
    await decides(who, "block-own", "phone");
    await decides(who, "forget-own", "phone");
  },
  revoke,
  disable: ({ who }) => who.disable(),
  "a rule": (scene) =>
    adopt(scene, {
      rules: [rule("no-such-phone", "block", { deviceId: [scene.who.own("phone")] })],
    }),
  quarantine: () => Promise.resolve(), // it got this state when it enrolled
  "waiting for its user": () => Promise.resolve(),
  expiry: async (scene) => {
    await adopt(scene, enrolment({ mode: "closed" }));
    await expiry(scene);
  },
  "window closed": async ({ who }) => {
    await who.settings({ windowUntil: Date.now() + HOUR });
    await who.settings({ windowUntil: Date.now() });
  },
  "mode closed": ({ who }) => who.settings({ enrolment: "closed", windowUntil: null }),
};

const PASSWORDS_OF_A_SCENE = 2;
let scenes = 0;

/** A device that was closed out in this way, and the ticket that it had before. */
async function closed(closer: string): Promise<Scene & { readonly old: string | undefined }> {
  const who = await owner();
  const [first = "", second = ""] = await Promise.all(
    Array.from({ length: PASSWORDS_OF_A_SCENE }, async () => {
      const id = `p_walk${++scenes}`;
      await addAppPassword(db, { id, userId: who.id, label: "", ntHashes: "" }, 0);
      return id;
    }),
  );
  const scene = { who, first, second };
  await adopt(scene, enrolment({ mode: MODES[closer] ?? "open" }));
  const old = await who.signIn(first, { expiresAt: Date.now() + 1_000 * DAY });
  if (KNOWN.includes(closer)) {
    expect(await who.names(old, "phone")).toBe(WAITING.includes(closer) ? "refused" : "served");
    await who.confirms(old);
  }
  await CLOSERS[closer]?.(scene);
  return { ...scene, old };
}

/** Lets the events follow. Returns whether the device is let in afterwards, by itself or in one of the events. */
async function opens(closer: string, events: readonly string[]): Promise<boolean> {
  const { old, ...scene } = await closed(closer);
  let came = false;
  for (const event of events) came = (await EVENTS[event]?.(scene)) === true || came;
  const ended = ["block", "block, forget", ...OWN, "revoke", "disable"].includes(closer);
  if (ended)
    expect(await scene.who.uses(old, "discovery"), `the old ticket: ${closer}, ${events.join(", ")}`).toBe("dead");
  return (await comes(scene, scene.first)) || came;
}

const openers = (closer: string): string[] => {
  const row = TABLE.find(([by]) => by === closer);
  if (row === undefined) throw new Error(`docs/devices.md does not say what opens ${closer}`);
  return row[1]?.split(", ").filter((opener) => opener !== "") ?? [];
};

describe("S-46: what was closed", () => {
  it("is in the table, all of it, with events that there are", () => {
    expect(TABLE.map(([closer]) => closer)).toEqual(Object.keys(CLOSERS));
    for (const closer of Object.keys(CLOSERS))
      expect(Object.keys(EVENTS)).toEqual(expect.arrayContaining(openers(closer)));
  });

  it.each(Object.keys(CLOSERS))(
    "by %s stays closed by itself, and opens for what the table says and for nothing else",
    async (closer) => {
      expect(await opens(closer, [])).toBe(false);
      const opened: string[] = [];
      for (const event of Object.keys(EVENTS)) if (await opens(closer, [event])) opened.push(event);
      expect(opened.toSorted()).toEqual(openers(closer).toSorted());
    },
  );

  // A short run tries a third of the pairs. What opens alone is left out; what leaves room for another app password says
  // so.
  it.each([
    ["block", ["forget, new password"]],
    ["block-own", ["approve, new password", "forget, new password", "forget-own, new password"]],
  ])(
    "by %s stays closed after any two that do not open it",
    async (closer, said) => {
      const harmless = Object.keys(EVENTS).filter((event) => !openers(closer).includes(event));
      const opened: string[] = [];
      const pairs = harmless.flatMap((one, i) =>
        harmless.map((other, k) => ({ events: [one, other], drawn: LONG_RUNS || (i + k) % 3 === 0 })),
      );
      for (const { events, drawn } of pairs) {
        const pair = events.join(", ");
        if ((drawn || said.includes(pair)) && (await opens(closer, events))) opened.push(pair);
      }
      expect(opened).toEqual(said);
    },
    180_000,
  );
});

describe("S-46: an enrolment window", () => {
  it("that was open when the user was disabled is closed when the user is enabled", async () => {
    const who = await owner();
    await who.guard.adoptPolicy(await apply(enrolment({ mode: "window" })));
    await who.settings({ windowUntil: Date.now() + HOUR });
    await who.disable();
    await who.enable();
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("refused");
  });
});

describe("S-46: forgetting a blocked device", () => {
  it("revokes its app password in D1 and in the guard, and says which; the audit has both", async () => {
    const { who, first } = await closed("block");
    const outcome = await who.command({ kind: "forget", device: "phone" });
    expect(outcome).toMatchObject({ ok: true, value: { revokedPassword: first } });
    expect((await listAppPasswords(db, who.id)).find(({ id }) => id === first)?.revokedAt).toEqual(expect.any(Number));
    expect(await who.signIn(first)).toBeUndefined();
  });

  it("of one that is not blocked leaves its app password live", async () => {
    const { who, first } = await closed("quarantine");
    const outcome = await who.command({ kind: "forget", device: "phone" });
    expect(outcome.ok && outcome.value.revokedPassword).toBeUndefined();
    expect(await who.signIn(first)).toBeDefined();
  });

  it("is not done by time: a blocked device is blocked after years", async () => {
    const { who, first } = await closed("block");
    for (let years = 0; years < 10; years++) {
      pass(365 * DAY);
      await runDurableObjectAlarm(who.guard);
    }
    expect(await who.signIn(first)).toBeUndefined();
    expect(await who.command({ kind: "explain", device: "phone" })).toMatchObject({
      value: { judgement: { reason: "device-blocked" } },
    });
  });
});
