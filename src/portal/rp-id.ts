// The name for which passkeys are made is fixed by the first one (docs/portal.md). Where the configuration has another
// name since, no passkey works, and people sign in with a passphrase.

import type { PortalConfig } from "../config/portal.ts";
import type { Database } from "../store/database.ts";
import { pinnedRpId } from "../store/portal-passkeys.ts";

/** Whether passkeys work with the present configuration. */
export async function passkeysWork(db: Database, { rpId }: PortalConfig): Promise<boolean> {
  const pinned = await pinnedRpId(db);
  return pinned === undefined || pinned === rpId;
}
