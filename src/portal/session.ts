// Who is signed in: a cookie with the user's id and a secret. The user's guard keeps a hash of the secret, and decides
// at each request whether the session lives (S-60). The id only says which guard to ask.

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { askPortal } from "../api/portal-guard.ts";
import type { NewPortalSession, PortalSession } from "../guards/portal-question.ts";
import { aboutRequest } from "../http/about.ts";
import { openDatabase } from "../store/database.ts";
import { type User, userById } from "../store/directory.ts";
import { isUserId, newSessionId } from "../store/ids.ts";
import { hashOfSecret, newSecret } from "../web/secret.ts";
import type { PortalContext, PortalVisit } from "./site.ts";

/** Hono adds `__Host-`: only this host gets it, over TLS only, and no other host can set it. */
const COOKIE = "postern-portal";
/** A browser sends it when somebody follows a link to the portal, and never with another site's post. */
const OPTIONS = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** The live session of a request. */
export type Presented = {
  readonly user: User;
  readonly session: PortalSession & { readonly hash: string };
  readonly secret: string;
};

/** A session to begin, and its secret, which the browser gets when the guard has begun it. */
export type Drawn = { readonly session: NewPortalSession; readonly secret: string };

/** Draws a session. Its secret is always a new one, so nobody can choose it before somebody signs in. */
export function drawSession({ portal }: PortalVisit): Drawn {
  const secret = newSecret();
  const session = { id: newSessionId(), hash: hashOfSecret(secret) ?? "", lastsMs: portal.sessionMs };
  return { session, secret };
}

/** Gives a session that the guard has begun to the browser. An earlier one of this browser ends. */
export async function giveSession(c: PortalContext, userId: string, { secret }: Drawn): Promise<void> {
  await endPresented(c);
  setCookie(c, COOKIE, `${userId}.${secret}`, OPTIONS);
}

/** The live session that a request presents, if any. */
export async function sessionOf(c: PortalContext): Promise<Presented | undefined> {
  const { env, portal } = c.env;
  const [userId = "", secret] = (getCookie(c, COOKIE, "host") ?? "").split(".");
  const hash = hashOfSecret(secret);
  if (secret === undefined || hash === undefined || !isUserId(userId)) return undefined;
  const user = await userById(openDatabase(env.DB), userId);
  if (user === undefined) return undefined;
  const answer = await askPortal(env, user.id, { kind: "session", hash, idleMs: portal.idleMs }, user);
  return answer.kind === "none" ? undefined : { user, session: { ...answer.session, hash }, secret };
}

/** Ends the session of a request, if it has one. */
export async function endSession(c: PortalContext): Promise<void> {
  await endPresented(c);
  deleteCookie(c, COOKIE, OPTIONS);
}

async function endPresented(c: PortalContext): Promise<void> {
  const presented = await sessionOf(c);
  if (presented === undefined) return;
  const { user, session } = presented;
  const about = aboutRequest(c.req.raw, c.env.host, "portal");
  const step = { kind: "end-session", id: session.id, about, actor: { hash: session.hash } } as const;
  await askPortal(c.env.env, user.id, step, user);
}
