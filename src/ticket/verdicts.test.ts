import { describe, expect, it } from "vitest";
import { type ReadTicket, VERDICT_REUSE_MS, Verdicts } from "./verdicts.ts";

const NOW = 1_790_000_000_000;
const SCOPE = "service";
const live = (expiresAt = NOW + 3_600_000): ReadTicket => ({
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
    expect(verdicts.get("one", SCOPE, NOW)).toBeUndefined(); // and stays forgotten
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

  it("that is doubted is not reused, even with time left, and the ticket need not be read again", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(), NOW);
    verdicts.keep("another", SCOPE, live(), NOW);
    verdicts.doubt("one");
    verdicts.doubt("of nobody");
    expect(verdicts.get("one", SCOPE, NOW)).toBeUndefined();
    expect(verdicts.reading("one")).toEqual(live());
    expect(verdicts.get("another", SCOPE, NOW)).toBeDefined();
    verdicts.keep("one", SCOPE, live(), NOW);
    expect(verdicts.get("one", SCOPE, NOW)).toBeDefined();
  });

  it("never outlives its ticket", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(NOW + 10), NOW);
    expect(verdicts.get("one", SCOPE, NOW + 9)).toBeDefined();
    expect(verdicts.get("one", SCOPE, NOW + 10)).toBeUndefined();
  });

  it("counts the bytes of all its texts", () => {
    const bytes = (ticket: ReadTicket, scope = SCOPE) => {
      const verdicts = new Verdicts();
      verdicts.keep("one", scope, ticket, NOW);
      return verdicts.bytes;
    };
    const least = bytes(live());
    expect(least).toBeGreaterThan(200);
    expect(bytes({ ...live(), inner: "x" })).toBeGreaterThan(least);
    const text = "x".repeat(1_000);
    const more = [
      ...[bytes({ ...live(), sipUri: text }), bytes({ ...live(), id: text })],
      ...[bytes({ ...live(), inner: text }), bytes(live(), text)],
    ];
    for (const each of more) expect(each - least).toBeGreaterThan(900);
  });

  it("says until when it may be reused", () => {
    const verdicts = new Verdicts();
    expect(verdicts.keep("one", SCOPE, live(), NOW)).toEqual({ live: live(), until: NOW + 3_000 });
    expect(verdicts.keep("one", SCOPE, live(NOW + 10), NOW)).toEqual({ live: live(NOW + 10), until: NOW + 10 });
  });

  it("is one ticket's, and can be forgotten", () => {
    const verdicts = new Verdicts();
    verdicts.keep("one", SCOPE, live(), NOW);
    expect(verdicts.get("on", SCOPE, NOW)).toBeUndefined();
    verdicts.forget("one");
    expect(verdicts.get("one", SCOPE, NOW)).toBeUndefined();
  });

  it("S-44: is kept within 16 MB, the oldest going first, however long the tickets and what they are used for", () => {
    const verdicts = new Verdicts();
    for (let i = 0; i < 500; i++) verdicts.keep(`t${i} ${"x".repeat(64 * 1024)}`, "y".repeat(4_096), live(), NOW);
    expect(verdicts.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
    for (let i = 0; i < 4_000; i++) verdicts.keep(`t${i} ${"x".repeat(5_000)}`, SCOPE, live(), NOW);
    expect(verdicts.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
    const kept = (i: number) => verdicts.get(`t${i} ${"x".repeat(5_000)}`, SCOPE, NOW) !== undefined;
    expect([kept(0), kept(1_500), kept(3_999)]).toEqual([false, true, true]); // room for a company's tickets
  });
});
