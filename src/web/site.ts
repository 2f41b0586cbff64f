// What every host of pages has before its own pages: TLS, the headers of every answer, and the static files.

import { Hono } from "hono";
import type { Config } from "../config/config.ts";
import { noSuchHost } from "../http/no-such-host.ts";
import { pageHeaders } from "./page-headers.ts";
import { asset, STATIC_PATH, staticAnswer } from "./static.ts";
import type { Visit } from "./visit.ts";

/** What the routes of every host of pages know: the visit, and the fields of the form (`forms.ts`). */
export type SiteEnv = { Bindings: Visit; Variables: { form: URLSearchParams } };

/** Whether a request must not be answered with a page, because somebody on the way could read it. */
export const isInTheClear = ({ url }: Request, { plainHttp }: Config): boolean =>
  !plainHttp && !url.toLowerCase().startsWith("https:");

/** Answers one request to a host of pages. Over plain HTTP there is no such host, except in a local run. */
export const siteAnswer = async (
  request: Request,
  config: Config,
  answer: () => Promise<Response>,
): Promise<Response> => (isInTheClear(request, config) ? noSuchHost(request, config, "plain-http") : answer());

/** The routes of a new host of pages. Every answer has the headers of a page. */
export function newSite<E extends SiteEnv>(): Hono<E> {
  const routes = new Hono<E>();
  routes.use(pageHeaders);
  routes.get(`${STATIC_PATH}*`, (c) => staticAnswer(c.req.path));
  routes.get("/favicon.ico", (c) => c.redirect(asset("icon.svg"), 302));
  return routes;
}
