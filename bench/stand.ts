// The test stand: in one workerd process the gateway and the proxies it is compared with, each on its own socket, all
// in front of the same fixed origin. A second copy of the gateway, on the same guards and the same database, has the
// simulated Front-End behind it: there the users sign in, so that every ticket is a relayed one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { newSealingKey } from "../cli/sealing-keys.ts";
import { wrangler } from "../local/bundle.ts";
import { freshAppPasswords } from "../local/directory.ts";
import { adminHost, anonymousBudgets, apiBudgets, contosoVariables, portalHost } from "../local/world.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";
import { charactersOfCodePassword, generateCodePassword } from "../src/core/credentials/code-password.ts";
import { sealCodePassword } from "../src/core/credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../src/core/crypto/keyring.ts";
import { type Database, openDatabase } from "../src/store/database.ts";
import { addAppPassword, listAppPasswords, revokeAppPassword, showUser } from "../src/store/directory.ts";
import { DOMAIN } from "./client.ts";
import { childrenNamed } from "./process.ts";

type WorkerOptions = NonNullable<
  Extract<ConstructorParameters<typeof Miniflare>[0], { workers: unknown }>["workers"]
>[number];
type Binding = NonNullable<NonNullable<WorkerOptions["config"]>["env"]>[string];

/** A key of the admin API, which invites people to the portal. */
export const ADMIN_KEY = newSealingKey();

/** A user of the stand, with an app password that works. */
export type StandUser = { readonly account: string; readonly password: string };

/** Workers in one workerd, and a simulated Front-End. */
export type Stand = {
  readonly portOf: (worker: string) => Promise<number>;
  readonly addUser: (account: string) => Promise<StandUser>;
  /** A user whose only app password asks for a code. */
  readonly addCodeUser: (account: string) => Promise<StandUser>;
  readonly keyring: Keyring;
  /** The workerd process. */
  readonly pid: number;
  /** The folder of the databases. */
  readonly state: string;
  /** Where V8's inspector of that Worker's isolate listens; its guards run in the same isolate. */
  readonly inspectorOf: (worker: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Bundles a Worker as the product is bundled, with its `wrangler.toml`; `entry` from the top of the project. */
export async function build(entry: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postern-bench-"));
  try {
    await wrangler("deploy", entry, "--dry-run", "--outdir", folder);
    return await readFile(join(folder, `${entry.replace(/^.*\/|\.ts$/g, "")}.js`), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A Worker with its own socket; `durableObjects`: the classes it exports. */
export function worker(
  name: string,
  code: string,
  env: Readonly<Record<string, Binding>>,
  ...durableObjects: readonly string[]
): WorkerOptions {
  const durable = { type: "durable-object", storage: "sqlite" } as const;
  return {
    config: {
      name,
      compatibilityDate: "2026-10-23",
      manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents: code } } },
      env,
      exports: Object.fromEntries(durableObjects.map((name) => [name, durable])),
    },
    dev: { stripCfConnectingIp: false, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
  };
}

/** A service binding to an HTTP server on this machine. */
export const httpService = (address: string) => ({ type: "external", address, http: {} }) as const;

/** What the gateway needs beside its Front-End. */
export type GatewayEnv = (origin: string) => Readonly<Record<string, Binding>>;

/**
 * Starts the Workers that `workersFor` makes of the gateway's environment and the simulator's address. `inspected`: with
 * V8's inspector, which costs nothing until somebody connects. `prepare` may write into the migrated database before
 * anybody has it open.
 */
export async function startStand(
  workersFor: (gatewayEnv: GatewayEnv, simulator: string) => WorkerOptions[],
  { inspected = false, prepare }: { inspected?: boolean; prepare?: (state: string) => Promise<void> } = {},
): Promise<Stand> {
  const state = await mkdtemp(join(tmpdir(), "postern-bench-state-"));
  await wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state);
  await prepare?.(state);
  const sealingKeys = newSealingKey();
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const simulator = await startSimulator({ users: [], newcomersAt: contosoVariables.DNS_DOMAIN });
  const workers = workersFor((origin) => gatewayEnv(origin, sealingKeys, simulator), new URL(simulator.url).host);
  const before = childrenNamed("workerd");
  const workerd = new Miniflare({
    host: "127.0.0.1",
    cf: false,
    ...(inspected && { inspectorPort: 0 }),
    log: new Log(LogLevel.ERROR),
    handleStructuredLogs: () => {},
    resourcePersistencePath: join(state, "v3"),
    workers,
  });
  await workerd.ready;
  const [pid] = childrenNamed("workerd").filter((child) => !before.includes(child));
  if (pid === undefined) throw new Error("workerd is not running");
  const db = openDatabase(await workerd.getD1Database("DB"));
  return {
    portOf: async (name) => Number((await workerd.unsafeGetDirectURL(name)).port),
    addUser: (account) => addUser(db, keyring.value, account),
    addCodeUser: (account) => addCodeUser(db, keyring.value, account),
    keyring: keyring.value,
    pid,
    state,
    inspectorOf: async (name) => new URL(`/core:user:${name}`, await workerd.getInspectorURL()).href,
    stop: async () => {
      await workerd.dispose();
      await simulator.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** The gateway's variables that are text. The floor of refusals is off, so that it hides no time. */
export const gatewayVariables = (sealingKeys: string, simulator: Simulator): Readonly<Record<string, string>> => ({
  ...contosoVariables,
  SEALING_KEYS: sealingKeys,
  CONNECTOR_SECRET: simulator.connectorKey,
  ...{ PORTAL_HOST: portalHost, ADMIN_HOST: adminHost, ADMIN_KEYS: ADMIN_KEY },
  REFUSAL_FLOOR_MS: "0",
  CERTIFICATE_TICKETS: "on",
});

/** The stand's database. */
export const DATABASE = { type: "d1", id: "00000000-0000-0000-0000-000000000000" } as const;

function gatewayEnv(origin: string, sealingKeys: string, simulator: Simulator): Record<string, Binding> {
  const text = (value: string) => ({ type: "text", value }) as const;
  const variables = Object.entries(gatewayVariables(sealingKeys, simulator));
  return {
    ...Object.fromEntries(variables.map(([name, value]) => [name, text(value)])),
    DB: DATABASE,
    USER_GUARD: { type: "durable-object", worker: "postern", exportName: "UserGuard" },
    SOURCE_GUARD: { type: "durable-object", worker: "postern", exportName: "SourceGuard" },
    GUEST_GUARD: { type: "durable-object", worker: "postern", exportName: "GuestGuard" },
    ...anonymousBudgets(),
    ...apiBudgets(),
    ORIGIN: httpService(origin),
    CONNECTOR: httpService(new URL(simulator.connectorUrl).host),
  };
}

/** Adds a user with an app password. */
export async function addUser(db: Database, keyring: Keyring, account: string): Promise<StandUser> {
  const address = `${account}@${contosoVariables.DNS_DOMAIN}`;
  const who = { sipUri: `sip:${address}`, upn: address, domain: DOMAIN, account };
  const [password = ""] = await freshAppPasswords(db, keyring, [who], Date.now());
  return { account, password };
}

async function addCodeUser(db: Database, keyring: Keyring, account: string): Promise<StandUser> {
  await addUser(db, keyring, account);
  const user = await showUser(db, `${account}@${contosoVariables.DNS_DOMAIN}`);
  const [old] = user === undefined ? [] : await listAppPasswords(db, user.id);
  if (user === undefined || old === undefined) throw new Error(`no ${account}`);
  await revokeAppPassword(db, user.id, old.id, Date.now());
  const password = generateCodePassword();
  const place = { userId: user.id, credentialId: `p_${account}` };
  const ntHashes = sealCodePassword(keyring, place, charactersOfCodePassword(password));
  const row = { id: place.credentialId, userId: user.id, label: "", ntHashes, asksCode: true };
  await addAppPassword(db, row, Date.now());
  return { account, password };
}

/** Starts the fixed origin as a separate process; returns its address. */
export async function startOrigin(): Promise<{ address: string; stop: () => void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "origin.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await once(child.stdout, "data");
  return { address: `127.0.0.1:${String(port).trim()}`, stop: () => child.stdin.end() };
}
