// wrangler.toml as the gateway will read it, before it is deployed, and what only the file shows.

import { SECRET_PREFIX } from "../core/webhook/settings.ts";
import { readConfig } from "./config.ts";
import type { Env } from "./env.ts";
import { NAMES } from "./names.ts";
import { stsRemarks } from "./sts.ts";

/** A table of wrangler.toml, of which nothing is known yet. */
type Table = Readonly<Record<string, unknown>>;

const SAMPLE_ID = /^0{8}-0{4}-0{4}-0{4}-0{12}$/;

const GUARD_CLASSES: Readonly<Record<string, string>> = {
  USER_GUARD: "UserGuard",
  SOURCE_GUARD: "SourceGuard",
  GUEST_GUARD: "GuestGuard",
};

/**
 * What stands for a binding: the method by which the gateway knows its kind, and no plain object, as a variable would
 * be.
 */
class StandIn {
  readonly [method: string]: () => void;
  constructor(method: string) {
    Object.defineProperty(this, method, { value: () => undefined });
  }
}

/**
 * What wrangler.toml calls each kind of binding: where the list is, which field names it, and what the gateway looks
 * at.
 */
const BINDINGS = [
  { list: "d1_databases", name: "binding", method: "prepare" },
  { list: "vpc_services", name: "binding", method: "fetch" },
  { list: "services", name: "binding", method: "fetch" },
  { list: "ratelimits", name: "name", method: "limit" },
  { list: "send_email", name: "name", method: "send" },
  { list: "analytics_engine_datasets", name: "binding", method: "writeDataPoint" },
] as const;

/** Every name that a secret may have. */
export const SECRET_NAMES: readonly string[] = Object.entries(NAMES).flatMap(([name, kind]) =>
  kind === "secret" ? [name] : [],
);

/** What may stand for the secret of this name where only Cloudflare knows its value. `secret` makes a key. */
export function standIn(name: string, secret: () => string): string {
  if (name === "PROBE_PING_URL") return "https://heartbeat.invalid/";
  if (name === "STS_KEYS") return UNSEEN_TOKEN_KEYS;
  return WEBHOOK_SECRETS.includes(name) ? `${SECRET_PREFIX}${secret()}` : secret();
}

/** Nothing but a whole key of RSA can stand for one, so nothing is said of keys that nobody can see. */
const UNSEEN_TOKEN_KEYS = "only-cloudflare-knows";

/** These have a form of their own. */
const WEBHOOK_SECRETS = ["AUTHORITY_SECRETS", "NOTICE_WEBHOOK_SECRETS"];

/** The secrets without which these variables have a fault. `secret` makes a key. */
export function neededSecrets(file: Table, environment: string, secret: () => string): readonly string[] {
  const all = Object.fromEntries(SECRET_NAMES.map((name) => [name, standIn(name, secret)]));
  const faults = (secrets: Table) => (faultsOfFile(file, environment, secret, secrets) ?? []).length;
  const variables = tableOf(tableOf(tableOf(file.env)[environment]).vars);
  const asked = SECRET_NAMES.filter((name) => name in usable(all, variables));
  const whole = faults(usable(all, variables));
  return asked.filter((name) => {
    const { [name]: _, ...others } = usable(all, variables);
    return faults(others) > whole;
  });
}

/** Those of the secrets that mean something beside these variables. */
const usable = (secrets: Table, { AUTHORITY_URL, NOTICE_WEBHOOK_URL, PROBE_ACCOUNT }: Table): Table =>
  Object.fromEntries(
    Object.entries(secrets).filter(
      ([name]) =>
        (!name.startsWith("PROBE_") || PROBE_ACCOUNT !== undefined) &&
        (name !== "AUTHORITY_SECRETS" || AUTHORITY_URL !== undefined) &&
        (name !== "NOTICE_WEBHOOK_SECRETS" || NOTICE_WEBHOOK_URL !== undefined),
    ),
  );

/**
 * What is wrong with one environment of wrangler.toml, each fault with its fix; undefined when the file has no such
 * environment.
 * @param secret makes what may stand for a secret, which only Cloudflare knows
 * @param secrets those that are set, with their values or what stands for them; left out: nothing is known of them
 */
export function faultsOfFile(
  file: Table,
  environment: string,
  secret: () => string,
  secrets?: Table,
): readonly string[] | undefined {
  const section = tableOf(tableOf(file.env)[environment]);
  if (Object.keys(section).length === 0) return undefined;
  const inSight = secretsInSight(tableOf(section.vars));
  const all = Object.fromEntries(SECRET_NAMES.map((name) => [name, standIn(name, secret)]));
  const given = givenBy(section, secrets ?? usable(all, tableOf(section.vars)));
  const read = readConfig(given as unknown as Env);
  const own = "faults" in read ? read.faults : (read.config.unread ?? []);
  const secretFaults = inSight.map(
    (name) =>
      `${name} is a secret, and everybody who may see wrangler.toml can read it there. Take it out, make a new one, and put that in place with \`npx wrangler secret put ${name} --env ${environment}\`.`,
  );
  return [
    ...secretFaults,
    ...own.filter((fault) => given.STS_KEYS !== UNSEEN_TOKEN_KEYS || !fault.startsWith("STS_KEYS has ")),
    ...classFaults(section),
    ...sampleIds(section),
    ...routeFaults(section),
    ...triggerFaults(section, environment),
  ];
}

/** What the gateway would say at its start without stopping, each with its fix. It needs the values of the secrets. */
export function remarksOfFile(file: Table, environment: string, secrets: Table): readonly string[] {
  const env = givenBy(tableOf(tableOf(file.env)[environment]), secrets) as unknown as Env;
  const read = readConfig(env);
  return "faults" in read ? [] : stsRemarks(env, read.config.sts);
}

const KINDS: Readonly<Record<string, string>> = NAMES;

/** The secrets that stand in the file. */
const secretsInSight = (variables: Table): readonly string[] =>
  Object.keys(variables).filter((name) => KINDS[name] === "secret");

/** What the gateway will be given. Only this much of the file is read. It may have anything else. */
function givenBy(section: Table, secrets: Table): Table {
  const variables = tableOf(section.vars);
  const inSight = secretsInSight(variables);
  return {
    ...secrets,
    ...Object.fromEntries(Object.entries(variables).filter(([name]) => !inSight.includes(name))),
    ...bindingsIn(section),
  };
}

function bindingsIn(section: Table): Table {
  const found = BINDINGS.flatMap(({ list, name, method }) =>
    tablesOf(section[list]).map((table) => [String(table[name]), new StandIn(method)] as const),
  );
  const guards = guardsIn(section).map((table) => [String(table.name), new StandIn("getByName")] as const);
  return Object.fromEntries([...othersIn(section), ...found, ...guards]);
}

/** Bindings of kinds that Postern does not use: one of them under a name of Postern's is a mistake. */
function othersIn(section: Table): readonly (readonly [string, StandIn])[] {
  const known: readonly string[] = BINDINGS.map(({ list }) => list);
  return Object.entries(section)
    .filter(([list]) => list !== "vars" && !known.includes(list))
    .flatMap(([, value]) => [...tablesOf(value), tableOf(value), ...tablesOf(tableOf(value).producers)])
    .flatMap(({ binding }) => (typeof binding === "string" ? [[binding, new StandIn("other")] as const] : []));
}

const guardsIn = (section: Table): readonly Table[] => tablesOf(tableOf(section.durable_objects).bindings);

const classFaults = (section: Table): readonly string[] =>
  guardsIn(section).flatMap(({ name, class_name: bound }) => {
    const right = GUARD_CLASSES[String(name)];
    return right === undefined || right === bound
      ? []
      : [`${name} is bound to the class ${bound}. Write class_name = "${right}" beside it.`];
  });

function sampleIds(section: Table): readonly string[] {
  const databases = tablesOf(section.d1_databases).filter(({ database_id: id }) => SAMPLE_ID.test(String(id)));
  const services = tablesOf(section.vpc_services).filter(({ service_id: id }) => SAMPLE_ID.test(String(id)));
  return [
    ...databases.map(
      ({ binding }) =>
        `${binding} still has the sample database_id. Put in the one that \`npx wrangler d1 create postern\` printed.`,
    ),
    ...services.map(
      ({ binding }) => `${binding} still has the sample service_id. Put in that of your Workers VPC service.`,
    ),
  ];
}

/** Each host needs a route; without one, no request for it reaches the Worker. */
function routeFaults(section: Table): readonly string[] {
  const routes = Array.isArray(section.routes) ? section.routes : [];
  const patterns = routes.map((route) => String(typeof route === "string" ? route : tableOf(route).pattern));
  const routed = patterns.map((pattern) => pattern.split("/")[0]?.toLowerCase() ?? "");
  if (routed.some((host) => host.includes("*"))) return [];
  const variables = tableOf(section.vars);
  return ["PUBLIC_HOSTS", "ADMIN_HOST", "CONSOLE_HOST", "PORTAL_HOST", "STS_HOST"].flatMap((name) =>
    String(variables[name] ?? "")
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((host) => host !== "" && !routed.includes(host))
      .map(
        (host) =>
          `${name} holds "${host}", but no route leads there. Add { pattern = "${host}", custom_domain = true } to routes.`,
      ),
  );
}

/** What the Worker could not send is tried again by this cron trigger, and it signs in at itself then. */
const EVERY_MINUTE = "* * * * *";

function triggerFaults(section: Table, environment: string): readonly string[] {
  const { NOTICE_DELIVERY: by, PROBE_ACCOUNT: probe } = tableOf(section.vars);
  const crons = tableOf(section.triggers).crons;
  if (Array.isArray(crons) && crons.includes(EVERY_MINUTE)) return [];
  const add = `Add "${EVERY_MINUTE}" to crons of [env.${environment}.triggers].`;
  return [
    ...(by === "email" || by === "webhook"
      ? [`NOTICE_DELIVERY is "${by}", but no cron trigger sends what could not be sent at once. ${add}`]
      : []),
    ...(probe === undefined || probe === ""
      ? []
      : [`PROBE_ACCOUNT is set, but no cron trigger signs in with it. ${add}`]),
  ];
}

const tableOf = (value: unknown): Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
const tablesOf = (value: unknown): readonly Table[] => (Array.isArray(value) ? value.map(tableOf) : []);
