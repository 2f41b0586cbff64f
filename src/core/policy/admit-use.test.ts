// Requests in which no device names itself: what is served, and as whose device.

import { describe, expect, it } from "vitest";
import { ALICE, type Changes, DESKTOP, NOW, PHONE, SOURCE, using } from "../../../test/kit/admissions.ts";
import { policyOf, rule } from "../../../test/kit/policies.ts";
import { UNKNOWN_DEVICE } from "../device/types.ts";
import { type AdmittedUse, admit, standingInput } from "./admit.ts";
import { DEFAULT_POLICY } from "./read.ts";

const SERVICE: AdmittedUse = { kind: "service" };
const BY_PHONE = { bound: PHONE, ticket: { device: "d_phone" } };
const BY_DESKTOP = { bound: DESKTOP, ticket: { device: "d_desktop" } };

const AT_HOME = { place: "203.0.113.7 OC/16", workstation: "pc-1", namedThere: true };
const bookAt = (place: Partial<typeof AT_HOME> = {}): AdmittedUse => ({
  kind: "address-book",
  place: { ...AT_HOME, ...place },
});
const runs = (id: string | undefined): AdmittedUse => ({ kind: "application", runs: id });

/** Step, reason, device and what is missing, in one line. */
function verdict(request: AdmittedUse, changes: Changes): string {
  const { kind, judgement, device, missing } = admit(using(request, changes));
  expect(kind).toBe("judged");
  const { action, step, reason } = judgement;
  return [action, step, reason, device?.id ?? "-", ...(missing === undefined ? [] : [missing])].join(" ");
}

const UNNAMED = "discover name device-unnamed -";

describe("S-29: a request in which no device names itself", () => {
  it.each<[string, AdmittedUse, Changes, string]>([
    ["the ticket has named the device", SERVICE, BY_PHONE, "allow enrolled enrolled d_phone"],
    ["the ticket has named no device", SERVICE, { bound: PHONE }, UNNAMED],
    ["no device came yet", SERVICE, {}, UNNAMED],
    ["the device that was named is gone", SERVICE, { ticket: { device: "d_phone" } }, UNNAMED],
    ["nobody knows the user", SERVICE, { ...BY_PHONE, user: undefined }, "block user user-disabled d_phone"],
    ["the user is disabled", SERVICE, { ...BY_PHONE, user: { disabled: true } }, "block user user-disabled d_phone"],
    [
      "the app password is revoked",
      SERVICE,
      { bound: PHONE, ticket: { device: "d_phone", revoked: true } },
      "block password password-revoked d_phone",
    ],
    [
      "the ticket has named another device",
      SERVICE,
      { bound: PHONE, ticket: { device: "d_other" } },
      "block binding device-changed -",
    ],
    [
      "the device is blocked",
      SERVICE,
      { ...BY_PHONE, bound: { ...PHONE, state: "blocked" } },
      "block personal-block device-blocked d_phone",
    ],
    ["its own application", runs("d_phone"), { bound: PHONE }, "allow enrolled enrolled d_phone"],
    ["another device's application", runs("d_other"), { bound: PHONE }, UNNAMED],
    ["an application of nobody", runs(undefined), { bound: PHONE }, UNNAMED],
    ["an application, and no device", runs(undefined), {}, UNNAMED],
    ["its own application at another service", { ...runs("d_phone"), kind: "service" }, { bound: PHONE }, UNNAMED],
  ])("%s", (_, request, changes, expected) => {
    expect(verdict(request, changes)).toBe(expected);
  });
});

describe("S-29: the address book of a desktop", () => {
  const none = (missing: string) => `block address-book no-address-book d_desktop ${missing}`;
  const REFUSING = { ...DEFAULT_POLICY, devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" } } as const;
  const BLOCKED = { ...DESKTOP, state: "blocked" } as const;

  it.each<[string, AdmittedUse, Changes, string]>([
    ["at its place", bookAt(), { bound: DESKTOP }, "allow enrolled enrolled d_desktop"],
    [
      "the ticket has named it",
      bookAt({ place: "198.51.100.1 OC/16" }),
      BY_DESKTOP,
      "allow enrolled enrolled d_desktop",
    ],
    ["the policy refuses", bookAt(), { bound: DESKTOP, policy: REFUSING }, none("policy")],
    [
      "from elsewhere",
      bookAt(),
      { bound: DESKTOP, source: { ...SOURCE, network: "192.0.2.1" } },
      none("other-network"),
    ],
    ["not named there", bookAt({ namedThere: false }), { bound: DESKTOP }, none("not-named-there")],
    ["no name of a machine", bookAt({ workstation: "" }), { bound: DESKTOP }, none("no-machine-name")],
    ["another machine", bookAt({ workstation: "PC-2" }), { bound: DESKTOP }, none("other-machine")],
    ["a phone", bookAt(), { bound: PHONE }, UNNAMED],
    ["no device came yet", bookAt(), {}, UNNAMED],
    ["nothing is known of the place", { kind: "address-book" }, { bound: DESKTOP }, UNNAMED],
    ["another service at its place", { ...bookAt(), kind: "service" }, { bound: DESKTOP }, UNNAMED],
    ["another service elsewhere", { ...bookAt({ workstation: "" }), kind: "service" }, { bound: DESKTOP }, UNNAMED],
    ["blocked, at its place", bookAt(), { bound: BLOCKED }, "block personal-block device-blocked d_desktop"],
    ["blocked, elsewhere", bookAt({ workstation: "" }), { bound: BLOCKED }, UNNAMED],
    [
      "the user is disabled, elsewhere",
      bookAt({ workstation: "" }),
      { bound: DESKTOP, user: { disabled: true } },
      "block user user-disabled -",
    ],
    [
      "the ticket has named another device",
      bookAt(),
      { bound: DESKTOP, ticket: { device: "d_other" } },
      "block binding device-changed d_desktop",
    ],
  ])("%s", (_, request, changes, expected) => {
    expect(verdict(request, changes)).toBe(expected);
  });
});

describe("what a judgement on a device depends on", () => {
  const ASKED = { policy: DEFAULT_POLICY, user: ALICE, counting: ["d_phone", "d_desktop"], waiting: [], newcomers: 3 };
  const COMMON = {
    policy: DEFAULT_POLICY,
    userDisabled: false,
    passwordRevoked: false,
    idOfAnotherUser: false,
    idChanged: false,
    unproved: null,
    keyWaits: false,
    addressBook: null,
  };

  it("is its id, its facts and its user", () => {
    expect(standingInput(ASKED, PHONE, SOURCE, NOW)).toEqual({
      ...COMMON,
      circumstances: {
        device: { kind: "endpoint", id: "phone" },
        facts: PHONE.facts,
        source: SOURCE,
        sipUri: "sip:alice@contoso.test",
        groups: ["Staff"],
        devices: 5,
        proof: "none",
      },
      partnership: PHONE,
    });
  });

  it("is nothing but the source where neither is known", () => {
    expect(standingInput({ ...ASKED, user: undefined }, undefined, SOURCE, NOW)).toEqual({
      ...COMMON,
      userDisabled: true,
      circumstances: {
        device: null,
        facts: UNKNOWN_DEVICE,
        source: SOURCE,
        sipUri: "",
        groups: [],
        devices: 5,
        proof: "none",
      },
      partnership: null,
    });
  });

  it("reaches the rules", () => {
    const policy = policyOf(rule("too-many", "block", { devices: [">=4"], group: ["staff"], country: ["DE"] }));
    const of = (counting: string[], newcomers: number) =>
      admit(using(SERVICE, { ...BY_PHONE, policy, counting, newcomers, now: NOW })).judgement;
    expect(of(["d_phone", "d_desktop"], 1)).toEqual({ action: "allow", reason: "enrolled", step: "enrolled" });
    expect(of(["d_phone", "d_desktop"], 2)).toEqual({
      action: "block",
      reason: "too-many",
      step: "rules",
      rule: "too-many",
    });
  });
});
