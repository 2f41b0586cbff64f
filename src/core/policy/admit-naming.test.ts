// Requests in which a device names itself: who must be asked, and what becomes of the device.

import { describe, expect, it } from "vitest";
import { type Changes, EXPECTED, NOW, naming, PHONE } from "../../../test/kit/admissions.ts";
import { policyOf, rule } from "../../../test/kit/policies.ts";
import type { Partnership } from "../device/partnership.ts";
import { type AdmittedNaming, admit } from "./admit.ts";
import { DEFAULT_POLICY } from "./read.ts";
import type { EnrolmentMode, Policy } from "./types.ts";

/** The admission in one line. */
function admission(request: Partial<AdmittedNaming>, changes: Changes = {}): string {
  const given = admit(naming(request, changes));
  switch (given.kind) {
    case "ask-owner":
      return "ask-owner";
    case "judged": {
      const { judgement, device, named } = given;
      return `${judgement.action} ${judgement.reason} ${device?.id ?? "-"}${named === true ? " named" : ""}`;
    }
    case "not-enrolled":
      return `not-enrolled ${given.reason} ${given.device?.id ?? "-"}`;
    default: {
      const { kind, key, self, waited, enrolment, judgement } = given;
      const waits = waited === undefined ? "" : ` waited ${waited.id}`;
      return `${kind} ${enrolment.reason} ${key} ${self?.id ?? "-"}${waits}, then ${judgement.action} ${judgement.reason}`;
    }
  }
}

type Row = [string, Partial<AdmittedNaming>, Changes, string];

const withMode = (mode: EnrolmentMode): Policy => ({
  ...DEFAULT_POLICY,
  enrolment: { ...DEFAULT_POLICY.enrolment, mode },
});
const CLOSED = withMode("closed");
const WINDOW = withMode("window");

const free = { owner: "free" } as const;
const another = { owner: "another" } as const;
const claimed = { owner: "claimed" } as const;

const UNBOUND: Partnership = { ...PHONE, credentialId: null };
const EXPIRED: Partnership = { ...PHONE, state: "expired" };
const TABLET: Partnership = { ...PHONE, id: "d_tablet", key: "endpoint:tablet" };

describe("S-28, S-29: a device that names itself", () => {
  it.each<Row>([
    ["a new one", {}, {}, "claims enrolled endpoint:phone -, then allow enrolled"],
    ["a new one whose id is free", free, {}, "claims enrolled endpoint:phone -, then allow enrolled"],
    ["a new one that has its id", claimed, {}, "enrols enrolled endpoint:phone -, then allow enrolled"],
    ["an id of another user", another, {}, "block device-of-another-user -"],
    ["enrolment is closed", {}, { policy: CLOSED }, "ask-owner"],
    ["enrolment is closed, the id is free", free, { policy: CLOSED }, "not-enrolled enrolment-closed -"],
    ["enrolment is closed, an id of another user", another, { policy: CLOSED }, "block device-of-another-user -"],
    ["nobody knows the user", {}, { user: undefined }, "block user-disabled -"],
    ["the user is disabled", { known: PHONE }, { user: { disabled: true } }, "block user-disabled d_phone"],
    ["the app password is revoked", {}, { ticket: { revoked: true } }, "block password-revoked -"],
    [
      "the app password is revoked, a known one",
      { known: PHONE },
      { bound: PHONE, ticket: { revoked: true } },
      "block password-revoked d_phone",
    ],
    ["the app password's own", { known: PHONE }, { bound: PHONE }, "allow enrolled d_phone named"],
    ["a known one without an app password", { known: UNBOUND }, {}, "allow enrolled d_phone named"],
    [
      "a known one that waits for approval",
      { known: { ...UNBOUND, state: "quarantined" } },
      {},
      "quarantine awaiting-approval d_phone named",
    ],
    [
      "a known one of another app password",
      { known: { ...PHONE, credentialId: "p_2" } },
      {},
      "block device-changed d_phone",
    ],
    ["the app password is another device's", {}, { bound: TABLET }, "ask-owner"],
    ["the app password is another device's, the id is free", free, { bound: TABLET }, "block device-changed d_tablet"],
    [
      "the app password is another device's, an id of another user",
      another,
      { bound: TABLET },
      "block device-of-another-user d_tablet",
    ],
    ["a blocked one", { known: { ...PHONE, state: "blocked" } }, { bound: PHONE }, "block device-blocked d_phone"],
    [
      "an expired one",
      { known: EXPIRED },
      { bound: EXPIRED },
      "enrols enrolled endpoint:phone d_phone, then allow enrolled",
    ],
    [
      "an expired one, enrolment is closed",
      { known: EXPIRED },
      { bound: EXPIRED, policy: CLOSED },
      "not-enrolled enrolment-closed d_phone",
    ],
  ])("%s", (_, request, changes, expected) => {
    expect(admission(request, changes)).toBe(expected);
  });
});

describe("a device that somebody expects", () => {
  const THIS = { ...EXPECTED, key: "endpoint:phone" };
  const OTHER = { ...EXPECTED, key: "endpoint:tablet" };
  const asExpected = (kind: string, self: string) =>
    `${kind} device-expected endpoint:phone ${self} waited d_expected, then allow device-approved`;

  it.each<Row>([
    ["any", {}, { bound: EXPECTED }, asExpected("claims", "-")],
    ["any, enrolment is closed", {}, { bound: EXPECTED, policy: CLOSED }, asExpected("claims", "-")],
    ["this one", {}, { bound: THIS }, asExpected("claims", "-")],
    ["this one, which is the user's already", { known: THIS }, { bound: THIS }, asExpected("enrols", "d_expected")],
    ["another one", {}, { bound: OTHER }, "ask-owner"],
    ["another one, the id is free", free, { bound: OTHER }, "not-enrolled device-changed -"],
    ["another one, the id is known", { known: UNBOUND }, { bound: OTHER }, "not-enrolled device-changed d_phone"],
    ["any, and a known one comes", { known: UNBOUND }, { bound: EXPECTED }, asExpected("enrols", "d_phone")],
  ])("%s", (_, request, changes, expected) => {
    expect(admission(request, changes)).toBe(expected);
  });
});

describe("how a new device enrols", () => {
  const ENROLS = "claims enrolled endpoint:phone -, then allow enrolled";
  const NO_WINDOW = "not-enrolled no-enrolment-window -";
  const TOO_MANY = "not-enrolled too-many-devices -";
  const BLOCKS = policyOf(rule("no-android", "block", { platform: ["android"] }));
  const WAITS = policyOf(rule("look-first", "quarantine", { platform: ["android"] }));

  it.each<Row>([
    ["no window was opened", free, { policy: WINDOW }, NO_WINDOW],
    ["the window ends now", free, { policy: WINDOW, user: { windowUntil: NOW } }, NO_WINDOW],
    ["the window is open", free, { policy: WINDOW, user: { windowUntil: NOW + 1 } }, ENROLS],
    ["the user's own mode", free, { user: { enrolment: "closed" } }, "not-enrolled enrolment-closed -"],
    ["the third", free, { counting: ["a", "b"] }, ENROLS],
    ["the fourth", free, { counting: ["a", "b", "c"] }, TOO_MANY],
    ["the third, with one that is being decided", free, { counting: ["a"], newcomers: 1 }, ENROLS],
    ["the fourth, with two that are being decided", free, { counting: ["a"], newcomers: 2 }, TOO_MANY],
    ["the user's own limit", free, { counting: ["a"], user: { maxDevices: 1 } }, TOO_MANY],
    ["a rule blocks it", free, { policy: BLOCKS }, "not-enrolled no-android -"],
    ["a rule lets it wait", free, { policy: WAITS }, "claims look-first endpoint:phone -, then quarantine look-first"],
    [
      "it needs approval",
      free,
      { policy: withMode("approval") },
      "claims awaiting-approval endpoint:phone -, then quarantine awaiting-approval",
    ],
  ])("%s", (_, request, changes, expected) => {
    expect(admission(request, changes)).toBe(expected);
  });

  it("does not count what it is itself", () => {
    const limited = { user: { maxDevices: 2 } };
    const expired = { bound: EXPIRED, ...limited };
    expect(admission({ known: EXPIRED }, { ...expired, counting: ["d_phone", "a"] })).toMatch(/^enrols enrolled/);
    expect(admission({ known: EXPIRED }, { ...expired, counting: ["a", "b"] })).toMatch(/^not-enrolled too-many/);
    const third = policyOf(rule("third", "block", { devices: [">=3"] }));
    const inUse = (counting: string[]) => admission({ known: PHONE }, { bound: PHONE, policy: third, counting });
    expect(inUse(["a", "d_phone"])).toBe("allow enrolled d_phone named");
    expect(inUse(["a", "b", "d_phone"])).toBe("block third d_phone named");
    const expected = (counting: string[]) =>
      admission({ known: UNBOUND }, { bound: { ...EXPECTED, key: "endpoint:tablet" }, policy: third, counting });
    expect(expected(["a", "d_phone", "d_expected"])).toBe("not-enrolled device-changed d_phone");
  });
});

describe("an app password that is the device", () => {
  const BOT: Policy = policyOf({ ...rule("bot", "allow", { platform: ["android"] }), identity: "app-password" });
  const PASSWORD: Partnership = { ...PHONE, id: "d_bot", key: "password:p_1" };
  const asBot = (kind: string, self: string) => `${kind} bot password:p_1 ${self}, then allow bot`;

  it.each<Row>([
    ["a new one", {}, { policy: BOT }, "ask-owner"],
    ["a new one whose id is free", free, { policy: BOT }, asBot("claims", "-")],
    ["a new one that D1 has", claimed, { policy: BOT }, asBot("enrols", "-")],
    ["an id of another user", another, { policy: BOT }, "block device-of-another-user -"],
    ["a desktop", { key: "device:pc" }, { policy: BOT }, "claims bot device:pc -, then allow bot"],
    ["an id that is known", { known: UNBOUND }, { policy: BOT }, "allow bot d_phone named"],
    ["it comes back", {}, { policy: BOT, bound: PASSWORD }, "ask-owner"],
    ["it comes back, with an id that is free", free, { policy: BOT, bound: PASSWORD }, "allow bot d_bot named"],
    [
      "it comes back, expired",
      free,
      { policy: BOT, bound: { ...PASSWORD, state: "expired" } },
      asBot("enrols", "d_bot"),
    ],
    ["it comes back, and no rule says so", free, { bound: PASSWORD }, "block device-changed d_bot"],
    ["the app password is a device's by its id", free, { policy: BOT, bound: TABLET }, "block device-changed d_tablet"],
    [
      "it is expected",
      free,
      { policy: BOT, bound: EXPECTED },
      "claims device-expected password:p_1 - waited d_expected, then allow device-approved",
    ],
    [
      "a device is expected by its id",
      free,
      { policy: BOT, bound: { ...EXPECTED, key: "endpoint:phone" } },
      "claims device-expected endpoint:phone - waited d_expected, then allow device-approved",
    ],
  ])("%s", (_, request, changes, expected) => {
    expect(admission(request, changes)).toBe(expected);
  });

  it("counts once", () => {
    const expired = { policy: BOT, bound: { ...PASSWORD, state: "expired" } as const, user: { maxDevices: 2 } };
    expect(admission(free, { ...expired, counting: ["d_bot", "a"] })).toBe(asBot("enrols", "d_bot"));
    expect(admission(free, { ...expired, counting: ["a", "b"] })).toBe("not-enrolled too-many-devices d_bot");
  });
});
