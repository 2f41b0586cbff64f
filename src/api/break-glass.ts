// A key of ADMIN_KEYS opens everything, belongs to no person, and never ends. It is for the first day, and for a day on
// which nothing else works. So the audit says once an hour that such a key is in use.

import { openDatabase } from "../store/database.ts";
import { beginKeyed } from "../store/idempotency.ts";
import type { Call } from "./call.ts";
import { recordChange } from "./record.ts";

const HOUR_MS = 3_600_000;
/** By key: the hour whose event this isolate has written already. It has as many entries as ADMIN_KEYS has keys. */
const told = new Map<string, number>();

/** Writes the event when the key is used for the first time in an hour. */
export async function noteBreakGlass(call: Call, now: number): Promise<void> {
  const { actor, env } = call;
  const hour = Math.floor(now / HOUR_MS);
  if (actor.kind !== "key" || told.get(actor.id) === hour) return;
  try {
    const used = { caller: `used:${actor.id}`, key: String(hour), requestHash: "" };
    if ((await beginKeyed(openDatabase(env.DB), used, now)) === "begun")
      await recordChange(call, "break-glass-used", {});
    told.set(actor.id, hour);
  } catch {
    // D1 has failed. A key must open all the same. `GET /v1/health` reports the failure, and so does the log of every
    // operation that needs D1.
  }
}
