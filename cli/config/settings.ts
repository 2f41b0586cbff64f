// The settings of wrangler on which Postern's promises depend: no second door to the Worker, no request URL in a log, no
// cache before it, the runtime with which this version was tested, guards with their storage.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { PROJECT, type Table, tableOf, tablesOf, textIn } from "./file.ts";

const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];
const HOURLY = "17 * * * *";
const EVERY_MINUTE = "* * * * *";

/** One sentence for each fault of the environment as it will be deployed. */
export const settingFaults = (deployed: Table, environment: string): readonly string[] => [
  ...accountFaults(deployed),
  ...programFaults(deployed),
  ...doorFaults(deployed, environment),
  ...logFaults(deployed, environment),
  ...cronFaults(deployed, environment),
  ...guardFaults(deployed, environment),
];

/** Cloudflare's id of an account, as `npx wrangler whoami` shows it. */
const ACCOUNT_ID = /^[0-9a-f]{32}$/;

const accountFaults = ({ account_id: id }: Table) =>
  id === undefined || ACCOUNT_ID.test(textIn(id))
    ? []
    : [`account_id is ${said(id)}, which is no id of an account. \`npx wrangler whoami\` shows yours.`];

/** The date with which the tests of this version run. */
const testedDate = (): string =>
  textIn(parse(readFileSync(join(PROJECT, "test", "wrangler.toml"), "utf8")).compatibility_date);

function programFaults({ main, compatibility_date: date, compatibility_flags: flags, no_bundle, keep_vars }: Table) {
  const tested = testedDate();
  return [
    ...(main === "src/worker.ts" ? [] : [`main is ${said(main)}. The Worker begins in "src/worker.ts": write that.`]),
    ...(date === tested
      ? []
      : [
          `compatibility_date is ${said(date)}. It says how the runtime behaves, and this version was tested with "${tested}": write that.`,
        ]),
    ...(Array.isArray(flags) && flags.length > 0
      ? [
          `compatibility_flags has ${said(flags[0])}. This version was tested without flags. Take compatibility_flags out.`,
        ]
      : []),
    ...(keep_vars === true
      ? ["keep_vars is true: variables of the dashboard would stay, which nobody checked. Take keep_vars out."]
      : []),
    ...(no_bundle === true ? ["no_bundle is true, but the Worker has many files. Take no_bundle out."] : []),
  ];
}

/** Each of these would answer requests that the gateway never sees, or on a name that your zone's rules do not cover. */
function doorFaults({ workers_dev, preview_urls, assets, cache, access }: Table, environment: string) {
  const off = (name: string, what: string) =>
    `${name} is not false in [env.${environment}]: the Worker would also answer at ${what}, past your zone's rules. Write ${name} = false.`;
  return [
    ...(workers_dev === false ? [] : [off("workers_dev", "a name below workers.dev")]),
    ...(preview_urls === false ? [] : [off("preview_urls", "preview names below workers.dev")]),
    ...(assets === undefined
      ? []
      : ["assets would be served past the gateway. The web pages bring their files themselves. Take assets out."]),
    ...(tableOf(cache).enabled === true
      ? [
          "cache is enabled: answers for one user could come from it for another. Take cache out (docs/deploy.md, Caches).",
        ]
      : []),
    ...(access === undefined
      ? []
      : [
          "access here would stand before every host, and no phone can pass it. Take it out, and put Access before the admin host alone (docs/deploy.md).",
        ]),
  ];
}

/** Request URLs say who looks up whom. */
function logFaults(deployed: Table, environment: string) {
  const { observability, logpush } = deployed;
  const { enabled, logs, traces, head_sampling_rate: rate } = tableOf(observability);
  const { enabled: logsEnabled, invocation_logs, persist, head_sampling_rate: logsRate = rate } = tableOf(logs);
  const logging = enabled === true || logsEnabled === true;
  return [
    ...(logging && logsEnabled !== false
      ? []
      : [
          `observability is not enabled in [env.${environment}]: nobody could read what Postern logs, such as a fault of its configuration. Add [env.${environment}.observability] enabled = true.`,
        ]),
    ...(logging && (logsRate === 0 || persist === false)
      ? [
          `${persist === false ? "persist is false" : "head_sampling_rate is 0"} in [env.${environment}.observability]: no line of the log would be kept, so nobody could read a fault of the configuration. Take it out.`,
        ]
      : []),
    ...(invocation_logs === false
      ? []
      : [
          `invocation_logs is not false in [env.${environment}]: the log would hold every request's URL, and with it who looks up whom. Write [env.${environment}.observability.logs] invocation_logs = false.`,
        ]),
    ...(tableOf(traces).enabled === true
      ? [
          "observability.traces is enabled: a trace holds request URLs, and with them who looks up whom. Write traces = { enabled = false }.",
        ]
      : []),
    ...(logpush === true
      ? ["logpush is true: it exports request URLs, and with them who looks up whom. Take logpush out."]
      : []),
    ...["tail_consumers", "streaming_tail_consumers"]
      .filter((name) => tablesOf(deployed[name]).length > 0)
      .map(
        (name) =>
          `${name} gives another Worker every request's URL, and with it who looks up whom. Take ${name} out of [env.${environment}].`,
      ),
  ];
}

function cronFaults({ triggers }: Table, environment: string) {
  const crons: unknown = tableOf(triggers).crons;
  const list: readonly unknown[] = Array.isArray(crons) ? crons : [];
  return [
    ...list
      .filter((cron) => !isCron(cron))
      .map(
        (cron) =>
          `crons of [env.${environment}.triggers] has ${said(cron)}, which is no time for Cloudflare: the deployment would break off half-way. Give minute, hour, day, month and weekday, e.g. "${HOURLY}".`,
      ),
    ...(list.some((cron) => cron !== EVERY_MINUTE)
      ? []
      : [
          `crons of [env.${environment}.triggers] has no trigger that deletes what is too old: the audit and used sessions would stay for ever. Add "${HOURLY}".`,
        ]),
  ];
}

/** The largest number in each of the five fields of a cron trigger. */
const CRON_FIELDS = [59, 23, 31, 12, 7];

/** Whether Cloudflare can read it. Names of months and days, and its L, W and #, are not looked at closely. */
const isCron = (cron: unknown): boolean => {
  const fields = textIn(cron).split(/\s+/);
  return (
    fields.length === CRON_FIELDS.length &&
    CRON_FIELDS.every((most, at) => {
      const field = fields[at] ?? "";
      const numbers = (field.replaceAll(/[/#]\d+/g, "").match(/\d+/g) ?? []).map(Number);
      return /^(?:\*|\d|[A-Z]{3}|L|[1-9]*W)[\w*/,#-]*$/i.test(field) && numbers.every((each) => each <= most);
    })
  );
};

function guardFaults({ exports: classes, migrations, durable_objects }: Table, environment: string) {
  const bound = tablesOf(tableOf(durable_objects).bindings);
  return [
    ...GUARDS.flatMap((name) => {
      const { type, storage, state } = tableOf(tableOf(classes)[name]);
      if (type === "durable-object" && storage === "sqlite" && (state === undefined || state === "created")) return [];
      return [
        `exports of [env.${environment}] has no ${name} with type = "durable-object" and storage = "sqlite", so its guards could keep nothing. Add [env.${environment}.exports.${name}], as the file of this version has it.`,
      ];
    }),
    ...(migrations === undefined
      ? []
      : [
          "migrations is an older way to declare the guards, and excludes exports. Take [[migrations]] out; exports declares them.",
        ]),
    ...bound.flatMap(({ name, script_name: other }) =>
      other === undefined
        ? []
        : [`${String(name)} leads to the Worker ${said(other)}, which has other guards. Take script_name out.`],
    ),
  ];
}

const said = (value: unknown): string => (value === undefined ? "missing" : JSON.stringify(value));
