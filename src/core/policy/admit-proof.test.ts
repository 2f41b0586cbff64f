// The steps `proof` and `key` in requests with a ticket: whose proof counts, and with what it is compared.

import { describe, expect, it } from "vitest";
import { type Changes, DESKTOP, EXPECTED, NOW, naming, PHONE, using } from "../../../test/kit/admissions.ts";
import { FACTS, policyOf, rule } from "../../../test/kit/policies.ts";
import type { Partnership } from "../device/partnership.ts";
import { type AdmittedNaming, type AdmittedUse, admit, standingInput } from "./admit.ts";
import { DEFAULT_POLICY } from "./read.ts";
import type { Policy } from "./types.ts";

const SERVICE: AdmittedUse = { kind: "service" };
const GOOD = NOW + 1;
const HAS_KEY: Partnership = { ...DESKTOP, proof: { proved: false, endsAt: GOOD } };
const PROVED: Partnership = { ...DESKTOP, proof: { proved: true, endsAt: GOOD } };
const ENDED: Partnership = { ...DESKTOP, proof: { proved: true, endsAt: NOW } };
const EXPIRED: Partnership = { ...DESKTOP, state: "expired" };
const REQUIRED: Policy = {
  ...DEFAULT_POLICY,
  devices: { ...DEFAULT_POLICY.devices, requireProof: ["windows"] },
};
const byPassword = { device: "d_desktop" };
const byKey = { device: "d_desktop", byKey: true };

const UNPROVED = "discover device-unproved d_desktop";
const SERVED = "allow enrolled d_desktop";

function used(request: AdmittedUse, changes: Changes): string {
  const { judgement, device } = admit(using(request, changes));
  return `${judgement.action} ${judgement.reason} ${device?.id ?? "-"}`;
}

describe("S-42: a request in which no device names itself", () => {
  it.each<[string, AdmittedUse, Changes, string]>([
    ["no key, none asked for", SERVICE, { bound: DESKTOP, ticket: byPassword }, SERVED],
    ["a key that was not proved", SERVICE, { bound: HAS_KEY, ticket: byPassword }, SERVED],
    ["it has proved its key", SERVICE, { bound: PROVED, ticket: byPassword }, UNPROVED],
    ["its last certificate has ended", SERVICE, { bound: ENDED, ticket: byPassword }, SERVED],
    ["it has proved its key, by the key", SERVICE, { bound: PROVED, ticket: byKey }, SERVED],
    ["the policy wants proof", SERVICE, { bound: DESKTOP, ticket: byPassword, policy: REQUIRED }, UNPROVED],
    ["the policy wants it, by the key", SERVICE, { bound: HAS_KEY, ticket: byKey, policy: REQUIRED }, SERVED],
    [
      "of another platform",
      SERVICE,
      { bound: PHONE, ticket: { device: "d_phone" }, policy: REQUIRED },
      "allow enrolled d_phone",
    ],
    // Whether the ticket has named the device or not.
    ["it has not named the device", SERVICE, { bound: PROVED }, "discover device-unproved -"],
    ["no device is bound", SERVICE, { policy: REQUIRED }, "discover device-unnamed -"],
    // The Front-End has given a certificate, without which there is no proof.
    [
      "it confirms a certificate",
      { ...SERVICE, confirms: true },
      { bound: DESKTOP, ticket: byPassword, policy: REQUIRED },
      SERVED,
    ],
    [
      "it confirms one after its proof",
      { ...SERVICE, confirms: true },
      { bound: PROVED, ticket: byPassword },
      UNPROVED,
    ],
    [
      "it got one for a further key",
      { ...SERVICE, asked: "further" },
      { bound: DESKTOP, ticket: byPassword },
      "block key-awaiting-approval d_desktop",
    ],
    ["by its key for a further one", { ...SERVICE, asked: "further" }, { bound: DESKTOP, ticket: byKey }, SERVED],
    ["for one that was approved", { ...SERVICE, asked: "approved" }, { bound: DESKTOP, ticket: byPassword }, SERVED],
    ["for a further one, no device", { ...SERVICE, asked: "further" }, {}, "discover device-unnamed -"],
  ])("%s", (_, request, changes, expected) => {
    expect(used(request, changes)).toBe(expected);
  });

  it("lets a ticket of the key count as proof in rules, of the device that it belongs to", () => {
    const policy = policyOf(rule("proved-only", "block", { proof: ["none", "key"] }));
    const of = (ticket: Changes["ticket"], bound: Partnership | undefined) =>
      used(SERVICE, { policy, bound, ticket: ticket ?? {} });
    expect(of(byKey, HAS_KEY)).toBe(SERVED);
    expect(of(byPassword, HAS_KEY)).toBe("block proved-only d_desktop");
    expect(of(byPassword, ENDED)).toBe("block proved-only d_desktop");
    expect(of({ byKey: true }, undefined)).toBe("discover device-unnamed -");
    const proved = policyOf(rule("no-windows", "block", { proof: ["proved"], platform: ["windows"] }));
    expect(used(SERVICE, { policy: proved, bound: HAS_KEY, ticket: byKey })).toBe("block no-windows d_desktop");
  });

  it("is excepted for a client that the policy names", () => {
    const policy: Policy = { ...DEFAULT_POLICY, devices: { ...DEFAULT_POLICY.devices, nextKeyExcept: ["Android*"] } };
    const further: AdmittedUse = { ...SERVICE, asked: "further" };
    expect(used(further, { policy, bound: DESKTOP, ticket: byPassword })).toBe(SERVED);
  });
});

describe("S-42: how a device stands without a request", () => {
  const standing = (device: Partnership | undefined, policy = DEFAULT_POLICY) => {
    const { unproved, circumstances } = standingInput(
      { policy, user: undefined, counting: [], waiting: [], newcomers: 0 },
      device,
      PHONE.source,
      NOW,
    );
    return [unproved, circumstances.proof];
  };

  it("is not held against one that can prove itself, and is where the policy wants proof", () => {
    expect(standing(PROVED)).toEqual([null, "proved"]);
    expect(standing(HAS_KEY, REQUIRED)).toEqual(["has-to-prove", "key"]);
    expect(standing(DESKTOP)).toEqual([null, "none"]);
    expect(standing(undefined, REQUIRED)).toEqual([null, "none"]);
  });
});

describe("S-42: a desktop that names itself", () => {
  const asDesktop = { key: "device:desktop", facts: DESKTOP.facts };
  const bound = (device: Partnership): Changes => ({ bound: device });
  const again = (device: Partnership, more: Partial<AdmittedNaming> = {}) => ({ ...asDesktop, known: device, ...more });

  function named(request: Partial<AdmittedNaming>, changes: Changes = {}): string {
    const given = admit(naming(request, changes));
    if (given.kind !== "judged") return given.kind;
    return `${given.judgement.action} ${given.judgement.reason} ${given.device?.id ?? "-"}`;
  }

  it.each<[string, Partial<AdmittedNaming>, Changes, string]>([
    ["that has proved its key", again(PROVED), bound(PROVED), UNPROVED],
    ["that has proved it, by the key", again(PROVED), { bound: PROVED, ticket: byKey }, SERVED],
    ["that has proved it, for a certificate", again(PROVED, { asked: "known" }), bound(PROVED), UNPROVED],
    ["with a key", again(HAS_KEY), bound(HAS_KEY), SERVED],
    // Its keys went with the app password, when that was revoked.
    ["with another app password than it proved with", again({ ...PROVED, credentialId: null }), {}, SERVED],
    ["where the policy wants proof", again(DESKTOP), { bound: DESKTOP, policy: REQUIRED }, UNPROVED],
    [
      "where it does, for a certificate",
      again(DESKTOP, { asked: "first" }),
      { bound: DESKTOP, policy: REQUIRED },
      SERVED,
    ],
    // What it was counts as well as what it says it is.
    ["that says it is a phone", again(DESKTOP, { facts: FACTS }), { bound: DESKTOP, policy: REQUIRED }, UNPROVED],
    ["that was a phone", again({ ...DESKTOP, facts: FACTS }), { bound: DESKTOP, policy: REQUIRED }, UNPROVED],
    ["that nobody knows", { ...asDesktop, owner: "free" }, { policy: REQUIRED }, "discover device-unproved -"],
    ["that nobody knows, D1 was not asked", asDesktop, { policy: REQUIRED }, "ask-owner"],
    [
      "for a further key",
      again(DESKTOP, { asked: "further" }),
      bound(DESKTOP),
      "block key-awaiting-approval d_desktop",
    ],
    ["for a further key, by its key", again(DESKTOP, { asked: "further" }), { bound: DESKTOP, ticket: byKey }, SERVED],
    [
      "that has expired, for a further key",
      again(EXPIRED, { asked: "further" }),
      bound(EXPIRED),
      "block key-awaiting-approval d_desktop",
    ],
    ["for its own key", again(DESKTOP, { asked: "known" }), bound(DESKTOP), SERVED],
  ])("%s", (_, request, changes, expected) => {
    expect(named(request, changes)).toBe(expected);
  });

  it("waits also where only its words have changed to those of a client that the policy names", () => {
    const policy: Policy = { ...DEFAULT_POLICY, devices: { ...DEFAULT_POLICY.devices, nextKeyExcept: ["Pidgin"] } };
    const pidgin = { ...DESKTOP, facts: { ...DESKTOP.facts, product: "Pidgin" } };
    const further = (known: Partnership, product: string) =>
      named(again(known, { asked: "further", facts: { ...DESKTOP.facts, product } }), { bound: known, policy });
    expect(further(pidgin, "Pidgin")).toBe(SERVED);
    expect(further(DESKTOP, "Pidgin")).toBe("block key-awaiting-approval d_desktop");
    expect(further(pidgin, "OC")).toBe("block key-awaiting-approval d_desktop");
  });

  it("has its proof in the rules", () => {
    const policy = policyOf(rule("proved-only", "block", { proof: ["none"] }));
    expect(named(again(HAS_KEY), { bound: HAS_KEY, policy })).toBe(SERVED);
    expect(named(again({ ...HAS_KEY, credentialId: null }), { policy })).toBe("block proved-only d_desktop");
    expect(named({ ...asDesktop, owner: "free" }, { bound: EXPECTED, policy })).toBe("claims");
  });
});
