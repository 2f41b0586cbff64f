// The portal: pages for a person who uses Lync from outside, on a host of its own. It reads top to bottom: headers,
// files, what may be sent, invitations, signing in, and behind that the pages of somebody who is signed in.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { PortalConfig } from "../config/portal.ts";
import { readInvitationCode } from "../core/credentials/invitation-code.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer } from "../trace/refusal.ts";
import { chooseLanguage } from "../web/choose-language.ts";
import type { Reader } from "../web/components/parts.tsx";
import { formLimit, readForm } from "../web/forms.ts";
import { localPath } from "../web/local-path.ts";
import { localeOf } from "../web/locale.ts";
import { newSite, siteAnswer } from "../web/site.ts";
import { visitOf } from "../web/visit.ts";
import { homeRoutes } from "./home/routes.tsx";
import { lookAt, redeem } from "./join.ts";
import { message } from "./message-page.tsx";
import { CodePage, DEVICES, DevicePage, PasswordPage } from "./pages.tsx";
import { confirmRoutes } from "./sign-in/fresh.tsx";
import { signedIn } from "./signed-in.ts";
import type { PortalContext, PortalEnv, PortalVisit } from "./site.ts";
import { words } from "./words.ts";

/** The answer of an authenticator that makes a passkey, percent-encoded, and room beside it. */
const MAX_FORM_BYTES = 64 * 1_024;

/** Answers one request to the portal's host. */
export const portalApp = (request: Request, env: Env, config: Config, portal: PortalConfig): Promise<Response> =>
  siteAnswer(request, config, async () => {
    const visit: PortalVisit = { ...visitOf(request, env, config, portal.host), portal };
    return ownAnswer(await routes.fetch(request, visit));
  });

/** Everything that the portal answers. */
const routes = newSite<PortalEnv>();

routes.use(formLimit(MAX_FORM_BYTES));
routes.use(readForm<PortalEnv>((c) => message(c, "foreign", 403)));

routes.post("/language", (c) => chooseLanguage(c, localPath(c.var.form.get("back"))));

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
routes.use(signedIn);

routes.route("/", homeRoutes);
routes.route(
  "/",
  confirmRoutes(async (request, c) =>
    routes.fetch(request, { ...c.env, request, now: Date.now() } satisfies PortalVisit),
  ),
);

routes.notFound((c) => message(c, "notFound", 404));
routes.onError((fault, c) => {
  logFailure("portal", fault);
  return message(c, "failed", 503);
});

function readerOf(c: PortalContext): Reader {
  const { timeZone, now } = c.env;
  return { locale: localeOf(c), timeZone, now };
}
