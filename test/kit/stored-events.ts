// The audit in D1, as the API reads it.

import type { AuditFilter, StoredEvent } from "../../src/store/audit.ts";
import { pageOfEvents } from "../../src/store/audit-list.ts";
import type { Database } from "../../src/store/database.ts";

/** The newest events that match, at most so many. */
export async function findEvents(db: Database, filter: AuditFilter, limit: number): Promise<StoredEvent[]> {
  return [...(await pageOfEvents(db, filter, { order: "desc", limit })).items];
}
