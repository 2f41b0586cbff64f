import { describe, expect, it } from "vitest";
import { type LiveTicket, VERDICT_REUSE_MS, Verdicts } from "./verdicts.ts";

const NOW = 1_790_000_000_000;
const SCOPE = "service";
const live = (expiresAt = NOW + 3_600_000): LiveTicket => ({
  sipUri: "sip:alice@contoso.test",
  id: "1",
  anonymous: false,
  expiresAt,
  inner: undefined,
});

describe("a verdict", () => {
  it("S-17: is reused for at most three seconds after the guard was asked", () => {
    expect(VERDICT_REUSE_MS).toBeLessThanOrEqual(3_000);
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(), NOW);
    expect(verdicts.get("one", SCOPE, NOW + VERDICT_REUSE_MS - 1)?.live).toEqual(live());
    expect(verdicts.get("one", SCOPE, NOW + VERDICT_REUSE_MS)).toBeUndefined();
    expect(verdicts.get("one", SCOPE, NOW)).toBeUndefined(); // and does not come back
  });

  it("is for what was judged, and nothing else", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", "discovery", live(), NOW);
    expect(verdicts.get("one", "service", NOW)).toBeUndefined();
    expect(verdicts.get("one", "discovery", NOW)?.live).toEqual(live());
  });

  it("leaves behind how the ticket reads, until it is forgotten", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(), NOW);
    expect(verdicts.get("one", SCOPE, NOW + VERDICT_REUSE_MS)).toBeUndefined();
    expect(verdicts.reading("one")).toEqual(live());
    verdicts.forget("one");
    expect(verdicts.reading("one")).toBeUndefined();
  });

  it("never outlives its ticket", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(NOW + 10), NOW);
    expect(verdicts.get("one", SCOPE, NOW + 9)).toBeDefined();
    expect(verdicts.get("one", SCOPE, NOW + 10)).toBeUndefined();
  });

  it("is one ticket's, and can be forgotten", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(), NOW);
    expect(verdicts.get("on", SCOPE, NOW)).toBeUndefined();
    verdicts.forget("one");
    expect(verdicts.get("one", SCOPE, NOW)).toBeUndefined();
  });

  it("is kept for a bounded number of tickets, the oldest going first", () => {
    const verdicts = new Verdicts();
    for (let i = 0; i < 6_000; i++) verdicts.keep(`t${i}`, SCOPE, live(), NOW);
    expect(verdicts.get("t0", SCOPE, NOW)).toBeUndefined();
    expect(verdicts.get("t5999", SCOPE, NOW)).toBeDefined();
    expect(Array.from({ length: 6_000 }, (_, i) => verdicts.get(`t${i}`, SCOPE, NOW)).filter(Boolean)).toHaveLength(
      5_000,
    );
  });
});
