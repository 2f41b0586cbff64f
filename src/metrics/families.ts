// Every metric that an isolate counts for itself, and how its counts are written down: one number for each key, and a
// key is the family and its labels, joined by "|". A label is one of Postern's own words, never a text of a client's
// (S-73).

/** Bounds of the histograms, ms: from a guard next door to a poll's time. */
export const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** A family of series. `labels`: their names, in the order of the key. */
export type Family = { readonly name: string; readonly help: string; readonly labels: readonly string[] };

/** Counters by the first word of their keys. */
export const COUNTERS = {
  requests: {
    name: "postern_requests_total",
    help: "Requests to the public hosts, by what their row of the publish table says, the row, and the answer.",
    labels: ["class", "row", "status"],
  },
  refusals: {
    name: "postern_refusals_total",
    help: "Requests that were refused without an event in the audit, by reason (docs/refusals.md).",
    labels: ["reason"],
  },
  frontEnd: {
    name: "postern_front_end_answers_total",
    help: "What the Front-End answered: the class of its status, or unreachable.",
    labels: ["outcome"],
  },
  connector: {
    name: "postern_connector_answers_total",
    help: "What the connector answered when it was asked to sign a user on: ok, or why not.",
    labels: ["outcome"],
  },
  lostWrites: {
    name: "postern_metrics_lost_writes_total",
    help: "How often an isolate could not write its counts to D1. It tries again.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Family>>;

/** Histograms by the first word of their keys. The last word is a bound in ms, `more`, or `sum`. */
export const HISTOGRAMS = {
  request: {
    name: "postern_request_duration_seconds",
    help: "From the head of a request to the head of its answer, by class. A poll waits for something to happen.",
    labels: ["class"],
  },
  stage: {
    name: "postern_stage_duration_seconds",
    help: "How long requests waited for each part: guards, D1 (directory), connector, Front-End. Polls are left out.",
    labels: ["stage"],
  },
} as const satisfies Readonly<Record<string, Family>>;

export type CounterKey = keyof typeof COUNTERS;
export type HistogramKey = keyof typeof HISTOGRAMS;

export const SEPARATOR = "|";
/** The last word of a histogram's key for what is longer than every bound. */
export const MORE = "more";
/** The last word of the key for all times together, ms. */
export const SUM = "sum";
