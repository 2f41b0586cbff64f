// The stand on which sign-ins are measured: the built Worker in a raw workerd, with D1, the simulated Front-End and the
// connector in other processes, and Apache beside it.

import { mkdtemp, rm } from "node:fs/promises";
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
import { childrenNamed, childrenOf, cpuMs } from "./process.ts";
import { startRawWorker } from "./raw-workerd.ts";
import { addUser, build, DATABASE, gatewayVariables, type StandUser, worker } from "./stand.ts";

/** Hands requests of D1's protocol to Miniflare's D1. */
const D1_SERVER = "export default { fetch: (request, { DB }) => DB.fetcher.fetch(request) };";

/** A server under measurement. */
export type Server = { readonly port: number; readonly cpu: () => number };

export type SignInStand = {
  readonly gateway: Server;
  /** CPU time that D1's emulation has used, ms. */
  readonly databaseCpu: () => number;
  /** Undefined: it is not installed. */
  readonly apache: Server | undefined;
  readonly users: readonly StandUser[];
  /** The lines that the gateway has logged since the last call. */
  readonly takeLog: () => string[];
  readonly stop: () => Promise<void>;
};

/** Starts everything, with that many users. */
export async function startSignInStand(count: number): Promise<SignInStand> {
  const folder = await mkdtemp(join(tmpdir(), "postern-bench-"));
  const state = join(folder, "state");
  await wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state);
  const before = childrenNamed("workerd");
  const d1 = new Miniflare({
    host: "127.0.0.1",
    cf: false,
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: join(state, "v3"),
    workers: [worker("d1", D1_SERVER, { DB: DATABASE })],
  });
  await d1.ready;
  const [database] = childrenNamed("workerd").filter((child) => !before.includes(child));
  if (database === undefined) throw new Error("workerd is not running");
  const sealingKeys = newSealingKey();
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const simulator = await startSimulator({ users: [], newcomersAt: contosoVariables.DNS_DOMAIN });
  const db = openDatabase(await d1.getD1Database("DB"));
  const users: StandUser[] = [];
  for (let user = 0; user < count; user++) users.push(await addUser(db, keyring.value, `user${user}`));
  let log: string[] = [];
  const gateway = await startRawWorker({
    folder: join(folder, "gateway"),
    code: await build("src/worker.ts"),
    variables: gatewayVariables(sealingKeys, simulator),
    guards: { USER_GUARD: "UserGuard", SOURCE_GUARD: "SourceGuard", GUEST_GUARD: "GuestGuard" },
    rateLimits: Object.keys({ ...anonymousBudgets(), ...apiBudgets() }),
    services: { ORIGIN: new URL(simulator.url).host, CONNECTOR: new URL(simulator.connectorUrl).host },
    database: (await d1.unsafeGetDirectURL("d1")).host,
    logged: (line) => log.push(line),
  });
  // Outside the folder, which only its owner can read.
  const apacheFolder = await mkdtemp(join(tmpdir(), "postern-bench-apache-"));
  const apache = isApacheInstalled() ? await startApache(apacheFolder, users) : undefined;
  return {
    gateway: { port: gateway.port, cpu: () => cpuMs(gateway.pid) },
    databaseCpu: () => cpuMs(database),
    apache: apache && { port: apache.port, cpu: () => groupCpuMs(apache.pid) },
    users,
    takeLog: () => {
      const taken = log;
      log = [];
      return taken;
    },
    stop: async () => {
      await gateway.stop();
      await apache?.stop();
      await d1.dispose();
      await simulator.stop();
      for (const each of [folder, apacheFolder]) await rm(each, { recursive: true, force: true });
    },
  };
}

/** CPU time of a process and of those that it has started. */
const groupCpuMs = (pid: number): number => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuMs(each), 0);
