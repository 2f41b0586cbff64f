// `postern whoami` and `postern health`: who asks, and whether the gateway works.

import { command } from "../define.ts";
import { EXIT } from "../fault.ts";
import type { Health, Whoami } from "../reach/answers.ts";
import { facts } from "../text/answer.ts";

export const whoami = command({
  examples: ["whoami", "whoami --target staging"],
  async run({ api }) {
    const me = await api().get<Whoami>("/v1/whoami");
    const { target } = api();
    const lines = facts([
      ["id", me.id],
      ["kind", me.kind],
      ["may", me.scope],
      ["ends", me.expiresAt ?? "never"],
      ["target", `${target.name}, ${target.url.origin}`],
    ]);
    return { text: `${me.name}\n${lines}`, json: { ...me, target: target.name } };
  },
});

export const health = command({
  help: "Ends with exit code 1 where something does not work.",
  examples: ["health", "health --target production --json"],
  async run({ api }) {
    const json = await api().get<Health>("/v1/health");
    const { target } = api();
    const checks = Object.entries(json.checks ?? {}).map(([name, state]) => [name, String(state)] as const);
    const ok = json.status === "ok";
    const lines = checks.length === 0 ? "" : `\n${facts(checks)}`;
    return {
      text: `${target.name}: ${json.status}${lines}`,
      json: { ...json, target: target.name },
      ...(ok ? {} : { exit: EXIT.failure }),
    };
  },
});
