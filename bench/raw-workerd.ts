// workerd without Miniflare: one Worker with its Durable Objects on one socket, and nothing else in the process. Its
// D1 is another process, as in production, where D1 is a service of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the process is made of. */
export type RawWorker = {
  /** An empty folder for its files and its objects. */
  readonly folder: string;
  readonly code: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Durable Object classes, by the name of the binding. */
  readonly guards: Readonly<Record<string, string>>;
  /** Names of rate limits, all of which let every request pass. */
  readonly rateLimits: readonly string[];
  /** Addresses of HTTP servers, by the name of the binding. */
  readonly services: Readonly<Record<string, string>>;
  /** Address of the server that answers D1's requests. */
  readonly database: string;
  /** Whether V8's inspector listens. */
  readonly inspected: boolean;
  /** Hears of each line that the Worker logs. */
  readonly logged: (line: string) => void;
};

const WORKERD = join(import.meta.dirname, "../node_modules/workerd/bin/workerd");
const COMPATIBILITY_DATE = "2026-10-23";

/** `port`: that of its socket. `inspector`: where V8's inspector listens. */
export type Started = {
  readonly pid: number;
  readonly port: number;
  readonly inspector: string | undefined;
  readonly stop: () => Promise<void>;
};

/** Starts the Worker. */
export async function startRawWorker(worker: RawWorker): Promise<Started> {
  const { folder, code, inspected, logged } = worker;
  await mkdir(join(folder, "objects"), { recursive: true });
  await writeFile(join(folder, "worker.js"), code);
  await writeFile(join(folder, "config.capnp"), configurationOf(worker), { mode: 0o600 });
  const inspectorAt = inspected ? ["--inspector-addr=127.0.0.1:0"] : [];
  const child = spawn(WORKERD, ["serve", "--experimental", "--control-fd=3", ...inspectorAt, "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, "exit");
  };
  const { pid, stdout, stdio } = child;
  if (pid === undefined || stdout === null) throw new Error("workerd did not start");
  createInterface({ input: stdout }).on("line", logged);
  const control = stdio[3];
  if (control === null || control === undefined || !("on" in control) || !("read" in control))
    throw new Error("workerd has no control pipe");
  let inspector: string | undefined;
  for await (const line of createInterface({ input: control as NodeJS.ReadableStream })) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket?: string; port?: number };
    if (event === "listen-inspector") inspector = `ws://127.0.0.1:${port}/gateway`;
    if (event === "listen" && socket === "web" && port !== undefined) return { pid, port, inspector, stop };
  }
  throw new Error("workerd ended before it listened");
}

/** A Cap'n Proto text has the escapes of C, which JSON's are for ASCII. */
const quoted = (text: string): string => JSON.stringify(text);

const RATE_LIMIT = "bench:rate-limit";
const PASSES = "export default () => ({ limit: async () => ({ success: true }) });";

function configurationOf({ variables, guards, services, rateLimits, database }: RawWorker): string {
  const bindings = [
    ...Object.entries(variables).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`),
    ...Object.entries(guards).map(([name, of]) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(of)})`),
    ...Object.keys(services).map((name) => `(name = ${quoted(name)}, service = ${quoted(name)})`),
    ...rateLimits.map((name) => `(name = ${quoted(name)}, wrapped = (moduleName = ${quoted(RATE_LIMIT)}))`),
    `(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "database")]))`,
  ];
  const external = ([name, address]: readonly [string, string]): string =>
    `(name = ${quoted(name)}, external = (address = ${quoted(address)}, http = ()))`;
  const classes = Object.values(guards).map(
    (of) => `(className = ${quoted(of)}, uniqueKey = ${quoted(of)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "objects", disk = (path = "objects", writable = true)),
    ${[...Object.entries(services), ["database", database] as const].map(external).join(",\n    ")}
  ],
  sockets = [(name = "web", address = "127.0.0.1:0", http = (), service = "gateway")],
  extensions = [(modules = [(name = ${quoted(RATE_LIMIT)}, internal = true, esModule = ${quoted(PASSES)})])]
);

const gateway :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
  bindings = [
    ${bindings.join(",\n    ")}
  ],
  durableObjectNamespaces = [${classes.join(", ")}],
  durableObjectStorage = (localDisk = "objects")
);
`;
}
