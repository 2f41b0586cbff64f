// Which part of Postern a host belongs to. The admin API, the web pages and the token service have hosts of their own,
// the data plane answers for the public hosts, and every other host gets one answer to every request. No router
// sees the data plane's paths, because it would read them in another way than IIS.

import type { Call } from "./api/call.ts";
import type { Config } from "./config/config.ts";
import type { Env } from "./config/env.ts";
import { configOf } from "./config/once.ts";
import { hostOf } from "./core/http/canonical.ts";
import { requestIdOf } from "./core/http/request-id.ts";
import { dataPlane } from "./gateway/data-plane.ts";
import { unavailable } from "./http/answers.ts";
import { liveWithoutConfiguration } from "./http/live.ts";
import { noSuchHost } from "./http/no-such-host.ts";
import { logFailure } from "./store/log-failure.ts";
import { traced } from "./trace/refusal.ts";

/** Answers one request to any host. */
async function answered(request: Request, env: Env): Promise<Response> {
  const host = hostOf(request.url);
  try {
    const config = configOf(env);
    const answer = config === undefined ? unconfigured(request, env) : await answerTo(request, host, env, config);
    return traced(answer, request, { host, role: config?.roles.get(host ?? "") });
  } catch (fault) {
    // Every failure that nobody foresaw (D1, a guard, a bug) is a 503 and a log line, never a pass (S-37).
    logFailure("internal", fault, requestIdOf(request));
    return traced(unavailable("internal"), request, { host, role: configOf(env)?.roles.get(host ?? "") });
  }
}

async function answerTo(request: Request, host: string | undefined, env: Env, config: Config): Promise<Response> {
  const { admin, console, portal, sts } = config;
  if (host === undefined || config.hosts.has(host)) return dataPlane(request, env, config);
  // What the data plane does not need is loaded when it is asked for.
  if (console !== undefined && host === console.host) {
    const { consoleApp } = await import("./console/app.tsx");
    return consoleApp(request, env, config, console);
  }
  if (portal !== undefined && host === portal.host) {
    const { portalApp } = await import("./portal/app.tsx");
    return portalApp(request, env, config, portal);
  }
  if (sts !== undefined && host === sts.host) {
    const { stsApp } = await import("./sts/app.ts");
    const answer = await stsApp(request, env, config, sts);
    if (answer !== undefined) return answer; // where it has nothing, it is a host like every other
  }
  // Every other host loads the API. So the time of an isolate's first answer does not tell which host is the API's
  // (S-33).
  // For the same reason every other host tells whether the gateway lives and is ready.
  const { adminApi } = await import("./api/app.ts");
  const { probeAnswer } = await import("./api/probes.ts");
  const probed = await probeAnswer(request, env, config);
  if (probed !== undefined) return probed;
  if (admin !== undefined && host === admin.host) return adminApi(request, env, config, admin, { "/scim/v2": scim });
  return noSuchHost(request, config, "no-such-host");
}

/** Without its configuration the gateway serves nothing, and says that it lives. */
const unconfigured = (request: Request, env: Env): Response =>
  liveWithoutConfiguration(request, env) ?? unavailable("configuration");

/** Loads SCIM when a caller asks whom the API knows. */
async function scim(request: Request, call: Call): Promise<Response> {
  const { answerScim } = await import("./scim/app.ts");
  return answerScim(request, call);
}

/** Postern as its entry uses it. There is no router here: a host says which part answers, and no path is looked at. */
export const app = { fetch: answered };
