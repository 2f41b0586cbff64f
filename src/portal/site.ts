// What the portal's routes share: who is signed in, from which session, and the person's guard, which alone decides.

import type { Context, MiddlewareHandler } from "hono";
import type { EventContext } from "../audit/event.ts";
import type { PortalConfig } from "../config/portal.ts";
import type { PortalAnswerTo, PortalSession, PortalStep } from "../guards/portal-question.ts";
import type { User } from "../store/directory.ts";
import type { Reader } from "../web/components/parts.tsx";
import type { SiteEnv } from "../web/site.ts";
import type { Visit } from "../web/visit.ts";

/** One request to the portal. */
export type PortalVisit = Visit & { readonly portal: PortalConfig };

/** What a page needs to know of its request. */
export type PortalView = Reader & {
  /** The path with its query. */
  readonly url: URL;
  readonly csrf: string;
  /** Who is signed in, as D1 has the person now. */
  readonly person: User;
  /** The session, with the hash that names it in the guard's steps. */
  readonly session: PortalSession & { readonly hash: string };
  /** What the audit keeps of this request; steps that change something need it. */
  readonly about: EventContext;
  /** Asks the person's guard. Throws when D1 or the guard fails, and the page says 503. */
  readonly guard: <Step extends PortalStep>(step: Step) => Promise<PortalAnswerTo<Step>>;
};

/** Hono's types for the portal: `c.env` is the request, and `c.var.view` is there once somebody is signed in. */
export type PortalEnv = { Bindings: PortalVisit; Variables: SiteEnv["Variables"] & { view: PortalView } };
export type PortalContext = Context<PortalEnv>;
export type PortalMiddleware = MiddlewareHandler<PortalEnv>;

/** A SIP address as people know it. */
export const addressOf = ({ sipUri }: Pick<User, "sipUri">): string => sipUri.replace(/^sip:/, "");

/** What a page calls somebody. */
export const nameOf = (person: Pick<User, "sipUri" | "displayName">): string => person.displayName ?? addressOf(person);
