// S-29, S-28, S-27: the published order against the guard itself. Each case is made as it would come about: by tickets,
// devices that name themselves, commands and policies. The two tables of docs/devices.md say what must come of it.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, eventsOf, pass, stopClock } from "../../test/kit/attempts.ts";
import { apply, enrolment, type Owner, owner } from "../../test/kit/devices.ts";
import { tableRows } from "../../test/kit/tables.ts";
import type { EnrolmentMode, RuleAction, RuleCode } from "../core/policy/types.ts";
import { openDatabase } from "../store/database.ts";
import { disableUser } from "../store/directory.ts";

const ORDER = tableRows("step", "applies when", "action", "reason");
const ENROLMENT = tableRows("step", "applies when", "becomes", "reason");

beforeAll(stopClock);
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await apply({});
});

/** What is true of one request. A device that was never seen has the state `none`. */
type Case = {
  readonly asks: "names" | "uses" | "address-book";
  readonly disabled: boolean;
  /** The id is another user's. */
  readonly foreign: boolean;
  /** The app password has another device, or the device has another app password. */
  readonly bound: boolean;
  /** Whether the ticket has named the device. */
  readonly named: boolean;
  readonly standing: "none" | "allowed" | "waiting" | "quarantined" | "approved" | "blocked" | "expired";
  readonly rule: RuleAction | "";
  /** How a new device would enrol. */
  readonly enrols: "open" | "closed" | "full" | "self" | "crowded";
};

const PLAIN: Case = {
  ...{ asks: "names", disabled: false, foreign: false, bound: false, named: false },
  ...{ standing: "none", rule: "", enrols: "open" },
};

const known = ({ standing }: Case): boolean => standing !== "none";
/** Whether the request comes from a device that the guard knows. */
const isDevice = (given: Case): boolean => known(given) && (given.asks === "names" || given.named);

const STEPS: Readonly<Record<string, (given: Case) => boolean>> = {
  user: ({ disabled }) => disabled,
  password: () => false, // its tickets are dead; see below
  owner: ({ foreign }) => foreign,
  binding: ({ bound }) => bound,
  proof: () => false, // tested in device-proof.test.ts
  key: () => false, // tested in device-proof.test.ts
  "address-book": (given) => given.asks === "address-book" && !given.named && given.standing === "allowed",
  name: (given) => given.asks !== "names" && !isDevice(given),
  "personal-block": (given) => isDevice(given) && given.standing === "blocked",
  expiry: (given) => isDevice(given) && given.standing === "expired",
  pending: () => false, // no ticket has named it; see below
  "personal-allow": (given) => given.standing === "approved",
  rules: ({ rule }) => rule !== "",
  "own-approval": ({ standing }) => standing === "waiting",
  quarantine: ({ standing }) => standing === "quarantined",
  authority: () => false, // tested in inquiries.test.ts
  enrolled: ({ standing }) => standing === "allowed",
  default: () => true,
};
const ENROLMENT_STEPS: Readonly<Record<string, (given: Case) => boolean>> = {
  "other-expected": () => false,
  expected: () => false,
  closed: ({ enrols }) => enrols === "closed",
  window: () => false,
  limit: ({ enrols }) => enrols === "full",
  rules: ({ rule }) => rule !== "",
  approval: () => false,
  waiting: ({ enrols }) => enrols === "crowded",
  self: ({ enrols }) => enrols === "self",
  default: () => true,
};
/** Steps that come before a device asks to enrol, as docs/devices.md says below the table. */
const BEFORE_ENROLMENT = ["user", "password", "owner", "binding", "proof", "personal-block", "key"];

/** What the tables say: `served`, or the reason of a refusal. */
function published(given: Case): string {
  const [step = "", , action = "", reason = ""] = ORDER.find(([name = ""]) => STEPS[name]?.(given)) ?? [];
  const enrols = given.asks === "names" && (given.standing === "none" || given.standing === "expired");
  if (!enrols || BEFORE_ENROLMENT.includes(step)) {
    if (action === "the rule's") return given.rule === "allow" ? "served" : CODE;
    return action === "allow" ? "served" : reason;
  }
  const [, , becomes = "", why = ""] = ENROLMENT.find(([name = ""]) => ENROLMENT_STEPS[name]?.(given)) ?? [];
  if (becomes === "by the rule's action") return given.rule === "allow" ? "served" : CODE;
  return becomes === "allowed" ? "served" : why;
}

const CODE = "a-rule";
const EXPIRY_DAYS = 10;

/** Arranges a case and sends its request. Returns what the guard did: `served`, or the reason in the audit. */
async function outcome(given: Case): Promise<string> {
  const who = await owner();
  const id = given.foreign ? "shared" : "the device";
  const kind = given.asks === "address-book" ? "device" : "endpoint";
  const modes: Readonly<Partial<Record<Case["standing"], EnrolmentMode>>> = {
    quarantined: "approval",
    waiting: "self",
  };
  const mode = modes[given.standing] ?? "open";
  const expires = { expireAfterDays: EXPIRY_DAYS };
  await apply({ ...expires, ...enrolment({ mode }) });
  const lasting = { expiresAt: Date.now() + 2 * EXPIRY_DAYS * DAY };
  let ticket = await who.signIn("p_1", lasting);
  if (known(given)) {
    await who.names(ticket, id, { kind });
    if (given.standing === "approved") await who.command({ kind: "approve", device: id });
    if (given.standing === "blocked") {
      // A blocked device's tickets are dead. With another app password it may try to come back.
      await who.command({ kind: "revoke-password", credentialId: "p_1" });
      await who.command({ kind: "block", device: id });
      ticket = await who.signIn("p_2", lasting);
    }
    if (given.standing === "expired") pass(EXPIRY_DAYS * DAY);
    if (given.bound) ticket = await who.signIn("p_3", lasting);
    else if (!given.named && given.standing !== "blocked") ticket = await who.signIn("p_1", lasting);
  } else if (given.bound) await who.names(ticket, "another device");
  if (given.enrols === "full") {
    await who.names(await who.signIn("p_4"), "one more");
    await who.settings({ maxDevices: 1 });
  }
  if (given.enrols === "crowded") {
    await who.settings({ enrolment: "self", maxDevices: 100 });
    for (const n of [5, 6, 7]) await who.names(await who.signIn(`p_${n}`), `device ${n}`);
  }
  if (given.enrols === "self") await who.settings({ enrolment: "self" });
  if (given.enrols === "closed") await who.settings({ enrolment: "closed" });
  const rules = given.rule === "" ? [] : [{ code: CODE as RuleCode, action: given.rule, reason: "", when: {} }];
  await who.guard.adoptPolicy(await apply({ ...expires, rules }));
  if (given.disabled) {
    // The guard learns this from a sign-in that comes too late. A command would end the ticket.
    await disableUser(openDatabase(env.DB), who.id, Date.now());
    expect(await who.signIn("p_1")).toBeUndefined();
  }
  const before = (await eventsOf(who.guard)).length;
  const verdict = given.asks === "names" ? await who.names(ticket, id, { kind }) : await used(who, given, ticket);
  if (verdict === "served") return verdict;
  const events = (await eventsOf(who.guard)).slice(before);
  return events.findLast(({ channel }) => channel !== "clock")?.reason ?? `${verdict}, and nobody knows why`;
}

/** From another network than the one where the device has named itself. */
const used = (who: Owner, { asks }: Case, ticket: string | undefined): Promise<string> =>
  asks === "address-book" ? who.uses(ticket, asks, undefined, "198.51.100.9") : who.uses(ticket, "service");

const BOTH = [false, true];
const RULES = ["", "allow", "block", "quarantine"] as const;

async function holds(cases: readonly Case[]): Promise<void> {
  for (const given of cases) expect(await outcome(given), JSON.stringify(given)).toBe(published(given));
}

describe("S-29: the guard decides by the published order", () => {
  beforeAll(async () => {
    const other = await owner();
    const ticket = await other.signIn("p_1");
    await other.names(ticket, "shared");
    await other.confirms(ticket);
  });

  it("S-27, S-28: about a device that was never seen, however it would enrol", async () => {
    const cases = BOTH.flatMap((disabled) =>
      BOTH.flatMap((foreign) =>
        BOTH.flatMap((bound) =>
          (["open", "closed", "full", "self", "crowded"] as const).flatMap((enrols) =>
            (["", "block"] as const).map((rule): Case => ({ ...PLAIN, disabled, foreign, bound, enrols, rule })),
          ),
        ),
      ),
    );
    expect(cases).toHaveLength(80);
    await holds(cases);
  });

  it.each(["allowed", "waiting", "quarantined", "approved", "blocked", "expired"] as const)(
    "about a known device that names itself: %s",
    async (standing) => {
      const cases = BOTH.flatMap((disabled) =>
        BOTH.flatMap((bound) => RULES.map((rule): Case => ({ ...PLAIN, standing, disabled, bound, rule }))),
      );
      // It was blocked, so its app password was revoked, and it is bound to none.
      await holds(standing === "blocked" ? cases.filter(({ bound }) => !bound) : cases);
    },
  );

  it.each(["allowed", "waiting", "quarantined", "approved", "expired"] as const)(
    "about a ticket in use: %s",
    async (standing) => {
      const cases = BOTH.flatMap((disabled) =>
        BOTH.flatMap((named) =>
          RULES.map((rule): Case => ({ ...PLAIN, asks: "uses", standing, disabled, named, rule })),
        ),
      );
      await holds(cases);
    },
  );

  it("about the address book of a desktop, away from its place", async () => {
    const cases = BOTH.flatMap((disabled) =>
      BOTH.flatMap((named) =>
        (["allowed", "quarantined", "none"] as const).map(
          (standing): Case => ({ ...PLAIN, asks: "address-book", standing, disabled, named }),
        ),
      ),
    );
    await holds(cases.filter((given) => known(given) || !given.named));
  });

  it("about an app password that is revoked: its tickets are dead", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "the device");
    await who.command({ kind: "revoke-password", credentialId: "p_1" });
    expect([await who.names(ticket, "the device"), await who.uses(ticket, "service")]).toEqual(["dead", "dead"]);
    expect(await who.command({ kind: "explain", device: "the device" })).toMatchObject({
      value: { judgement: { step: "password", reason: "password-revoked" } },
    });
  });

  it("about a device that is expected: no ticket has named it", async () => {
    const who = await owner();
    await who.command({ kind: "expect", credentialId: "p_1", key: `endpoint:${who.own("the device")}` });
    expect(await who.command({ kind: "explain", device: "the device" })).toMatchObject({
      value: { judgement: { step: "pending", reason: "device-pending" } },
    });
  });
});

describe("S-28: somebody who names another user's device id", () => {
  it.each([
    ["enrolment is closed", async (who: Owner) => who.settings({ enrolment: "closed" })],
    [
      "the limit is full",
      async (who: Owner) => {
        await who.names(await who.signIn("p_9"), "one more");
        await who.settings({ maxDevices: 1 });
      },
    ],
    ["the app password has a device", async (who: Owner) => void (await who.names(await who.signIn("p_1"), "own"))],
  ])("is refused for that, and the owner hears of it, also while %s", async (_, arrange) => {
    const [alice, mallory] = [await owner(), await owner()];
    const id = `shared: ${alice.sipUri}`;
    const hers = await alice.signIn("p_1");
    await alice.names(hers, id);
    await alice.confirms(hers);
    await arrange(mallory);
    for (let tries = 0; tries < 3; tries++)
      expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
    expect((await eventsOf(mallory.guard)).at(-1)).toMatchObject({ reason: "device-of-another-user" });
    // The owner hears of it once: for a moment, D1 is not asked again.
    const heard = (await eventsOf(alice.guard)).filter(({ reason }) => reason === "device-of-another-user");
    expect(heard).toMatchObject([{ user: alice.sipUri, deviceKey: `endpoint:${id}` }]);
  });

  it("S-27: that no Front-End has accepted yet, and may not enrol, takes it from nobody", async () => {
    const [alice, mallory] = [await owner(), await owner()];
    const id = `shared: ${alice.sipUri}`;
    const hers = await alice.signIn("p_1");
    await alice.names(hers, id);
    await mallory.settings({ enrolment: "closed" });
    expect(await mallory.names(await mallory.signIn("p_1"), id)).toBe("refused");
    expect((await eventsOf(mallory.guard)).at(-1)).toMatchObject({ reason: "enrolment-closed" });
    expect(await alice.confirms(hers)).toBe("served");
  });
});
