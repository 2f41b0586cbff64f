// A key of ADMIN_KEYS opens everything, belongs to nobody, and does not end. It is for the first day and for the day on
// which nothing else works. So the audit says once an hour that one is in use.

import { openDatabase } from "../store/database.ts";
import { beginKeyed } from "../store/idempotency.ts";
import type { Call } from "./call.ts";
import { recordChange } from "./record.ts";

const HOUR_MS = 3_600_000;
/** The hour for which this isolate knows that the audit has it, by key. There are as many as ADMIN_KEYS has. */
const told = new Map<string, number>();

/** Notes that the key is used, in the first call of an hour. */
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
    // D1 fails. A key must open all the same: health says so, and every operation that needs D1 says so in the log.
  }
}
