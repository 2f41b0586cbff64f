// The keys of a gateway: what is missing is made, written into a file that only its owner reads, and put in place. A key
// is in the file before Cloudflare has it, because Cloudflare never gives it back.

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { SECRET_PREFIX } from "../../src/core/webhook/settings.ts";
import { failure } from "../fault.ts";
import { codeOf, jsonIn } from "../files.ts";
import { newSealingKey } from "../sealing-keys.ts";
import { newTokenKey } from "../token-key.ts";

/** Secrets by their names. */
export type SecretValues = Readonly<Record<string, string>>;

/** How each is made; others come from elsewhere. */
const MADE: Readonly<Record<string, () => string | Promise<string>>> = {
  SEALING_KEYS: newSealingKey,
  ADMIN_KEYS: newSealingKey,
  SIGN_ON_KEYS: newSealingKey,
  STS_KEYS: async () => (await newTokenKey(Date.now())).entry,
  NOTICE_WEBHOOK_SECRETS: () => `${SECRET_PREFIX}${newSealingKey()}`,
};

/** Where an environment's file of secrets is, below its folder of papers. */
export const secretsFile = (papers: string): string => join(papers, "secrets.json");

/** Those that an earlier run kept. Throws a fault where the file is damaged: its keys may be the only ones. */
export function keptSecrets(papers: string): SecretValues {
  const file = secretsFile(papers);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (fault) {
    if (codeOf(fault) === "ENOENT") return {};
    throw failure(
      `${file} cannot be read (${codeOf(fault)})`,
      "It has the keys of this gateway. Make it readable for you.",
    );
  }
  const said = jsonIn(text);
  const entries = typeof said === "object" && said !== null ? Object.entries(said) : [];
  if (entries.length === 0 || entries.some(([, value]) => typeof value !== "string")) {
    throw failure(
      `${file} is damaged`,
      "It has the keys of this gateway. Restore it, or move it away if Cloudflare has them.",
    );
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * The needed secrets that are neither at Cloudflare nor kept: made where they can be. `elsewhere`: names of those that
 * somebody else gives.
 */
export async function madeSecrets(needed: readonly string[], there: readonly string[], given: SecretValues) {
  const missing = needed.filter((name) => !there.includes(name) && !(name in given));
  const made: Record<string, string> = {};
  for (const name of missing) {
    const value = await MADE[name]?.();
    if (value !== undefined) made[name] = value;
  }
  return { made: made as SecretValues, elsewhere: missing.filter((name) => !(name in MADE)) };
}

/** Writes the file whole, for its owner alone. */
export function keepSecrets(papers: string, secrets: SecretValues): void {
  mkdirSync(papers, { recursive: true, mode: 0o700 });
  const file = secretsFile(papers);
  const next = `${file}.new`;
  writeFileSync(next, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(next, 0o600);
  renameSync(next, file);
}

/** The public halves that connectors get, of the keys that sign. */
export async function publicHalves({ SIGN_ON_KEYS: keys }: SecretValues): Promise<readonly object[] | undefined> {
  if (keys === undefined) return undefined;
  const seeds = keys.split(/\s+/).filter((word) => word !== "");
  return Promise.all(seeds.map(async (seed) => (await signingKey(Buffer.from(seed, "base64"))).publicJwk));
}
