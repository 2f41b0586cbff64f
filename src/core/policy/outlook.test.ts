import { describe, expect, it } from "vitest";
import { outlookOf } from "./outlook.ts";
import { DEFAULT_POLICY } from "./read.ts";
import type { EnrolmentMode } from "./types.ts";

const NOW = 1_000;
const policyOf = (mode: EnrolmentMode) => ({ enrolment: { ...DEFAULT_POLICY.enrolment, mode, maxDevices: 2 } });
const plain = { enrolment: null, maxDevices: null, windowUntil: null };

describe("what a person has to expect of a new device", () => {
  it.each([
    ["open", plain, 1, { kind: "open" }],
    ["open", plain, 2, { kind: "full", limit: 2 }],
    ["open", { ...plain, maxDevices: 3 }, 2, { kind: "open" }],
    ["approval", plain, 0, { kind: "approval" }],
    ["closed", plain, 2, { kind: "closed" }],
    ["window", plain, 0, { kind: "no-window" }],
    ["window", { ...plain, windowUntil: NOW }, 0, { kind: "no-window" }],
    ["window", { ...plain, windowUntil: NOW + 1 }, 0, { kind: "window", until: NOW + 1 }],
    ["window", { ...plain, windowUntil: NOW + 1 }, 2, { kind: "full", limit: 2 }],
    ["open", { ...plain, enrolment: "closed" }, 0, { kind: "closed" }],
  ] as const)("%s, %j, %d devices", (mode, subject, devices, outlook) => {
    expect(outlookOf(subject, policyOf(mode), devices, NOW)).toEqual(outlook);
  });
});
