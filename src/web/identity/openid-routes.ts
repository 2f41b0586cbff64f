// The two steps of a sign-in at the organisation's OpenID Connect provider: the browser is sent there, and comes back.
// The console and the portal have both.
//
// What is kept between the two belongs to one browser and is taken once. So nobody can begin a sign-in in
// one browser and finish it in somebody else's (login CSRF), and no answer of the provider works twice.

import { type Context, type Env, Hono } from "hono";
import { ok, type Result } from "../../core/result.ts";
import { subjectKey, type Verified } from "./identity.ts";
import type { OpenIdProvider } from "./openid.ts";
import type { OpenIdRefusal } from "./openid-refusals.ts";

/**
 * Where a sign-in at the provider begins. `?fresh=1`: the person shall prove again to be there. `?next=`: where to go
 * on.
 */
export const OPENID_PATH = "/sign-in/openid";
/** Behind the site's origin: what is registered at the provider as redirect URI. */
export const OPENID_CALLBACK_PATH = `${OPENID_PATH}/callback`;

/** Whom the site knows by what the provider verified. `id`: what it calls the person. */
export type Found<Who> = { readonly id: string; readonly who: Who };

/**
 * How a sign-in at the provider ends. `subject`: {@link subjectKey}. `freshAt`: when the person last proved to the
 * provider to be there, ms; 0: it does not say. `next`: what the browser asked for, unjudged. `fresh`: the person was
 * signed in, and has proved again to be there.
 */
export type ComeBack<Who> = {
  readonly who: Who;
  readonly subject: string;
  readonly freshAt: number;
  readonly next: string | undefined;
  readonly fresh: boolean;
};

/** What a site has for these routes, of one request. */
export type OpenIdPort<Who, Reason extends string> = {
  readonly provider: OpenIdProvider;
  readonly now: number;
  /** Such as `https://console.contoso.com`; from the configuration. */
  readonly origin: string;
  /** Who is signed in with this browser, as {@link Found} calls the person. */
  readonly person: () => Promise<string | undefined>;
  /** Keeps data for this very browser, for ten minutes. */
  readonly keep: (data: object) => Promise<void>;
  /** Takes what was kept for this browser. It is gone then, whatever follows. */
  readonly take: () => Promise<object | undefined>;
  /** Who that is here. `detail` of a refusal is for the log alone. */
  readonly find: (
    verified: Verified,
  ) => Promise<Result<Found<Who>, Reason> | { readonly ok: false; readonly reason: Reason; readonly detail?: string }>;
  /** Whether somebody may have made up what is refused for that reason. Then the guard of the network counts it. */
  readonly isCounted: (reason: Reason | OpenIdRefusal) => boolean;
  /**
   * Makes one attempt, counted at the guard of the network unless it answers something. Undefined also when it was not
   * made.
   */
  readonly attempt: <Answer>(check: () => Promise<Answer | undefined>) => Promise<Answer | undefined>;
  readonly startSession: (who: ComeBack<Who>) => Promise<Response>;
  /** The page that says why not. `detail` is for the log alone. */
  readonly refuse: (reason: Reason | OpenIdRefusal, detail?: string) => Promise<Response>;
};

type Outcome<Who, Reason> =
  | { readonly ok: true; readonly value: ComeBack<Who> }
  | { readonly ok: false; readonly reason: Reason | OpenIdRefusal; readonly detail?: string };

type Kept = { readonly ceremony: string; readonly next?: string | undefined; readonly freshFor?: string | undefined };

const MAX_NEXT_CHARS = 1_024;

/** The routes. `portOf` is asked once for each request; undefined: there is no such provider. */
export function openidRoutes<E extends Env, Who, Reason extends string>(
  portOf: (c: Context<E>) => Promise<OpenIdPort<Who, Reason> | undefined>,
): Hono<E> {
  const routes = new Hono<E>();

  routes.get(OPENID_PATH, async (c) => {
    const port = await portOf(c);
    if (port === undefined) return c.notFound();
    const { provider, now, origin } = port;
    const person = c.req.query("fresh") === "1" ? await port.person() : undefined;
    const fresh = person !== undefined;
    const begun = await provider.begin({ now, redirectUri: origin + OPENID_CALLBACK_PATH, fresh });
    if (!begun.ok) return port.refuse(begun.reason, begun.detail);
    const kept: Kept = {
      ceremony: begun.value.kept,
      next: c.req.query("next")?.slice(0, MAX_NEXT_CHARS),
      freshFor: person,
    };
    await port.keep(kept);
    return c.redirect(begun.value.url, 303);
  });

  routes.get(OPENID_CALLBACK_PATH, async (c) => {
    const port = await portOf(c);
    if (port === undefined) return c.notFound();
    let failure: Outcome<Who, Reason> = { ok: false, reason: "waiting" };
    const outcome = await port.attempt(async () => {
      const made = await comeBack(new URL(c.req.url), port);
      failure = made;
      return made.ok || !port.isCounted(made.reason) ? made : undefined;
    });
    const end = outcome ?? failure;
    return end.ok ? port.startSession(end.value) : port.refuse(end.reason, end.detail);
  });

  return routes;
}

async function comeBack<Who, Reason extends string>(
  callback: URL,
  port: OpenIdPort<Who, Reason>,
): Promise<Outcome<Who, Reason>> {
  const { provider, now } = port;
  const kept = (await port.take()) as Kept | undefined; // written by the route above
  if (kept === undefined) return { ok: false, reason: "no-ceremony" };
  const verified = await provider.finish(callback, kept.ceremony, now);
  if (!verified.ok) return verified;
  const found = await port.find(verified.value);
  if (!found.ok) return found;
  const { id, who } = found.value;
  if (kept.freshFor !== undefined && kept.freshFor !== id) return { ok: false, reason: "someone-else" };
  const { authenticatedAt = 0 } = verified.value;
  return ok({
    ...{ who, subject: subjectKey(verified.value), freshAt: Math.min(authenticatedAt, now), next: kept.next },
    fresh: kept.freshFor !== undefined,
  });
}
