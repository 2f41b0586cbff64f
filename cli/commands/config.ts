// `postern config check`: reads wrangler.toml as the gateway will read it, before it is deployed. It also checks what
// only the file shows.

import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { command, text } from "../define.ts";
import { CliFault } from "../fault.ts";
import { newSealingKey } from "../sealing-keys.ts";

const SOURCES = join(import.meta.dirname, "..", "..", "src");
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "wrangler.toml");
const DEFAULT_ENVIRONMENT = "production";

/** The gateway's own reading. Its types are the Worker's, which this program does not have. */
type Gateway = {
  readonly readConfig: (given: object) => { readonly faults?: readonly string[] };
  readonly NAMES: Readonly<Record<string, "variable" | "secret" | "binding">>;
};

/** A table of wrangler.toml, of which nothing is known yet. */
type Table = Readonly<Record<string, unknown>>;

const SAMPLE_ID = /^0{8}-0{4}-0{4}-0{4}-0{12}$/;

const GUARD_CLASSES: Readonly<Record<string, string>> = {
  USER_GUARD: "UserGuard",
  SOURCE_GUARD: "SourceGuard",
  GUEST_GUARD: "GuestGuard",
};

/** What stands for a binding: the method by which the gateway knows its kind, and no plain object, as a variable would be. */
class StandIn {
  readonly [method: string]: () => void;
  constructor(method: string) {
    Object.defineProperty(this, method, { value: () => undefined });
  }
}

/** What wrangler.toml calls each kind of binding: where the list is, which field names it, and what the gateway looks at. */
const BINDINGS = [
  { list: "d1_databases", name: "binding", method: "prepare" },
  { list: "vpc_services", name: "binding", method: "fetch" },
  { list: "services", name: "binding", method: "fetch" },
  { list: "ratelimits", name: "name", method: "limit" },
] as const;

export const check = command({
  help: `Lists everything that is wrong with the variables and bindings in wrangler.toml, each with its fix, and ends with exit
code 2. It finds the faults that the gateway would log, and faults that only the file shows: a secret in it, an id that
is still the sample, a host without a route. It contacts no server, and cannot see secrets set by "wrangler secret put".`,
  words: ["[FILE]"],
  options: { env: text("name", "the environment in it (default production)") },
  examples: ["config check", "config check --env staging"],
  async run({ words: [given], options, folder }) {
    const name = given ?? basename(DEFAULT_FILE);
    const environment = options.env ?? DEFAULT_ENVIRONMENT;
    const file = tableIn(given === undefined ? DEFAULT_FILE : resolve(folder, given), name);
    const section = tableOf(tableOf(file.env)[environment]);
    if (Object.keys(section).length === 0) {
      const fix = `Add [env.${environment}] to it, as the file of this version has it for production, or name another with --env.`;
      throw new CliFault("usage", `${name} has no environment "${environment}"`, fix);
    }
    const faults = await faultsOf(section, environment);
    if (faults.length > 0) {
      const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
      throw new CliFault("usage", `${name}, environment ${environment}, has ${count}`, faults.join("\n"), { faults });
    }
    const text = `${name}, environment ${environment}: no fault. What "wrangler secret put" put in place is not looked at.`;
    return { text, json: { file: name, environment, faults } };
  },
});

async function faultsOf(section: Table, environment: string): Promise<readonly string[]> {
  const { readConfig, NAMES } = {
    ...((await import(join(SOURCES, "config", "config.ts"))) as Pick<Gateway, "readConfig">),
    ...((await import(join(SOURCES, "config", "names.ts"))) as Pick<Gateway, "NAMES">),
  };
  const variables = tableOf(section.vars);
  const inSight = Object.keys(variables).filter((name) => NAMES[name] === "secret");
  const secrets = Object.entries(NAMES).filter(([, kind]) => kind === "secret");
  const read = readConfig({
    // The binding exists. Only Cloudflare knows what it is bound to.
    ...Object.fromEntries(secrets.map(([name]) => [name, newSealingKey()])),
    ...Object.fromEntries(Object.entries(variables).filter(([name]) => !inSight.includes(name))),
    ...bindingsIn(section),
  });
  const secretFaults = inSight.map(
    (name) =>
      `${name} is a secret, and everybody who may see wrangler.toml can read it there. Take it out, make a new one, and put that in place with \`npx wrangler secret put ${name} --env ${environment}\`.`,
  );
  return [
    ...secretFaults,
    ...(read.faults ?? []),
    ...classFaults(section),
    ...sampleIds(section),
    ...routeFaults(section),
  ];
}

function bindingsIn(section: Table): Table {
  const found = BINDINGS.flatMap(({ list, name, method }) =>
    tablesOf(section[list]).map((table) => [String(table[name]), new StandIn(method)] as const),
  );
  const guards = guardsIn(section).map((table) => [String(table.name), new StandIn("getByName")] as const);
  return Object.fromEntries([...found, ...guards]);
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
  return ["PUBLIC_HOSTS", "ADMIN_HOST"].flatMap((name) =>
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

function tableIn(file: string, name: string): Table {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (fault) {
    if (fault instanceof TomlError) {
      const [message = ""] = fault.message.split("\n"); // it goes on with an excerpt, in which a secret may stand
      throw new CliFault("usage", `${name} is not TOML`, `line ${fault.line}, column ${fault.column}: ${message}.`);
    }
    const code = fault instanceof Error && "code" in fault ? ` (${String(fault.code)})` : "";
    throw new CliFault("usage", `${name} cannot be read${code}`, "Name the wrangler.toml of your gateway.");
  }
}

const tableOf = (value: unknown): Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
const tablesOf = (value: unknown): readonly Table[] => (Array.isArray(value) ? value.map(tableOf) : []);
