// Makes, shows and ends invitations of users (S-56). The Worker draws the code and gives the user's guard its keyed
// hash. D1 has a row for the list, without the hash.

import { INVITATION_BYTES, invitationCodeOf, invitationMarks } from "../core/credentials/invitation-code.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { queueInvitation } from "../store/invitation-mail.ts";
import {
  addUserInvitation,
  invitationsOfUser,
  invitedSince,
  type UserInvitation,
  withdrawUserInvitation,
} from "../store/user-invitations.ts";
import { actorsOf } from "./actors.ts";
import type { Call } from "./call.ts";
import { askGuard } from "./devices.ts";
import { deliverSoon } from "./mail-at-once.ts";
import { type Done, done } from "./operation.ts";
import { type Problem, problem } from "./problem.ts";
import { recordChange } from "./record.ts";
import type { MadeUserInvitationAnswer, UserInvitationAnswer } from "./schemas/invitations.ts";
import { webOrigin } from "./web-origin.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/**
 * How many invitations one person gets within an hour. Somebody who needs more has another problem, and a stolen token
 * makes no heap of them.
 */
const MAX_AN_HOUR = 10;

const noPortal = problem("no-portal", "This gateway has no portal, so there is nowhere to use an invitation.", {
  fix: "Set PORTAL_HOST and its route, and deploy: docs/configuration.md, The portal.",
});
const disabled = problem("user-disabled", "The user is disabled, so an invitation would open nothing.", {
  fix: "Enable the user first.",
});
const mailOff = problem("no-mail", "This gateway sends no invitations by mail. Nothing was done.", {
  fix: "Name invitation in NOTICES: docs/notices.md. Or give the link to the person yourself.",
});
const noAddress = problem("no-mail", "No mail address of this person is known. Nothing was done.", {
  fix: "Give the link to the person yourself.",
});
const tooMany = problem("too-many-requests", `A person gets ${MAX_AN_HOUR} invitations within an hour at most.`, {
  fix: "Use the last one that was made, or wait.",
  headers: { "retry-after": String(HOUR_MS / 1_000) },
});

/** Makes an invitation. Every earlier one of the user ends. */
export async function inviteUser(
  call: Call,
  user: User,
  { minutes, why, mail = false }: { readonly minutes: number; readonly why: string; readonly mail?: boolean },
): Promise<Done<MadeUserInvitationAnswer> | Problem> {
  const { env, config } = call;
  if (config.portal === undefined) return noPortal;
  if (user.disabledAt !== null) return disabled;
  if (mail && !config.notices.kinds.has("invitation")) return mailOff;
  if (mail && user.mail === null) return noAddress;
  const db = openDatabase(env.DB);
  const createdAt = Date.now();
  if ((await invitedSince(db, user.id, createdAt - HOUR_MS)) >= MAX_AN_HOUR) return tooMany;
  const secret = crypto.getRandomValues(new Uint8Array(INVITATION_BYTES));
  const marks = invitationMarks(config.keyring.current, secret);
  const expiresAt = createdAt + minutes * MINUTE_MS;
  const { id } = marks;
  const ends = { expiresAt, usedAt: null, withdrawnAt: null };
  // First the list: the guard must not have an invitation that nobody can see and withdraw.
  await addUserInvitation(db, { id, userId: user.id, createdAt, createdBy: call.actor.id, ...ends });
  const opened = await askGuard(env, user.id, (guard, profile) =>
    guard.invitation(profile, { kind: "open", marks, expiresAt }),
  );
  if (opened !== "done") return disabled;
  const until = new Date(expiresAt).toISOString();
  await recordChange(call, "user-invited", { user, why, change: { after: { invitation: id, expiresAt: until } } });
  const link = `${webOrigin(call, config.portal.host)}/join#${invitationCodeOf(secret)}`;
  const mailed = mail && (await queueInvitation(db, config, { userId: user.id, link, expiresAt })) === "queued";
  if (mailed) await deliverSoon(call);
  return done({ id, user: user.sipUri, link, expiresAt: until, mailed });
}

/** A user's invitations of the last month, the newest first. */
export async function shownInvitations({ env }: Call, userId: string): Promise<UserInvitationAnswer[]> {
  const db = openDatabase(env.DB);
  const rows = await invitationsOfUser(db, userId);
  const who = await actorsOf(
    db,
    rows.map(({ createdBy }) => createdBy),
  );
  const now = Date.now();
  return rows.map((row) => ({
    ...{ id: row.id, state: stateOf(row, now), createdBy: who(row.createdBy) },
    ...{ createdAt: iso(row.createdAt), expiresAt: iso(row.expiresAt) },
    usedAt: row.usedAt === null ? null : iso(row.usedAt),
    endedAt: row.withdrawnAt === null ? null : iso(row.withdrawnAt),
  }));
}

/** Ends an invitation. When this returns, nobody can use it. Undefined: the user has no such invitation. */
export async function withdrawInvitation(
  call: Call,
  user: User,
  { id, why }: { readonly id: string; readonly why: string },
): Promise<UserInvitationAnswer | undefined> {
  const db = openDatabase(call.env.DB);
  const before = (await shownInvitations(call, user.id)).find((each) => each.id === id);
  if (before === undefined || !(await withdrawUserInvitation(db, user.id, id, Date.now()))) return undefined;
  // The guard is told in any case, because an earlier request may have failed to tell it.
  await askGuard(call.env, user.id, (guard, profile) => guard.invitation(profile, { kind: "end", id }));
  if (before.state === "open") {
    await recordChange(call, "invitation-withdrawn", { user, why, change: { before: { invitation: id } } });
  }
  return (await shownInvitations(call, user.id)).find((each) => each.id === id);
}

function stateOf({ usedAt, withdrawnAt, expiresAt }: UserInvitation, now: number): UserInvitationAnswer["state"] {
  if (usedAt !== null) return "used";
  if (withdrawnAt !== null) return "ended";
  return expiresAt > now ? "open" : "expired";
}

const iso = (ms: number): string => new Date(ms).toISOString();
