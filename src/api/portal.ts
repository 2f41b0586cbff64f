// How a person signs in to the portal, for the people who help: what there is, taking it all away, and signing out.

import type { PortalSession } from "../guards/portal-question.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { subjectsForgotten, subjectsOfUser } from "../store/portal-subjects.ts";
import { endUserInvitations } from "../store/user-invitations.ts";
import type { Call } from "./call.ts";
import { askPortal } from "./portal-guard.ts";
import { aboutCommand } from "./record.ts";
import type { PortalChangedAnswer, PortalOfUserAnswer } from "./schemas/portal.ts";

/** Everything that a person has to sign in with, and the live sessions. `idleMs`: of the portal's configuration. */
export async function portalOf({ env }: Call, user: User, idleMs: number): Promise<PortalOfUserAnswer> {
  const [{ factors }, { sessions }, identities] = await Promise.all([
    askPortal(env, user.id, { kind: "factors" }, user),
    askPortal(env, user.id, { kind: "sessions", idleMs }, user),
    subjectsOfUser(openDatabase(env.DB), user.id),
  ]);
  return {
    ...{ user: user.sipUri, complete: factors.complete, identities, sessions: sessions.map(sessionAnswer) },
    passkeys: factors.passkeys.map(({ name, deviceType, createdAt, lastUsedAt }) => ({
      ...{ name, synced: deviceType === "multiDevice", createdAt: iso(createdAt) },
      lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
    })),
    passphraseSince: factors.passphrase === null ? null : iso(factors.passphrase.since),
    authenticatorSince: factors.totp === null ? null : iso(factors.totp.since),
    recoveryCodesLeft: factors.recovery?.left ?? null,
  };
}

/**
 * Takes away all factors of a person, who then needs a new invitation to get in. All sessions end, and so does an
 * invitation that nobody has used. The identity provider's account is nobody until it signs in again.
 */
export async function resetPortal(call: Call, user: User, why: string): Promise<PortalChangedAnswer> {
  const { env, actor } = call;
  // First D1: when it fails, nothing was done, and the same call can be made again.
  const db = openDatabase(env.DB);
  await subjectsForgotten(db, user.id);
  await endUserInvitations(db, user.id, Date.now());
  const answer = await endSessions(call, user, why);
  await askPortal(env, user.id, { kind: "reset-factors", about: aboutCommand(call), by: actor.id, why }, user);
  return answer;
}

/** Ends all sessions of a person in the portal. When this returns, none opens anything. */
export async function endSessions(call: Call, user: User, why: string): Promise<PortalChangedAnswer> {
  const { env, actor } = call;
  const step = { kind: "end-sessions", about: aboutCommand(call), actor: { by: actor.id, why } } as const;
  const answer = await askPortal(env, user.id, step, user);
  return { user: user.sipUri, sessionsEnded: answer.kind === "ended" ? answer.count : 0 };
}

const sessionAnswer = (session: PortalSession): PortalOfUserAnswer["sessions"][number] => {
  const { id, how, createdAt, seenAt, expiresAt, source, userAgent } = session;
  return {
    ...{ id, how, source, userAgent },
    ...{ createdAt: iso(createdAt), seenAt: iso(seenAt), expiresAt: iso(expiresAt) },
  };
};

const iso = (ms: number): string => new Date(ms).toISOString();
