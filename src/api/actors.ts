// Who did something, from the id that the audit keeps.

import { namesOfActors } from "../store/administrators.ts";
import type { Database } from "../store/database.ts";
import type { ByAnswer } from "./schemas/tokens.ts";

/** Says of each id who that is. One query, however many ids. */
export async function actorsOf(db: Database, ids: readonly (string | null)[]): Promise<(id: string) => ByAnswer> {
  const names = await namesOfActors(
    db,
    ids.filter((id) => id !== null),
  );
  return (id) => ({ id, ...known(id, names.get(id) ?? null) });
}

function known(id: string, name: string | null): Pick<ByAnswer, "name" | "kind"> {
  if (id.startsWith("t_")) return { name, kind: "token" };
  if (id.startsWith("a_")) return { name, kind: "administrator" };
  return /^[0-9a-f]{8}$/.test(id) ? { name: `key ${id}`, kind: "key" } : { name: null, kind: "other" };
}
