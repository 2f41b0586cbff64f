// Coming in with an invitation: the code, and then what the person wants to sign in with. Reading a page does nothing,
// so whatever opens a link in advance uses nothing up.

import { Hono } from "hono";
import { readInvitationCode } from "../../core/credentials/invitation-code.ts";
import { openDatabase } from "../../store/database.ts";
import { localPath } from "../../web/local-path.ts";
import { localeOf } from "../../web/locale.ts";
import { appSecretOf, type CodesFault, setCodes } from "../factors/codes.tsx";
import { addPasskey, passkeyDenied, passkeyOptions } from "../factors/passkey.tsx";
import { showNewRecoveryCodes } from "../factors/recovery.tsx";
import { words as factorWords } from "../factors/words.ts";
import { HOME, JOIN, WELCOME } from "../paths.ts";
import { passkeysWork } from "../rp-id.ts";
import { drawSession, giveSession, sessionOf } from "../session.ts";
import type { PortalContext, PortalEnv } from "../site.ts";
import { enter } from "./enter.ts";
import { ChooseCodesPage, ChoosePage, JoinPage } from "./pages.tsx";

/** Where somebody goes who has two factors now. */
const DONE = `${HOME}?done=welcome`;

/** What is open to everybody. */
export const joinRoutes = new Hono<PortalEnv>();

joinRoutes.get(JOIN, (c) => c.html(<JoinPage locale={localeOf(c)} />));

joinRoutes.post(JOIN, async (c) => {
  const typed = c.var.form.get("code") ?? "";
  const secret = readInvitationCode(typed);
  const locale = localeOf(c);
  if (!secret.ok) return c.html(<JoinPage {...{ locale, fault: "mistyped", typed: typed.slice(0, 100) }} />, 400);
  const drawn = drawSession(c.env);
  const user = await enter(c.env, secret.value, drawn.session);
  // Somebody who opens the link once more in the same browser has nothing to type.
  if (user === undefined && (await sessionOf(c)) !== undefined) return c.redirect(HOME, 303);
  if (user === undefined) return c.html(<JoinPage {...{ locale, fault: "refused" }} />, 403);
  await giveSession(c, user.id, drawn);
  return c.redirect(WELCOME, 303);
});

/** What somebody may do whose session began with an invitation. */
export const welcomeRoutes = new Hono<PortalEnv>();

// Somebody who has registered two factors has nothing to do here any more.
welcomeRoutes.use(`${WELCOME}/*`, (c, next) =>
  c.var.view.session.entering ? next() : Promise.resolve(c.redirect(HOME, 303)),
);

welcomeRoutes.get(WELCOME, (c) => choose(c));
welcomeRoutes.post(`${WELCOME}/passkey/options`, passkeyOptions);
welcomeRoutes.post(`${WELCOME}/passkey`, async (c) => {
  const denied = await addPasskey(c);
  return denied === undefined ? c.redirect(DONE, 303) : choose(c, passkeyDenied(c.var.view, denied));
});

welcomeRoutes.get(`${WELCOME}/codes`, (c) => chooseCodes(c));
welcomeRoutes.post(`${WELCOME}/codes`, async (c) => {
  const failed = await setCodes(c, ["passphrase", "app"]);
  if (failed === undefined) return (await showNewRecoveryCodes(c, DONE)) ?? c.redirect(DONE, 303);
  if ("fault" in failed) return chooseCodes(c, { fault: failed.fault });
  return chooseCodes(c, { denied: factorWords[c.var.view.locale].denied.other });
});

/** The last press of the page with recovery codes, wherever it came from. */
welcomeRoutes.post("/recovery-codes/kept", (c) => c.redirect(localPath(c.var.form.get("next")), 303));

async function choose(c: PortalContext, denied?: string) {
  const { view } = c.var;
  const [byPasskey, { factors }] = await Promise.all([
    passkeysWork(openDatabase(c.env.env.DB), c.env.portal),
    view.guard({ kind: "factors" }),
  ]);
  const props = { view, byPasskey, again: factors.complete, ...(denied !== undefined && { denied }) };
  return c.html(<ChoosePage {...props} />, denied === undefined ? 200 : 422);
}

function chooseCodes(c: PortalContext, failed?: { readonly fault?: CodesFault; readonly denied?: string }) {
  const { view } = c.var;
  const app = appSecretOf(c.env, view.person.id, failed?.fault && c.var.form);
  return c.html(<ChooseCodesPage {...{ view, app, host: c.env.portal.host, ...failed }} />, failed ? 422 : 200);
}
