// Finds the tokens and administrators that made the changes in the audit, by their ids.

import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { BY_SELF } from "../audit/event.ts";
import type { Database } from "./database.ts";
import { administrators, apiTokens } from "./schema.ts";

/** Who made a change. `name` is null when nothing is known of the id. */
export type NamedActor = {
  readonly id: string;
  readonly name: string | null;
  readonly kind: "token" | "administrator" | "key" | "policy" | "invitation" | "person" | "unknown";
};

/** Finds each of these ids and its name. */
export async function actorsOf(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, NamedActor>> {
  const wanted = [...new Set(ids)];
  const known = new Map<string, string>();
  if (wanted.some((id) => /^[ta]_/.test(id))) {
    const [tokens, people] = await db.batch([
      db.select({ id: apiTokens.id, name: apiTokens.name }).from(apiTokens).where(among(apiTokens.id, wanted)),
      db
        .select({ id: administrators.id, name: administrators.name })
        .from(administrators)
        .where(among(administrators.id, wanted)),
    ]);
    for (const { id, name } of [...tokens, ...people]) known.set(id, name);
  }
  return new Map(wanted.map((id) => [id, { id, name: known.get(id) ?? nameOf(id), kind: kindOf(id) }]));
}

/** One of these ids with its name. */
export const actorOf = async (db: Database, id: string): Promise<NamedActor> =>
  (await actorsOf(db, [id])).get(id) ?? { id, name: null, kind: "unknown" };

/** The name that follows from the id alone. */
const nameOf = (id: string): string | null => {
  const kind = kindOf(id);
  if (kind === "person") return "the person, in the portal";
  if (kind === "invitation") return "the person, by an invitation";
  return kind === "key" ? `key ${id} of ADMIN_KEYS` : null;
};

function kindOf(id: string): NamedActor["kind"] {
  if (id.startsWith("t_")) return "token";
  if (id.startsWith("a_")) return "administrator";
  if (id === "policy") return "policy";
  if (id === BY_SELF) return "person";
  if (id.startsWith("i_")) return "invitation";
  return /^[0-9a-f]{8}$/.test(id) ? "key" : "unknown";
}

/** All ids are one parameter, however many there are. */
const among = (column: AnyColumn, ids: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`;
