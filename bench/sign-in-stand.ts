// The stand on which sign-ins are measured: the built Worker in a raw workerd, with D1, the simulated Front-End and the
// connector in other processes, and Apache beside it.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { newSealingKey } from "../cli/sealing-keys.ts";
import { wrangler } from "../local/bundle.ts";
import { anonymousBudgets, apiBudgets, contosoVariables } from "../local/world.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { parseKeyring } from "../src/core/crypto/keyring.ts";
import { openDatabase } from "../src/store/database.ts";
import { isApacheInstalled, startApache } from "./apache.ts";
import { negotiate } from "./client.ts";
import { childrenNamed, childrenOf, cpuMs } from "./process.ts";
import { startRawWorker } from "./raw-workerd.ts";
import { addUser, build, DATABASE, gatewayVariables, type StandUser, worker } from "./stand.ts";

/** Hands requests of D1's protocol to Miniflare's D1. */
const D1_SERVER = "export default { fetch: (request, { DB }) => DB.fetcher.fetch(request) };";

/** A server under measurement. */
export type Server = { readonly port: number; readonly cpu: () => number };

/** A gateway under measurement. */
export type Gateway = Server & {
  /** Where V8's inspector of its isolate listens; its guards run in the same isolate. */
  readonly inspector: string | undefined;
  /** The lines that it has logged since the last call. */
  readonly takeLog: () => string[];
};

export type SignInStand = {
  readonly gateway: Gateway;
  /** The bundle of another commit, with objects of its own. */
  readonly before: Gateway | undefined;
  /** A Worker with the calls and rows of a sign-in, which decides nothing. */
  readonly bare: Gateway;
  /** CPU time that D1's emulation has used, ms. */
  readonly databaseCpu: () => number;
  /** Undefined: it is not installed. */
  readonly apache: Server | undefined;
  readonly users: readonly StandUser[];
  readonly stop: () => Promise<void>;
};

/** `against`: the file of another bundle. `inspected`: with V8's inspector, which costs nothing until it is asked. */
export type StandOptions = { readonly against?: string | undefined; readonly inspected?: boolean };

/** Starts everything, with that many users. What was started is stopped again when something does not start. */
export async function startSignInStand(count: number, options: StandOptions = {}): Promise<SignInStand> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(count, options, ends)), stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** Adds to `ends` what ends each part. */
async function start(
  count: number,
  { against, inspected = false }: StandOptions,
  ends: (() => Promise<unknown>)[],
): Promise<Omit<SignInStand, "stop">> {
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "postern-bench-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  const folder = await newFolder();
  const state = join(folder, "state");
  await wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state);
  const others = childrenNamed("workerd");
  const d1 = new Miniflare({
    host: "127.0.0.1",
    cf: false,
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: join(state, "v3"),
    workers: [worker("d1", D1_SERVER, { DB: DATABASE })],
  });
  ends.push(() => d1.dispose());
  await d1.ready;
  const [database] = childrenNamed("workerd").filter((child) => !others.includes(child));
  if (database === undefined) throw new Error("workerd is not running");
  const sealingKeys = newSealingKey();
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const simulator = await startSimulator({ users: [], newcomersAt: contosoVariables.DNS_DOMAIN });
  ends.push(() => simulator.stop());
  const db = openDatabase(await d1.getD1Database("DB"));
  const users: StandUser[] = [];
  for (let user = 0; user < count; user++) users.push(await addUser(db, keyring.value, `user${user}`));
  const databaseAddress = (await d1.unsafeGetDirectURL("d1")).host;
  const gatewayOf = async (
    name: string,
    code: string,
    variables: Readonly<Record<string, string>> = gatewayVariables(sealingKeys, simulator),
  ): Promise<Gateway> => {
    const log: string[] = [];
    const { pid, port, inspector, stop } = await startRawWorker({
      folder: join(folder, name),
      code,
      variables,
      guards: { USER_GUARD: "UserGuard", SOURCE_GUARD: "SourceGuard", GUEST_GUARD: "GuestGuard" },
      rateLimits: Object.keys({ ...anonymousBudgets(), ...apiBudgets() }),
      services: { ORIGIN: new URL(simulator.url).host, CONNECTOR: new URL(simulator.connectorUrl).host },
      database: databaseAddress,
      inspected,
      logged: (line) => log.push(line),
    });
    ends.push(stop);
    const takeLog = () => log.splice(0);
    return { port, cpu: () => cpuMs(pid), inspector, takeLog };
  };
  const gateway = await gatewayOf("gateway", await build("src/worker.ts"));
  const before = against === undefined ? undefined : await gatewayOf("before", await readFile(against, "utf8"));
  const challenge = (await negotiate(gateway.port)).answer.headers["www-authenticate"] ?? "";
  const bareCode = await readFile(join(import.meta.dirname, "workers/bare-sign-in.js"), "utf8");
  const bare = await gatewayOf("bare", bareCode, { CHALLENGE: challenge });
  // Outside the folder, which only its owner can read.
  const apache = isApacheInstalled() ? await startApache(await newFolder(), users) : undefined;
  if (apache !== undefined) ends.push(() => apache.stop());
  return {
    ...{ gateway, before, bare },
    databaseCpu: () => cpuMs(database),
    apache: apache && { port: apache.port, cpu: () => groupCpuMs(apache.pid) },
    users,
  };
}

/** CPU time of a process and of those that it has started. */
const groupCpuMs = (pid: number): number => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuMs(each), 0);
