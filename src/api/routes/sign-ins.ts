// How people who administrate sign in to the console: the link for the first passkey, their passkeys, their sessions.

import { WEB_SECRET_BYTES, webSecretOf } from "../../core/credentials/web-secrets.ts";
import { type Administrator, administratorById } from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { newInvitationId } from "../../store/ids.ts";
import { addInvitation } from "../../store/invitations.ts";
import { type Passkey, passkeysOf, removePasskey } from "../../store/passkeys.ts";
import { endWebSession, endWebSessionsOf, type WebSession, webSessionsOf } from "../../store/web-sessions.ts";
import type { Call } from "../call.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import { onlyWhy } from "../schemas/common.ts";
import {
  invitation,
  type PasskeyAnswer,
  passkeyParams,
  passkeys,
  type SessionAnswer,
  sessionParams,
  sessions,
  sessionsEnded,
} from "../schemas/sign-ins.ts";
import { administratorParams } from "../schemas/tokens.ts";
import { webOrigin } from "../web-origin.ts";

/** How long an invitation is good, ms: over a weekend. */
const INVITED_FOR_MS = 72 * 3_600_000;

const nobody = problem("no-such-administrator", "Nobody who administrates has this id.");
const noConsole = problem("no-console", "This gateway has no console, so there is nothing to sign in to.", {
  fix: "Set CONSOLE_HOST and its route, and deploy: docs/configuration.md, The console.",
});
const disabled = problem(
  "administrator-disabled",
  "This person may not administrate, so an invitation would not work.",
  {
    fix: "Let the person come back first: PATCH with disabled: false.",
  },
);
const noPasskey = problem("no-such-passkey", "The person has no passkey with this id.");
const noSession = problem("no-such-session", "The person has no session with this id. It may have ended by itself.");

export const signInOperations = [
  operation({
    ...{ id: "administrators.invite", method: "POST", path: "/v1/administrators/{administrator}/invitation" },
    ...{ scope: "admin", status: 201, secret: true },
    summary: "Makes a link with which somebody sets up a passkey for the console",
    description: "The link is good for 72 hours and works once. A new one ends the one before.",
    ...{ params: administratorParams, body: onlyWhy, answer: invitation },
    problems: ["no-such-administrator", "administrator-disabled", "no-console"],
    handle: async (call, { params, body }) => {
      const { console: site } = call.config;
      if (site === undefined) return noConsole;
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      if (who.disabledAt !== null) return disabled;
      const { secret, hash } = webSecretOf(crypto.getRandomValues(new Uint8Array(WEB_SECRET_BYTES)));
      const createdAt = Date.now();
      const expiresAt = createdAt + INVITED_FOR_MS;
      const row = { id: newInvitationId(), administratorId: who.id, createdAt, createdBy: call.actor.id, expiresAt };
      await addInvitation(openDatabase(call.env.DB), { ...row, hash, usedAt: null });
      const until = new Date(expiresAt).toISOString();
      await recordChange(call, "administrator-invited", about(who, body.why, { expiresAt: until }));
      return done({ id: row.id, link: `${webOrigin(call, site.host)}/invite#${secret}`, expiresAt: until });
    },
  }),

  operation({
    ...{ id: "administrators.passkeys.list", method: "GET", path: "/v1/administrators/{administrator}/passkeys" },
    scope: "admin",
    summary: "Lists the passkeys of somebody who administrates",
    ...{ params: administratorParams, answer: passkeys },
    problems: ["no-such-administrator"],
    handle: async (call, { params }) => {
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      const kept = await passkeysOf(openDatabase(call.env.DB), who.id);
      return done({ items: kept.map((each) => passkeyAnswer(each, call.config.console?.rpId)), next: null });
    },
  }),

  operation({
    ...{ id: "administrators.passkeys.delete", method: "DELETE" },
    ...{ path: "/v1/administrators/{administrator}/passkeys/{passkey}", scope: "admin" },
    summary: "Takes a passkey away, and ends the sessions of its owner",
    ...{ params: passkeyParams, body: onlyWhy, answer: sessionsEnded },
    problems: ["no-such-administrator", "no-such-passkey"],
    handle: async (call, { params, body }) => {
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      const db = openDatabase(call.env.DB);
      const passkey = (await passkeysOf(db, who.id)).find(({ id }) => id === params.passkey);
      if (passkey === undefined || !(await removePasskey(db, who.id, passkey.id))) return noPasskey;
      // Whoever signed in with it is still signed in.
      const ended = await endWebSessionsOf(db, who.id);
      await recordChange(call, "passkey-removed", about(who, body.why, undefined, { passkey: passkey.name }));
      return done({ sessionsEnded: ended });
    },
  }),

  operation({
    ...{ id: "administrators.sessions.list", method: "GET", path: "/v1/administrators/{administrator}/sessions" },
    scope: "admin",
    summary: "Lists the sessions in which somebody is signed in to the console",
    ...{ params: administratorParams, answer: sessions },
    problems: ["no-such-administrator"],
    handle: async (call, { params }) => {
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      const clock = { now: Date.now(), idleMs: call.config.console?.idleMs ?? 0 };
      const live = await webSessionsOf(openDatabase(call.env.DB), who.id, clock);
      return done({ items: live.map(sessionAnswer), next: null });
    },
  }),

  operation({
    ...{ id: "administrators.sessions.end", method: "DELETE" },
    ...{ path: "/v1/administrators/{administrator}/sessions/{session}", scope: "admin" },
    summary: "Ends one session of somebody; its next request is refused",
    ...{ params: sessionParams, body: onlyWhy, answer: sessionsEnded },
    problems: ["no-such-administrator", "no-such-session"],
    handle: async (call, { params, body }) => {
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      if (!(await endWebSession(openDatabase(call.env.DB), who.id, params.session))) return noSession;
      await recordChange(call, "sessions-ended", about(who, body.why, undefined, { sessions: 1 }));
      return done({ sessionsEnded: 1 });
    },
  }),

  operation({
    ...{ id: "administrators.sessions.end-all", method: "DELETE", path: "/v1/administrators/{administrator}/sessions" },
    scope: "admin",
    summary: "Signs somebody out of the console everywhere",
    ...{ params: administratorParams, body: onlyWhy, answer: sessionsEnded },
    problems: ["no-such-administrator"],
    handle: async (call, { params, body }) => {
      const who = await administratorIn(call, params.administrator);
      if (who === undefined) return nobody;
      const ended = await endWebSessionsOf(openDatabase(call.env.DB), who.id);
      if (ended > 0) await recordChange(call, "sessions-ended", about(who, body.why, undefined, { sessions: ended }));
      return done({ sessionsEnded: ended });
    },
  }),
];

const administratorIn = ({ env }: Call, id: string): Promise<Administrator | undefined> =>
  administratorById(openDatabase(env.DB), id);

type Fields = Readonly<Record<string, string | number>>;

/** What the audit says of a change to how somebody signs in. */
const about = ({ id, email }: Administrator, why: string, after?: Fields, before?: Fields) => ({
  why: why === "" ? id : `${id}: ${why}`,
  change: { before: before && { email, ...before }, after: after && { email, ...after } },
});

const iso = (ms: number): string => new Date(ms).toISOString();

const passkeyAnswer = (passkey: Passkey, rpId: string | undefined): PasskeyAnswer => ({
  ...{ id: passkey.id, name: passkey.name, deviceType: passkey.deviceType, backedUp: passkey.backedUp },
  ...{ rpId: passkey.rpId, usable: passkey.rpId === rpId, createdAt: iso(passkey.createdAt) },
  lastUsedAt: passkey.lastUsedAt === null ? null : iso(passkey.lastUsedAt),
});

const sessionAnswer = (session: WebSession): SessionAnswer => ({
  ...{ id: session.id, how: session.how, source: session.source, userAgent: session.userAgent },
  ...{ createdAt: iso(session.createdAt), seenAt: iso(session.seenAt), expiresAt: iso(session.expiresAt) },
});
