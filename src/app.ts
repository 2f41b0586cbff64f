// Which part of Postern a host belongs to: the admin API has a host of its own, the data plane answers for the public hosts,
// and every other host has one answer, whatever is asked of it. The data plane's paths stay out of the router, whose reading
// of a path is not IIS's.

import { Hono } from "hono";
import { adminApi } from "./admin/api.ts";
import { logFailure } from "./audit/failure.ts";
import type { Env } from "./config.ts";
import { configOf } from "./config-once.ts";
import { unavailable } from "./edge/answers.ts";
import { hostOf } from "./edge/canonical.ts";
import { dataPlane } from "./edge/data-plane.ts";
import { noSuchHost } from "./edge/no-such-host.ts";

const app = new Hono<{ Bindings: Env }>();

app.all("*", (c) => {
  const config = configOf(c.env);
  if (config === undefined) return unavailable();
  const request = c.req.raw;
  const { admin } = config;
  const host = hostOf(request.url);
  if (admin !== undefined && host === admin.host) return adminApi(request, c.env, config, admin);
  if (host !== undefined && !config.hosts.has(host)) return noSuchHost(request, config);
  return dataPlane(request, c.env, config);
});

// Whatever fails unforeseen (D1, a guard, a bug) is a 503 and a log line, never a pass (S-37).
app.onError((fault) => {
  logFailure("internal", fault);
  return unavailable();
});

export { app };
