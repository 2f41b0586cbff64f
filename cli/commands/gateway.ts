// `postern whoami` and `postern health`: who asks, and whether the gateway works.

import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { facts } from "../text/answer.ts";

export const whoami = asking({
  examples: ["whoami", "whoami --target staging"],
  ask: "GET /v1/whoami",
  said(me: A.WhoamiAnswer, { api }) {
    const { target } = api();
    const { id, kind, scope: may, expiresAt, version } = me;
    const where = { gateway: `version ${version}`, target: `${target.name}, ${target.url.origin}` };
    const lines = facts({ id, kind, may, ends: expiresAt ?? "never", ...where });
    return { text: `${me.name}\n${lines}`, json: { ...me, target: target.name } };
  },
});

export const health = asking({
  help: "Ends with exit code 1 where something does not work.",
  examples: ["health", "health --target production --json"],
  ask: "GET /v1/health",
  said(json: A.HealthAnswer, { api }) {
    const { status, keys, checks, version } = json;
    const target = api().target.name;
    const inUse = { "sealing keys": keys.sealing.join(" "), "admin keys": keys.admin.join(" ") };
    const lines = facts({ ...checks, ...inUse, "tokens that end soon": keys.tokensEndingSoon, version });
    const exit = status === "ok" ? EXIT.ok : EXIT.failure;
    return { text: `${target}: ${status}\n${lines}`, json: { ...json, target }, exit };
  },
});
