// The same for Cloudflare's Analytics Engine, where the binding METRICS is set: one data point for each request to a
// public host, one for each event of the audit, and one an hour with how many of everything there are. A point names no
// user, no address and no path; docs/monitoring.md lists its columns, which are an interface.

import type { AuditedEvent } from "../audit/event.ts";
import { isSignInChannel } from "./channels.ts";

/** The dataset; undefined: there is none. */
export type PointSink = Pick<AnalyticsEngineDataset, "writeDataPoint"> | undefined;

/** The waits of a point, in the order of its doubles. A new one goes to the end. */
export const POINT_STAGES = [
  "network-guard",
  "directory",
  "user-guard",
  "sign-on-line",
  "connector",
  "front-end",
  "floor",
] as const;

/** A finished request to a public host. Times in ms. */
export type CountedRequest = {
  readonly class: string;
  readonly row: string;
  readonly status: number;
  /** Why it was refused; undefined: it was not, or the audit says why. */
  readonly reason: string | undefined;
  readonly ms: number;
  readonly stages: readonly { readonly stage: (typeof POINT_STAGES)[number]; readonly ms: number }[];
};

/** Blobs: `request`, class, row, status, reason. Doubles: 1, status, ms, then the ms of each of {@link POINT_STAGES}. */
export function requestPoint(
  sink: PointSink,
  { class: kind, row, status, reason = "", ms, stages }: CountedRequest,
): void {
  if (sink === undefined) return;
  const waits = POINT_STAGES.map((stage) =>
    stages.reduce((sum, each) => (each.stage === stage ? sum + each.ms : sum), 0),
  );
  write(sink, {
    indexes: [row],
    blobs: ["request", kind, row, String(status), reason],
    doubles: [1, status, ms, ...waits],
  });
}

/** Blobs: `event`, channel, outcome, reason. Doubles: 1. */
export function eventPoint(sink: PointSink, { channel, outcome, reason }: AuditedEvent): void {
  write(sink, {
    indexes: [isSignInChannel(channel) ? "sign-in" : "other"],
    blobs: ["event", channel, outcome, reason],
    doubles: [1],
  });
}

/** Blobs: `state`. Doubles: the values, in the order of docs/monitoring.md. */
export function statePoint(sink: PointSink, values: readonly number[]): void {
  write(sink, { indexes: ["state"], blobs: ["state"], doubles: [...values] });
}

/** A point that is lost is lost: no request fails because of it. */
function write(sink: PointSink, point: AnalyticsEngineDataPoint): void {
  try {
    sink?.writeDataPoint(point);
  } catch {
    // the platform has no more room for points in this invocation
  }
}
