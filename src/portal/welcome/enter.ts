// Comes in with an invitation (S-56, S-59). The code finds its user in D1, and the user's guard uses it up and begins a
// session that may only register factors. A wrong code counts at the network's guard (S-25), and is refused in the same
// words and time whatever was wrong (S-22).

import { askPortal } from "../../api/portal-guard.ts";
import { invitationMarks } from "../../core/credentials/invitation-code.ts";
import { fingerprintOf } from "../../core/lockout/repeats.ts";
import type { NewPortalSession } from "../../guards/portal-question.ts";
import { strangersGuardOf, whoKey } from "../../guards/route.ts";
import { aboutRequest } from "../../http/about.ts";
import { openDatabase } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import { noteInvitationUsed, userInvitedBy } from "../../store/user-invitations.ts";
import { attempt } from "../../web/failures.ts";
import type { PortalVisit } from "../site.ts";

/** Uses a code up for a session. Undefined: the code is not good, and the answer was held back. */
export function enter(visit: PortalVisit, secret: Uint8Array, session: NewPortalSession): Promise<User | undefined> {
  const { env, config, request, host, now } = visit;
  const { keyring } = config;
  // Each code counts by itself, so that what one person mistypes makes no colleague wait. Somebody who tries many fills
  // the budget of the network.
  const proof = fingerprintOf(keyring, "invitation", secret);
  const who = { name: whoKey(`\0invitation ${proof}`), client: "", proof };
  const check = async (): Promise<User | undefined> => {
    const db = openDatabase(env.DB);
    const all = [...keyring.byId.values()].map((key) => invitationMarks(key, secret));
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
    const about = aboutRequest(request, host, "portal");
    const answer = await askPortal(env, user.id, { kind: "enter", about, marks, session }, user);
    if (answer.kind !== "signed-in") return undefined;
    await noteInvitationUsed(db, { userId: user.id, id: invitation, at: now });
    return user;
  };
  return attempt(visit, check, { channel: "portal", who, refused: "invitation-refused" });
}
