import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { rule } from "../../../test/kit/policies.ts";
import { policyToml, whenToml } from "./describe.ts";
import { readPolicy } from "./read.ts";
import type { Policy } from "./types.ts";

const POLICY: Policy = {
  enrolment: { mode: "window", maxDevices: 5, windowMinutes: 60 },
  devices: {
    unnamed: "refuse",
    nextKey: "open",
    nextKeyExcept: [],
    requireProof: ["windows", "mac"],
    authoritySilence: "block",
  },
  passive: { mode: "may", must: ["finance", "*@branch.contoso.test"], never: [], may: [] },
  expireAfterDays: null,
  rules: [
    rule("old-android", "block", { platform: ["android"], version: ["<6.20", "unknown"] }),
    { ...rule("bot", "allow", { user: ["bot@contoso.test"], not: { asn: [64496] } }), identity: "app-password" },
    rule("rest", "quarantine"),
  ],
};

describe("a policy for people", () => {
  it("is the policy.toml they could have written", () => {
    expect(policyToml(POLICY)).toBe(`expireAfterDays = "never"

[enrolment]
mode = "window"
maxDevices = 5
windowMinutes = 60

[devices]
unnamed = "refuse"
nextKey = "open"
nextKeyExcept = []
requireProof = ["windows", "mac"]
authoritySilence = "block"

[passive]
mode = "may"
must = ["finance", "*@branch.contoso.test"]
never = []
may = []

[[rules]]
code = "old-android"
action = "block"
reason = "This is old-android"
when = { platform = "android", version = ["<6.20", "unknown"] }

[[rules]]
code = "bot"
action = "allow"
reason = "This is bot"
identity = "app-password"
when = { user = "bot@contoso.test", not = { asn = 64496 } }

[[rules]]
code = "rest"
action = "quarantine"
reason = "This is rest"
when = {}
`);
  });

  it("reads as the same policy", () => {
    expect(readPolicy(parse(policyToml(POLICY)))).toEqual({ ok: true, policy: POLICY });
  });

  it("says a condition that nothing limits", () => {
    expect(whenToml({})).toBe("{}");
  });
});
