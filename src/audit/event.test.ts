// What the audit stores of a sign-in's texts, and how the ids of events sort.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ABOUT, WRONG } from "../../test/kit/events.ts";
import { auditEvent, firstEventId, newEventId } from "./event.ts";

const NOW = 1_795_000_000_000;
const MAX_TIME = 4_102_444_800_000; // the year 2100

describe("a completed event", () => {
  it("has what is known and what was decided, and no field for what is not", () => {
    const event = auditEvent(ABOUT, { outcome: "signed-in", reason: "saml", userId: "u_1", user: undefined }, NOW);
    expect(event).toEqual({ ...ABOUT, id: event.id, at: NOW, outcome: "signed-in", reason: "saml", userId: "u_1" });
    expect(Object.keys(event)).not.toContain("user");
  });

  it("S-39: has what an NTLM response says of its channel, and no such field where there is none", () => {
    expect(auditEvent({ ...ABOUT, channelBinding: "present" }, WRONG, NOW).channelBinding).toBe("present");
    expect(Object.keys(auditEvent(ABOUT, WRONG, NOW))).not.toContain("channelBinding");
  });

  it("S-16: has nothing else that the caller's objects have", () => {
    const about = { ...ABOUT, authorization: "canary" };
    const decision = { ...WRONG, exportedSessionKey: "canary", password: "canary", name: "canary" };
    expect(JSON.stringify(auditEvent(about, decision, NOW))).not.toContain("canary");
  });

  it("S-39: cuts texts to their bounds and leaves in them nothing that ends a line or steers a terminal", () => {
    const nasty = fc.string({ unit: "binary", maxLength: 400 });
    const steering = fc.constantFrom(
      "\r\n",
      "\0",
      "\u001b[2J",
      "\u0085",
      "\u2028",
      "\u202e",
      "\ud83d",
      "\ufeff",
      "\u007f",
    );
    const text = fc.array(fc.oneof(nasty, steering), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, text, (userAgent, workstation, requestId) => {
        const event = auditEvent({ ...ABOUT, userAgent, workstation, requestId }, WRONG, NOW);
        expect(event.userAgent.length).toBeLessThanOrEqual(256);
        expect(event.workstation.length).toBeLessThanOrEqual(64);
        for (const field of [event.userAgent, event.workstation, event.requestId]) {
          expect(field).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        }
      }),
    );
  });

  it("keeps ordinary text as it is", () => {
    const userAgent = 'Lync für Mac/14.4 (Größe: "groß") 日本 😀';
    expect(auditEvent({ ...ABOUT, userAgent }, WRONG, NOW).userAgent).toBe(userAgent);
    const cut = auditEvent({ ...ABOUT, userAgent: `${"x".repeat(255)}😀` }, WRONG, NOW).userAgent;
    expect(cut).toBe(`${"x".repeat(255)}\u{fffd}`);
  });
});

describe("event ids", () => {
  it("have the documented form", () => {
    expect(newEventId(NOW)).toMatch(/^e_[0-9a-z]{9}[0-9a-v]{10}$/);
  });

  it("sort by time, and never below the first of their time", () => {
    const time = fc.integer({ min: 0, max: MAX_TIME });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other) + 1];
        expect(newEventId(earlier) < newEventId(later)).toBe(true);
        expect(newEventId(earlier) < firstEventId(later)).toBe(true);
        expect(newEventId(later) >= firstEventId(later)).toBe(true);
      }),
    );
  });

  it("do not meet within one millisecond", () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newEventId(NOW)));
    expect(ids.size).toBe(10_000);
  });
});
