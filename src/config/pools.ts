// The pools: the part of the configuration that says which there are, which hosts belong to each, and how each is
// reached and signed on to. Without POOLS there is one pool, that of WEB_HOST, and nothing here has to be set.

import { splitAt, words } from "../core/text/words.ts";
import type { Env } from "./env.ts";

/** The bindings under which a Front-End pool can be: that of the first pool, and those of others. */
export const ORIGIN_BINDINGS = [
  ...["ORIGIN", "ORIGIN_2", "ORIGIN_3", "ORIGIN_4", "ORIGIN_5", "ORIGIN_6", "ORIGIN_7", "ORIGIN_8"],
] as readonly OriginBinding[];

type OriginBinding = "ORIGIN" | `ORIGIN_${2 | 3 | 4 | 5 | 6 | 7 | 8}`;

/** One pool, as the variables name it. */
export type Pool = {
  /** The administrator's name for it, lower case; "" when POOLS is not set. */
  readonly name: string;
  /** Its external web FQDN, lower case. */
  readonly webHost: string;
  /** Its public hosts, the web host among them. */
  readonly hosts: readonly string[];
  /** The SPN to which users are signed on. */
  readonly service: string;
  /** The binding of its origin. Undefined when FRONT_END is not "binding", or when it has a fault. */
  readonly origin: OriginBinding | undefined;
  /** How the directory names it: its FQDN inside, or the name of its object; lower case. */
  readonly directoryNames: readonly string[];
};

const NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;
/** A service principal name without a realm. */
export const SPN = /^[A-Za-z]+\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const MAX_POOLS = ORIGIN_BINDINGS.length;

/** The web hosts that POOLS names, lower case; what is wrong with them, {@link readPools} says. */
export const webHostsIn = (env: Pick<Env, "POOLS">): readonly string[] =>
  words(env.POOLS).map((word) => splitAt(word, "=")[1]);

/**
 * Reads the pools, that of WEB_HOST first; adds a sentence for every fault.
 * @param hosts the public hosts
 */
export function readPools(env: Env, hosts: readonly string[], webHost: string, faults: string[]): readonly Pool[] {
  const named = readNamed(env, hosts, webHost, faults);
  const names = named.map(([name]) => name);
  const of = (variable: PoolVariable, lowerCase = true): ReadonlyMap<string, readonly string[]> =>
    readWords(env, variable, names, lowerCase, faults);
  const moved = readMoved(of("POOL_HOSTS"), hosts, named, faults);
  const services = single("POOL_SERVICES", of("POOL_SERVICES", false), faults);
  const origins = single("POOL_ORIGINS", of("POOL_ORIGINS", false), faults);
  const fqdns = of("POOL_FQDNS");
  const pools = named.map(([name, web], at): Pool => {
    const first = at === 0;
    const ofFirst = (host: string): boolean => first && !moved.has(host) && !named.some(([, other]) => other === host);
    const service = readService(env, { name, web, first, given: services.get(name) }, faults);
    return {
      ...{ name, webHost: web, service },
      hosts: hosts.filter((host) => host === web || moved.get(host) === name || ofFirst(host)),
      origin: readOrigin(env, { name, first, given: origins.get(name) }, faults),
      directoryNames: fqdns.get(name) ?? [],
    };
  });
  demandOwnOrigins(pools, faults);
  demandNamesInside(env, pools, hosts, faults);
  return pools;
}

/** The pool's name and web host, the first pool first. */
function readNamed(
  env: Env,
  hosts: readonly string[],
  webHost: string,
  faults: string[],
): readonly (readonly [string, string])[] {
  const named = words(env.POOLS).map((word) => splitAt(word, "="));
  if (named.length === 0) return [["", webHost]];
  for (const [name, web] of named) {
    if (!NAME.test(name) || web === "") {
      faults.push(
        `POOLS has "${name}${web === "" ? "" : `=${web}`}". Give each pool a short name of letters, digits and hyphens and its external web FQDN, e.g. "main=web.contoso.com emea=web-emea.contoso.com".`,
      );
    } else if (!hosts.includes(web)) {
      faults.push(
        `POOLS says that "${name}" has the web host "${web}", which is not one of PUBLIC_HOSTS. Add it there, too.`,
      );
    }
  }
  if (new Set(named.map(([name]) => name)).size < named.length) {
    faults.push("POOLS gives two pools the same name. Give each its own.");
  }
  if (new Set(named.map(([, web]) => web)).size < named.length) {
    faults.push("POOLS gives two pools the same web host. Each pool has an external web FQDN of its own: correct one.");
  }
  if (named.length > MAX_POOLS) {
    faults.push(
      `POOLS names ${named.length} pools; ${MAX_POOLS} is the limit. Deploy a second gateway for the others.`,
    );
  }
  const first = named.find(([, web]) => web === webHost);
  if (first === undefined) {
    faults.push(
      `POOLS does not name the pool of WEB_HOST "${webHost}", to which every host goes that no other pool has. Add it, e.g. "main=${webHost}".`,
    );
    return [["", webHost], ...named];
  }
  return [first, ...named.filter((each) => each !== first)];
}

type PoolVariable = "POOL_HOSTS" | "POOL_SERVICES" | "POOL_ORIGINS" | "POOL_FQDNS";

const EXAMPLES: Readonly<Record<PoolVariable, string>> = {
  POOL_HOSTS: "emea=meet-emea.contoso.com",
  POOL_SERVICES: "emea=HTTP/web-emea.contoso.com",
  POOL_ORIGINS: "emea=ORIGIN_2",
  POOL_FQDNS: "emea=pool-emea.contoso.local",
};

/** The values of a variable by pool. */
function readWords(
  env: Env,
  variable: PoolVariable,
  pools: readonly string[],
  lowerCase: boolean,
  faults: string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const word of words(env[variable], lowerCase)) {
    const [name, value] = splitAt(word, "=");
    if (value === "") {
      faults.push(`${variable} has "${word}". Write a pool's name, "=" and the value, e.g. "${EXAMPLES[variable]}".`);
    } else if (!pools.includes(name) || name === "") {
      faults.push(
        `${variable} names the pool "${name}", which is not in POOLS. Add the pool there, or correct the name.`,
      );
    } else found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

function single(
  variable: PoolVariable,
  values: ReadonlyMap<string, readonly string[]>,
  faults: string[],
): ReadonlyMap<string, string> {
  for (const [name, given] of values) {
    if (given.length > 1) faults.push(`${variable} gives the pool "${name}" ${given.length} values. Give it one.`);
  }
  return new Map([...values].map(([name, [value = ""]]) => [name, value]));
}

/** The hosts that POOL_HOSTS gives to a pool. */
function readMoved(
  given: ReadonlyMap<string, readonly string[]>,
  hosts: readonly string[],
  named: readonly (readonly [string, string])[],
  faults: string[],
): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  for (const [name, own] of given) {
    for (const host of own) {
      const owner = named.find(([, web]) => web === host)?.[0] ?? moved.get(host);
      if (!hosts.includes(host)) {
        faults.push(`POOL_HOSTS has "${host}", which is not one of PUBLIC_HOSTS. Add it there, too.`);
      } else if (owner !== undefined && owner !== name) {
        faults.push(
          `POOL_HOSTS gives "${host}" to "${name}", but it belongs to "${owner}". A host has one pool: take one out.`,
        );
      } else moved.set(host, name);
    }
  }
  return moved;
}

function readService(
  env: Env,
  pool: { readonly name: string; readonly web: string; readonly first: boolean; readonly given: string | undefined },
  faults: string[],
): string {
  const { name, web, first, given } = pool;
  const ofGateway = first ? (env.SIGN_ON_SERVICE ?? "").trim() : "";
  if (ofGateway !== "" && given !== undefined) {
    faults.push(`SIGN_ON_SERVICE and POOL_SERVICES both give the SPN of the pool "${name}". Take one of the two out.`);
  }
  if (given !== undefined && !SPN.test(given)) {
    faults.push(
      `POOL_SERVICES gives the pool "${name}" the SPN "${given}", which is not a service principal name. Give one without a realm, e.g. "HTTP/${web}".`,
    );
  }
  return given ?? (ofGateway || `HTTP/${web}`);
}

function readOrigin(
  env: Env,
  pool: { readonly name: string; readonly first: boolean; readonly given: string | undefined },
  faults: string[],
): OriginBinding | undefined {
  const { name, first, given } = pool;
  const known = ORIGIN_BINDINGS.find((binding) => binding === given);
  if (env.FRONT_END !== "binding") {
    if (given !== undefined) {
      faults.push(
        `POOL_ORIGINS gives the pool "${name}" a binding, but FRONT_END is not "binding". Take POOL_ORIGINS out: TUNNEL_HOSTS has the tunnel of each host.`,
      );
    }
    return undefined;
  }
  if (given === undefined && first) return "ORIGIN";
  if (given === undefined) {
    faults.push(
      `POOL_ORIGINS has no binding for the pool "${name}". Add "${name}=ORIGIN_2", and [[env.production.vpc_services]] binding = "ORIGIN_2" to wrangler.toml.`,
    );
  } else if (known === undefined) {
    faults.push(
      `POOL_ORIGINS gives the pool "${name}" the binding "${given}". A pool's binding is called ${ORIGIN_BINDINGS[0]} or ${ORIGIN_BINDINGS[1]} to ${ORIGIN_BINDINGS.at(-1)}.`,
    );
  }
  return known;
}

/** Two pools behind one binding: one of them would get the requests of the other. */
function demandOwnOrigins(pools: readonly Pool[], faults: string[]): void {
  const seen = new Map<OriginBinding, string>();
  for (const { name, origin } of pools) {
    if (origin === undefined) continue;
    const other = seen.get(origin);
    if (other !== undefined && other !== name) {
      faults.push(
        `POOL_ORIGINS gives the pools "${other}" and "${name}" the same binding, ${origin}. Give each its own.`,
      );
    }
    seen.set(origin, name);
  }
}

/** What names a pool inside must not leave the gateway, and must name one pool. */
function demandNamesInside(env: Env, pools: readonly Pool[], hosts: readonly string[], faults: string[]): void {
  const inside = words(env.INTERNAL_DOMAINS);
  const seen = new Map<string, string>();
  for (const { name, directoryNames } of pools) {
    for (const own of directoryNames) {
      const other = seen.get(own);
      if (other !== undefined && other !== name) {
        faults.push(
          `POOL_FQDNS gives "${own}" to "${other}" and to "${name}". It is the name of one pool: correct one.`,
        );
      }
      seen.set(own, name);
      if (own.includes(".") && !hosts.includes(own) && !inside.some((domain) => own.includes(domain))) {
        faults.push(
          `POOL_FQDNS has "${own}", a name of the inside that INTERNAL_DOMAINS does not cover: an answer could show it. Add it there, too.`,
        );
      }
    }
  }
}
