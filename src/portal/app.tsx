// The portal: pages for a person who uses Lync from outside, on a host of its own. It reads top to bottom: headers,
// files, what may be sent, invitations, signing in, and behind that the pages of somebody who is signed in.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { PortalConfig } from "../config/portal.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import { formLimit, readForm } from "../web/forms.ts";
import { newSite, siteAnswer } from "../web/site.ts";
import { visitOf } from "../web/visit.ts";
import { activityRoutes } from "./activity/routes.tsx";
import { approvalRoutes } from "./approvals/routes.tsx";
import { decideRoutes } from "./devices/decide-routes.tsx";
import { newDeviceRoutes } from "./devices/new-routes.tsx";
import { deviceRoutes } from "./devices/routes.tsx";
import { homeRoutes } from "./home/routes.tsx";
import { chooseOwnLanguage } from "./language.ts";
import { message } from "./message-page.tsx";
import { myDataRoutes } from "./my-data/routes.tsx";
import { providerRefusalOf, providerRoutes } from "./provider/routes.tsx";
import { securityRoutes } from "./security/routes.tsx";
import { confirmRoutes } from "./sign-in/fresh.tsx";
import { signInRoutes } from "./sign-in/routes.tsx";
import { signedIn } from "./signed-in.ts";
import type { PortalEnv, PortalVisit } from "./site.ts";
import { joinRoutes, welcomeRoutes } from "./welcome/routes.tsx";

/** The answer of an authenticator that makes a passkey, percent-encoded, and room beside it. */
const MAX_FORM_BYTES = 64 * 1_024;

/** Answers one request to the portal's host. */
export const portalApp = (request: Request, env: Env, config: Config, portal: PortalConfig): Promise<Response> =>
  siteAnswer(request, config, async () => {
    const visit: PortalVisit = { ...visitOf(request, env, config, portal.host), portal };
    const answer = await routes.fetch(request, visit);
    const refused = providerRefusalOf(request);
    return refused === undefined ? ownAnswer(answer) : refusal("identity-refused", answer, refused);
  });

/** Everything that the portal answers. */
export const routes = newSite<PortalEnv>();

routes.use(formLimit(MAX_FORM_BYTES));
routes.use(readForm<PortalEnv>((c) => message(c, "foreign", 403)));

routes.post("/language", chooseOwnLanguage);

routes.route("/", joinRoutes);
routes.route("/", signInRoutes);
routes.route("/", providerRoutes);

/** Everything from here on is for somebody who is signed in. */
routes.use(signedIn);

routes.route("/", welcomeRoutes);
routes.route("/", homeRoutes);
routes.route("/", newDeviceRoutes);
routes.route("/", decideRoutes);
routes.route("/", deviceRoutes);
routes.route("/", activityRoutes);
routes.route("/", securityRoutes);
routes.route("/", approvalRoutes);
routes.route("/", myDataRoutes);
routes.route(
  "/",
  confirmRoutes(async (request, c) =>
    routes.fetch(request, { ...c.env, request, now: Date.now() } satisfies PortalVisit),
  ),
);

routes.notFound((c) => message(c, "notFound", 404));
routes.onError((fault, c) => {
  logFailure("portal", fault);
  return message(c, "failed", 503);
});
