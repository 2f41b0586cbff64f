// The keys of the gateway that `npm start` runs: what its app passwords are sealed with, and what opens its API. Each is in a file
// of `.postern/` that only its owner reads, made on first use.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliFault } from "../cli/fault.ts";
import { keptOrMade } from "../cli/local-keys.ts";
import { newSealingKey } from "../cli/sealing-keys.ts";

/**
 * The text of `SEALING_KEYS`; `state` is the `.postern` directory. A lost key is not replaced while there is a database: its
 * app passwords open with the lost one only.
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

/** The key that opens the API. The command finds it there for its target `local`. */
export function localAdminKey(state: string): string {
  return keptOrMade(join(state, "admin.json"), "adminKey", newSealingKey());
}
