// What the page answers (S-91). A link to it makes nothing but the page, unless its browser has a session of this host
// whose factors are fresh. It reads top to bottom: the headers, the files, who asks, the pool's link, and the ways to
// sign in.

import { getCookie, setCookie } from "hono/cookie";
import { PORTAL_FRESH_MS } from "../guards/portal-question.ts";
import { logFailure } from "../store/log-failure.ts";
import { formLimit } from "../web/forms.ts";
import { isLocale, LANGUAGE_COOKIE, LOCALES } from "../web/locale.ts";
import { newSite } from "../web/site.ts";
import { COOKIE_OPTIONS, ofOurPages } from "./browser.ts";
import { issue } from "./issue.tsx";
import { message } from "./messages.tsx";
import { linkTo, readRequest } from "./request.ts";
import { endSession, sessionOf } from "./session.ts";
import { flowOf, signInRoutes } from "./sign-in/routes.tsx";
import { signInPage } from "./sign-in/show.tsx";
import { waitRoutes } from "./sign-in/wait-routes.tsx";
import { PASSIVE, type StsContext, type StsEnv } from "./site.ts";

/** The pool's sealed text, and the answer of a passkey, both percent-encoded. */
const MAX_FORM_BYTES = 64 * 1_024;
const YEAR_S = 31_536_000;

/** Everything that a person sees at the token service. */
export const routes = newSite<StsEnv>();

routes.use(formLimit(MAX_FORM_BYTES));
routes.use(ofOurPages((c) => message(c, "notOurs", 403)));

routes.get(PASSIVE, async (c) => {
  if (c.req.method === "HEAD") return c.body(null); // a token is for somebody who reads the answer
  const asked = readRequest(c);
  if (asked.kind === "not-ours") return message(c, "notOurs", 400);
  if (asked.kind === "sign-out") {
    await endSession(c);
    return message(c, "out", 200);
  }
  const { flow, freshMs = PORTAL_FRESH_MS } = asked;
  const presented = await sessionOf(c);
  const age = c.env.now - (presented?.session.freshAt ?? 0);
  if (presented === undefined || age >= Math.min(freshMs, PORTAL_FRESH_MS)) return signInPage(c, flow);
  if (!isFirstInAWhile(c)) return message(c, "again", 403);
  return (await issue(c, flow, presented)) ?? signInPage(c, flow, { said: "refusedIssue" });
});

routes.post("/passive/language", async (c) => {
  const flow = flowOf(c);
  if (flow === undefined) return message(c, "notOurs", 400);
  const language = LOCALES.find((each) => c.var.form.has(`to-${each}`));
  if (isLocale(language)) setCookie(c, LANGUAGE_COOKIE, language, { ...COOKIE_OPTIONS, maxAge: YEAR_S });
  return c.redirect(linkTo(flow), 303);
});

routes.route("/", signInRoutes);
routes.route("/", waitRoutes);

routes.notFound((c) => message(c, "notFound", 404));
routes.onError((fault, c) => {
  logFailure("sts", fault);
  return message(c, "failed", 503);
});

/** How many answers without a question a browser gets within a minute. */
const MAX_SILENT = 3;
const MINUTE_S = 60;
const SILENT = "postern-silent";

/**
 * Whether the browser has not got a few answers within a minute. A pool that takes none sends the browser back here
 * again and again, and nobody would ever see a page.
 */
function isFirstInAWhile(c: StsContext): boolean {
  const before = Number(/^\d$/.exec(getCookie(c, SILENT, "host") ?? "")?.[0] ?? 0);
  if (before >= MAX_SILENT) return false;
  setCookie(c, SILENT, String(before + 1), { ...COOKIE_OPTIONS, maxAge: MINUTE_S });
  return true;
}
