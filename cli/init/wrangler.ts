// The port to Cloudflare: `wrangler`, which comes with Postern and knows the account that the operator signed in to. A
// secret goes to its standard input, because every user of the machine can read arguments.

import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PROJECT } from "../config/file.ts";
import { type CliFault, failure } from "../fault.ts";

/** Longer than a migration of a large database takes. */
const WITHIN_MS = 300_000;
const MAX_OUTPUT_CHARS = 4_000_000;

/** Somebody who is signed in at Cloudflare. */
export type Account = { readonly id: string; readonly name: string };

/** What a Workers VPC service leads to. */
export type VpcService = {
  readonly name: string;
  readonly tunnel: string;
  readonly host: string;
  readonly port: { readonly https: number } | { readonly http: number };
  readonly certificate?: string;
};

/** Every step that Postern asks of Cloudflare. Each throws a fault in wrangler's own words where it fails. */
export type Wrangler = {
  /** The accounts of whoever is signed in; undefined: nobody is, or Cloudflare cannot be reached. */
  readonly accounts: () => Promise<readonly Account[] | undefined>;
  /** The names of the secrets that are set. None of a Worker that was never deployed. */
  readonly secretNames: (environment: string) => Promise<readonly string[]>;
  readonly putSecrets: (environment: string, secrets: Readonly<Record<string, string>>) => Promise<void>;
  /** The id of the database with this name. */
  readonly databaseId: (environment: string, name: string) => Promise<string | undefined>;
  readonly createDatabase: (environment: string, name: string, place: readonly string[]) => Promise<void>;
  readonly applyMigrations: (environment: string) => Promise<void>;
  /** The names of the migrations that are applied, `0000_directory.sql`. */
  readonly appliedMigrations: (environment: string) => Promise<readonly string[]>;
  /** The id of the Workers VPC service with this name. */
  readonly serviceId: (environment: string, name: string) => Promise<string | undefined>;
  readonly createService: (environment: string, service: VpcService) => Promise<string>;
};

type Surroundings = { readonly env: Readonly<Record<string, string | undefined>> };
type Run = { readonly code: number; readonly out: string; readonly err: string };

/** wrangler for this wrangler.toml. */
export function wranglerFor({ env }: Surroundings, config: string): Wrangler {
  const run = (args: readonly string[], input = "") => runWrangler(env, dirname(config), args, input);
  const done = async (args: readonly string[], input = ""): Promise<Run> => {
    const ran = await run(args, input);
    if (ran.code !== 0) throw failedAt(args, ran);
    return ran;
  };
  const file = (environment: string) => ["--env", environment, "--config", config];
  return {
    async accounts() {
      const ran = await run(["whoami", "--json"]);
      const said = jsonFrom(ran.out, "{") as { readonly loggedIn?: boolean; readonly accounts?: readonly Account[] };
      return said?.loggedIn === true ? (said.accounts ?? []) : undefined;
    },
    async secretNames(environment) {
      const args = ["secret", "list", "--format", "json", ...file(environment)];
      const ran = await run(args);
      if (ran.code !== 0 && /not found/i.test(ran.err + ran.out)) return [];
      const said = jsonFrom(ran.out, "[");
      if (ran.code !== 0 || !Array.isArray(said)) throw failedAt(args, ran);
      return said.map((one: { readonly name?: unknown }) => String(one.name));
    },
    async putSecrets(environment, secrets) {
      await done(["secret", "bulk", ...file(environment)], JSON.stringify(secrets));
    },
    async databaseId(environment, name) {
      const args = ["d1", "list", "--json", ...file(environment)];
      const ran = await done(args);
      const said = jsonFrom(ran.out, "[");
      if (!Array.isArray(said)) throw failedAt(args, ran);
      const found = said.find((one: { readonly name?: unknown }) => one.name === name) as
        | { uuid?: unknown }
        | undefined;
      return typeof found?.uuid === "string" ? found.uuid : undefined;
    },
    async createDatabase(environment, name, place) {
      await done(["d1", "create", name, ...place, ...file(environment)]);
    },
    async applyMigrations(environment) {
      await done(["d1", "migrations", "apply", "DB", "--remote", ...file(environment)]);
    },
    async appliedMigrations(environment) {
      const sql = "SELECT name FROM d1_migrations";
      const args = ["d1", "execute", "DB", "--remote", "--json", "--command", sql, ...file(environment)];
      const ran = await run(args);
      if (ran.code !== 0 && /no such table/i.test(ran.err + ran.out)) return [];
      const said = jsonFrom(ran.out, "[") as readonly { readonly results?: readonly { readonly name?: unknown }[] }[];
      if (ran.code !== 0 || !Array.isArray(said)) throw failedAt(args, ran);
      return said.flatMap(({ results }) => results ?? []).map(({ name }) => String(name));
    },
    async serviceId(environment, name) {
      const { out } = await done(["vpc", "service", "list", ...file(environment)]);
      const line = out.split("\n").find((each) => each.split(/[\s│|]+/).includes(name));
      return UUID.exec(line ?? "")?.[0];
    },
    async createService(environment, { name, tunnel, host, port, certificate }) {
      const where = /^\d+(\.\d+){3}$/.test(host) ? "--ipv4" : "--hostname";
      const ports = "https" in port ? ["--https-port", String(port.https)] : ["--http-port", String(port.http)];
      const mode = certificate === undefined ? [] : ["--cert-verification-mode", certificate];
      const args = [
        "vpc",
        "service",
        "create",
        name,
        "--type",
        "http",
        "--tunnel-id",
        tunnel,
        where,
        host,
        ...ports,
        ...mode,
        ...file(environment),
      ];
      const ran = await done(args);
      const id = UUID.exec(/Created VPC service: (\S+)/.exec(ran.out)?.[1] ?? "")?.[0];
      if (id === undefined) throw failedAt(args, ran);
      return id;
    },
  };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The command line of wrangler that makes the service, for people. */
export const serviceCommand = ({ name, tunnel, host, port, certificate }: VpcService): string =>
  [
    `npx wrangler vpc service create ${name} --type http --tunnel-id ${tunnel}`,
    /^\d+(\.\d+){3}$/.test(host) ? `--ipv4 ${host}` : `--hostname ${host}`,
    "https" in port ? `--https-port ${port.https}` : `--http-port ${port.http}`,
    ...(certificate === undefined ? [] : [`--cert-verification-mode ${certificate}`]),
  ].join(" ");

function failedAt(args: readonly string[], { out, err }: Run): CliFault {
  const shown = args.filter((_, at) => !args[at - 1]?.startsWith("--") && !args[at]?.startsWith("--")).join(" ");
  const said = wordsOf(err) || wordsOf(out) || "It gave no reason.";
  return failure(
    `wrangler ${shown} failed`,
    `${said}\nPut that right and run the same command again: nothing is made twice.`,
  );
}

/** What wrangler says of an error, without its decoration. */
const wordsOf = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
    .replaceAll(/\u001b\[[0-9;]*m/g, "")
    .split("\n")
    .map((line) => line.replace(/^.*\[ERROR\]\s*/, "").trim())
    .filter((line) => line !== "" && !/wrangler \d|^[─⛅🪵]|Logs were written/u.test(line))
    .join("\n")
    .slice(0, 1_000);

/** The JSON document that begins with this character; wrangler may say something before it. */
function jsonFrom(text: string, begin: "{" | "["): unknown {
  const at = text.indexOf(begin);
  try {
    return at < 0 ? undefined : JSON.parse(text.slice(at));
  } catch {
    return undefined;
  }
}

/** It asks nothing, and writes no log of its own. */
const QUIET = { CI: "true", NO_COLOR: "1", WRANGLER_WRITE_LOGS: "false" };

/** The environment for wrangler. Its first line asks for `node`: it gets the one that runs this. */
export const environmentFor = (env: Surroundings["env"]): Record<string, string | undefined> => ({
  ...env,
  ...{ WRANGLER_SEND_METRICS: "false", PATH: [dirname(process.execPath), env.PATH ?? ""].join(delimiter) },
});

function runWrangler(env: Surroundings["env"], folder: string, args: readonly string[], input: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(programIn(env.PATH ?? ""), args, { cwd: folder, env: { ...environmentFor(env), ...QUIET } });
    let [out, err] = ["", ""];
    const timer = setTimeout(() => child.kill(), WITHIN_MS);
    child.stdout.on("data", (chunk) => {
      out = (out + String(chunk)).slice(0, MAX_OUTPUT_CHARS);
    });
    child.stderr.on("data", (chunk) => {
      err = (err + String(chunk)).slice(0, MAX_OUTPUT_CHARS);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, out, err });
    });
    child.stdin.on("error", () => undefined); // it ended without reading
    child.stdin.end(input);
  });
}

/** The first `wrangler` on the path, as `npx` makes it; else that of this checkout. Throws a fault where there is none. */
export function programIn(path: string): string {
  const places = [...path.split(delimiter).filter((each) => each !== ""), join(PROJECT, "node_modules", ".bin")];
  const found = places.map((place) => join(place, "wrangler")).find(isProgram);
  if (found === undefined) throw failure("wrangler is not installed", "Run `npm ci` at the top of the checkout first.");
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
