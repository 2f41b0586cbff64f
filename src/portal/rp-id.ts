// The name for which passkeys are made is fixed by the first one (docs/portal.md). Where the configuration has another
// name since, no passkey works, and people sign in with a passphrase.

import { logEvent } from "../audit/log.ts";
import type { PortalConfig } from "../config/portal.ts";
import type { Database } from "../store/database.ts";
import { portalRpId } from "../store/portal-passkeys.ts";

let logged = false;

/** Whether passkeys work with the present configuration. Where they do not, the log says it once in each isolate. */
export async function passkeysWork(db: Database, { rpId }: PortalConfig): Promise<boolean> {
  const first = await portalRpId(db);
  if (first === undefined || first === rpId) return true;
  if (!logged) logEvent({ event: "configuration", detail: rpIdFault(first, rpId) });
  logged = true;
  return false;
}

const rpIdFault = (first: string, now: string): string =>
  `The portal's passkeys were made for "${first}", and PORTAL_RP_ID (or PORTAL_HOST) now says "${now}". No passkey works. Set PORTAL_RP_ID to "${first}", or see docs/portal.md, "The name of passkeys".`;
