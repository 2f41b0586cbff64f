// The two steps of a sign-in at the organisation's OpenID Connect provider: the browser is sent there, and comes back.
//
// What is kept between the two belongs to one browser and is taken once. So nobody can begin a sign-in in
// one browser and finish it in somebody else's (login CSRF), and no answer of the provider works twice.

import { type Context, type Env, Hono } from "hono";
import type { EventContext } from "../../audit/event.ts";
import type { Database } from "../../store/database.ts";
import type { OpenIdProvider } from "../../web/identity/openid.ts";
import { administratorFor, subjectKey } from "../../web/identity/provision.ts";
import type { RoleMapping } from "../../web/identity/roles.ts";
import { IDENTITY_REFUSALS, type IdentityRefusal } from "./identity-refusals.ts";
import type { SignedIn, SignInOutcome } from "./signed-in.ts";

/**
 * Where a sign-in at the provider begins. `?fresh=1`: the person shall prove again to be there. `?next=`: where to go
 * on.
 */
const OPENID_PATH = "/sign-in/openid";
/** Behind the console's origin: what is registered at the provider as redirect URI. */
export const OPENID_CALLBACK_PATH = `${OPENID_PATH}/callback`;

/**
 * Where somebody who signed in goes on: what the browser asked for with `?next=`, unjudged. `fresh`: the person was
 * signed in, and has proved again to be there.
 */
export type ComeBack = SignedIn & { readonly next: string | undefined; readonly fresh: boolean };

/** What the frame of the console has for these routes, of one request. */
export type OpenIdPort = {
  readonly provider: OpenIdProvider;
  readonly roles: RoleMapping;
  readonly db: Database;
  /** The request, for the audit. */
  readonly about: EventContext;
  readonly now: number;
  /** Such as `https://console.contoso.com`; from the configuration. */
  readonly origin: string;
  /** Who is signed in with this browser: the id of the administrator. */
  readonly person: () => Promise<string | undefined>;
  /** Keeps data for this very browser, for ten minutes. */
  readonly keep: (data: object) => Promise<void>;
  /** Takes what was kept for this browser. It is gone then, whatever follows. */
  readonly take: () => Promise<object | undefined>;
  /**
   * Makes one attempt, counted at the guard of the network unless it answers something. Undefined also when it was not
   * made.
   */
  readonly attempt: <Answer>(check: () => Promise<Answer | undefined>) => Promise<Answer | undefined>;
  readonly startSession: (who: ComeBack) => Promise<Response>;
  /** The page that says why not. `detail` is for the log alone. */
  readonly refuse: (reason: IdentityRefusal, detail?: string) => Promise<Response>;
};

type Kept = { readonly ceremony: string; readonly next?: string | undefined; readonly freshFor?: string | undefined };

const MAX_NEXT_CHARS = 1_024;

/** The routes. `portOf` is asked once for each request; undefined: there is no such provider. */
export function openidRoutes<E extends Env>(portOf: (c: Context<E>) => Promise<OpenIdPort | undefined>): Hono<E> {
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
    let failure: SignInOutcome<ComeBack> = { ok: false, reason: "waiting" };
    const outcome = await port.attempt(async () => {
      const made = await signedIn(new URL(c.req.url), port);
      failure = made;
      return made.ok || !IDENTITY_REFUSALS[made.reason].counted ? made : undefined;
    });
    const end = outcome ?? failure;
    return end.ok ? port.startSession(end.value) : port.refuse(end.reason, end.detail);
  });

  return routes;
}

async function signedIn(callback: URL, port: OpenIdPort): Promise<SignInOutcome<ComeBack>> {
  const { provider, now } = port;
  const kept = (await port.take()) as Kept | undefined; // written by the route above
  if (kept === undefined) return { ok: false, reason: "no-ceremony" };
  const identity = await provider.finish(callback, kept.ceremony, now);
  if (!identity.ok) return identity;
  const administrator = await administratorFor(identity.value, port);
  if (!administrator.ok) return administrator;
  if (kept.freshFor !== undefined && kept.freshFor !== administrator.value.id)
    return { ok: false, reason: "someone-else" };
  const { authenticatedAt = 0 } = identity.value;
  return {
    ok: true,
    value: {
      ...{ administrator: administrator.value, how: "oidc", subject: subjectKey(identity.value) },
      ...{ freshAt: Math.min(authenticatedAt, now), next: kept.next, fresh: kept.freshFor !== undefined },
    },
  };
}
