// What waits for a browser's next step: the challenge of a passkey, the state of a sign-in elsewhere, a form that needs
// a fresh factor, a file that is imported. The browser has a secret in a cookie, a form or the address of a page, and
// D1 has what belongs to it. Each is taken once, but a file stays for an hour.

import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { putCeremony, readCeremony, stepCeremony, takeCeremony } from "../store/ceremonies.ts";
import { openDatabase } from "../store/database.ts";
import { hashOfSecret, newSecret } from "./secret.ts";
import type { Visit } from "./visit.ts";

/** A step needs the database and the time of the request. */
type Visiting = Pick<Visit, "env" | "now">;

const MINUTE_MS = 60_000;
const LASTS_MS = {
  passkey: 5 * MINUTE_MS,
  pending: 5 * MINUTE_MS,
  openid: 10 * MINUTE_MS,
  import: 60 * MINUTE_MS,
  run: 60 * MINUTE_MS,
} as const;

export type CeremonyKind = keyof typeof LASTS_MS;

/** Keeps data for the next step; the secret under which it is found. */
export async function keep({ env, now }: Visiting, kind: CeremonyKind, data: object): Promise<string> {
  const secret = newSecret();
  const row = { hash: hashOfSecret(secret) ?? "", kind, data: JSON.stringify(data), expiresAt: now + LASTS_MS[kind] };
  await putCeremony(openDatabase(env.DB), row);
  return secret;
}

/** Takes what was kept. It was written by {@link keep} for the same kind, so it has the same shape. */
export async function take<Data extends object>(
  { env, now }: Visiting,
  kind: CeremonyKind,
  secret: string | undefined,
): Promise<Data | undefined> {
  const hash = hashOfSecret(secret);
  if (hash === undefined) return undefined;
  const taken = await takeCeremony(openDatabase(env.DB), { hash, kind, now });
  return taken === undefined ? undefined : (JSON.parse(taken.data) as Data);
}

/** What was kept, which stays. `step`: writes other data over it, unless somebody did since. */
export async function look<Data extends { readonly step?: number }>(
  { env, now }: Visiting,
  kind: CeremonyKind,
  secret: string | undefined,
): Promise<{ readonly data: Data; readonly step: (data: Data) => Promise<boolean> } | undefined> {
  const hash = hashOfSecret(secret);
  if (hash === undefined) return undefined;
  const db = openDatabase(env.DB);
  const found = await readCeremony(db, { hash, kind, now });
  if (found === undefined) return undefined;
  const data = JSON.parse(found.data) as Data;
  let at = data.step ?? 0;
  return {
    data,
    step: async (next) => {
      const isOurs = await stepCeremony(db, hash, at, JSON.stringify({ ...next, step: at + 1 }));
      at += 1;
      return isOurs;
    },
  };
}

const cookieOf = (kind: CeremonyKind): string => `postern-${kind}`;
/** `Lax`, because an identity provider sends the browser back with a link. */
const OPTIONS = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** Keeps data for this very browser: the secret goes into a cookie. `c`: of a page, so its bindings are a {@link Visit}. */
export async function keepForBrowser(c: Context, kind: CeremonyKind, data: object): Promise<void> {
  const visit: Visit = c.env;
  setCookie(c, cookieOf(kind), await keep(visit, kind, data), { ...OPTIONS, maxAge: LASTS_MS[kind] / 1_000 });
}

/** Takes what was kept for this browser. */
export async function takeOfBrowser<Data extends object>(c: Context, kind: CeremonyKind): Promise<Data | undefined> {
  const visit: Visit = c.env;
  const secret = getCookie(c, cookieOf(kind), "host");
  if (secret !== undefined) deleteCookie(c, cookieOf(kind), OPTIONS);
  return take(visit, kind, secret);
}
