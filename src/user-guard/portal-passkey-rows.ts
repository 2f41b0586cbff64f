// Tells D1 which passkeys the user has, so that a passkey finds its user. The guard decides: a row too many lets nobody
// in, and a row that is missing comes back when the person looks at the passkeys.

import { logEvent } from "../audit/log.ts";
import type { PortalDenial, PortalStep, ShownPasskey } from "../guards/portal-question.ts";
import type { Database } from "../store/database.ts";
import { addPortalPasskey, removePortalPasskeys, repairPortalPasskeys } from "../store/portal-passkeys.ts";

/** Before a passkey is kept, D1 says whether it can be this user's. Throws when D1 fails. */
export async function claimPasskey(
  db: Database,
  userId: string,
  { passkey }: Extract<PortalStep, { readonly kind: "add-passkey" }>,
  now: number,
): Promise<PortalDenial | undefined> {
  const claimed = await addPortalPasskey(db, { id: passkey.id, userId, rpId: passkey.rpId, createdAt: now });
  return claimed.ok ? undefined : claimed.reason;
}

/** After a step, D1 hears which passkeys are gone. A failure leaves rows that let nobody in. */
export async function forgetPasskeys(db: Database, userId: string, step: PortalStep): Promise<void> {
  if (step.kind !== "remove-passkey" && step.kind !== "reset-factors") return;
  try {
    await removePortalPasskeys(db, userId, step.kind === "remove-passkey" ? [step.id] : undefined);
  } catch {
    logEvent({ event: "unavailable", reason: "portal-passkey-rows" });
  }
}

/** When the passkeys are looked at, D1 gets back what it has lost. A failure leaves it for the next look. */
export async function repairPasskeys(db: Database, userId: string, passkeys: readonly ShownPasskey[]): Promise<void> {
  try {
    await repairPortalPasskeys(
      db,
      userId,
      passkeys.map(({ id, rpId, createdAt }) => ({ id, rpId, createdAt })),
    );
  } catch {
    logEvent({ event: "unavailable", reason: "portal-passkey-rows" });
  }
}
