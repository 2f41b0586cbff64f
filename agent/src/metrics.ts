// What the agent counts, for Prometheus. Labels are only words of our own: operations, outcomes, states.

import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** What every part counts, and the registry in which each part puts what is its own. */
export type Metrics = {
  readonly registry: Registry;
  readonly apiRequests: Counter<"operation" | "outcome">;
  readonly apiSeconds: Histogram<"operation">;
  readonly ldapRequests: Counter<"operation" | "outcome">;
  readonly ldapSeconds: Histogram<"operation">;
};

/** Bounds of the histograms, seconds: from a search in memory to the longest attempt. */
const BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

export function newMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    apiRequests: new Counter({
      name: "postern_agent_api_requests_total",
      help: "Requests to the gateway, by operation and what came of them.",
      labelNames: ["operation", "outcome"],
      registers,
    }),
    apiSeconds: new Histogram({
      name: "postern_agent_api_request_seconds",
      help: "How long requests to the gateway took.",
      labelNames: ["operation"],
      buckets: BUCKETS,
      registers,
    }),
    ldapRequests: new Counter({
      name: "postern_agent_ldap_requests_total",
      help: "Requests to domain controllers, by what was asked and what came of it.",
      labelNames: ["operation", "outcome"],
      registers,
    }),
    ldapSeconds: new Histogram({
      name: "postern_agent_ldap_request_seconds",
      help: "How long requests to domain controllers took.",
      labelNames: ["operation"],
      buckets: BUCKETS,
      registers,
    }),
  };
}
