// Who is signed in at the token service: a cookie of this host, as the portal has one. The user's guard keeps the session
// beside those of the portal, so the person sees it there and can end it, and whatever ends sessions ends it as well.
// But its hash is made in another way: a session of the one host is none at the other.

import { createHash } from "node:crypto";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { askPortal } from "../api/portal-guard.ts";
import type { NewPortalSession, PortalSession } from "../guards/portal-question.ts";
import { aboutRequest } from "../http/about.ts";
import { openDatabase } from "../store/database.ts";
import { type User, userById } from "../store/directory.ts";
import { isUserId, newSessionId } from "../store/ids.ts";
import { hashOfSecret, newSecret } from "../web/secret.ts";
import { COOKIE_OPTIONS } from "./browser.ts";
import type { StsContext, StsVisit } from "./site.ts";

const COOKIE = "postern-sts";

/** A live session, and whose it is. */
export type Presented = { readonly user: User; readonly session: PortalSession; readonly hash: string };

/** A session to begin, and its secret, which the browser gets when the guard has begun it. */
export type Drawn = { readonly session: NewPortalSession; readonly secret: string };

/** Draws a session. Its secret is always a new one, so nobody can choose it before somebody signs in. */
export function drawSession({ portal }: StsVisit): Drawn {
  const secret = newSecret();
  return { session: { id: newSessionId(), hash: hashOf(secret), lastsMs: portal.sessionMs }, secret };
}

/** Gives a session that the guard has begun to the browser. An earlier one of this browser ends. */
export async function giveSession(c: StsContext, userId: string, { secret }: Drawn): Promise<void> {
  await endPresented(c);
  setCookie(c, COOKIE, `${userId}.${secret}`, COOKIE_OPTIONS);
}

/** The live session that a request presents, if any. */
export async function sessionOf(c: StsContext): Promise<Presented | undefined> {
  const { env, portal } = c.env;
  const [userId = "", secret] = (getCookie(c, COOKIE, "host") ?? "").split(".");
  if (secret === undefined || hashOfSecret(secret) === undefined || !isUserId(userId)) return undefined;
  const user = await userById(openDatabase(env.DB), userId);
  if (user === undefined) return undefined;
  const hash = hashOf(secret);
  const answer = await askPortal(env, user.id, { kind: "session", hash, idleMs: portal.idleMs }, user);
  return answer.kind === "none" ? undefined : { user, session: answer.session, hash };
}

/** Ends the session of a request, if it has one. */
export async function endSession(c: StsContext): Promise<void> {
  await endPresented(c);
  deleteCookie(c, COOKIE, COOKIE_OPTIONS);
}

async function endPresented(c: StsContext): Promise<void> {
  const presented = await sessionOf(c);
  if (presented === undefined) return;
  const { user, session, hash } = presented;
  const about = aboutRequest(c.req.raw, c.env.host, "passive");
  await askPortal(c.env.env, user.id, { kind: "end-session", id: session.id, about, actor: { hash } }, user);
}

const hashOf = (secret: string): string => createHash("sha256").update(`sts\0${secret}`).digest("hex");
