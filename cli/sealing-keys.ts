// The keys that app passwords are sealed with. They must be the gateway's own: what is sealed with others is no use to it.
// The local gateway's keys are in .postern/local.json, which whoever comes first makes. The deployed gateway's are a
// secret that Cloudflare never gives back, so the operator keeps a copy and passes it in the environment.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { KEY_BYTES } from "../src/core/crypto/key-list.ts";
import { type Keyring, parseKeyring } from "../src/core/crypto/keyring.ts";
import { CliFault } from "./fault.ts";
import { keptOrMade } from "./local-keys.ts";
import type { Target } from "./wrangler.ts";

/** A new entry for `SEALING_KEYS`: 32 random bytes in base64. */
export function newSealingKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES))).toString("base64");
}

/**
 * The text of `SEALING_KEYS` for the local gateway, made on first use; `state` is the `.postern` directory. A lost key is not
 * replaced while there is a database: its app passwords open with the lost one only.
 */
export function localSealingKeys(state: string): string {
  const file = join(state, "local.json");
  if (!existsSync(file) && existsSync(join(state, "state", "v3", "d1"))) {
    throw new CliFault(
      "failure",
      `${file} is missing, and the app passwords in ${join(state, "state")} open only with the key in it`,
      "Restore the file. If you cannot, stop the gateway, delete the whole .postern directory, and start again.",
    );
  }
  return keptOrMade(file, "sealingKeys", newSealingKey());
}

/** The keyring of the target's gateway. */
export function keyringOf(
  target: Target,
  state: string,
  environment: Readonly<Record<string, string | undefined>>,
): Keyring {
  const text = target.kind === "local" ? localSealingKeys(state) : environment.SEALING_KEYS;
  if (text === undefined || text.trim() === "") {
    throw new CliFault(
      "failure",
      "SEALING_KEYS is not set",
      "Set it in the environment to the value of the Worker's secret SEALING_KEYS; Cloudflare does not give it back.",
    );
  }
  const keyring = parseKeyring(text);
  if (keyring.ok) return keyring.value;
  const source = target.kind === "local" ? join(state, "local.json") : "SEALING_KEYS";
  throw new CliFault(
    "failure",
    `the sealing keys in ${source} are unusable (${keyring.reason})`,
    'They are base64 of 32 bytes each, separated by spaces, each one once, as "npm run postern -- keys new" prints them.',
  );
}
