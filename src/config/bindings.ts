// Checks the bindings of `wrangler.toml`: whether each is there and is what its name says. Otherwise a binding that is
// missing or wrong would show only at the first request that needs it, as an error that nobody understands.

import { ORIGIN_BINDINGS } from "./pools.ts";

/**
 * What a binding must be: the runtime's name for its class, a method that it has, and what to write into
 * `wrangler.toml`.
 */
type Binding = {
  readonly is: string;
  /** What the runtime calls it when it runs locally, if that is another name. */
  readonly locally?: string;
  readonly what: string;
  readonly method: string;
  readonly fix: string;
};

const guard = (name: string, className: string, what: string): Binding => ({
  is: "DurableObjectNamespace",
  what: `the Durable Objects ${what}`,
  method: "getByName",
  fix: `Add [[env.production.durable_objects.bindings]] name = "${name}" class_name = "${className}" to wrangler.toml, and its export, as the file of this version has them.`,
});
const budget = (name: string, what = "of what is forwarded without a ticket"): Binding => ({
  is: "Ratelimit",
  what: `the rate limit ${what}`,
  method: "limit",
  fix: `Add [[env.production.ratelimits]] name = "${name}" to wrangler.toml, as docs/configuration.md shows it.`,
});
const service = (name: string, what: string): Binding => ({
  is: "Fetcher",
  what,
  method: "fetch",
  fix: `Add [[env.production.vpc_services]] binding = "${name}" to wrangler.toml.`,
});

/** Those that are always needed; without a rate limit nothing would be limited. */
const REQUIRED: Readonly<Record<string, Binding>> = {
  DB: {
    is: "D1Database",
    what: "the D1 database",
    method: "prepare",
    fix: 'Add [[env.production.d1_databases]] binding = "DB" to wrangler.toml, with the id that `npx wrangler d1 create postern` printed.',
  },
  USER_GUARD: guard("USER_GUARD", "UserGuard", "of the users"),
  SOURCE_GUARD: guard("SOURCE_GUARD", "SourceGuard", "of the client networks"),
  GUEST_GUARD: guard("GUEST_GUARD", "GuestGuard", "that count meeting guests"),
  ANONYMOUS_SERVICES: budget("ANONYMOUS_SERVICES"),
  ANONYMOUS_PAGES: budget("ANONYMOUS_PAGES"),
};
/** Needed only when ADMIN_HOST is set. */
const OF_THE_API: Readonly<Record<string, Binding>> = {
  API_CALLS: budget("API_CALLS", "of each token's calls to the API"),
  API_SECRETS: budget("API_SECRETS", "of each token's new app passwords and tokens"),
};
/** Needed only when FRONT_END or CONNECTORS says so. The checks of these two variables report a missing binding. */
const OPTIONAL: Readonly<Record<string, Binding>> = {
  ORIGIN: service("ORIGIN", "the Workers VPC service of the Front-End"),
  ...Object.fromEntries(
    ORIGIN_BINDINGS.slice(1).map((name) => [name, service(name, "the Workers VPC service of another pool")]),
  ),
  CONNECTOR: service("CONNECTOR", "the Workers VPC service of the first connector"),
  CONNECTOR_2: service("CONNECTOR_2", "the Workers VPC service of the second connector"),
  METRICS: {
    is: "AnalyticsEngineDataset",
    what: "the dataset of the metrics",
    method: "writeDataPoint",
    fix: 'Add [[env.production.analytics_engine_datasets]] binding = "METRICS" to wrangler.toml, or take the binding out: docs/monitoring.md.',
  },
};

/** Needed only when NOTICE_DELIVERY is "email". */
const OF_MAIL: Readonly<Record<string, Binding>> = {
  MAIL: {
    ...{ is: "SendEmail", locally: "Fetcher" },
    what: "the binding that sends mail",
    method: "send",
    fix: 'Add [[env.production.send_email]] name = "MAIL" to wrangler.toml: docs/notices.md.',
  },
};

/**
 * Classes of the runtime that a binding may have. A binding of any other class, such as one of a test, is judged by its
 * methods.
 */
const PLATFORM_CLASSES = new Set([
  ...["D1Database", "DurableObjectNamespace", "Fetcher", "Ratelimit", "KvNamespace", "R2Bucket", "Ai"],
  ...["WorkerQueue", "AnalyticsEngineDataset", "VectorizeIndex", "Hyperdrive", "Workflow", "ImagesBinding"],
]);

/** One sentence with its fix for every binding that is missing or is something else. */
export function bindingFaults(given: Readonly<Record<string, unknown>>): readonly string[] {
  const api = typeof given.ADMIN_HOST === "string" && given.ADMIN_HOST.trim() !== "";
  const mail = typeof given.NOTICE_DELIVERY === "string" && given.NOTICE_DELIVERY.trim() === "email";
  const missing = Object.entries({ ...REQUIRED, ...(api ? OF_THE_API : {}), ...(mail ? OF_MAIL : {}) })
    .filter(([name]) => given[name] === undefined)
    .map(([name, { what, fix }]) => `${name} is missing: ${what}. ${fix}`);
  const wrong = Object.entries({ ...REQUIRED, ...OF_THE_API, ...OF_MAIL, ...OPTIONAL })
    .filter(([name, binding]) => given[name] !== undefined && !fits(given[name], binding))
    .map(([name, { what, fix }]) => `${name} is bound to something else than ${what}. ${fix}`);
  return [...missing, ...wrong];
}

/** Whether a value is an object of the runtime and not a variable, which is text or JSON. */
export const isPlatformObject = (value: unknown): boolean => {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
};

function fits(value: unknown, { is, locally, method }: Binding): boolean {
  if (typeof value !== "object" || value === null) return false;
  // The class is checked first, because a service answers to any method name: it may be another Worker's.
  const className = classOf(value);
  return (
    className === is ||
    className === locally ||
    (!PLATFORM_CLASSES.has(className) && typeof Reflect.get(value, method) === "function")
  );
}

/** Takes the class from the prototype: a stand-in around a binding has the prototype of the binding. */
function classOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === "object" && prototype !== null ? prototype.constructor.name : "";
}
