// The admin API, through which an administrator asks the Durable Objects; no other tool reaches them. It has a host of
// its own. Without a right key, every path and method gets the 404 of a host that does not exist (S-33). With a right
// key, all answers are JSON, errors too, and the error codes never change.

import { waitUntil } from "cloudflare:workers";
import { Hono } from "hono";
import { logEvent } from "../audit/log.ts";
import type { AdminAccess, Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { presentedKey } from "../core/credentials/admin-keys.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import { networkNamed, networkOf } from "../core/lockout/network.ts";
import { sourceGuardOf, whoKey } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { noSuchHost } from "../http/no-such-host.ts";
import { logFailure } from "../store/log-failure.ts";
import type { NetworkClearedAnswer } from "./answers.ts";
import { auditRoutes } from "./audit-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import { clearNetwork, clearUser, lockOfNetwork, locksAt, locksOfUser } from "./locks.ts";
import { personRoutes } from "./person-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { answer, type Call, error, knownUser, noUser, recordChange } from "./respond.ts";

/** The name under which a wrong admin key counts against its network. No user can have it, because it has no domain. */
const ADMIN = whoKey("admin");
/** How long after the answer a wrong key is counted, ms. By then the answer is on its way. */
const AFTER_ANSWER_MS = 20;

/** Answers one request to the admin host. */
export async function adminApi(request: Request, env: Env, config: Config, admin: AdminAccess): Promise<Response> {
  if (!config.plainHttp && !request.url.toLowerCase().startsWith("https:")) {
    return noSuchHost(request, config, "plain-http");
  }
  const source = networkOf(request.headers.get("cf-connecting-ip"));
  const presented = presentedKey(admin.keys, request.headers.get("authorization"));
  switch (presented.kind) {
    case "none":
      return noSuchHost(request, config, "admin-no-key");
    case "wrong": {
      const answered = noSuchHost(request, config, "admin-wrong-key");
      waitUntil(countAfter(answered, request, env, admin, source));
      return answered;
    }
    case "right": {
      return routes.fetch(request, {
        ...{ env, keyId: presented.keyId, host: admin.host },
        ...{ source, requestId: requestIdOf(request) },
      });
    }
  }
}

/**
 * Counts a wrong key after the answer: neither the time nor the work of counting must show in the answer's time (S-22).
 */
async function countAfter(answered: Promise<Response>, ...wrong: Parameters<typeof countWrongKey>): Promise<void> {
  await answered;
  await scheduler.wait(AFTER_ANSWER_MS);
  await countWrongKey(...wrong);
}

/**
 * A wrong key is a failure of its network like any other (S-25). The audit has it, under a name that belongs to nobody.
 * A network that has to wait gets the same refusal as before.
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
    logEvent({ event: "unavailable", reason: "admin-wrong-key" }); // the answer is the same refusal
  }
}

const routes = new Hono<{ Bindings: Call }>();

routes.get("/v1/locks", async (c) => answer(await locksAt(c.env.env, Date.now())));

routes.get("/v1/locks/users/:name", async (c) => {
  const user = await knownUser(c.env.env, c.req.param("name"));
  return user.ok ? answer(await locksOfUser(c.env.env, user.value.sipUri)) : noUser(user.reason);
});

routes.post("/v1/locks/users/:name/clear", async (c) => {
  const user = await knownUser(c.env.env, c.req.param("name"));
  if (!user.ok) return noUser(user.reason);
  const cleared = await clearUser(c.env.env, user.value);
  await recordChange(c.env, "locks-cleared", { user: user.value });
  return answer(cleared);
});

routes.get("/v1/locks/networks/:network", async (c) => {
  const source = networkNamed(c.req.param("network"));
  return source === undefined ? noNetwork() : answer(await lockOfNetwork(c.env.env, source));
});

routes.post("/v1/locks/networks/:network/clear", async (c) => {
  const source = networkNamed(c.req.param("network"));
  if (source === undefined) return noNetwork();
  await clearNetwork(c.env.env, source);
  await recordChange(c.env, "locks-cleared", { why: source });
  return answer({ source } satisfies NetworkClearedAnswer);
});

for (const [path, method] of [
  ["/v1/locks", "GET"],
  ["/v1/locks/users/:name", "GET"],
  ["/v1/locks/users/:name/clear", "POST"],
  ["/v1/locks/networks/:network", "GET"],
  ["/v1/locks/networks/:network/clear", "POST"],
] as const) {
  routes.all(path, () => error(405, "method-not-allowed", `This takes ${method} only.`, { allow: method }));
}

auditRoutes(routes);
deviceRoutes(routes);
personRoutes(routes);
policyRoutes(routes);

routes.notFound(() => error(404, "no-such-resource", "The admin API has no such path."));

routes.onError((fault) => {
  logFailure("admin", fault);
  return error(503, "unavailable", "Something the gateway depends on failed; its log says what. Try again.");
});

const noNetwork = (): Response =>
  error(400, "unusable-network", "A network is an IPv4 address, an IPv6 address or its /64, or `unknown`.");
