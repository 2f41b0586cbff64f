// Who did something, from the id that the audit keeps.

import { actorsOf as namedActors } from "../store/actors.ts";
import type { Database } from "../store/database.ts";
import type { ActorAnswer } from "./schemas/audit.ts";

/** Says of each id who that is. One query, however many ids. */
export async function actorsOf(db: Database, ids: readonly (string | null)[]): Promise<(id: string) => ActorAnswer> {
  const known = await namedActors(
    db,
    ids.filter((id) => id !== null),
  );
  return (id) => known.get(id) ?? { id, name: null, kind: "unknown" };
}
