// `postern whoami` and `postern health`: who asks, and whether the gateway works.

import { command, count, LIST } from "../define.ts";
import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { facts, listed } from "../text/answer.ts";

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
    // A gateway of an earlier release says neither.
    const { warnings = [], unknown = [] } = json;
    const ages = (json.keys.ages ?? []).map(({ kind, id, since }) => `${kind} key ${id}, known since ${since}`);
    const parts = [
      `${target.name}: ${json.status}\n${lines}`,
      ages.join("\n"),
      ...warnings.map(({ detail, fix }) => `Warning: ${detail}\n  ${fix}`),
      unknown.length === 0 ? "" : `Not known:\n${unknown.map((each) => `  ${each}`).join("\n")}`,
    ];
    return {
      text: parts.filter((part) => part !== "").join("\n\n"),
      json: { ...json, target: target.name },
      ...(ok ? {} : { exit: EXIT.failure }),
    };
  },
});

/** As many as the gateway keeps. */
const MOST_HOURS = 168;

export const statistics = command({
  help: "The last line is the hour that goes on.",
  options: { hours: count("so many hours (default 24)", 1, MOST_HOURS), csv: LIST.csv },
  examples: ["statistics", "statistics --hours 168 --csv > week.csv"],
  async run({ options: { hours }, api }) {
    const { hours: items } = await api().get<A.StatisticsAnswer>("/v1/statistics", { hours });
    return listed(
      { items, next: null },
      {
        FROM: ({ from }) => from,
        "SIGNED IN": ({ signedIn }) => signedIn,
        REFUSED: ({ refused, whole }) => (whole ? refused : `${refused} or more`),
        LOCKED: ({ locked }) => locked,
        FAILED: ({ failed }) => failed,
        "DEVICES WAITING": ({ devicesWaiting }) => devicesWaiting,
      },
      { empty: "Nothing." },
    );
  },
});
