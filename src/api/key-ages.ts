// The keys of the configuration by their ids, and since when Postern knows each.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { parseAdminKeys } from "../core/credentials/admin-keys.ts";
import { secretId } from "../core/crypto/secret-id.ts";
import { parseSigningKeys, signingKey } from "../core/crypto/signing-keys.ts";
import { words } from "../core/text/words.ts";
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
    // The thumbprint stands in the metadata, and Windows shows it beside the certificate.
    ...(config.sts?.certificates ?? []).map(
      ({ thumbprint, notAfter }) => ({ kind: "sts", id: thumbprint, endsAt: notAfter }) as const,
    ),
    ...secretsOf(env, config),
  ];
  return agesOfKeys(db, keys, now);
}

/** The secrets that Postern shares with another system, where they are in use. */
function secretsOf(env: Env, config: Config): KnownKey[] {
  const all = (kind: KnownKey["kind"], given: string | undefined): KnownKey[] =>
    words(given, false).map((secret) => ({ kind, id: secretId(secret) }));
  const tunnelled = env.FRONT_END === "tunnel" || /=https:/.test(env.CONNECTORS ?? "");
  return [
    ...all("authority", config.authority && env.AUTHORITY_SECRETS),
    ...(config.notices.delivery.by === "webhook" ? all("notice-webhook", env.NOTICE_WEBHOOK_SECRETS) : []),
    ...(tunnelled ? all("access", env.ACCESS_CLIENT_SECRET) : []),
    ...all("console-provider", env.CONSOLE_OIDC_ISSUER && env.CONSOLE_OIDC_CLIENT_SECRET),
    ...all("portal-provider", env.PORTAL_OIDC_ISSUER && env.PORTAL_OIDC_CLIENT_SECRET),
    ...all("probe", config.probe?.password),
  ];
}
