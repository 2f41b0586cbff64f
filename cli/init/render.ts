// The text of an environment that `init` writes for the first time, with a word about each part.

import { type Table, tableOf, tablesOf } from "../config/file.ts";

const ABOUT: Readonly<Record<string, string>> = {
  PUBLIC_HOSTS: "the public names of the pool",
  WEB_HOST: "the external web services FQDN",
  MEET_HOSTS: "meeting links stand right below the root here",
  DIALIN_HOSTS: "and the dial-in page",
  INTERNAL_DOMAINS: "no answer names these",
  DNS_DOMAIN: "everybody sees it in NTLM challenges",
  FRONT_END: "by a Workers VPC service, or by a tunnel's host names",
  SIGN_ON: "docs/sign-on.md",
  ADMIN_HOST: "docs/deploy.md",
  CONSOLE_HOST: "docs/console.md",
  PORTAL_HOST: "docs/portal.md",
  STS_HOST: "docs/passive.md",
  STS_REALMS: "the pool's wtrealm, letter by letter",
  NOTICE_DELIVERY: "docs/notices.md",
};
const CRONS: Readonly<Record<string, string>> = {
  "17 * * * *": "deletes what is too old, and counts the hour for the console's chart",
  "* * * * *": "sends mail that waits, if the Worker delivers it",
};
const LIMITS: Readonly<Record<string, string>> = {
  ANONYMOUS_SERVICES: "discovery, metadata, guests' tickets",
  ANONYMOUS_PAGES: "meeting pages, with their scripts and pictures",
  API_CALLS: "calls of one token",
  API_SECRETS: "of these, such that make an app password or a token",
};

/** The tables of one environment. */
export function rendered(environment: string, section: Table): string {
  const env = `env.${environment}`;
  const { routes, triggers, vars, vpc_services, send_email, durable_objects, ratelimits, exports, d1_databases } =
    section;
  const account = section.account_id === undefined ? "" : `account_id = ${quoted(section.account_id)}\n`;
  const list = (of: unknown): readonly unknown[] => (Array.isArray(of) ? of : []);
  const parts = [
    `# Written by \`npx postern init --env ${environment}\`, which can be run again: it changes values, and keeps what you add.`,
    `[${env}]
workers_dev = false
preview_urls = false
${account}routes = [
${list(routes)
  .map((route) => `  ${inline(route)},`)
  .join("\n")}
]`,
    `[${env}.triggers]
crons = [
${list(tableOf(triggers).crons)
  .map((cron) => `  ${quoted(cron)},${CRONS[String(cron)] === undefined ? "" : ` # ${CRONS[String(cron)]}`}`)
  .join("\n")}
]`,
    `[${env}.vars] # docs/configuration.md\n${aligned(Object.entries(tableOf(vars)))}`,
    ...tablesOf(vpc_services).map((entry) => `[[${env}.vpc_services]]\n${pairs(entry)}`),
    ...tablesOf(send_email).map((entry) => `[[${env}.send_email]]\n${pairs(entry)}`),
    ...tablesOf(d1_databases).map((entry) => `[[${env}.d1_databases]]\n${pairs(entry)}`),
    ...tablesOf(tableOf(durable_objects).bindings).map(
      (entry) => `[[${env}.durable_objects.bindings]]\n${pairs(entry)}`,
    ),
    ...tablesOf(ratelimits).map((entry) => {
      const about = LIMITS[String(entry.name)];
      return `[[${env}.ratelimits]]${about === undefined ? "" : ` # ${about}`}\n${pairs(entry)}`;
    }),
    ...Object.entries(tableOf(exports)).map(([name, entry]) => `[${env}.exports.${name}]\n${pairs(tableOf(entry))}`),
  ];
  return `${parts.join("\n\n").replace("\n\n", "\n")}\n`;
}

const quoted = (value: unknown): string => JSON.stringify(value);
const inline = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `{ ${Object.entries(value)
        .map(([key, each]) => `${key} = ${inline(each)}`)
        .join(", ")} }`
    : quoted(value);
const pairs = (table: Table): string =>
  Object.entries(table)
    .map(([key, value]) => `${key} = ${inline(value)}`)
    .join("\n");
const aligned = (entries: readonly (readonly [string, unknown])[]): string =>
  entries
    .map(([name, value]) => {
      const about = ABOUT[name];
      return `${name} = ${inline(value)}${about === undefined ? "" : ` # ${about}`}`;
    })
    .join("\n");
