// Finds out who calls the API: somebody with a key of ADMIN_KEYS, or with a token that is valid. Everybody else is a
// stranger. All strangers get the same answer: each costs the same look-up and the same comparison (S-22, S-33).

import { waitUntil } from "cloudflare:workers";
import type { Env } from "../config/env.ts";
import { type AdminKey, bearerOf, presentedKey } from "../core/credentials/admin-keys.ts";
import type { ApiScope } from "../core/credentials/api-scopes.ts";
import { readApiToken, sameHash } from "../core/credentials/api-tokens.ts";
import { isInNetwork, readNetwork, readNetworkRange } from "../core/policy/network-range.ts";
import { storedToken, touchToken } from "../store/api-tokens.ts";
import { openDatabase } from "../store/database.ts";
import { logFailure } from "../store/log-failure.ts";
import type { Actor } from "./call.ts";

/**
 * Who calls. `wrong`: the credential opens nothing, which counts against its network (S-25). `elsewhere`: so does a
 * live token in a network that is not among its own. `unchecked`: D1 failed, so
 * Postern could not check the credential. The caller gets the answer of a stranger, because the caller may be one.
 */
export type Recognised =
  | { readonly kind: "none" | "wrong" | "elsewhere" | "unchecked" }
  | { readonly kind: "right"; readonly actor: Actor; readonly scope: ApiScope };

/** What an unknown token is compared with. No secret has this hash. */
const NOBODYS_HASH = "0".repeat(64);
const HOUR_MS = 3_600_000;

/** Recognises the caller in that network at `now` (ms). A revoked token is refused by the next call. */
export async function recognise(
  { authorization, source }: { readonly authorization: string | null; readonly source: string },
  env: Env,
  keys: readonly AdminKey[],
  now: number,
): Promise<Recognised> {
  const presented = presentedKey(keys, authorization);
  if (presented.kind === "right") {
    const { keyId: id } = presented;
    return { kind: "right", actor: { id, name: `key ${id} of ADMIN_KEYS`, kind: "key" }, scope: "admin" };
  }
  if (presented.kind === "none") return presented;
  const token = readApiToken(bearerOf(authorization ?? "") ?? "");
  if (token === undefined) return presented;
  const db = openDatabase(env.DB);
  try {
    const stored = await storedToken(db, token.id);
    const same = sameHash(stored?.hash ?? NOBODYS_HASH, token.hash);
    if (stored === undefined || !same || stored.revokedAt !== null || stored.expiresAt <= now) return presented;
    if (stored.networks !== null && !isAmong(stored.networks, source)) return { kind: "elsewhere" };
    const hour = now - (now % HOUR_MS);
    if ((stored.lastUsedAt ?? 0) < hour) waitUntil(touchToken(db, stored.id, hour).catch(() => undefined));
    return { kind: "right", actor: { id: stored.id, name: stored.name, kind: "token" }, scope: stored.scope };
  } catch (fault) {
    logFailure("admin", fault);
    return { kind: "unchecked" };
  }
}

/** Whether a request's network lies in one of these. */
function isAmong(networks: readonly string[], source: string): boolean {
  const network = readNetwork(source);
  if (network === undefined) return false;
  return networks.some((text) => {
    const range = readNetworkRange(text);
    return range.ok && isInNetwork(range.value, network);
  });
}
