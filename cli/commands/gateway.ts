// `postern whoami` and `postern health`: who the caller is, and whether the gateway works.

import { command } from "../define.ts";
import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { facts } from "../text/answer.ts";

export const whoami = command({
  examples: ["whoami", "whoami --target staging"],
  async run({ api }) {
    const me = await api().get<A.WhoamiAnswer>("/v1/whoami");
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

export const health = command({
  help: "Ends with exit code 1 where something does not work.",
  examples: ["health", "health --target production --json"],
  async run({ api }) {
    const json = await api().get<A.HealthAnswer>("/v1/health");
    const { target } = api();
    const ok = json.status === "ok";
    const { sealing, admin, tokensEndingSoon } = json.keys;
    const lines = facts([
      ...Object.entries(json.checks),
      ["sealing keys", sealing.join(" ")],
      ["admin keys", admin.join(" ")],
      ["tokens that end soon", tokensEndingSoon],
      ["version", json.version],
    ]);
    return {
      text: `${target.name}: ${json.status}\n${lines}`,
      json: { ...json, target: target.name },
      ...(ok ? {} : { exit: EXIT.failure }),
    };
  },
});
