import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { extentOf, refusedInUse, refusedSignIns } from "./impact.ts";
import type { PreviewedPartnership } from "./preview.ts";
import { DEFAULT_POLICY } from "./read.ts";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

const PHONE: PreviewedPartnership = {
  circumstances: CIRCUMSTANCES,
  state: "allowed",
  decision: null,
  decidedAt: 0,
  lastSeenAt: NOW - DAY,
};

const inUse = (more: Partial<PreviewedPartnership>, before = DEFAULT_POLICY): number =>
  refusedInUse([{ ...PHONE, ...more }], before, DEFAULT_POLICY, NOW).inUse;

describe("a device in use", () => {
  it.each<[string, Partial<PreviewedPartnership>, number]>([
    ["was seen yesterday", {}, 1],
    ["was seen thirty days ago", { lastSeenAt: NOW - 30 * DAY }, 1],
    ["was seen before that", { lastSeenAt: NOW - 30 * DAY - 1 }, 0],
    ["was never seen", { lastSeenAt: null }, 0],
    ["waits for approval", { state: "quarantined" }, 0],
    ["waits for approval, and a decision allows it", { state: "quarantined", decision: "allow" }, 0],
    ["is blocked by name", { decision: "block" }, 0],
  ])("%s: %j counts %i", (_, more, count) => {
    expect(inUse(more)).toBe(count);
  });

  it("is none where the policy of today refuses it", () => {
    expect(inUse({}, policyOf(rule("no-android", "block", { platform: ["android"] })))).toBe(0);
  });

  it("was never seen, also in the first days of the clock", () => {
    expect(refusedInUse([{ ...PHONE, lastSeenAt: null }], DEFAULT_POLICY, DEFAULT_POLICY, DAY).inUse).toBe(0);
  });
});

it("those that would be refused come with what the new policy decides", () => {
  const ios = { ...PHONE, circumstances: withFacts({ platform: "ios" }) };
  const after = policyOf(
    rule("no-android", "block", { platform: ["android"] }),
    rule("look-at-windows", "quarantine", { platform: ["windows"] }),
  );
  const windows = { ...PHONE, circumstances: withFacts({ platform: "windows" }) };
  expect(refusedInUse([PHONE, ios, windows], DEFAULT_POLICY, after, NOW)).toMatchObject({
    inUse: 3,
    verdicts: ["block", "allow", "quarantine"].map((will) => ({ before: "allow", after: will })),
    refused: [
      { of: PHONE, after: { action: "block", reason: "no-android", step: "rules", rule: "no-android" } },
      {
        of: windows,
        after: { action: "quarantine", reason: "look-at-windows", step: "rules", rule: "look-at-windows" },
      },
    ],
  });
});

it.each([
  [0, 0, "none"],
  [4, 0, "none"],
  [4, 1, "some"],
  [4, 2, "some"],
  [4, 3, "most"],
  [4, 4, "all"],
  [1, 1, "all"],
])("of %i in use, %i refused are %s", (all, refused, extent) => {
  expect(extentOf(all, refused)).toBe(extent);
});

describe("S-92: what [passive] does to sign-ins", () => {
  const withPassive = (passive: Partial<typeof DEFAULT_POLICY.passive>) => ({
    ...DEFAULT_POLICY,
    passive: { ...DEFAULT_POLICY.passive, ...passive },
  });
  const of = (sipUri: string, byPage = false) => ({ ...PHONE, byPage, circumstances: { ...CIRCUMSTANCES, sipUri } });
  const used = [of("sip:ada@contoso.test"), of("sip:ada@contoso.test"), of("sip:bob@contoso.test", true)];
  const change = (before: object, after: object) =>
    refusedSignIns(used, withPassive(before), withPassive(after), (each) => each.byPage).map(
      ({ user, refused }) => `${user} ${refused}`,
    );

  it.each([
    ["app passwords of who must now", {}, { mode: "must" }, ["sip:ada@contoso.test password"]],
    ["nothing where somebody may", {}, { mode: "may" }, []],
    ["the page to who may no more", { mode: "may" }, { mode: "never" }, ["sip:bob@contoso.test page"]],
    ["nothing that was so before", { mode: "must" }, { mode: "must" }, []],
    ["only whom a list names", {}, { must: ["bob@*"] }, []],
    ["whom a list names", {}, { must: ["ada@*"] }, ["sip:ada@contoso.test password"]],
  ])("refuses %s", (_, before, after, refused) => {
    expect(change(before, after)).toEqual(refused);
  });
});
