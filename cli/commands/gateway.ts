// `postern whoami` and `postern health`: who the caller is, and whether the gateway works.

import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { facts } from "../text/answer.ts";

export const whoami = asking({
  examples: ["whoami", "whoami --target staging"],
  ask: "GET /v1/whoami",
  said(me: A.WhoamiAnswer, { api }) {
    const { target } = api();
    const lines = facts([
      ["id", me.id],
      ["kind", me.kind],
      ...(me.email ? [["e-mail", me.email] as const] : []),
      ...(me.role ? [["role", me.role] as const] : []),
      ["may", me.scope],
      ["ends", me.expiresAt ?? "never"],
      ["gateway", `version ${me.version}`],
      ["target", `${target.name}, ${target.url.origin}`],
    ]);
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
    const lines = facts([
      ...Object.entries(checks),
      ["sealing keys", keys.sealing.join(" ")],
      ["admin keys", keys.admin.join(" ")],
      ["tokens that end soon", keys.tokensEndingSoon],
      ["version", version],
    ]);
    const exit = status === "ok" ? EXIT.ok : EXIT.failure;
    return { text: `${target}: ${status}\n${lines}`, json: { ...json, target }, exit };
  },
});
