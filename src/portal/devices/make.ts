// Makes an app password for a new device of the person who is signed in, or renews one. Only the answer to the request
// that makes a secret shows it, and the same form sent again makes nothing.

import { createHash } from "node:crypto";
import { askGuard } from "../../api/devices.ts";
import { codeHindrance, MAX_LIVE_WITH_CODE } from "../../api/password-code.ts";
import { DAY_MS, MAX_LIVE, newSecret, renewPassword, sameLife } from "../../api/passwords.ts";
import { mayMakeOwnSecret } from "../../api/rate.ts";
import { DEFAULT_OLD_DAYS } from "../../api/schemas/passwords.ts";
import { changeText } from "../../audit/change.ts";
import { BY_SELF } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import type { CodeSettings } from "../../core/credentials/code-settings.ts";
import { openDatabase } from "../../store/database.ts";
import { type AppPassword, listAppPasswords } from "../../store/directory.ts";
import { credentialIdFrom } from "../../store/ids.ts";
import { addOwnPassword } from "../../store/own-passwords.ts";
import type { PortalContext } from "../site.ts";
import { mailSoon, ownEvent, recordOwn } from "./deeds.ts";

/** `shown`: this form has made it already. */
export type Made =
  | { readonly kind: "made"; readonly id: string; readonly password: string; readonly asksCode: boolean }
  | { readonly kind: "shown"; readonly id: string }
  | { readonly kind: "too-many" | "too-many-with-code" | "no-app" | "too-often" };

/** A new app password. `once`: a text of the form, which is the same when the form is sent again. */
export type Wanted = { readonly label: string; readonly once: string; readonly asksCode: boolean };

/** Makes one. The configuration may say that it has to ask for a code, or must not. */
export async function makeOwnPassword(c: PortalContext, { label, once, asksCode: wanted }: Wanted): Promise<Made> {
  const { env, config } = c.env;
  const { person } = c.var.view;
  const db = openDatabase(env.DB);
  const id = credentialIdFrom(createHash("sha256").update(`${person.id}\0${once}`).digest());
  const all = await listAppPasswords(db, person.id);
  if (all.some((each) => each.id === id)) return { kind: "shown", id };
  const live = all.filter(({ revokedAt }) => revokedAt === null);
  if (live.length >= MAX_LIVE) return { kind: "too-many" };
  const asked = codeIn(config.codes, wanted);
  const hindrance = asked ? await codeHindrance(env, person, live) : undefined;
  if (hindrance !== undefined) {
    return { kind: hindrance.code === "no-authenticator-app" ? "no-app" : "too-many-with-code" };
  }
  if (!(await mayMakeOwnSecret(env, person.id))) return { kind: "too-often" };
  const { password, ntHashes, asksCode } = newSecret({ config }, person.id, id, asked);
  const change = changeText({ after: { label, ...(asksCode && { asksCode }) } });
  const event = ownEvent(c, "password-created", { credentialId: id, change });
  const row = { id, userId: person.id, label, ntHashes, asksCode, createdBy: BY_SELF };
  const limits = { all: MAX_LIVE, asksCode: MAX_LIVE_WITH_CODE };
  const added = await addOwnPassword(db, row, event, { settings: config.notices, limits });
  if (added === "too-many") return { kind: asksCode ? "too-many-with-code" : "too-many" };
  if (added === "there-already") return { kind: "shown", id };
  logAudited(event);
  await mailSoon(c);
  return { kind: "made", id, password, asksCode };
}

/** Whether a new app password asks for a code, where the configuration leaves no choice, or as the person wants. */
const codeIn = ({ mode }: CodeSettings, wanted: boolean): boolean =>
  mode === "required" || (mode === "allowed" && wanted);

export type Renewed =
  | {
      readonly kind: "renewed";
      readonly password: string;
      readonly expiresAt: number | null;
      readonly oldUntil: number;
    }
  | { readonly kind: "renewed-already" }
  /** It asks for no code, and here every new secret has to. */
  | { readonly kind: "code-required" }
  | { readonly kind: "too-often" };

/** Gives an app password a new secret, and leaves the old one good for a while. */
export async function renewOwnPassword(c: PortalContext, before: AppPassword): Promise<Renewed> {
  const { env, config } = c.env;
  const { person } = c.var.view;
  if (config.codes.mode === "required" && !before.asksCode) return { kind: "code-required" };
  if (!(await mayMakeOwnSecret(env, person.id))) return { kind: "too-often" };
  const now = Date.now();
  const { id, label, renewedAt: lastRenewedAt } = before;
  const expiresAt = sameLife(before, now);
  const oldUntil = Math.min(now + DEFAULT_OLD_DAYS * DAY_MS, before.expiresAt ?? Number.POSITIVE_INFINITY);
  const times = { renewedAt: now, expiresAt, oldUntil, lastRenewedAt };
  const password = await renewPassword({ env, config }, person, before, times);
  if (password === undefined) return { kind: "renewed-already" };
  // The guard may still know the old end, and may have tickets that would live too long.
  const until = expiresAt ?? Number.POSITIVE_INFINITY;
  await askGuard(env, person.id, async (guard, profile) =>
    guard.command(profile, { kind: "limit-password", credentialId: id, until }),
  );
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const ends = { before: { label, expiresAt: iso(before.expiresAt) }, after: { label, expiresAt: iso(expiresAt) } };
  const change = changeText({ ...ends, after: { ...ends.after, oldUntil: iso(oldUntil) } });
  await recordOwn(c, "password-renewed", { credentialId: id, change });
  return { kind: "renewed", password, expiresAt, oldUntil };
}
