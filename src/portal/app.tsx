// The portal: where a person redeems an invitation. It reads top to bottom: headers, files, what may be sent, and the
// three pages. Reading a page does nothing, so whatever opens a link in advance uses nothing up.

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { setCookie } from "hono/cookie";
import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { readInvitationCode } from "../core/credentials/invitation-code.ts";
import { noSuchHost } from "../http/no-such-host.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Reader } from "../web/components/parts.tsx";
import { isOwnPost } from "../web/csrf.ts";
import { isLocale, LANGUAGE_COOKIE, localeOf } from "../web/locale.ts";
import { pageHeaders } from "../web/page-headers.ts";
import { asset, STATIC_PATH, staticAnswer } from "../web/static.ts";
import { type Visit, visitOf } from "../web/visit.ts";
import { lookAt, redeem } from "./join.ts";
import { CodePage, DEVICES, DevicePage, MessagePage, PasswordPage } from "./pages.tsx";
import { words } from "./words.ts";

type PortalEnv = { Bindings: Visit; Variables: { form: URLSearchParams } };
type PortalContext = Context<PortalEnv>;

/** A code, a device and a language: no form has more. */
const MAX_FORM_BYTES = 4_096;
const YEAR_S = 31_536_000;
const METHODS = "GET, HEAD, POST";

/** Answers one request to the portal's host. */
export async function portalApp(request: Request, env: Env, config: Config, host: string): Promise<Response> {
  if (!config.plainHttp && !request.url.toLowerCase().startsWith("https:")) {
    return noSuchHost(request, config, "plain-http");
  }
  return ownAnswer(await routes.fetch(request, visitOf(request, env, config, host)));
}

/** Everything that the portal answers. */
const routes = new Hono<PortalEnv>();

routes.use(pageHeaders);
routes.get(`${STATIC_PATH}*`, (c) => staticAnswer(c.req.path));
routes.get("/favicon.ico", (c) => c.redirect(asset("icon.svg"), 302));

/** A page is read or a form is sent. A form comes from one of our own pages. */
const readForm: MiddlewareHandler<PortalEnv> = async (c, next) => {
  const { method } = c.req;
  if (method === "GET" || method === "HEAD") return next();
  if (method !== "POST") return c.body(null, 405, { allow: METHODS });
  if (!isOwnPost(c.req.raw.headers, c.env.origin)) return message(c, "foreign", 403);
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  c.set("form", new URLSearchParams(type === "application/x-www-form-urlencoded" ? await c.req.text() : ""));
  return next();
};
routes.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (c) => c.text("413", 413) }));
routes.use(readForm);

routes.post("/language", (c) => {
  const language = c.var.form.get("language") ?? "";
  if (isLocale(language)) {
    setCookie(c, LANGUAGE_COOKIE, language, {
      ...{ prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax", maxAge: YEAR_S },
    } as const);
  }
  return c.redirect("/join", 303);
});

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
