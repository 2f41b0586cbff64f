// The console: pages for the people who run Postern, on a host of its own. It reads top to bottom: headers for every
// answer, files, what may be sent, signing in, and behind that the pages, each of which asks the API.

import type { Config } from "../config/config.ts";
import type { ConsoleConfig } from "../config/console.ts";
import type { Env } from "../config/env.ts";
import { ROLES } from "../core/credentials/api-scopes.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import { chooseLanguage } from "../web/choose-language.ts";
import { csrfToken } from "../web/csrf.ts";
import { formLimit, isOfSession, readForm } from "../web/forms.ts";
import { localPath } from "../web/local-path.ts";
import { localeOf } from "../web/locale.ts";
import { newSite, siteAnswer } from "../web/site.ts";
import { visitOf } from "../web/visit.ts";
import { accountRoutes } from "./account/routes.tsx";
import { apiAs } from "./api.ts";
import { auditRoutes } from "./audit/routes.tsx";
import { deviceRoutes } from "./devices/routes.tsx";
import { FilePage } from "./import/file-page.tsx";
import { isUpload, readUpload } from "./import/upload.ts";
import { MessagePage } from "./message-page.tsx";
import { overviewRoutes } from "./overview/routes.tsx";
import { policyRoutes } from "./policy/routes.tsx";
import { sessionOf } from "./session.ts";
import { mailRoutes } from "./settings/mail-routes.tsx";
import { settingsRoutes } from "./settings/routes.tsx";
import { confirmRoutes } from "./sign-in/fresh.tsx";
import { accessGate, identityRefusalOf, identityRoutes } from "./sign-in/identity-routes.tsx";
import { signInRoutes } from "./sign-in/routes.tsx";
import type { ConsoleContext, ConsoleEnv, ConsoleMiddleware, ConsoleVisit, View } from "./site.ts";
import { userRoutes } from "./users/routes.tsx";

/** A policy of 64 KiB, percent-encoded, and room beside it. */
const MAX_FORM_BYTES = 256 * 1024;

/** Answers one request to the console's host. */
export const consoleApp = (request: Request, env: Env, config: Config, console: ConsoleConfig): Promise<Response> =>
  siteAnswer(request, config, async () => {
    const answer = await routes.fetch(request, { ...visitOf(request, env, config, console.host), console });
    const refused = identityRefusalOf(request);
    return refused === undefined ? ownAnswer(answer) : refusal("identity-refused", answer, refused);
  });

/** Everything that the console answers. */
export const routes = newSite<ConsoleEnv>();

const limit = formLimit(MAX_FORM_BYTES);
// A file has a limit of its own, and is read only when its sender has been recognised.
routes.use((c, next) => (isUpload(c) ? next() : limit(c, next)));
routes.use(readForm((c: ConsoleContext) => c.html(<MessagePage c={c} about="foreign" />, 403)));

routes.use(accessGate);

routes.post("/language", (c) => chooseLanguage(c, localPath(c.var.form.get("back"))));

routes.route("/", signInRoutes);
routes.route("/", identityRoutes);

/** Everything from here on is for somebody who is signed in. */
const signedIn: ConsoleMiddleware = async (c, next) => {
  const presented = await sessionOf(c);
  const url = new URL(c.req.url);
  if (presented === undefined) {
    const to = `/sign-in?${new URLSearchParams({ next: c.req.method === "POST" ? "/" : `${url.pathname}${url.search}` })}`;
    // A part of a page that a script asks for cannot be a sign-in page: the whole page must go there.
    return c.req.header("hx-request") === undefined ? c.redirect(to, 303) : c.body(null, 401, { "hx-redirect": to });
  }
  const { session, administrator, secret } = presented;
  const upload = isUpload(c) ? await readUpload(c) : undefined;
  if (typeof upload === "object") {
    c.set("form", upload.form);
    c.set("upload", upload.file);
  }
  if (upload !== "too-large" && !isOfSession(c, secret)) {
    return c.html(<MessagePage c={c} about="foreign" />, 403);
  }
  const { env, config, host, source, requestId, timeZone, now } = c.env;
  const scope = ROLES[administrator.role];
  const { port } = url;
  const actor = { id: administrator.id, name: administrator.name, kind: "administrator" } as const;
  const view: View = {
    ...{ locale: localeOf(c), timeZone, now, url, session, scope, person: administrator, csrf: csrfToken(secret) },
    api: apiAs({ env, config, actor, scope, host, source, requestId, port }),
    may: { help: scope !== "read", administrate: scope === "admin" },
  };
  c.set("view", view);
  if (upload === "too-large") return c.html(<FilePage view={view} problem={upload} />, 413);
  return next();
};
routes.use(signedIn);

routes.route("/", overviewRoutes);
routes.route("/", auditRoutes);
routes.route("/", mailRoutes);
routes.route("/", settingsRoutes);
routes.route("/", accountRoutes);
routes.route("/", userRoutes);
routes.route("/", deviceRoutes);
routes.route("/", policyRoutes);
routes.route(
  "/",
  confirmRoutes(async (request, c) =>
    routes.fetch(request, { ...c.env, request, now: Date.now() } satisfies ConsoleVisit),
  ),
);

routes.notFound((c) => c.html(<MessagePage c={c} about="notFound" />, 404));
routes.onError((fault, c) => {
  logFailure("console", fault);
  return c.html(<MessagePage c={c} about="failed" />, 503);
});
