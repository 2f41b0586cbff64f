// Turns the id of an actor, as the audit keeps it, into who that is.

import { actorsOf as namedActors } from "../store/actors.ts";
import type { Database } from "../store/database.ts";
import type { ActorAnswer } from "./schemas/audit.ts";

/** Says for each id who that is. It makes one query, however many ids there are. */
export async function actorsOf(db: Database, ids: readonly (string | null)[]): Promise<(id: string) => ActorAnswer> {
  const known = await namedActors(
    db,
    ids.filter((id) => id !== null),
  );
  return (id) => known.get(id) ?? { id, name: null, kind: "unknown" };
}
