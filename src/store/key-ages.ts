// When Postern saw each key of its configuration first. A key itself does not say how old it is.

import { inArray, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { keyAges } from "./schema.ts";

/** Every kind of key that has an age: which variable it is of. */
export const KEY_KINDS = [
  ...(["sealing", "admin", "sign-on", "authority", "notice-webhook", "access", "console-provider"] as const),
  ...(["portal-provider", "probe", "sts"] as const),
];
type KeyKind = (typeof KEY_KINDS)[number];

/** The variable of each kind of key. */
export const KEY_VARIABLES: Readonly<Record<KeyKind, string>> = {
  sealing: "SEALING_KEYS",
  admin: "ADMIN_KEYS",
  "sign-on": "SIGN_ON_KEYS",
  authority: "AUTHORITY_SECRETS",
  "notice-webhook": "NOTICE_WEBHOOK_SECRETS",
  access: "ACCESS_CLIENT_SECRET",
  "console-provider": "CONSOLE_OIDC_CLIENT_SECRET",
  "portal-provider": "PORTAL_OIDC_CLIENT_SECRET",
  probe: "PROBE_PASSWORD",
  sts: "STS_KEYS",
};

/**
 * A key by its variable and its id, which says nothing about the key. `endsAt`: the end of its certificate, ms; absent
 * where it has none.
 */
export type KnownKey = { readonly kind: KeyKind; readonly id: string; readonly endsAt?: number | undefined };
/** `since`: when Postern saw it first, ms. */
export type AgedKey = KnownKey & { readonly since: number };

/** How many keys one statement notes: D1 takes a hundred parameters. */
const KEYS_OF_A_STATEMENT = 30;

/**
 * Since when each key is known. One that was not known is noted as seen at `now` (ms); nothing is written otherwise.
 */
export async function agesOfKeys(db: Database, keys: readonly KnownKey[], now: number): Promise<AgedKey[]> {
  const kept = await db
    .select()
    .from(keyAges)
    .where(inArray(keyAges.id, sql`(select value from json_each(${JSON.stringify(keys.map(({ id }) => id))}))`));
  const known = new Map(kept.map((row) => [nameOf(row), row.firstSeenAt]));
  const unknown = keys.filter((key) => !known.has(nameOf(key)));
  for (let at = 0; at < unknown.length; at += KEYS_OF_A_STATEMENT) {
    const rows = unknown.slice(at, at + KEYS_OF_A_STATEMENT).map(({ kind, id }) => ({ kind, id, firstSeenAt: now }));
    await db.insert(keyAges).values(rows).onConflictDoNothing();
  }
  return keys.map((key) => ({ ...key, since: known.get(nameOf(key)) ?? now }));
}

const nameOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind} ${id}`;
