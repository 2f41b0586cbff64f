// Who is signed in: a cookie with a secret, of which D1 keeps a hash. The person's role is read with it each time, so
// taking a role away works at once.

import { waitUntil } from "cloudflare:workers";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { userAgentOf } from "../http/about.ts";
import { openDatabase } from "../store/database.ts";
import { newSessionId } from "../store/ids.ts";
import type { SignInWay } from "../store/schema-console.ts";
import {
  addWebSession,
  endWebSession,
  type LiveSession,
  touchWebSession,
  webSessionByHash,
} from "../store/web-sessions.ts";
import { hashOfSecret, newSecret } from "../web/secret.ts";
import type { ConsoleContext } from "./site.ts";

/** Hono adds `__Host-`: only this host gets it, over TLS only, and no other host can set it. */
const COOKIE = "postern-console";
/** A browser sends it when somebody follows a link to the console, and never with another site's post. */
const OPTIONS = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** How somebody proved who they are, and when. */
export type Proof = {
  readonly administratorId: string;
  readonly how: SignInWay;
  /** What the identity provider calls the person; null with a passkey. */
  readonly subject: string | null;
  /** When the person proved it, ms. */
  readonly at: number;
};

/** The session of a request, with its secret. */
export type Presented = LiveSession & { readonly secret: string };

/** Begins a session. Its secret is always a new one, so nobody can choose it before somebody signs in. */
export async function beginSession(c: ConsoleContext, proof: Proof): Promise<void> {
  const { env, console, now, source, request } = c.env;
  await endPresented(c);
  const secret = newSecret();
  await addWebSession(openDatabase(env.DB), {
    ...{ hash: hashOfSecret(secret) ?? "", id: newSessionId(), administratorId: proof.administratorId },
    ...{ createdAt: now, seenAt: now, expiresAt: now + console.sessionMs, freshAt: proof.at },
    ...{ how: proof.how, subject: proof.subject, source, userAgent: userAgentOf(request) },
  });
  setCookie(c, COOKIE, secret, OPTIONS);
}

/** The live session that a request presents, if any. */
export async function sessionOf(c: ConsoleContext): Promise<Presented | undefined> {
  const { env, console, now } = c.env;
  const secret = getCookie(c, COOKIE, "host");
  const hash = hashOfSecret(secret);
  if (secret === undefined || hash === undefined) return undefined;
  const db = openDatabase(env.DB);
  const live = await webSessionByHash(db, hash, { now, idleMs: console.idleMs });
  if (live === undefined || isOfAnother(c, live.session)) return undefined;
  waitUntil(touchWebSession(db, hash, now).catch(() => undefined)); // the next request tries again
  return { ...live, secret };
}

/** Who signed in by Cloudflare Access is signed in only while Access names the same person. */
const isOfAnother = (c: ConsoleContext, { how, subject }: LiveSession["session"]): boolean =>
  how === "access" && subject !== c.var.asserted?.subject;

/** Ends the session of a request, if it has one. */
export async function endSession(c: ConsoleContext): Promise<void> {
  await endPresented(c);
  deleteCookie(c, COOKIE, OPTIONS);
}

async function endPresented(c: ConsoleContext): Promise<void> {
  const presented = await sessionOf(c);
  if (presented === undefined) return;
  await endWebSession(openDatabase(c.env.env.DB), presented.administrator.id, presented.session.id);
}
