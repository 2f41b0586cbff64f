import { describe, expect, it } from "vitest";
import { decideGuest, GUEST_LIMITS, type GuestStanding } from "./conference.ts";

const NOW = 1_790_000_000_000;
const fresh: GuestStanding = { tries: undefined, familiar: false, pendingHere: 0, network: undefined, pending: 0 };
const failed = (failures: number) => ({ failures, lastFailureAt: NOW });
const full = { level: GUEST_LIMITS.network.burst, at: NOW };

describe("S-44: a guest's key", () => {
  it.each<[string, Partial<GuestStanding>, string]>([
    ["the first", {}, "admitted"],
    ["after four failures", { tries: failed(4) }, "admitted"],
    ["after five", { tries: failed(5) }, "waiting"],
    ["after five, of which some are being looked at", { tries: failed(5), pendingHere: 2, pending: 2 }, "later"],
    ["after nineteen where guests got in", { tries: failed(19), familiar: true }, "admitted"],
    ["after twenty where guests got in", { tries: failed(20), familiar: true }, "waiting"],
    ["of a network that failed everywhere", { network: full }, "network-waiting"],
    ["of one whose failures are being looked at", { network: full, pending: 1 }, "later"],
    ["of one that failed everywhere, where guests got in", { network: full, familiar: true }, "admitted"],
  ])("%s: %s", (_, state, expected) => {
    const decision = decideGuest({ ...fresh, ...state }, NOW);
    expect(decision.kind === "refused" ? decision.wait.reason : decision.kind).toBe(expected);
  });

  it("is looked at again when the wait is over", () => {
    const tries = failed(GUEST_LIMITS.stranger.free);
    expect(decideGuest({ ...fresh, tries }, NOW + GUEST_LIMITS.stranger.firstWait).kind).toBe("admitted");
  });
});
