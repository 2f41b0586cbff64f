// A policy as its file: where the text is not TOML, the fault says in which line.

import { describe, expect, it } from "vitest";
import { policyInToml } from "./file.ts";
import { DEFAULT_POLICY } from "./read.ts";

describe("the file of a policy", () => {
  it("is read as TOML", () => {
    expect(policyInToml("")).toEqual({ ok: true, policy: DEFAULT_POLICY });
    expect(policyInToml("expireAfterDays = 30\n")).toEqual({
      ok: true,
      policy: { ...DEFAULT_POLICY, expireAfterDays: 30 },
    });
  });

  it("has the faults of the policy at their paths", () => {
    expect(policyInToml("expireAfterDays = 0")).toMatchObject({ ok: false, faults: [{ path: "expireAfterDays" }] });
  });

  it("has one fault where it is not TOML, in one line and without the text of the file", () => {
    const read = policyInToml('expireAfterDays = 30\n[enrolment\nmode = "open"\n');
    if (read.ok) expect.fail("it is a policy");
    expect(read.faults).toHaveLength(1);
    const [fault] = read.faults;
    expect(fault?.path).toMatch(/^line 2, column \d+$/);
    expect(fault?.message).toMatch(/^Invalid TOML document: [^\n]+$/);
    expect(fault?.message).not.toContain("enrolment");
  });
});
