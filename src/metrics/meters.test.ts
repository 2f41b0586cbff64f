// What an isolate counts: bounded labels and memory, polls that end and polls whose client went away.

import { describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { STAGES } from "../audit/stages.ts";
import { BATCH_ROWS, PUBLISH_TABLE } from "../core/http/publish.ts";
import { REFUSAL_GROUPS } from "../trace/reasons.ts";
import { eventPoint, POINT_STAGES, requestPoint } from "./analytics.ts";
import { BOUNDS_MS } from "./families.ts";
import { MAX_KEYS, Meters, NEW_ROW_AFTER_MS, statusClass } from "./meters.ts";

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;

describe("S-44 S-73: the memory of the counts", () => {
  it("has a bound, whatever labels come", () => {
    const meters = new Meters();
    for (let n = 0; n < 2 * MAX_KEYS; n++) meters.count("refusals", `reason ${n}`);
    expect(meters.keys).toBe(MAX_KEYS);
    meters.count("refusals", "reason 0");
    expect(meters.row(NOW).counts["refusals|reason 0"]).toBe(2);
  });

  it("is never used up by the labels that there are", () => {
    const statuses = 6;
    const rows = PUBLISH_TABLE.length + BATCH_ROWS.length + 1;
    const reasons = Object.values(REFUSAL_GROUPS).flatMap((group) => Object.keys(group)).length;
    const histograms = (5 + STAGES.length) * (BOUNDS_MS.length + 2);
    expect(rows * statuses + reasons + histograms + 20).toBeLessThan(MAX_KEYS);
  });

  it("has one class for every status", () => {
    expect([100, 204, 304, 404, 599, 600, 0, Number.NaN].map(statusClass)).toEqual([
      "1xx",
      "2xx",
      "3xx",
      "4xx",
      "5xx",
      "other",
      "other",
      "other",
    ]);
  });
});

describe("S-73: open polls", () => {
  it("are counted until they end, each once", () => {
    const meters = new Meters();
    const [first, second] = [meters.pollOpened(NOW), meters.pollOpened(NOW + MINUTE)];
    expect(meters.openPolls(NOW + MINUTE)).toBe(2);
    first.ended();
    first.ended();
    expect(meters.openPolls(NOW + 2 * MINUTE)).toBe(1);
    second.ended();
    expect(meters.openPolls(NOW + 2 * MINUTE)).toBe(0);
  });

  it("do not count for ever when nobody hears that they ended", () => {
    const meters = new Meters();
    const gone = meters.pollOpened(NOW);
    expect(meters.openPolls(NOW + 4 * MINUTE)).toBe(1);
    expect(meters.openPolls(NOW + 7 * MINUTE)).toBe(0);
    meters.pollOpened(NOW + 7 * MINUTE);
    gone.ended();
    expect(meters.openPolls(NOW + 7 * MINUTE)).toBe(1);
  });
});

describe("S-73: a poll that is sent again while its client waits", () => {
  it("counts as one for as long as it is sent again, and no more when it has ended", () => {
    const meters = new Meters();
    const poll = meters.pollOpened(NOW);
    for (const minute of [3, 6, 9, 12]) {
      poll.stillOpen(NOW + minute * MINUTE);
      expect(meters.openPolls(NOW + minute * MINUTE)).toBe(1);
    }
    expect(meters.openPolls(NOW + 16 * MINUTE)).toBe(1);
    poll.ended();
    poll.stillOpen(NOW + 16 * MINUTE);
    expect(meters.openPolls(NOW + 16 * MINUTE)).toBe(0);
  });

  it("counts for five minutes when its client went away", () => {
    const meters = new Meters();
    meters.pollOpened(NOW).stillOpen(NOW + 12 * MINUTE);
    expect(meters.openPolls(NOW + 16 * MINUTE)).toBe(1);
    expect(meters.openPolls(NOW + 19 * MINUTE)).toBe(0);
  });
});

describe("S-73: an isolate's row", () => {
  it("begins anew after a silence, with what D1 did not get", () => {
    const meters = new Meters();
    meters.count("refusals", "not-published");
    const first = meters.row(NOW);
    meters.stored(first);
    meters.count("refusals", "not-published");
    meters.count("refusals", "plain-http");
    const again = meters.row(NOW + NEW_ROW_AFTER_MS);
    expect([again.isolate, again.counts["refusals|not-published"]]).toEqual([first.isolate, 2]);
    const later = meters.row(NOW + 3 * NEW_ROW_AFTER_MS);
    expect(later.isolate).not.toBe(first.isolate);
    expect(later.counts).toEqual({ "refusals|not-published": 1, "refusals|plain-http": 1 });
  });

  it("has something new only when something was counted", () => {
    const meters = new Meters();
    expect(meters.changed).toBe(false);
    meters.time("stage", "user-guard", 7);
    expect(meters.changed).toBe(true);
    expect(meters.row(NOW).counts).toEqual({ "stage|user-guard|10": 1, "stage|user-guard|sum": 7 });
    expect(meters.changed).toBe(false);
  });
});

describe("S-73 S-40: a data point", () => {
  const taken = () => {
    const points: AnalyticsEngineDataPoint[] = [];
    return { points, sink: { writeDataPoint: (point: AnalyticsEngineDataPoint = {}) => void points.push(point) } };
  };

  it("of a request has its waits in the order of docs/monitoring.md", () => {
    expect(POINT_STAGES).toEqual(STAGES); // a new stage goes to the end of both
    const { points, sink } = taken();
    const stages = [
      { stage: "user-guard", ms: 7 },
      { stage: "front-end", ms: 30 },
      { stage: "user-guard", ms: 5 },
    ] as const;
    requestPoint(sink, { class: "ticket", row: "/abs/*", status: 200, reason: undefined, ms: 45, stages });
    expect(points).toEqual([
      {
        indexes: ["/abs/*"],
        blobs: ["request", "ticket", "/abs/*", "200", ""],
        doubles: [1, 200, 45, 0, 0, 12, 0, 0, 30, 0],
      },
    ]);
  });

  it("of an event says nothing of who it was, nor from where", () => {
    const { points, sink } = taken();
    const event = eventAt(NOW, { userId: "u_1", user: "sip:alice@contoso.test", source: "203.0.113.9" });
    eventPoint(sink, event);
    expect(points).toEqual([
      { indexes: ["sign-in"], blobs: ["event", "ntlm", "refused", "wrong-proof"], doubles: [1] },
    ]);
  });

  it("that the platform does not take, or for which there is no dataset, harms nothing", () => {
    const full = {
      writeDataPoint: () => {
        throw new Error("too many");
      },
    };
    eventPoint(full, eventAt(NOW));
    eventPoint(undefined, eventAt(NOW));
  });
});
