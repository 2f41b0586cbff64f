// The portal: where a person redeems an invitation. It reads top to bottom: headers, files, what may be sent, and the
// three pages. Reading a page does nothing, so whatever opens a link in advance uses nothing up.

import type { Context } from "hono";
import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { readInvitationCode } from "../core/credentials/invitation-code.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer } from "../trace/refusal.ts";
import { chooseLanguage } from "../web/choose-language.ts";
import type { Reader } from "../web/components/parts.tsx";
import { formLimit, readForm } from "../web/forms.ts";
import { localeOf } from "../web/locale.ts";
import { newSite, type SiteEnv, siteAnswer } from "../web/site.ts";
import { visitOf } from "../web/visit.ts";
import { lookAt, redeem } from "./join.ts";
import { CodePage, DEVICES, DevicePage, MessagePage, PasswordPage } from "./pages.tsx";
import { words } from "./words.ts";

type PortalContext = Context<SiteEnv>;

/** A code, a device and a language: no form has more. */
const MAX_FORM_BYTES = 4_096;

/** Answers one request to the portal's host. */
export const portalApp = (request: Request, env: Env, config: Config, host: string): Promise<Response> =>
  siteAnswer(request, config, async () => ownAnswer(await routes.fetch(request, visitOf(request, env, config, host))));

/** Everything that the portal answers. */
const routes = newSite<SiteEnv>();

routes.use(formLimit(MAX_FORM_BYTES));
routes.use(readForm((c) => message(c, "foreign", 403)));

routes.post("/language", (c) => chooseLanguage(c, "/join"));

routes.get("/", (c) => c.redirect("/join", 302));
routes.get("/join", (c) => c.html(<CodePage reader={readerOf(c)} />));

routes.post("/join", async (c) => {
  const code = c.var.form.get("code") ?? "";
  const secret = readInvitationCode(code);
  if (!secret.ok) return mistyped(c, code);
  const invited = await lookAt(c.env, secret.value);
  return invited === undefined ? refused(c) : c.html(<DevicePage {...{ reader: readerOf(c), invited, code }} />);
});

routes.post("/join/device", async (c) => {
  const { form } = c.var;
  const code = form.get("code") ?? "";
  const secret = readInvitationCode(code);
  if (!secret.ok) return mistyped(c, code);
  const device = DEVICES.find((each) => each === form.get("device")) ?? "other";
  const reader = readerOf(c);
  const invited = await redeem(c.env, secret.value, words[reader.locale].labels[device]);
  if (invited === undefined) return refused(c);
  const { password } = invited;
  return password === undefined
    ? c.html(<DevicePage {...{ reader, invited, code }} />, 409)
    : c.html(<PasswordPage {...{ reader, invited, password, device }} />);
});

const refused = (c: PortalContext) => c.html(<CodePage reader={readerOf(c)} fault="refused" />, 403);
const mistyped = (c: PortalContext, typed: string) =>
  c.html(<CodePage reader={readerOf(c)} fault="mistyped" typed={typed.slice(0, 100)} />, 400);
const message = (c: PortalContext, about: "notFound" | "failed" | "foreign", status: 403 | 404 | 503) =>
  c.html(<MessagePage {...{ reader: readerOf(c), about, requestId: c.env.requestId }} />, status);

routes.notFound((c) => message(c, "notFound", 404));
routes.onError((fault, c) => {
  logFailure("portal", fault);
  return message(c, "failed", 503);
});

function readerOf(c: PortalContext): Reader {
  const { timeZone, now } = c.env;
  return { locale: localeOf(c), timeZone, now };
}
