// Signing in to the portal at the organisation's identity provider (S-67), and confirming there. The provider says who
// it is. The person's guard decides whether the person may come in, as for every other way.

import { Hono } from "hono";
import { askPortal } from "../../api/portal-guard.ts";
import { clientKey } from "../../core/lockout/client-key.ts";
import { ok } from "../../core/result.ts";
import { whoKey } from "../../guards/route.ts";
import { aboutRequest } from "../../http/about.ts";
import { openDatabase } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { Notice } from "../../web/components/parts.tsx";
import { attempt, type CountedAs } from "../../web/failures.ts";
import { type OpenIdProvider, openIdProvider } from "../../web/identity/openid.ts";
import { type ComeBack, OPENID_PATH, type OpenIdPort, openidRoutes } from "../../web/identity/openid-routes.ts";
import { localPath } from "../../web/local-path.ts";
import { localeOf } from "../../web/locale.ts";
import { spared } from "../../web/spared.ts";
import { OpenPage } from "../page.tsx";
import { SIGN_IN } from "../paths.ts";
import { drawSession, giveSession, sessionOf } from "../session.ts";
import type { PortalContext, PortalEnv, PortalVisit } from "../site.ts";
import { PROVIDER_REFUSALS, type ProviderRefusal } from "./refusals.ts";
import { personAt } from "./who.ts";
import { providerWords } from "./words.ts";

type Port = OpenIdPort<User, ProviderRefusal>;

/** No user can have this name, because it has no domain. */
const COUNTED: CountedAs = {
  channel: "portal",
  who: { name: whoKey("portal-provider"), client: "" },
  refused: "unknown-user",
};

// One for each isolate, as long as its configuration: what the provider publishes is asked for once.
const providers = new WeakMap<object, OpenIdProvider>();

export const providerRoutes = new Hono<PortalEnv>();

providerRoutes.use(OPENID_PATH, spared);
providerRoutes.route("/", openidRoutes<PortalEnv, User, ProviderRefusal>(portOf));

async function portOf(c: PortalContext): Promise<Port | undefined> {
  const { portal, env, origin, now, request, host } = c.env;
  const { provider } = portal;
  if (provider === undefined) return undefined;
  return {
    ...{ now, origin, provider: providerOf(c.env, provider) },
    person: async () => (await sessionOf(c))?.user.id,
    keep: (data) => keepForBrowser(c, "openid", data),
    take: () => takeOfBrowser(c, "openid"),
    find: async (verified) => {
      const about = aboutRequest(request, host, "portal");
      const found = await personAt(verified, { db: openDatabase(env.DB), provider, about, now });
      return found.ok ? ok({ id: found.value.id, who: found.value }) : found;
    },
    isCounted: (reason) => PROVIDER_REFUSALS[reason].counted,
    attempt: (check) => attempt(c.env, check, COUNTED),
    startSession: (who) => goOn(c, who),
    refuse: async (reason, detail) => refused(c, reason, detail),
  };
}

function providerOf({ config }: PortalVisit, provider: NonNullable<PortalVisit["portal"]["provider"]>): OpenIdProvider {
  const { plainHttp } = config;
  const { claim, twoFactors } = provider;
  const acrValues = twoFactors.by === "token" ? twoFactors.acrValues : [];
  const kept = providers.get(provider) ?? openIdProvider({ ...provider, plainHttp, claims: [claim], acrValues });
  providers.set(provider, kept);
  return kept;
}

/** Makes the session of somebody who was signed in already fresh, or begins one. */
async function goOn(c: PortalContext, { who, subject, freshAt: at, next, fresh }: ComeBack<User>): Promise<Response> {
  const { env, config, request, host } = c.env;
  const about = aboutRequest(request, host, "portal");
  const proof = { kind: "provider", subject, at } as const;
  const asking = { about, client: clientKey(config.keyring, about) };
  const presented = fresh ? await sessionOf(c) : undefined;
  if (presented?.user.id === who.id) {
    const { hash } = presented.session;
    const answer = await askPortal(env, who.id, { kind: "freshen", hash, proof, ...asking }, who);
    if (answer.kind !== "signed-in") return refused(c, "disabled");
    return c.redirect(localPath(next), 303);
  }
  const drawn = drawSession(c.env);
  const answer = await askPortal(env, who.id, { kind: "sign-in", proof, session: drawn.session, ...asking }, who);
  if (answer.kind !== "signed-in") return refused(c, "disabled");
  await giveSession(c, who.id, drawn);
  return c.redirect(localPath(next), 303);
}

/** Why a request was refused, for its line in the log. */
const refusals = new WeakMap<Request, string>();

/** Why these routes refused a request: a stable word, and what the provider said. */
export const providerRefusalOf = (request: Request): string | undefined => refusals.get(request);

function refused(c: PortalContext, reason: ProviderRefusal, detail?: string): Response | Promise<Response> {
  refusals.set(c.env.request, detail === undefined ? reason : `${reason}: ${detail}`);
  const locale = localeOf(c);
  const t = providerWords[locale];
  return c.html(
    <OpenPage {...{ locale, title: t.title, path: SIGN_IN }}>
      <Notice tone="bad">
        <p>{t.why[reason]}</p>
      </Notice>
      <a class="button secondary" href={SIGN_IN}>
        {t.back}
      </a>
    </OpenPage>,
    PROVIDER_REFUSALS[reason].status,
  );
}
