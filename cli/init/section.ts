// An environment of wrangler.toml as `init` wants it: what the answers say, and everything that somebody added by hand.

import { type Table, tableOf, tablesOf, textIn } from "../config/file.ts";
import { hostsIn } from "../config/routes.ts";
import { isSample, OWN_VARIABLES, servicesOf, variablesOf } from "./mapping.ts";
import { type Answers, given } from "./questions.ts";

/** The ids that Cloudflare gave, by binding: DB, ORIGIN, CONNECTOR, CONNECTOR_2. */
export type Ids = Readonly<Record<string, string>>;

const GUARDS = { USER_GUARD: "UserGuard", SOURCE_GUARD: "SourceGuard", GUEST_GUARD: "GuestGuard" } as const;
/** Requests a minute, in the order of their numbers. */
const LIMITS = { ANONYMOUS_SERVICES: 1200, ANONYMOUS_PAGES: 6000, API_CALLS: 1200, API_SECRETS: 600 } as const;
const CRONS = ["17 * * * *", "* * * * *"];
const VPC_BINDINGS = ["ORIGIN", "CONNECTOR", "CONNECTOR_2"];
/** Lists and tables that this file writes whole or in part. Others are kept as they are. */
const WRITTEN = [
  ...["workers_dev", "preview_urls", "account_id", "routes", "triggers", "vars", "vpc_services", "send_email"],
  ...["durable_objects", "ratelimits", "exports", "d1_databases"],
];

/** The database's name at Cloudflare. */
export const databaseName = (environment: string): string =>
  environment === "production" ? "postern" : `postern-${environment}`;

/** The section as it should be. `now`: as it stands in the file. */
export function sectionFor(file: Table, environment: string, now: Table, answers: Answers, ids: Ids): Table {
  const kept: Table = isSample(now) ? othersOf(now) : now;
  const vars = variablesOf(answers);
  const account = given(answers.account);
  return {
    ...kept,
    workers_dev: false,
    preview_urls: false,
    ...(account === "" ? {} : { account_id: account }),
    routes: routesFor(kept, vars),
    triggers: { ...tableOf(kept.triggers), crons: cronsOf(kept) },
    vars: { ...vars, ...foreignVariables(kept) },
    ...listOf("vpc_services", [
      ...tablesOf(kept.vpc_services).filter(({ binding }) => !VPC_BINDINGS.includes(textIn(binding))),
      ...servicesOf(answers).flatMap((binding) => {
        const id = ids[binding];
        return id === undefined ? [] : [{ binding, service_id: id }];
      }),
    ]),
    ...listOf("send_email", [
      ...tablesOf(kept.send_email).filter(({ name }) => name !== "MAIL" || answers.mail === "email"),
      ...(answers.mail === "email" && !has(kept.send_email, "MAIL") ? [{ name: "MAIL" }] : []),
    ]),
    durable_objects: { ...tableOf(kept.durable_objects), bindings: guardBindings(kept) },
    ratelimits: limitsFor(file, environment, kept),
    exports: {
      ...tableOf(kept.exports),
      ...Object.fromEntries(Object.values(GUARDS).map((name) => [name, { type: "durable-object", storage: "sqlite" }])),
    },
    ...listOf("d1_databases", [
      ...tablesOf(kept.d1_databases).filter(({ binding }) => binding !== "DB"),
      ...(ids.DB === undefined
        ? []
        : [
            {
              ...{ binding: "DB", database_name: databaseName(environment) },
              ...tablesOf(kept.d1_databases).find(({ binding }) => binding === "DB"),
              ...{ database_id: ids.DB, migrations_dir: "migrations" },
            },
          ]),
    ]),
  };
}

/** What somebody added to the sample before the first run. */
const othersOf = (section: Table): Table => ({
  ...Object.fromEntries(Object.entries(section).filter(([key]) => !WRITTEN.includes(key))),
  vars: foreignVariables(section),
});

const foreignVariables = (section: Table): Table =>
  Object.fromEntries(
    Object.entries(tableOf(section.vars)).filter(([name]) => !(OWN_VARIABLES as readonly string[]).includes(name)),
  );

/** An empty list is left out. */
const listOf = (name: string, list: readonly Table[]): Table => ({ [name]: list.length === 0 ? undefined : list });

const has = (list: unknown, name: string): boolean => tablesOf(list).some((entry) => entry.name === name);

/** Routes of hosts that are no more go, others that somebody added stay. */
function routesFor(kept: Table, vars: Table): readonly unknown[] {
  const wanted = hostsIn({ vars });
  const gone = hostsIn(kept).filter((host) => !wanted.includes(host));
  const routes: readonly unknown[] = Array.isArray(kept.routes) ? kept.routes : [];
  const hostOf = (route: unknown) =>
    textIn(typeof route === "string" ? route : tableOf(route).pattern).split("/")[0] ?? "";
  const stay = routes.filter((route) => !gone.includes(hostOf(route).toLowerCase()));
  const there = stay.map((route) => hostOf(route).toLowerCase());
  const missing = wanted.filter((host) => !there.includes(host));
  return [...stay, ...missing.map((pattern) => ({ pattern, custom_domain: true }))];
}

function cronsOf(kept: Table): readonly unknown[] {
  const crons: unknown = tableOf(kept.triggers).crons;
  const there: readonly unknown[] = Array.isArray(crons) ? crons : [];
  const hourly = there.some((cron) => cron !== CRONS[1]);
  return [...there, ...CRONS.filter((cron, at) => !there.includes(cron) && (at === 1 || !hourly))];
}

function guardBindings(kept: Table): readonly Table[] {
  const there = tablesOf(tableOf(kept.durable_objects).bindings);
  const missing = Object.entries(GUARDS).filter(([name]) => !has(there, name));
  return [...there, ...missing.map(([name, className]) => ({ name, class_name: className }))];
}

/** Numbers that no other environment of the file has: 7101 and following, 7201 and following. */
function limitsFor(file: Table, environment: string, kept: Table): readonly Table[] {
  const there = tablesOf(kept.ratelimits);
  const taken = Object.entries(tableOf(file.env))
    .filter(([other]) => other !== environment)
    .flatMap(([, section]) => tablesOf(tableOf(section).ratelimits).map(({ namespace_id: id }) => String(id)));
  const own = there.map(({ namespace_id: id }) => String(id));
  let base = 71;
  while (Object.keys(LIMITS).some((_, at) => taken.includes(`${base}0${at + 1}`))) base++;
  const missing = Object.entries(LIMITS).flatMap(([name, limit], at) =>
    has(there, name) || own.includes(`${base}0${at + 1}`)
      ? []
      : [{ name, namespace_id: `${base}0${at + 1}`, simple: { limit, period: 60 } }],
  );
  return [...there, ...missing];
}
