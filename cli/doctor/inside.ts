// What the gateway says of itself through the admin API. It is asked once, before the checks.

import { CliFault } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";

/** What the API said. A fault instead of an answer: it could not be asked. */
export type Inside = {
  readonly target: string;
  readonly health: A.HealthAnswer | CliFault;
  readonly settings: A.GatewaySettingsAnswer | CliFault;
  readonly directory: A.DirectoryStatusAnswer | CliFault;
  /** When the question about health was sent and its answer had come, ms since 1970. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** The reason in the audit for the attempt with this request id. Undefined: none came within some seconds. */
  readonly reasonOf: (requestId: string, since: number) => Promise<string | undefined>;
};

/** How long the audit may take to hear from a guard, ms, and how often it is asked. */
const AUDIT_MS = 8_000;
const AUDIT_EVERY_MS = 800;

/** Asks it all. */
export async function insideOf(api: Api, now: () => number): Promise<Inside> {
  const askedAt = now();
  const [health, settings, directory] = await Promise.all([
    answered(() => api.get<A.HealthAnswer>("/v1/health")).then((answer) => ({ answer, at: now() })),
    answered(() => api.get<A.GatewaySettingsAnswer>("/v1/settings")),
    answered(() => api.get<A.DirectoryStatusAnswer>("/v1/directory")),
  ]);
  return {
    ...{ target: api.target.name, health: health.answer, settings, directory, askedAt, answeredAt: health.at },
    async reasonOf(requestId, since) {
      const query = { request: requestId, since: new Date(since).toISOString(), limit: 1 };
      for (const end = now() + AUDIT_MS; now() < end; ) {
        const page = await answered(() => api.get<A.AuditEventsAnswer>("/v1/audit", query));
        if (page instanceof CliFault) return undefined;
        const [event] = page.items;
        if (event !== undefined) return event.reason;
        await new Promise((resolve) => setTimeout(resolve, AUDIT_EVERY_MS));
      }
      return undefined;
    },
  };
}

async function answered<T>(question: () => Promise<T>): Promise<T | CliFault> {
  try {
    return await question();
  } catch (fault) {
    if (fault instanceof CliFault) return fault;
    throw fault;
  }
}
