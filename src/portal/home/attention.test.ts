// What needs a person's attention on the first page.

import { describe, expect, it } from "vitest";
import type { Partnership } from "../../core/device/partnership.ts";
import { UNKNOWN_DEVICE } from "../../core/device/types.ts";
import type { JudgedDevice } from "../../guards/own-devices.ts";
import type { UserLocks } from "../../guards/user-locks.ts";
import type { AppPassword } from "../../store/directory.ts";
import { arranged, isOpen } from "../devices/mine.ts";
import { attentionOf } from "./attention.ts";

const NOW = Date.parse("2026-11-27T02:13:00Z");
const DAY = 86_400_000;
const NO_LOCKS: UserLocks = { pairs: [], strangers: { level: 0, capacity: 10, fullUntil: null } };

const judged = (id: string, device: Partial<Partnership>, judgement: Partial<JudgedDevice["judgement"]> = {}) =>
  ({
    device: {
      ...{ id, key: `endpoint:${id}`, provisional: false, credentialId: `p_${id}`, state: "allowed", decision: null },
      ...{ decidedBy: "policy", decidedAt: 0, reason: "enrolled", facts: UNKNOWN_DEVICE },
      ...{ source: { network: "192.0.2.1", country: "", asn: 0 }, firstSeenAt: 0, lastSeenAt: 0 },
      ...device,
    },
    judgement: { action: "allow", reason: "enrolled", step: "enrolled", ...judgement },
  }) satisfies JudgedDevice;

const password = (id: string, row: Partial<AppPassword> = {}): AppPassword => ({
  ...{ id: `p_${id}`, label: id, createdAt: 0, revokedAt: null, expiresAt: null, renewedAt: null },
  ...{ oldUntil: null, lastUsedAt: null, createdBy: null, asksCode: false },
  ...row,
});

const mine = (devices: readonly JudgedDevice[], passwords: readonly AppPassword[]) =>
  arranged({ devices, passwords, outlook: { kind: "open" } }, { locale: "en", now: NOW });

describe("where a device stands, for its person", () => {
  it("says who blocked it, what it waits for, and whether its password is still good", () => {
    const all: readonly (readonly [JudgedDevice, readonly AppPassword[], string])[] = [
      [judged("a", {}), [password("a")], "in"],
      [judged("b", {}, { action: "block", reason: "default-deny" }), [password("b")], "refused"],
      [judged("c", { state: "quarantined", reason: "awaiting-own-approval" }), [password("c")], "waits"],
      [
        judged("d", { state: "quarantined", reason: "awaiting-approval" }, { action: "quarantine" }),
        [password("d")],
        "waits-for-help-desk",
      ],
      [judged("e", { state: "blocked", decidedBy: "self" }), [password("e")], "blocked"],
      [judged("f", { state: "blocked", decidedBy: "a_carol" }), [password("f")], "blocked-by-others"],
      [judged("g", { state: "expired" }), [password("g")], "expired"],
      [judged("h", { state: "pending", key: null }), [password("h")], "expected"],
      [judged("i", { credentialId: null }), [], "ended"],
      [judged("j", {}), [password("j", { revokedAt: 1 })], "ended"],
      [judged("k", {}), [password("k", { expiresAt: NOW })], "ended"],
    ];
    for (const [device, passwords, state] of all) {
      expect([device.device.id, mine([device], passwords).devices[0]?.state]).toEqual([device.device.id, state]);
    }
    const open = mine(
      all.map(([device]) => device),
      all.flatMap(([, passwords]) => passwords),
    ).devices.filter(isOpen);
    expect(open.map(({ id }) => id)).toEqual(["a", "b", "c", "d", "g"]);
  });

  it("lists the passwords with which nothing came, the newest first, and none that is over", () => {
    const passwords = [password("old"), password("over", { expiresAt: NOW - 1 }), password("gone", { revokedAt: 1 })];
    const { unused } = mine([judged("a", {})], [...passwords, password("a"), password("new")]);
    expect(unused.map(({ label }) => label)).toEqual(["new", "old"]);
  });
});

describe("what needs a person", () => {
  it("is a device that waits, many wrong passwords, and a password that runs out, in this order", () => {
    const devices = [judged("a", {}), judged("w", { state: "quarantined", reason: "awaiting-own-approval" })];
    const passwords = [password("a", { expiresAt: NOW + 3 * DAY }), password("w")];
    const pair = { source: "198.51.100.1", familiar: false, lastFailureAt: NOW, lastSuccessAt: null, waitReason: null };
    const locks = { ...NO_LOCKS, pairs: [{ ...pair, failures: 14, waitUntil: NOW + 60_000 }] };
    expect(attentionOf(mine(devices, passwords), locks, NOW)).toMatchObject([
      { kind: "waits", device: { id: "w" } },
      { kind: "tries", count: 14, places: 1, until: NOW + 60_000 },
      { kind: "runs-out", password: "p_a", until: NOW + 3 * DAY },
    ]);
  });

  it("is nothing when two passwords were mistyped, or a password runs out in months, or has no device", () => {
    const pair = { source: "198.51.100.1", familiar: true, lastFailureAt: NOW, lastSuccessAt: NOW, waitReason: null };
    const locks = { ...NO_LOCKS, pairs: [{ ...pair, failures: 2, waitUntil: null }] };
    const passwords = [password("a", { expiresAt: NOW + 60 * DAY }), password("unused", { expiresAt: NOW + DAY })];
    expect(attentionOf(mine([judged("a", {})], passwords), locks, NOW)).toEqual([]);
  });
});
