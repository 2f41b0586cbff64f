// What the console's routes share: who asks, from which session, and the API as that person may use it.

import type { Context, MiddlewareHandler } from "hono";
import type { ConsoleConfig } from "../config/console.ts";
import type { ApiScope } from "../core/credentials/api-scopes.ts";
import type { LiveSession } from "../store/web-sessions.ts";
import type { Reader } from "../web/components/parts.tsx";
import type { Visit } from "../web/visit.ts";
import type { ConsoleApi } from "./api.ts";
import type { Asserted } from "./sign-in/access.ts";

/** One request to the console. */
export type ConsoleVisit = Visit & { readonly console: ConsoleConfig };

/** What a page needs to know of its request. */
export type View = Reader & {
  /** The path with its query. */
  readonly url: URL;
  readonly csrf: string;
  /** Who is signed in. */
  readonly person: LiveSession["administrator"];
  readonly session: LiveSession["session"];
  /** What the person's role may do. */
  readonly scope: ApiScope;
  /** The API, as this person. */
  readonly api: ConsoleApi;
  /**
   * Whether the person may do what needs the role `helpdesk`, or `admin`. Pages show no button that would be refused.
   */
  readonly may: { readonly help: boolean; readonly administrate: boolean };
};

/**
 * Hono's types for the console: `c.env` is the request, `c.var.view` is there once somebody is signed in, and
 * `c.var.upload` is the file of a form that has one,
 * `c.var.asserted` is whom Cloudflare Access names, where it stands in front.
 */
export type ConsoleEnv = {
  Bindings: ConsoleVisit;
  Variables: { view: View; form: URLSearchParams; upload?: File | undefined; asserted?: Asserted };
};
export type ConsoleContext = Context<ConsoleEnv>;
export type ConsoleMiddleware = MiddlewareHandler<ConsoleEnv>;
