// How many of everything there is, and how old keys and syncs are. Counting reads every device, so an isolate counts
// once a minute, however often somebody asks.

import type { Database } from "../../store/database.ts";
import { countEverything, type Gauges, lastMigration } from "../../store/gauges.ts";
import type { AgedKey } from "../../store/key-ages.ts";
import type { Call } from "../call.ts";
import { knownKeys } from "../key-ages.ts";

/** How long a count holds, ms. */
export const STATE_HOLDS_MS = 60_000;

/** Times in ms. */
export type State = {
  readonly gauges: Gauges;
  readonly keys: readonly AgedKey[];
  readonly migration: { readonly count: number; readonly name: string } | undefined;
};

let known: { readonly state: State; readonly until: number; readonly of: unknown } | undefined;

/** What there is at `now` (ms), or up to a minute before. */
export async function readState(
  { env, config }: Pick<Call, "env" | "config">,
  db: Database,
  now: number,
): Promise<State> {
  if (known !== undefined && now < known.until && known.of === config) return known.state;
  const [gauges, keys, migration] = await Promise.all([
    countEverything(db, now),
    knownKeys(env, config, db, now),
    lastMigration(db),
  ]);
  const state = { gauges, keys, migration };
  known = { state, until: now + STATE_HOLDS_MS, of: config };
  return state;
}
