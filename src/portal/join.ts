// Redeems an invitation (S-56). The code finds its user in D1, and the user's guard says whether it is good, or uses it
// up. A wrong code counts at the network's guard (S-25), and is refused in the same words and time whatever was wrong
// (S-22).

import { askGuard } from "../api/devices.ts";
import { MAX_LIVE, newSecret } from "../api/passwords.ts";
import { changeText } from "../audit/change.ts";
import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import { invitationMarks } from "../core/credentials/invitation-code.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import { type Outlook, outlookOf } from "../core/policy/outlook.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import { strangersGuardOf, whoKey } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { openDatabase } from "../store/database.ts";
import { listAppPasswords, type User } from "../store/directory.ts";
import { newCredentialId } from "../store/ids.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { currentPolicy } from "../store/policies.ts";
import { redeemInvitation, userInvitedBy } from "../store/user-invitations.ts";
import { attempt } from "../web/failures.ts";
import type { Visit } from "../web/visit.ts";

/** A person with a good invitation. `isFull`: the person has so many app passwords that there is no further one. */
export type Invited = { readonly user: User; readonly outlook: Outlook; readonly isFull: boolean };

/** Who is invited by this code, without using it up. Undefined: it is not good, and the answer was held back. */
export const lookAt = (visit: Visit, secret: Uint8Array): Promise<Invited | undefined> =>
  counted(visit, secret, async () => (await ask(visit, secret, "look"))?.invited);

/** Uses the code up for an app password. `isFull`: nothing was used up. Undefined: the code is not good. */
export const redeem = (
  visit: Visit,
  secret: Uint8Array,
  label: string,
): Promise<(Invited & { readonly password?: string }) | undefined> =>
  counted(visit, secret, async () => {
    const before = await ask(visit, secret, "look");
    if (before === undefined || before.invited.isFull) return before?.invited;
    const used = await ask(visit, secret, "use");
    return used && { ...used.invited, password: await handOut(visit, used, label) };
  });

/**
 * Each code counts by itself, so that what one person mistypes makes no colleague wait. Somebody who tries many fills
 * the budget of the network.
 */
function counted<Found>(
  visit: Visit,
  secret: Uint8Array,
  check: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const { keyring } = visit.config;
  const proof = fingerprintOf(keyring, "invitation", secret);
  const who = { name: whoKey(`\0invitation ${proof}`), client: "", proof };
  return attempt(visit, check, { channel: "portal", who, refused: "invitation-refused" });
}

type Asked = { readonly invited: Invited; readonly invitation: string };

async function ask(visit: Visit, secret: Uint8Array, kind: "look" | "use"): Promise<Asked | undefined> {
  const { env, config, now } = visit;
  const db = openDatabase(env.DB);
  const all = [...config.keyring.byId.values()].map((key) => invitationMarks(key, secret));
  const found = await userInvitedBy(
    db,
    all.map(({ id }) => id),
  );
  const marks = all.find(({ id }) => id === found?.invitation);
  if (found === undefined || marks === undefined) {
    await strangersGuardOf(env, all[0]?.id ?? "").living([]); // as far away as a user's guard
    return undefined;
  }
  const { user, invitation } = found;
  const answer = await askGuard(env, user.id, (guard, profile) => guard.invitation(profile, { kind, marks }));
  if (answer !== "good") return undefined;
  const [passwords, devices, policy] = await Promise.all([
    listAppPasswords(db, user.id),
    partnershipsOfUser(db, user.id),
    currentPolicy(db),
  ]);
  const using = devices.filter(({ state }) => state !== "blocked" && state !== "expired");
  const outlook = outlookOf(user, policy?.policy ?? DEFAULT_POLICY, using.length, now);
  const isFull = passwords.filter(({ revokedAt }) => revokedAt === null).length >= MAX_LIVE;
  return { invited: { user, outlook, isFull }, invitation };
}

/** Makes the app password; D1 has it, and the audit its event, when this returns. */
async function handOut(visit: Visit, { invited: { user }, invitation }: Asked, label: string): Promise<string> {
  const { env, request, host } = visit;
  const id = newCredentialId();
  const { password, ntHashes } = newSecret(visit, user.id, id);
  const event = auditEvent(
    aboutRequest(request, host, "portal"),
    {
      ...{ outcome: "changed", reason: "invitation-used", userId: user.id, user: user.sipUri },
      ...{ credentialId: id, by: invitation, change: changeText({ after: { label } }) },
    },
    Date.now(),
  );
  const row = { id, userId: user.id, label, ntHashes, createdBy: invitation };
  await redeemInvitation(openDatabase(env.DB), invitation, row, event);
  logAudited(event);
  return password;
}
