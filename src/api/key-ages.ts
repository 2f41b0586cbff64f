// The keys of the configuration by their ids, and since when Postern knows each.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { parseAdminKeys } from "../core/credentials/admin-keys.ts";
import { parseSigningKeys, signingKey } from "../core/crypto/signing-keys.ts";
import type { Database } from "../store/database.ts";
import { type AgedKey, agesOfKeys, type KnownKey } from "../store/key-ages.ts";

/** Every key, in the order of its variable, with when it was seen first (ms). A new one is noted at `now` (ms). */
export async function knownKeys(env: Env, config: Config, db: Database, now: number): Promise<AgedKey[]> {
  const admin = parseAdminKeys(env.ADMIN_KEYS ?? "");
  const signing = env.SIGN_ON === "connector" ? parseSigningKeys(env.SIGN_ON_KEYS ?? "") : undefined;
  const seeds = signing?.ok === true ? signing.value : [];
  const keys: KnownKey[] = [
    ...[...config.keyring.byId.keys()].map((id) => ({ kind: "sealing", id }) as const),
    ...(admin.ok ? admin.value : []).map(({ id }) => ({ kind: "admin", id }) as const),
    ...(await Promise.all(seeds.map(async (seed) => ({ kind: "sign-on", id: (await signingKey(seed)).id }) as const))),
  ];
  return agesOfKeys(db, keys, now);
}
