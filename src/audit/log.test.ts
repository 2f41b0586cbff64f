// The console line of a sign-in, which machines read: docs/audit.md documents its fields.

import { afterEach, expect, it, vi } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { logAudited, logEvent, logRefusal } from "./log.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0, 250);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Collects what is written to the console. Each line is the text of one JSON object. */
function linesOf(act: () => void): unknown[][] {
  const lines: unknown[][] = [];
  vi.spyOn(console, "log").mockImplementation((...line: string[]) => {
    expect(line.join(" ")).not.toMatch(/[\r\n\u2028\u2029]/);
    lines.push(line.map((text) => JSON.parse(text)));
  });
  act();
  return lines;
}

it("S-39: is one flat object with the event's fields, absent ones absent, times in ISO 8601", () => {
  const event = eventAt(NOW, { userId: "u_1", user: "sip:alice@contoso.test", waitUntil: NOW + 30_000 });
  expect(linesOf(() => logAudited(event))).toStrictEqual([
    [
      {
        ...event,
        event: "sign-in",
        at: "2026-11-23T12:00:00.250Z",
        waitUntil: "2026-11-23T12:00:30.250Z",
      },
    ],
  ]);
  const [[line]] = linesOf(() => logAudited(eventAt(NOW))) as [[object]];
  expect(Object.keys(line).toSorted()).toEqual(
    "at channel event host id outcome reason requestId source userAgent workstation".split(" "),
  );
});

it("S-39: is one line of JSON, whatever the client calls itself", () => {
  const event = eventAt(NOW, { userAgent: 'x"}\r\n{"event":"sign-in","outcome":"signed-in"', workstation: "a\u2028b" });
  expect(linesOf(() => logAudited(event))).toEqual([[{ ...event, event: "sign-in", at: "2026-11-23T12:00:00.250Z" }]]);
  const detail = 'no\r\n{"event":"sign-in"}\u2028';
  const [[other]] = linesOf(() => logEvent({ event: "unavailable", detail })) as [[{ detail: string }]];
  expect(other.detail).toBe('no\ufffd\ufffd{"event":"sign-in"}\ufffd');
});

it("S-44: every field of a refused request's line is cut and printable, however long what a stranger sent", () => {
  const long = `\r\n"}${"\u{202e}x".repeat(50_000)}`;
  const texts = { reason: "not-published", method: long, host: long, path: long, source: long, userAgent: long };
  const lines = linesOf(() =>
    logRefusal({ event: "request-refused", requestId: "r", status: 404, ...texts, leftOut: 3 }, NOW),
  );
  const [[line]] = lines as [[Record<string, unknown>]];
  expect(line).toMatchObject({ event: "request-refused", at: "2026-11-23T12:00:00.250Z", status: 404, leftOut: 3 });
  for (const name of ["method", "host", "path", "source", "userAgent"]) {
    expect(line[name]).toHaveLength(200);
    expect(line[name]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});
