// Makes and renews app passwords. The Worker draws the secret and seals it with SEALING_KEYS, so nobody else needs
// these keys. Only the answer to the request that makes a secret shows it.

import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { charactersOfCodePassword, generateCodePassword } from "../core/credentials/code-password.ts";
import { sealCodePassword, sealHashes } from "../core/credentials/sealed-hash.ts";
import { type Renewal, renewAppPassword } from "../store/app-passwords.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { type AppPassword, listAppPasswords, type User } from "../store/directory.ts";
import { newCredentialId } from "../store/ids.ts";
import { addPasswordWithin } from "../store/own-passwords.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { actorsOf } from "./actors.ts";
import type { Call } from "./call.ts";
import { MAX_LIVE_WITH_CODE } from "./password-code.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem.ts";
import { MAX_DAYS, type PasswordAnswer } from "./schemas/passwords.ts";

export const DAY_MS = 86_400_000;
/** How long before its end an app password counts as running out soon, ms. */
const SOON_MS = 14 * DAY_MS;
/**
 * How many live app passwords a user may have. A sign-in tries each of them, so each one more makes the user's sign-ins
 * dearer.
 */
export const MAX_LIVE = 50;

/** The end of an app password, as a request asks for it. */
type Ending = { readonly expiresAt?: string | null | undefined; readonly expiresInDays?: number | undefined };

/** The end in ms. Null: it never runs out. Undefined: the request does not say. */
export function endOf(
  { expiresAt, expiresInDays }: Ending,
  now: number,
): { readonly ok: true; readonly value: number | null | undefined } | Problem {
  if (expiresInDays !== undefined) {
    return expiresAt === undefined
      ? { ok: true, value: now + expiresInDays * DAY_MS }
      : unusableEnd("Give one of expiresAt and expiresInDays.");
  }
  if (expiresAt == null) return { ok: true, value: expiresAt };
  const end = Date.parse(expiresAt);
  if (!(end > now)) return unusableEnd("It must be in the future. To end it now, revoke it.");
  if (end > now + MAX_DAYS * DAY_MS) return unusableEnd(`It may be ${MAX_DAYS} days ahead at most.`);
  return { ok: true, value: end };
}

const unusableEnd = (message: string): Problem =>
  problem("invalid", `expiresAt: ${message}`, { errors: [{ path: "expiresAt", message }] });

/** Draws a new secret, and seals what is kept of it for this app password. `asksCode`: it asks for a code each time. */
export function newSecret({ config }: Pick<Call, "config">, userId: string, credentialId: string, asksCode = false) {
  const place = { userId, credentialId };
  if (asksCode) {
    const password = generateCodePassword();
    const ntHashes = sealCodePassword(config.keyring, place, charactersOfCodePassword(password));
    return { password, ntHashes, asksCode };
  }
  const password = generateAppPassword();
  return { password, ntHashes: sealHashes(config.keyring, place, ntHashesOf(password)), asksCode };
}

/**
 * Makes an app password, which is live from now on. `too-many`: others came meanwhile, and there is no room. `expiresAt`
 * in ms. `asksCode`: it asks for a code; the caller has
 * asked {@link codeHindrance} before.
 */
export async function makePassword(
  call: Call,
  user: User,
  {
    label,
    expiresAt,
    asksCode,
  }: { readonly label: string; readonly expiresAt: number | undefined; readonly asksCode?: boolean },
  now: number,
): Promise<{ readonly id: string; readonly password: string } | "too-many"> {
  const id = newCredentialId();
  const { password, ...secret } = newSecret(call, user.id, id, asksCode);
  const row = { id, userId: user.id, label, ...secret, expiresAt, createdBy: call.actor.id };
  const limits = { all: MAX_LIVE, asksCode: MAX_LIVE_WITH_CODE };
  const added = await addPasswordWithin(openDatabase(call.env.DB), row, limits, now);
  return added === "added" ? { id, password } : added;
}

/** Gives a live app password a new secret. Undefined: the user has no such live password. */
export async function renewPassword(
  call: Pick<Call, "config" | "env">,
  user: User,
  { id, asksCode }: Pick<PasswordAnswer, "id" | "asksCode">,
  times: Omit<Renewal, "ntHashes">,
): Promise<string | undefined> {
  const { password, ntHashes } = newSecret(call, user.id, id, asksCode);
  const renewed = await renewAppPassword(openDatabase(call.env.DB), user.id, id, { ...times, ntHashes });
  return renewed ? password : undefined;
}

/** The new end of a renewed one, ms: as long from now as its life was when its last secret was made. */
export const sameLife = (
  { expiresAt, renewedAt, createdAt }: Pick<AppPassword, "expiresAt" | "renewedAt" | "createdAt">,
  now: number,
): number | null => (expiresAt === null ? null : now + expiresAt - (renewedAt ?? createdAt));

/** All app passwords of a user in the shape in which the API shows them, oldest first. */
export async function shownPasswords(db: Database, userId: string, now: number): Promise<PasswordAnswer[]> {
  const [passwords, devices] = await Promise.all([listAppPasswords(db, userId), partnershipsOfUser(db, userId)]);
  const who = await actorsOf(
    db,
    passwords.map(({ createdBy }) => createdBy),
  );
  return passwords.map((each) => {
    const device = devices.find(({ credentialId }) => credentialId === each.id);
    const createdBy = each.createdBy === null ? null : who(each.createdBy);
    return { ...shown(each, device, now), createdBy };
  });
}

function shown(
  password: AppPassword,
  device: { readonly id: string; readonly state: string } | undefined,
  now: number,
): Omit<PasswordAnswer, "createdBy"> {
  const { id, label, asksCode, revokedAt, expiresAt } = password;
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const ended = expiresAt !== null && expiresAt <= now;
  const blocked = device?.state === "blocked" ? "device-blocked" : "live";
  const state = revokedAt !== null ? "revoked" : ended ? "expired" : blocked;
  const oldUntil =
    password.oldUntil !== null && password.oldUntil > now && state !== "revoked" ? password.oldUntil : null;
  return {
    ...{ id, label, state, asksCode },
    createdAt: new Date(password.createdAt).toISOString(),
    renewedAt: iso(password.renewedAt),
    expiresAt: iso(expiresAt),
    runsOutSoon: revokedAt === null && !ended && expiresAt !== null && expiresAt - now < SOON_MS,
    oldUntil: iso(oldUntil),
    lastUsedAt: iso(password.lastUsedAt),
    revokedAt: iso(revokedAt),
    device: device?.id ?? null,
  };
}
