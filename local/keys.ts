// The keys of the gateway that `npm start` runs: what its app passwords are sealed with, and what opens its API. Each
// is in a file of `.postern/` that only its owner reads, made on first use.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliFault } from "../cli/fault.ts";
import { hasCode, textIn } from "../cli/local-keys.ts";
import { newSealingKey } from "../cli/sealing-keys.ts";
import { newTokenKey } from "../cli/token-key.ts";

/**
 * The text of `SEALING_KEYS`; `state` is the `.postern` directory. A lost key is not replaced while there is a
 * database: its app passwords open with the lost one only.
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

/**
 * The key that opens the API when no token does. The command uses it for its target `local` where `npm start` has left
 * no token.
 */
export function localAdminKey(state: string): string {
  return keptOrMade(join(state, "admin.json"), "adminKey", newSealingKey());
}

/**
 * The text of `STS_KEYS`, and its file: the key that signs and the next one. The file has the form of `keys new --sts`,
 * so that `sts token` and `sts probe` can be tried with it.
 */
export async function localTokenKeys(
  state: string,
  now: number,
): Promise<{ readonly text: string; readonly file: string }> {
  const file = join(state, "sts-keys.txt");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const made = [await newTokenKey(now), await newTokenKey(now)].map(({ entry }) => entry);
    writeFileSync(file, `${made.join("\n")}\n`, { flag: "wx", mode: 0o600 });
  }
  return { text: readFileSync(file, "utf8"), file };
}

/** The text under `field` in a JSON file. If there is no file, it is made with `fresh`. Throws for a damaged file. */
function keptOrMade(file: string, field: string, fresh: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${JSON.stringify({ [field]: fresh }, null, 2)}\n`, { flag: "wx", mode: 0o600 });
    return fresh;
  } catch (fault) {
    if (!hasCode(fault, "EEXIST")) throw fault;
  }
  return textIn(file, field) ?? fresh; // somebody deleted it this moment
}
