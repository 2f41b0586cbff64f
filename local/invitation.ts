// The link with which the first administrator of the local gateway sets up a passkey for the console.

import type { AdministratorRole } from "../src/core/credentials/api-scopes.ts";
import { WEB_SECRET_BYTES, webSecretOf } from "../src/core/credentials/web-secrets.ts";
import { addAdministrator, listAdministrators } from "../src/store/administrators.ts";
import type { Database } from "../src/store/database.ts";
import { newAdministratorId, newInvitationId } from "../src/store/ids.ts";
import { addInvitation } from "../src/store/invitations.ts";
import { passkeysOf } from "../src/store/passkeys.ts";

/** Who is invited. */
export type Invited = { readonly name: string; readonly email: string; readonly role: AdministratorRole };

/** The first administrator of `npm start`. */
export const firstAdministrator: Invited = { name: "Carol Jones", email: "carol@contoso.test", role: "admin" };

const BY = "npm start";
const LASTS_MS = 72 * 3_600_000;

/**
 * Makes sure that there is such an administrator, and invites this person while there is no passkey. The secret of the
 * link's end; undefined for somebody who can sign in.
 */
export async function inviteToConsole(db: Database, invited: Invited, now: number): Promise<string | undefined> {
  const all = await listAdministrators(db, { after: "", limit: 500 });
  const known = all.find(({ email, disabledAt }) => email === invited.email && disabledAt === null);
  const id = known?.id ?? newAdministratorId();
  if (known === undefined) {
    const row = {
      ...invited,
      id,
      createdAt: now,
      createdBy: BY,
      disabledAt: null,
      revision: 0,
      source: "invited",
      subject: null,
    } as const;
    const added = await addAdministrator(db, row);
    if (!added.ok) throw new Error(`${invited.email} cannot be added: ${added.reason}`);
  } else if ((await passkeysOf(db, id)).length > 0) return undefined;
  const { secret, hash } = webSecretOf(crypto.getRandomValues(new Uint8Array(WEB_SECRET_BYTES)));
  const times = { createdAt: now, expiresAt: now + LASTS_MS, usedAt: null };
  await addInvitation(db, { id: newInvitationId(), administratorId: id, hash, createdBy: BY, ...times });
  return secret;
}
