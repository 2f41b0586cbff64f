// When a ticket of the app password is not enough, when a further key waits, and what people are told of it.

import { describe, expect, it } from "vitest";
import type { DeviceFacts, DeviceProof } from "../device/types.ts";
import { type AskedKey, keySaid, keyWaits, type Presented, proofFault, proofSaid } from "./proof.ts";
import { DEFAULT_POLICY } from "./read.ts";
import { inWords } from "./remarks.ts";
import type { Policy, ProofFault } from "./types.ts";

const withDevices = (devices: Partial<Policy["devices"]>): Policy => ({
  ...DEFAULT_POLICY,
  devices: { ...DEFAULT_POLICY.devices, ...devices },
});
const WINDOWS = withDevices({ requireProof: ["windows", "mac"] });

describe("S-42: what a ticket of the app password is not enough for", () => {
  type Row = [DeviceProof, readonly DeviceFacts["platform"][], Presented, ProofFault | null];
  it.each<Row>([
    ["none", ["windows"], "key", null],
    ["key", ["windows"], "key", null],
    ["proved", ["windows"], "key", null],
    ["none", ["windows"], "password", "has-to-prove"],
    ["key", ["windows"], "password", "has-to-prove"],
    ["proved", ["windows"], "password", "has-proved"],
    ["proved", ["android"], "password", "has-proved"],
    ["none", ["windows"], "certificate-request", null],
    ["key", ["windows"], "certificate-request", null],
    ["proved", ["windows"], "certificate-request", "has-proved"],
    ["none", ["windows"], "nothing", "has-to-prove"],
    ["proved", ["windows"], "nothing", null],
    ["none", ["android"], "password", null],
    ["none", ["android", "mac"], "password", "has-to-prove"],
    ["none", ["mac", "android"], "password", "has-to-prove"],
    ["none", [], "password", null],
  ])("a device whose proof is %s, on %j, with %s: %s", (proof, platforms, presented, fault) => {
    expect(proofFault(WINDOWS, proof, platforms, presented)).toBe(fault);
  });
});

describe("a further key", () => {
  const EXCEPT = withDevices({ nextKey: "approve", nextKeyExcept: ["Pidgin*", "SIPE"] });
  type Row = [AskedKey | undefined, readonly string[], Presented, boolean];
  it.each<Row>([
    [undefined, ["OC"], "certificate-request", false],
    ["first", ["OC"], "certificate-request", false],
    ["known", ["OC"], "certificate-request", false],
    ["approved", ["OC"], "certificate-request", false],
    ["further", ["OC"], "certificate-request", true],
    ["unread", ["OC"], "certificate-request", true],
    ["further", ["OC"], "password", true],
    ["further", ["OC"], "key", false],
    ["unread", ["OC"], "key", false],
    ["further", ["Pidgin/2.14", "SIPE"], "certificate-request", false],
    ["further", ["OC", "Pidgin/2.14"], "certificate-request", true],
    ["further", ["Pidgin/2.14", "OC"], "certificate-request", true],
  ])("asked for as %s by %j, with %s: it waits is %s", (asked, products, presented, waits) => {
    expect(keyWaits(EXCEPT, asked, products, presented)).toBe(waits);
  });

  it("does not wait where the policy lets every one in", () => {
    expect(keyWaits(withDevices({ nextKey: "open" }), "further", ["OC"], "certificate-request")).toBe(false);
  });
});

describe("what why says of it", () => {
  it.each<[DeviceProof, ProofFault | null, RegExp]>([
    [
      "proved",
      "has-proved",
      /^The device has proved a key, and the ticket is not its key's: .+ nothing else, until its/,
    ],
    [
      "none",
      "has-to-prove",
      /^The policy \(devices\.requireProof\) wants this platform to prove a key: until then a tic/,
    ],
    ["proved", null, /^The device has proved a key\. With a ticket of its key it is served from anywhere; a ticket of/],
    ["key", null, /^The device has a key and has not proved it yet\. Its place and its id are taken for it\.$/],
    ["none", null, /^The device has no key, and none is asked for\.$/],
  ])("proof %s, fault %s", (proof, fault, said) => {
    expect(inWords([proofSaid(proof, fault)])).toMatch(said);
  });

  it.each<[boolean, number, RegExp]>([
    [true, 2, /^The certificate is asked for a further key, which waits for somebody to approve it\.$/],
    [false, 0, /^No further key of the device waits for approval\.$/],
    [false, 1, /^A further key waits for approval: /],
    [false, 2, /^2 further keys wait for approval: /],
  ])("asked for now is %s, %i wait", (asked, waiting, said) => {
    expect(inWords([keySaid(asked, waiting)])).toMatch(said);
  });
});
