import { describe, expect, it } from "vitest";
import { CIRCUMSTANCES, policyOf, rule, withFacts } from "../../../test/kit/policies.ts";
import { hasExpired } from "../device/partnership.ts";
import { judged, type PreviewedPartnership, previewChanges } from "./preview.ts";
import { DEFAULT_POLICY } from "./read.ts";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

type Named = PreviewedPartnership & { readonly name: string };

const partnership = (name: string, more: Partial<Named> = {}): Named => ({
  name,
  circumstances: CIRCUMSTANCES,
  state: "allowed",
  decision: null,
  decidedAt: NOW - 60 * DAY,
  lastSeenAt: NOW - DAY,
  ...more,
});

const ALL: readonly Named[] = [
  partnership("android"),
  partnership("ios", { circumstances: withFacts({ platform: "ios" }) }),
  partnership("approved", { decision: "allow" }),
  partnership("waiting", { state: "quarantined" }),
  partnership("blocked", { state: "blocked" }),
  partnership("old", { lastSeenAt: NOW - 40 * DAY, circumstances: withFacts({ platform: "ios" }) }),
];

const preview = (after: Parameters<typeof previewChanges>[2]) =>
  previewChanges(ALL, DEFAULT_POLICY, after, NOW).map(
    ({ of, before, after }) => `${of.name}: ${before.action} → ${after.action}, ${after.reason}`,
  );

describe("what a change of policy would do", () => {
  it("is nothing when nothing changes", () => {
    expect(preview(DEFAULT_POLICY)).toEqual([]);
  });

  it("names the devices that a rule blocks, and not those that somebody approved", () => {
    expect(preview(policyOf(rule("no-android", "block", { platform: ["android"] })))).toEqual([
      "android: allow → block, no-android",
      "waiting: quarantine → block, no-android",
    ]);
  });

  it("names the devices that a rule lets in", () => {
    expect(preview(policyOf(rule("lab", "allow", { user: ["alice@*"] })))).toEqual([
      "waiting: quarantine → allow, lab",
    ]);
  });

  it("names the devices that are an app password, when no rule says so any more", () => {
    const bots = { ...rule("bots", "allow"), identity: "app-password" } as const;
    const circumstances = { ...CIRCUMSTANCES, device: { kind: "password", id: "p_1" } } as const;
    const bot = partnership("bot", { circumstances });
    const changes = previewChanges([bot], policyOf(bots), DEFAULT_POLICY, NOW);
    expect(changes).toMatchObject([
      {
        before: { action: "allow", reason: "bots" },
        after: { action: "block", reason: "device-changed", step: "binding" },
      },
    ]);
    expect(previewChanges([bot], DEFAULT_POLICY, policyOf(bots), NOW)).toHaveLength(1);
  });

  it("names the devices that have to prove a key, and not those that have proved one", () => {
    const policy = { ...DEFAULT_POLICY, devices: { ...DEFAULT_POLICY.devices, requireProof: ["android"] } } as const;
    const proved = partnership("proved", { circumstances: { ...CIRCUMSTANCES, proof: "proved" } });
    expect(judged(proved, policy, NOW)).toMatchObject({ action: "allow", reason: "enrolled" });
    const changes = previewChanges([...ALL, proved], DEFAULT_POLICY, policy, NOW).map(
      ({ of, before, after }) => `${of.name}: ${before.action} → ${after.action}, ${after.reason}`,
    );
    expect(changes).toEqual([
      "android: allow → discover, device-unproved",
      "approved: allow → discover, device-unproved",
      "waiting: quarantine → discover, device-unproved",
      "blocked: block → discover, device-unproved",
    ]);
  });

  it("names the devices that expire sooner", () => {
    expect(preview({ ...DEFAULT_POLICY, expireAfterDays: 30 })).toEqual(["old: allow → block, device-expired"]);
    expect(preview({ ...DEFAULT_POLICY, expireAfterDays: null })).toEqual([]);
  });
});

it.each([
  ["waits", NOW - 7 * DAY + 1, 90, "quarantine awaiting-own-approval"],
  ["has waited seven days", NOW - 7 * DAY, 90, "block device-expired"],
  ["has waited seven days, where nothing expires", NOW - 7 * DAY, null, "block device-expired"],
  ["was not seen for as long as the policy says", NOW - 2 * DAY, 1, "block device-expired"],
])("S-62: a device that %s for its user", (_, decidedAt, expireAfterDays, expected) => {
  const waiting = partnership("asking", { state: "quarantined", reason: "awaiting-own-approval", decidedAt });
  const { action, reason } = judged(waiting, { ...DEFAULT_POLICY, expireAfterDays }, NOW);
  expect(`${action} ${reason}`).toBe(expected);
});

it.each([
  [90, NOW - 90 * DAY + 1, false],
  [90, NOW - 90 * DAY, true],
  [90, null, false],
  [null, 0, false],
])("after %j days, seen at %j: expired is %j", (expireAfterDays, lastSeenAt, expected) => {
  expect(hasExpired({ state: "allowed", decidedAt: 0, lastSeenAt }, expireAfterDays, NOW)).toBe(expected);
});
