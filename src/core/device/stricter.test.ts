import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Partnership } from "./partnership.ts";
import { isStricter, stricterOf } from "./stricter.ts";
import { type PartnershipState, UNKNOWN_DEVICE } from "./types.ts";

const STATES: readonly PartnershipState[] = ["allowed", "pending", "quarantined", "expired", "blocked"];

const partnership = (state: PartnershipState, decidedAt: number, credentialId: string | null): Partnership => ({
  ...{ id: "d_1", key: "endpoint:1", provisional: false, credentialId, state, decidedAt },
  decision: state === "blocked" ? "block" : null,
  ...{ decidedBy: "policy", reason: `${state} at ${decidedAt}`, facts: UNKNOWN_DEVICE },
  source: { network: "unknown", country: "", asn: 0 },
  ...{ firstSeenAt: 0, lastSeenAt: decidedAt },
});
const any = fc
  .tuple(fc.constantFrom(...STATES), fc.nat(1000), fc.option(fc.constantFrom("p_1", "p_2")))
  .map(([state, at, password]) => partnership(state, at, password));

describe("S-76 S-77: the stricter of two opinions about a device", () => {
  it("of each pair of states, the one that is closed more; the order is the documented one", () => {
    for (const [i, a] of STATES.entries()) {
      for (const [j, b] of STATES.entries()) {
        const { state } = stricterOf(partnership(a, 1, "p_1"), partnership(b, 2, "p_1"));
        expect([a, b, state]).toEqual([a, b, STATES[Math.max(i, j)]]);
        expect(isStricter(a, b)).toBe(i > j);
      }
    }
  });

  it("is never more open than either side, comes to the same from both sides, and changes nothing the second time", () => {
    fc.assert(
      fc.property(any, any, (present, other) => {
        const merged = stricterOf(present, other);
        expect(isStricter(present.state, merged.state) || isStricter(other.state, merged.state)).toBe(false);
        expect(stricterOf(other, present).state).toBe(merged.state);
        expect(stricterOf(merged, other)).toEqual(merged);
        expect(stricterOf(merged, present)).toEqual(merged);
        // The state comes with its own reason and who decided it.
        expect([present.reason, other.reason]).toContain(merged.reason);
        expect([merged.key, merged.credentialId]).toEqual([present.key, present.credentialId]);
      }),
    );
  });
});
