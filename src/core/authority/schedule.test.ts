// S-54: when the authority is asked about a device, and how rarely whatever the device does.

import { describe, expect, it } from "vitest";
import { ASK_AGAIN_MS, answered, type Inquiry, isWorthAsking, unanswered, wanted } from "./schedule.ts";

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const NOW = 100 * HOUR;
const answerAt = (at: number, holds: number) => ({ words: [], askedAt: at, until: at + holds });
const FIRST: Inquiry = { askAt: NOW, wantedAt: NOW, triedAt: null, failures: 0, fault: null };

describe("S-54: a question about a device", () => {
  it("is due at once when it is new, and only once", () => {
    expect(wanted(undefined, { answer: null }, NOW, true)).toEqual(FIRST);
    expect(wanted(FIRST, { answer: null }, NOW + 5, true)).toBeUndefined();
  });

  it("comes again before the answer is old, and not while it is fresh", () => {
    const answer = answerAt(NOW, HOUR);
    const row = answered(FIRST, answer, NOW);
    expect(row.askAt).toBe(NOW + 54 * MINUTE);
    expect(wanted(row, { answer }, NOW + 50 * MINUTE, true)).toBeUndefined();
    expect(wanted(undefined, { answer }, NOW + MINUTE, false)?.askAt).toBe(NOW + 54 * MINUTE);
    expect(wanted({ ...row, askAt: null }, { answer }, NOW + 2 * HOUR, false)?.askAt).toBe(NOW + 2 * HOUR);
  });

  it("waits longer after each silence, up to a quarter of an hour", () => {
    let row = FIRST;
    const waits = Array.from({ length: 8 }, () => {
      row = unanswered(row, "timeout", NOW);
      return ((row.askAt ?? 0) - NOW) / SECOND;
    });
    expect([waits, row.failures, row.fault]).toEqual([[30, 60, 120, 240, 480, 900, 900, 900], 8, "timeout"]);
    expect(unanswered(FIRST, "held-off", NOW, NOW + HOUR).askAt).toBe(NOW + HOUR);
  });

  it("is brought forward by a device that names itself, to thirty seconds after the last try; use alone does not", () => {
    let row = FIRST;
    for (let times = 0; times < 6; times++) row = unanswered(row, "timeout", NOW);
    expect(wanted(row, { answer: null }, NOW + SECOND, false)).toBeUndefined();
    const sooner = wanted(row, { answer: null }, NOW + SECOND, true);
    expect(sooner?.askAt).toBe(NOW + ASK_AGAIN_MS);
    expect(sooner && wanted(sooner, { answer: null }, NOW + 2 * SECOND, true)).toBeUndefined();
  });

  it("S-44: is asked at most 120 times in an hour in which the device names itself each second", () => {
    let [row, asked]: [Inquiry | undefined, number] = [undefined, 0];
    for (let at = NOW; at < NOW + HOUR; at += SECOND) {
      row = wanted(row, { answer: null }, at, true) ?? row;
      if (row?.askAt == null || row.askAt > at) continue;
      asked++;
      row = unanswered(row, "timeout", at);
    }
    expect(asked).toBeLessThanOrEqual(120);
  });

  it("is not worth asking when nobody has used the device for two hours", () => {
    const late = NOW + 3 * HOUR;
    expect(isWorthAsking(FIRST, { answer: null, lastUsedAt: 0 }, NOW + HOUR)).toBe(true);
    expect(isWorthAsking(FIRST, { answer: null, lastUsedAt: 0 }, late)).toBe(false);
    expect(isWorthAsking(FIRST, { answer: null, lastUsedAt: late - HOUR }, late)).toBe(true);
    // An answer that holds for a day is renewed if the device was used since.
    const answer = answerAt(NOW, 24 * HOUR);
    const row = answered({ ...FIRST, wantedAt: NOW - 1 }, answer, NOW);
    expect(isWorthAsking(row, { answer, lastUsedAt: NOW + MINUTE }, NOW + 22 * HOUR)).toBe(true);
    expect(isWorthAsking(row, { answer, lastUsedAt: NOW - 1 }, NOW + 22 * HOUR)).toBe(false);
    expect(isWorthAsking(unanswered(row, "timeout", NOW), { answer, lastUsedAt: NOW + 1 }, NOW + 22 * HOUR)).toBe(
      false,
    );
  });
});
