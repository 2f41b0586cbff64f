// Signing in to the console: by a passkey, or with the link of an invitation, which makes the first passkey.

import { Hono } from "hono";
import { browserName } from "../../core/text/browser-name.ts";
import { userAgentOf } from "../../http/about.ts";
import { openDatabase } from "../../store/database.ts";
import { invitationByHash, useInvitation } from "../../store/invitations.ts";
import { addPasskey } from "../../store/passkeys.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { isOwnPost } from "../../web/csrf.ts";
import { attempt } from "../../web/failures.ts";
import { localPath } from "../../web/local-path.ts";
import { localeOf } from "../../web/locale.ts";
import { hashOfSecret } from "../../web/secret.ts";
import { spared } from "../../web/spared.ts";
import { recordSignIn } from "../record.ts";
import { beginSession, endSession, sessionOf } from "../session.ts";
import type { ConsoleContext, ConsoleEnv } from "../site.ts";
import { InvitePage, SignInPage } from "./pages.tsx";
import { askForNewPasskey, askForPasskey, madePasskey, provedByPasskey } from "./passkeys.ts";

type Waiting = { readonly challenge: string; readonly purpose: "sign-in" };
type WaitingForNew = {
  readonly challenge: string;
  readonly purpose: "invite";
  readonly userHandle: string;
  readonly administratorId: string;
  readonly invitation: string;
};

export const signInRoutes = new Hono<ConsoleEnv>();

signInRoutes.get("/sign-in", async (c) => {
  if ((await sessionOf(c)) !== undefined) return c.redirect(localPath(c.req.query("next")), 303);
  return signInPage(c, c.req.query("next"));
});

signInRoutes.post("/sign-in/passkey/options", spared, async (c) => {
  const { options, challenge } = await askForPasskey(c.env);
  await keepForBrowser(c, "passkey", { challenge, purpose: "sign-in" } satisfies Waiting);
  return c.json(options);
});

signInRoutes.post("/sign-in/passkey", async (c) => {
  const { form } = c.var;
  const waiting = await takeOfBrowser<Waiting>(c, "passkey");
  const person = await attempt(c.env, async () =>
    waiting?.purpose === "sign-in" ? provedByPasskey(c.env, form.get("response"), waiting.challenge) : undefined,
  );
  if (person === undefined) return signInPage(c, form.get("next"), true);
  await beginSession(c, { administratorId: person.id, how: "passkey", subject: null, at: c.env.now });
  await recordSignIn(c.env, person.id, "passkey");
  return c.redirect(localPath(form.get("next")), 303);
});

const signInPage = (c: ConsoleContext, next: unknown, refused = false) =>
  c.html(
    <SignInPage locale={localeOf(c)} console={c.env.console} next={localPath(next)} refused={refused} />,
    refused ? 403 : 200,
  );

// The link of an invitation has its secret behind the `#`, so this request does not show it, and this page does not
// know it.
signInRoutes.get("/invite", (c) => c.html(<InvitePage locale={localeOf(c)} />));

signInRoutes.post("/invite/options", async (c) => {
  const hash = hashOfSecret(c.var.form.get("invitation") ?? undefined);
  const { env, now } = c.env;
  const invitation = await attempt(c.env, async () =>
    hash === undefined ? undefined : invitationByHash(openDatabase(env.DB), hash, now),
  );
  if (invitation === undefined || hash === undefined) return c.json({}, 403);
  const { options, challenge, userHandle } = await askForNewPasskey(c.env, invitation.administrator);
  const { id: administratorId } = invitation.administrator;
  const waiting: WaitingForNew = { challenge, purpose: "invite", userHandle, administratorId, invitation: hash };
  await keepForBrowser(c, "passkey", waiting);
  return c.json(options);
});

signInRoutes.post("/invite", async (c) => {
  const waiting = await takeOfBrowser<WaitingForNew>(c, "passkey");
  const { env, now, request } = c.env;
  const db = openDatabase(env.DB);
  const made = await attempt(c.env, async () => {
    if (waiting?.purpose !== "invite") return undefined;
    const passkey = await madePasskey(c.env, c.var.form.get("response"), waiting, browserName(userAgentOf(request)));
    // Used up only now: a person whose first try fails can try again.
    if (passkey === undefined || (await useInvitation(db, waiting.invitation, now)) === undefined) return undefined;
    return (await addPasskey(db, passkey)).ok ? passkey : undefined;
  });
  if (made === undefined) return c.html(<InvitePage locale={localeOf(c)} refused />, 403);
  await beginSession(c, { administratorId: made.administratorId, how: "passkey", subject: null, at: now });
  await recordSignIn(c.env, made.administratorId, "invitation");
  return c.redirect("/", 303);
});

// Ends the session of anybody who asks from one of our pages, even when the form's token is an old one.
signInRoutes.post("/sign-out", async (c) => {
  if (isOwnPost(c.req.raw.headers, c.env.origin)) await endSession(c);
  return c.redirect("/sign-in", 303);
});
