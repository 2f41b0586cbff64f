// S-62: what a person does about own devices in any order and at the same moment, and how many devices may wait.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { decides, eventsSaid, ownDevice, partnershipsIn, stateOf, waitingPhone } from "../../test/kit/own-devices.ts";
import { rule } from "../../test/kit/policies.ts";
import { LONG_RUNS } from "../../test/kit/runs.ts";
import type { Policy } from "../core/policy/types.ts";
import { openDatabase } from "../store/database.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";

const db = openDatabase(env.DB);
const SELF = enrolment({ mode: "self" });

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply(SELF);
});

describe("S-62: whatever a person does in the portal, in any order", () => {
  const ACTS = ["approve-own", "block-own", "forget-own"] as const;
  // A short run tries those that end with an approval.
  const THREE = ACTS.flatMap((one) => ACTS.flatMap((two) => ACTS.map((three) => [one, two, three] as const)));
  const QUARANTINES = { ...SELF, rules: [rule("look-first", "quarantine")] };
  const block = async (who: Owner) => void (await who.command({ kind: "block", device: "phone" }));

  it.each<[string, Partial<Policy>, (who: Owner) => Promise<unknown>]>([
    ["the mode approval", enrolment({ mode: "approval" }), () => apply(SELF)],
    ["a rule", QUARANTINES, () => apply(SELF)],
    ["an administrator's block", SELF, block],
    [
      "an administrator's block after the person's approval",
      SELF,
      (who) => decides(who, "approve-own", "phone").then(() => block(who)),
    ],
    [
      "an administrator's block after the person's",
      SELF,
      (who) => decides(who, "block-own", "phone").then(() => block(who)),
    ],
  ])(
    "%s still keeps the device out, with its app password and with another",
    async (_, policy, closes) => {
      for (const acts of THREE.filter(([, , last]) => LONG_RUNS || last === "approve-own")) {
        await apply(policy);
        const { who } = await waitingPhone();
        await closes(who);
        for (const act of acts) {
          await decides(who, act, "phone");
          for (const password of ["p_1", "p_2"]) {
            const came = await who.names(await who.signIn(password), "phone");
            expect(["refused", "dead"], `${acts.join(", ")}: ${act}, ${password}`).toContain(came);
          }
        }
      }
    },
    120_000,
  );
});

describe("S-62: approval fatigue", () => {
  it("three devices wait at most; a further one gets no row, and may come when one is decided", async () => {
    await apply(enrolment({ mode: "self", maxDevices: 100 }));
    const who = await owner();
    for (const n of [1, 2, 3, 4, 5]) expect(await who.names(await who.signIn(`p_${n}`), `device ${n}`)).toBe("refused");
    expect(await partnershipsIn(who)).toHaveLength(3);
    expect((await eventsSaid(who)).slice(3)).toEqual(["refused too-many-waiting", "refused too-many-waiting"]);
    await decides(who, "block-own", "device 1");
    await decides(who, "approve-own", "device 2");
    for (const n of [4, 5, 6]) expect(await who.names(await who.signIn(`p_${n}`), `device ${n}`)).toBe("refused");
    const states = (await partnershipsIn(who)).map(({ state }) => state).toSorted();
    expect(states).toEqual(["allowed", "blocked", "quarantined", "quarantined", "quarantined"]);
    expect((await eventsSaid(who)).at(-1)).toBe("refused too-many-waiting");
  });

  it("three wait at most, though ten come in one moment", async () => {
    await apply(enrolment({ mode: "self", maxDevices: 100 }));
    const who = await owner();
    const tickets = await Promise.all(Array.from({ length: 10 }, (_, n) => who.signIn(`p_${n}`)));
    await Promise.all(tickets.map((ticket, n) => who.names(ticket, `device ${n}`)));
    expect(await partnershipsIn(who)).toHaveLength(3);
    expect((await partnershipsOfUser(db, who.id)).filter(({ state }) => state === "allowed")).toEqual([]);
  });

  it("devices that wait for an administrator do not count, and a rule may still let one in", async () => {
    await apply(enrolment({ mode: "approval", maxDevices: 100 }));
    const who = await owner();
    for (const n of [1, 2, 3]) await who.names(await who.signIn(`p_${n}`), `device ${n}`);
    const allows = rule("mine", "allow", { deviceId: [who.own("device 8")] });
    await apply({ ...enrolment({ mode: "self", maxDevices: 100 }), rules: [allows] });
    for (const n of [4, 5, 6, 7, 8]) await who.names(await who.signIn(`p_${n}`), `device ${n}`);
    expect((await partnershipsIn(who)).map(({ reason }) => reason).toSorted()).toEqual([
      ...["awaiting-approval", "awaiting-approval", "awaiting-approval"],
      ...["awaiting-own-approval", "awaiting-own-approval", "awaiting-own-approval"],
      "mine",
    ]);
  });
});

describe("S-62: what comes at the same moment", () => {
  it("two approvals are one", async () => {
    const { who } = await waitingPhone();
    const outcomes = await Promise.all([decides(who, "approve-own", "phone"), decides(who, "approve-own", "phone")]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.unchanged).toSorted()).toEqual([false, true]);
    const approvals = (await eventsSaid(who)).filter((event) => event.endsWith("device-approved-by-owner"));
    expect(approvals).toHaveLength(1);
  });

  it("an approval and another policy: whichever the guard hears first; never both", async () => {
    for (const first of ["policy", "approval"] as const) {
      const { who, ticket } = await waitingPhone();
      const device = (await ownDevice(who, "phone"))?.id ?? "";
      const policy = await apply({ ...enrolment({ mode: "approval" }), rules: [rule("no", "block")] });
      const steps = [() => who.guard.adoptPolicy(policy), () => decides(who, "approve-own", device)];
      await Promise.all((first === "policy" ? steps : steps.toReversed()).map((step) => step()));
      expect(await who.names(ticket, "phone")).toBe("refused");
      expect(await stateOf(who)).toBe("quarantined"); // the command itself brings the version in force
      await apply(SELF);
    }
  });

  it("an approval and a block, of the person or of an administrator: blocked in the end", async () => {
    for (const kind of ["block-own", "block"] as const) {
      for (const order of [0, 1]) {
        const { who, ticket } = await waitingPhone();
        const block = () =>
          kind === "block" ? who.command({ kind, device: "phone" }) : decides(who, "block-own", "phone");
        const steps = [() => decides(who, "approve-own", "phone"), block];
        await Promise.all((order === 0 ? steps : steps.toReversed()).map((step) => step()));
        expect(await stateOf(who), `${kind} ${order}`).toBe("blocked");
        expect(await who.uses(ticket, "discovery")).toBe("dead");
      }
    }
  });

  it("an approval while the device names itself again: it is served at once or with its next request", async () => {
    const { who, ticket } = await waitingPhone();
    const [named] = await Promise.all([who.names(ticket, "phone"), decides(who, "approve-own", "phone")]);
    expect(["refused", "served"]).toContain(named);
    expect(await who.names(ticket, "phone")).toBe("served");
    expect(await partnershipsIn(who)).toHaveLength(1);
  });
});
