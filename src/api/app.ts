// The API through which administrators do everything. Nothing else from outside reaches the Durable Objects. The API
// has a host of its own. Without a right key or token, every path and method gets the 404 of a host that does not exist
// (S-33).

import { waitUntil } from "cloudflare:workers";
import { Hono } from "hono";
import { logEvent } from "../audit/log.ts";
import type { AdminAccess, Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import { networkOf } from "../core/lockout/network.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { noSuchHost } from "../http/no-such-host.ts";
import { logFailure } from "../store/log-failure.ts";
import { recognise } from "./access.ts";
import { noteBreakGlass } from "./break-glass.ts";
import type { Call } from "./call.ts";
import { answerMetrics, METRICS_PATH } from "./metrics.ts";
import { mount } from "./mount.ts";
import { operations } from "./operations.ts";
import { problem, problemResponse } from "./problem.ts";
import { mayAsk, tooMany } from "./rate.ts";

/**
 * The name under which a wrong admin key counts against its network. No user can have this name, because it has no
 * domain.
 */
const ADMIN = whoKey("admin");
/** How long Postern waits after the answer before it counts a wrong key, ms. By then the answer is on its way. */
const AFTER_ANSWER_MS = 20;

/** Answers one request to the admin host. `others`: what else is there, by the beginning of its path. */
export async function adminApi(
  request: Request,
  env: Env,
  config: Config,
  admin: AdminAccess,
  others: Readonly<Record<string, (request: Request, call: Call) => Promise<Response>>> = {},
): Promise<Response> {
  const now = Date.now();
  if (!config.plainHttp && !request.url.toLowerCase().startsWith("https:")) {
    return noSuchHost(request, config, "plain-http", now);
  }
  const source = networkOf(request.headers.get("cf-connecting-ip"));
  const known = await recognise({ authorization: request.headers.get("authorization"), source }, env, admin.keys, now);
  switch (known.kind) {
    case "none":
      return noSuchHost(request, config, "admin-no-key", now);
    case "unchecked":
      return noSuchHost(request, config, "admin-wrong-key", now);
    case "wrong":
    case "elsewhere": {
      const reason = known.kind === "wrong" ? "admin-wrong-key" : "admin-token-elsewhere";
      const answered = noSuchHost(request, config, reason, now);
      waitUntil(countAfter(answered, request, env, admin, source));
      return answered;
    }
    case "right": {
      const { actor, scope } = known;
      const about = { host: admin.host, source, requestId: requestIdOf(request), port: new URL(request.url).port };
      const call: Call = { env, config, actor, scope, ...about };
      if (!(await mayAsk(call))) return problemResponse(tooMany, call.requestId);
      await noteBreakGlass(call, now);
      const { pathname } = new URL(request.url);
      if (pathname === METRICS_PATH) return answerMetrics(request, call);
      const other = Object.entries(others).find(([start]) => pathname.startsWith(`${start}/`));
      return (other?.[1] ?? answerCall)(request, call);
    }
  }
}

/** Counts a wrong key after the answer, so that the time of the answer does not show the counting (S-22). */
async function countAfter(answered: Promise<Response>, ...wrong: Parameters<typeof countWrongKey>): Promise<void> {
  await answered;
  await scheduler.wait(AFTER_ANSWER_MS);
  await countWrongKey(...wrong);
}

/**
 * A wrong key counts against its network as any failure does (S-25). The audit has the event under a name that no user
 * can have. While the network has to wait, it gets the same 404.
 */
async function countWrongKey(request: Request, env: Env, { host }: AdminAccess, source: string): Promise<void> {
  const about = aboutRequest(request, host, "admin");
  const network = sourceGuardOf(env, source);
  try {
    const who = { name: ADMIN, client: "" };
    const admission = await network.reserve(about, who);
    if (admission.kind === "refused") return;
    await network.recordStranger(about, who);
  } catch {
    logEvent({ event: "unavailable", reason: "admin-wrong-key" }); // the caller gets the same 404 in any case
  }
}

const routes = new Hono<{ Bindings: Call }>();

/** Carries out what a recognised caller asks for. The console asks here, too, for the person who is signed in. */
export const answerCall = async (request: Request, call: Call): Promise<Response> => routes.fetch(request, call);

mount(routes, operations);

routes.notFound((c) => problemResponse(problem("no-such-resource", "The API has no such path."), c.env.requestId));

routes.onError((fault, c) => {
  logFailure("admin", fault);
  const said = "Something the gateway depends on failed; its log says what. Try again.";
  return problemResponse(problem("unavailable", said), c.env.requestId);
});
