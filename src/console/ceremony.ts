// What waits for a browser's next step: the challenge of a passkey, the state of a sign-in elsewhere, a form that needs
// a fresh factor. The browser has a secret in a cookie or a form, D1 has what belongs to it, and each is taken once.

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { putCeremony, takeCeremony } from "../store/ceremonies.ts";
import { openDatabase } from "../store/database.ts";
import { hashOfSecret, newSecret } from "../web/secret.ts";
import type { ConsoleContext, ConsoleVisit } from "./site.ts";

const MINUTE_MS = 60_000;
const LASTS_MS = { passkey: 5 * MINUTE_MS, pending: 5 * MINUTE_MS, openid: 10 * MINUTE_MS } as const;

export type CeremonyKind = keyof typeof LASTS_MS;

/** Keeps data for the next step; the secret under which it is found. */
export async function keep({ env, now }: ConsoleVisit, kind: CeremonyKind, data: object): Promise<string> {
  const secret = newSecret();
  const row = { hash: hashOfSecret(secret) ?? "", kind, data: JSON.stringify(data), expiresAt: now + LASTS_MS[kind] };
  await putCeremony(openDatabase(env.DB), row);
  return secret;
}

/** Takes what was kept. It was written by {@link keep} for the same kind, so it has the same shape. */
export async function take<Data extends object>(
  { env, now }: ConsoleVisit,
  kind: CeremonyKind,
  secret: string | undefined,
): Promise<Data | undefined> {
  const hash = hashOfSecret(secret);
  if (hash === undefined) return undefined;
  const taken = await takeCeremony(openDatabase(env.DB), { hash, kind, now });
  return taken === undefined ? undefined : (JSON.parse(taken.data) as Data);
}

const cookieOf = (kind: CeremonyKind): string => `postern-${kind}`;
/** `Lax`, because an identity provider sends the browser back with a link. */
const OPTIONS = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** Keeps data for this very browser: the secret goes into a cookie. */
export async function keepForBrowser(c: ConsoleContext, kind: CeremonyKind, data: object): Promise<void> {
  setCookie(c, cookieOf(kind), await keep(c.env, kind, data), { ...OPTIONS, maxAge: LASTS_MS[kind] / 1_000 });
}

/** Takes what was kept for this browser. */
export async function takeOfBrowser<Data extends object>(
  c: ConsoleContext,
  kind: CeremonyKind,
): Promise<Data | undefined> {
  const secret = getCookie(c, cookieOf(kind), "host");
  if (secret !== undefined) deleteCookie(c, cookieOf(kind), OPTIONS);
  return take(c.env, kind, secret);
}
