// Which secrets of app passwords are live, in plain Node.

import { describe, expect, it } from "vitest";
import { credentialsAt, RECOGNISED_FOR_MS } from "./sign-in-credentials.ts";

const NOW = 1_790_000_000_000;
const DAY = 86_400_000;

const row = (credentialId: string, more: Partial<Parameters<typeof credentialsAt>[0][number]> = {}) => ({
  ...{ credentialId, ntHashes: `${credentialId} new`, revokedAt: null },
  ...{ expiresAt: null, oldNtHashes: null, oldUntil: null },
  ...more,
});
const live = (...rows: ReturnType<typeof row>[]) => credentialsAt(rows, NOW);

describe("the secrets of app passwords", () => {
  it("are live until their end, and not at it", () => {
    expect(live(row("p")).credentials).toEqual([{ id: "p", ntHashes: "p new" }]);
    expect(live(row("p", { expiresAt: NOW + 1 })).credentials).toEqual([
      { id: "p", ntHashes: "p new", until: NOW + 1 },
    ]);
    expect(live(row("p", { expiresAt: NOW }))).toEqual({
      ...{ credentials: [], revoked: [] },
      expired: [{ id: "p", ntHashes: "p new" }],
    });
  });

  it("are two of one id after a renewal, until the old one ends", () => {
    const renewed = { oldNtHashes: "p old", oldUntil: NOW + DAY, expiresAt: NOW + 30 * DAY };
    expect(live(row("p", renewed)).credentials).toEqual([
      { id: "p", ntHashes: "p new", until: NOW + 30 * DAY },
      { id: "p", ntHashes: "p old", until: NOW + DAY },
    ]);
    expect(live(row("p", { ...renewed, oldUntil: NOW }))).toMatchObject({
      credentials: [{ ntHashes: "p new" }],
      expired: [{ id: "p", ntHashes: "p old" }],
    });
    // When somebody sets an end later, it holds for both secrets.
    expect(live(row("p", { ...renewed, expiresAt: NOW + 5 })).credentials.map(({ until }) => until)).toEqual([
      NOW + 5,
      NOW + 5,
    ]);
  });

  it("are none once the app password is revoked, and both are recognised", () => {
    const revoked = { revokedAt: NOW - DAY, oldNtHashes: "p old", oldUntil: NOW + DAY, expiresAt: NOW + DAY };
    expect(live(row("p", revoked))).toEqual({
      credentials: [],
      revoked: [
        { id: "p", ntHashes: "p new" },
        { id: "p", ntHashes: "p old" },
      ],
      expired: [],
    });
  });

  it("that ended are the last five of each kind, of ninety days", () => {
    const days = Array.from({ length: 7 }, (_, day) => day + 1);
    const rows = days.map((day) => row(`e${day}`, { expiresAt: NOW - day * DAY }));
    expect(live(...rows.toReversed()).expired.map(({ id }) => id)).toEqual(["e1", "e2", "e3", "e4", "e5"]);
    expect(live(row("p", { expiresAt: NOW - RECOGNISED_FOR_MS })).expired).toEqual([]);
    expect(live(row("p", { expiresAt: NOW - RECOGNISED_FOR_MS + 1 })).expired).toHaveLength(1);
  });
});
