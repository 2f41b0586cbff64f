// Signing in by the organisation's identity provider, in the frame of the console: the routes of OpenID Connect, the
// gate behind Cloudflare Access, and the page that says why somebody is not let in.

import { Hono } from "hono";
import type { FC } from "hono/jsx";
import type { EventContext } from "../../audit/event.ts";
import { ok } from "../../core/result.ts";
import { aboutRequest } from "../../http/about.ts";
import type { Administrator } from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { refreshWebSession } from "../../store/web-sessions.ts";
import { keepForBrowser, takeOfBrowser } from "../../web/ceremony.ts";
import { Document } from "../../web/components/layout.tsx";
import { Notice } from "../../web/components/parts.tsx";
import { attempt } from "../../web/failures.ts";
import { type AccessVerifier, accessVerifier } from "../../web/identity/access.ts";
import { identityOf } from "../../web/identity/identity.ts";
import { type OpenIdProvider, openIdProvider } from "../../web/identity/openid.ts";
import { type ComeBack, type OpenIdPort, openidRoutes } from "../../web/identity/openid-routes.ts";
import { administratorFor, type Provisioning } from "../../web/identity/provision.ts";
import { localPath } from "../../web/local-path.ts";
import { type Locale, localeOf } from "../../web/locale.ts";
import { spared } from "../../web/spared.ts";
import { recordSignIn } from "../record.ts";
import { beginSession, sessionOf } from "../session.ts";
import type { ConsoleContext, ConsoleEnv, ConsoleMiddleware, ConsoleVisit } from "../site.ts";
import { words as site } from "../words.ts";
import { assertedBy, signInByAccess } from "./access.ts";
import { IDENTITY_REFUSALS, type IdentityRefusal } from "./identity-refusals.ts";
import { identityWords } from "./identity-words.ts";
import type { SignedIn } from "./signed-in.ts";
import { words } from "./words.ts";

// One for each isolate, as long as its configuration: what a provider publishes is asked for once.
const providers = new WeakMap<object, OpenIdProvider>();
const verifiers = new WeakMap<object, AccessVerifier>();

/** Behind Access every request must have its assertion, whatever session it has. */
export const accessGate: ConsoleMiddleware = async (c, next) => {
  const { access } = c.env.console;
  if (access === undefined) return next();
  const { plainHttp } = c.env.config;
  const verify = keptBy(verifiers, access, () => accessVerifier(access, plainHttp));
  const asserted = await assertedBy(c.req.raw.headers, verify, c.env.now);
  if (asserted.ok) {
    c.set("asserted", asserted.value);
    return next();
  }
  if (IDENTITY_REFUSALS[asserted.reason].counted) await attempt(c.env, async () => undefined);
  return refused(c, asserted.reason);
};

export const identityRoutes = new Hono<ConsoleEnv>();

identityRoutes.post("/sign-in/access", async (c) => {
  const { asserted } = c.var;
  if (asserted === undefined) return c.notFound();
  const end = await signInByAccess(asserted, provisioningOf(c.env));
  if (!end.ok) return refused(c, end.reason);
  await begin(c, end.value);
  return c.redirect(localPath(c.var.form.get("next")), 303);
});

identityRoutes.use("/sign-in/openid", spared);
identityRoutes.route("/", openidRoutes<ConsoleEnv, Administrator, IdentityRefusal>(openIdPort));

type ConsolePort = OpenIdPort<Administrator, IdentityRefusal>;

async function openIdPort(c: ConsoleContext): Promise<ConsolePort | undefined> {
  const { console, config, origin, now } = c.env;
  const { oidc, roles } = console;
  if (oidc === undefined) return undefined;
  const { plainHttp } = config;
  return {
    ...{ now, origin },
    person: async () => (await sessionOf(c))?.administrator.id,
    provider: keptBy(providers, oidc, () =>
      openIdProvider({ ...oidc, plainHttp, claims: ["email", roles.claim], scopeClaim: roles.claim }),
    ),
    keep: (data) => keepForBrowser(c, "openid", data),
    take: () => takeOfBrowser(c, "openid"),
    find: async ({ issuer, claims }) => {
      const identity = identityOf(claims, { source: "oidc", issuer, vouched: false });
      if (!identity.ok) return identity;
      const found = await administratorFor(identity.value, provisioningOf(c.env));
      return found.ok ? ok({ id: found.value.id, who: found.value }) : found;
    },
    isCounted: (reason) => IDENTITY_REFUSALS[reason].counted,
    attempt: (check) => attempt(c.env, check),
    startSession: async (who) => {
      await goOnAs(c, who);
      return c.redirect(localPath(who.next), 303);
    },
    refuse: async (reason, detail) => refused(c, reason, detail),
  };
}

/** A form that waits for a fresh factor belongs to the session, so that session must go on. */
async function goOnAs(c: ConsoleContext, { who, subject, freshAt, fresh }: ComeBack<Administrator>): Promise<void> {
  const presented = fresh ? await sessionOf(c) : undefined;
  if (presented?.administrator.id !== who.id) return begin(c, { administrator: who, how: "oidc", subject, freshAt });
  await refreshWebSession(openDatabase(c.env.env.DB), presented.session.hash, freshAt);
}

async function begin(c: ConsoleContext, { administrator, how, subject, freshAt }: SignedIn): Promise<void> {
  await beginSession(c, { administratorId: administrator.id, how, subject, at: freshAt });
  await recordSignIn(c.env, administrator.id, how === "oidc" ? "openid" : how);
}

const provisioningOf = ({ env, console, request, host, now }: ConsoleVisit): Provisioning => ({
  ...{ db: openDatabase(env.DB), roles: console.roles, now },
  about: aboutRequest(request, host, "console") satisfies EventContext,
});

/** Why a request was refused, for its line in the log. */
const refusals = new WeakMap<Request, string>();

/** Why these routes refused a request: a stable word, and what the provider said. */
export const identityRefusalOf = (request: Request): string | undefined => refusals.get(request);

function refused(c: ConsoleContext, reason: IdentityRefusal, detail?: string): Response | Promise<Response> {
  refusals.set(c.env.request, detail === undefined ? reason : `${reason}: ${detail}`);
  const { status } = IDENTITY_REFUSALS[reason];
  return c.html(<RefusedPage locale={localeOf(c)} reason={reason} requestId={c.env.requestId} />, status);
}

const RefusedPage: FC<{ readonly locale: Locale; readonly reason: IdentityRefusal; readonly requestId: string }> = ({
  locale,
  reason,
  requestId,
}) => {
  const t = words[locale];
  return (
    <Document locale={locale} title={t.title} site={site[locale].site} path="/sign-in" narrow>
      <article>
        <h1>{t.title}</h1>
        <Notice tone="bad">
          <p>{identityWords[locale][reason]}</p>
        </Notice>
        <p>
          <small>{site[locale].requestId(requestId)}</small>
        </p>
        <a class="button secondary" href="/sign-in">
          {t.toSignIn}
        </a>
      </article>
    </Document>
  );
};

function keptBy<Kept>(all: WeakMap<object, Kept>, by: object, make: () => Kept): Kept {
  const kept = all.get(by) ?? make();
  all.set(by, kept);
  return kept;
}
