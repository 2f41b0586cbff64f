// The gateway in local workerd, the simulated Front-End behind it, the database migrated, a demo user with a fresh app
// password. `npm start` and the black-box tests start the same thing.

import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { newSealingKey } from "../cli/sealing-keys.ts";
import { demoUsers, type Simulator, type SimulatorOptions, startSimulator } from "../simulator/simulator.ts";
import { parseKeyring } from "../src/core/crypto/keyring.ts";
import { buildWorker, wrangler } from "./bundle.ts";
import { DATABASE, DATABASE_WORKER, databaseAt, databaseWorker, type Execute, newDatabaseKey } from "./database.ts";
import { inviteDemoUser } from "./demo-invitation.ts";
import { freshAppPasswords, type LocalUser } from "./directory.ts";
import { type Invited, inviteToConsole } from "./invitation.ts";
import { lineOf } from "./log.ts";
import { passiveVariables, trustTokenService } from "./passive.ts";
import { poolVariables, secondPoolHosts, simulatorsOfPools } from "./pools.ts";
import { TLS_ENTRY, tlsEntry } from "./tls-entry.ts";
import { keepLocalToken, localToken } from "./token.ts";
import {
  adminHost,
  anonymousBudgets,
  apiBudgets,
  consoleHost,
  contosoVariables,
  demoUser,
  portalHost,
  publicHosts,
} from "./world.ts";

/** How a local gateway differs from the usual one. */
export type GatewayOptions = {
  /** Folder of the databases, which keeps them from start to start; it must exist. */
  readonly state: string;
  /** Loopback port; default 0, any free one. */
  readonly port?: number;
  /** Default: a new key, which cannot open anything sealed in an earlier start. */
  readonly sealingKeys?: string;
  /** The key that opens the admin API. Default: a new one. */
  readonly adminKey?: string;
  /** Where the token of the command's target `local` is kept. Default: none is made. */
  readonly tokenFile?: string;
  /** Variables that are added to Contoso's, or replace them. Undefined: the Worker does not get this variable. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** How many requests without a ticket Postern forwards for one network in a minute. Default: as usual. */
  readonly budgets?: { readonly services: number; readonly pages: number };
  /** How often one caller may ask the API in a minute, and make secrets. Default: as usual. */
  readonly apiBudgets?: { readonly calls: number; readonly secrets: number };
  /** Users beside the demo user, each with an app password. */
  readonly moreUsers?: readonly LocalUser[];
  readonly simulator?: Partial<SimulatorOptions>;
  /** How many pools stand behind the gateway: one (default) or two. */
  readonly pools?: 1 | 2;
  /** True: Postern is the pools' token service for passive sign-in, and the simulators trust it. Default: false. */
  readonly passive?: boolean;
  /** A simulator that runs already. It goes on when the gateway stops. Default: one of its own. */
  readonly sharedSimulator?: Simulator;
  /** `kept`: nobody gets a fresh app password, and no row is written. For the tables of another version. */
  readonly people?: "fresh" | "kept";
  /** Base URL of the server that plays the Front-End. Default: the simulator. */
  readonly frontEndAt?: string;
  /** True: there is a second address, for a front that ends TLS ({@link LocalGateway.behindTls}). Default: false. */
  readonly behindTls?: boolean;
  /** Base URLs behind the bindings CONNECTOR and CONNECTOR_2. Default: the simulator's connector behind the first. */
  readonly connectors?: readonly string[];
  /** What {@link prepare} made of `state`. Default: it is made now. */
  readonly worker?: string;
  /** The module whose guards the Worker asks, when it is another than its own, as during a gradual deployment. */
  readonly guards?: string;
  /** Receives what the Worker and workerd log, each line one JSON object; default: standard output. */
  readonly onLog?: (line: string) => void;
};

/** A running gateway. URLs are bases without a trailing slash; requests choose the host by `Host`. */
export type LocalGateway = typeof demoUser & {
  readonly gateway: string;
  /** Where a front sends what came to it by TLS; undefined without `behindTls`. */
  readonly behindTls: string | undefined;
  readonly frontEnd: string;
  readonly hosts: readonly string[];
  /** Not one of `hosts`. */
  readonly adminHost: string;
  readonly adminKey: string;
  /** Not one of `hosts`. */
  readonly consoleHost: string;
  readonly user: string;
  readonly appPassword: string;
  /** App passwords of `moreUsers`, in their order. */
  readonly morePasswords: readonly string[];
  readonly simulator: Simulator;
  /** The Front-End of the second pool, if there is one. */
  readonly secondPool: Simulator | undefined;
  /** The address of the console in a browser on this machine. */
  readonly consoleUrl: string;
  /** Invites somebody to the console. The link, or undefined for somebody who has a passkey. */
  readonly invite: (invited: Invited) => Promise<string | undefined>;
  /** Not one of `hosts`. */
  readonly portalHost: string;
  /** The address of the portal in a browser on this machine. */
  readonly portalUrl: string;
  /** Invites the demo user to the portal. The link, or undefined while there is an invitation that nobody has used. */
  readonly inviteUser: () => Promise<string | undefined>;
  /** Rings the cron trigger of that schedule, as the platform would. Returns when its work is done. */
  readonly ring: (cron: string) => Promise<void>;
  /** Runs SQL on the gateway's database, for tests. */
  readonly execute: Execute;
  /** The guard of that name, for tests: what can be asked of a user's guard without a page or the API. */
  readonly userGuard: (name: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

/** Another program already listens on the port. */
export class PortInUse extends Error {
  override readonly name = "PortInUse";
}

/**
 * Builds the Worker, and makes the tables in the folder `state`; answers with the Worker's one module. Rejects with
 * what wrangler said.
 */
export async function prepare(state: string): Promise<string> {
  const [worker] = await Promise.all([
    buildWorker(),
    wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state),
  ]);
  return worker;
}

/** Starts it all; rejects with {@link PortInUse}, or with what wrangler or workerd said. */
export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const port = options.port ?? 0;
  await demandFree(port);
  const sealingKeys = options.sealingKeys ?? newSealingKey();
  const adminKey = options.adminKey ?? newSealingKey();
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(`the sealing keys are unusable: ${keyring.reason}`);
  const worker = options.worker ?? (await prepare(options.state));
  const [first, second] = options.pools === 2 ? simulatorsOfPools(randomBytes(32)) : [{ users: demoUsers }];
  const passive = options.passive === true ? { passive: {} } : {};
  const simulator = options.sharedSimulator ?? (await startSimulator({ ...first, ...passive, ...options.simulator }));
  const secondPool = second && (await startSimulator({ ...passive, ...options.simulator, ...second }));
  const databaseKey = newDatabaseKey();
  const workerd = new Miniflare(
    workerdOptions(worker, port, { sealingKeys, adminKey, databaseKey }, { simulator, secondPool }, options),
  );
  const stop = async (): Promise<void> => {
    await workerd.dispose();
    if (options.sharedSimulator === undefined) await simulator.stop();
    await secondPool?.stop();
  };
  try {
    await workerd.ready;
    const url = await workerd.unsafeGetDirectURL("postern");
    const { db, execute } = databaseAt(await workerd.unsafeGetDirectURL(DATABASE_WORKER), databaseKey);
    if (options.passive === true) {
      for (const pool of [simulator, secondPool]) if (pool) trustTokenService(pool, `http://127.0.0.1:${url.port}`);
    }
    const now = Date.now();
    const people = options.people === "kept" ? [] : [demoUser, ...(options.moreUsers ?? [])];
    const [appPassword = "", ...morePasswords] = await freshAppPasswords(db, keyring.value, people, now);
    const consoleUrl = `http://${consoleHost}:${url.port}`;
    const portalUrl = `http://${portalHost}:${url.port}`;
    if (options.tokenFile !== undefined) await keepLocalToken(db, options.tokenFile, now);
    return {
      ...demoUser,
      gateway: `http://127.0.0.1:${url.port}`,
      behindTls: options.behindTls === true ? String(await workerd.unsafeGetDirectURL(TLS_ENTRY)) : undefined,
      frontEnd: options.frontEndAt ?? simulator.url,
      hosts: publicHosts.concat(secondPool === undefined ? [] : Object.values(secondPoolHosts)),
      adminHost,
      adminKey,
      consoleHost,
      consoleUrl,
      invite: async (invited) => {
        const secret = await inviteToConsole(db, invited, Date.now());
        return secret === undefined ? undefined : `${consoleUrl}/invite#${secret}`;
      },
      portalHost,
      portalUrl,
      inviteUser: () => {
        const key = options.tokenFile === undefined ? adminKey : localToken(options.tokenFile);
        return inviteDemoUser({ url: new URL(`http://127.0.0.1:${url.port}`), adminHost, key, portalUrl });
      },
      user: demoUser.account,
      appPassword,
      morePasswords,
      simulator,
      secondPool,
      ring: async (cron) => void (await (await workerd.getWorker("postern")).scheduled({ cron })),
      execute,
      userGuard: async (name) => {
        const guards = await workerd.getDurableObjectNamespace("USER_GUARD", "postern");
        return guards.get(guards.idFromName(name));
      },
      stop,
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

function workerdOptions(
  worker: string,
  port: number,
  keys: { readonly sealingKeys: string; readonly adminKey: string; readonly databaseKey: string },
  { simulator, secondPool }: Pick<LocalGateway, "simulator" | "secondPool">,
  options: GatewayOptions,
): ConstructorParameters<typeof Miniflare>[0] {
  const text = (value: string) => ({ type: "text", value }) as const;
  const variables: NonNullable<GatewayOptions["variables"]> = {
    ...contosoVariables,
    ...(secondPool === undefined ? {} : poolVariables),
    ADMIN_HOST: adminHost,
    CONSOLE_HOST: consoleHost,
    PORTAL_HOST: portalHost,
    ...(options.passive === true ? passiveVariables([simulator, secondPool].flatMap((s) => s?.hosts.web ?? [])) : {}),
    ...options.variables,
  };
  const [connector = simulator.connectorUrl, secondConnector] = options.connectors ?? [];
  const service = (url: string) => ({ type: "external", address: new URL(url).host, http: {} }) as const;
  const guards = options.guards === undefined ? "postern" : "guards";
  const guard = (exportName: string) => ({ type: "durable-object", worker: guards, exportName }) as const;
  const versionOf = (name: string, code: string) => ({
    name,
    compatibilityDate: "2026-10-23",
    manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents: code } as const } },
    exports: {
      UserGuard: { type: "durable-object", storage: "sqlite" } as const,
      SourceGuard: { type: "durable-object", storage: "sqlite" } as const,
      GuestGuard: { type: "durable-object", storage: "sqlite" } as const,
    },
    env: {
      ...Object.fromEntries(
        Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, text(value)]])),
      ),
      SEALING_KEYS: text(keys.sealingKeys),
      ADMIN_KEYS: text(keys.adminKey),
      CONNECTOR_SECRET: text(simulator.connectorKey),
      DB: DATABASE,
      USER_GUARD: guard("UserGuard"),
      SOURCE_GUARD: guard("SourceGuard"),
      GUEST_GUARD: guard("GuestGuard"),
      ...anonymousBudgets(options.budgets),
      ...apiBudgets(options.apiBudgets),
      MAIL: { type: "send-email" } as const,
      ORIGIN: service(options.frontEndAt ?? simulator.url),
      ...(secondPool === undefined ? {} : { ORIGIN_2: service(secondPool.url) }),
      CONNECTOR: service(connector),
      ...(secondConnector === undefined ? {} : { CONNECTOR_2: service(secondConnector) }),
    },
  });
  return {
    host: "127.0.0.1",
    cf: false,
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: join(options.state, "v3"),
    handleStructuredLogs: (message) => (options.onLog ?? console.log)(lineOf(message)),
    workers: [
      {
        config: versionOf("postern", worker),
        // Requests come to the Worker as workerd reads them: Miniflare's own entry would repair some and answer 500 to
        // others.
        dev: { stripCfConnectingIp: false, unsafeDirectSockets: [{ host: "127.0.0.1", port }] },
      },
      ...(options.guards === undefined ? [] : [{ config: versionOf("guards", options.guards) }]),
      ...(options.behindTls === true ? [tlsEntry("postern")] : []),
      databaseWorker(keys.databaseKey),
    ],
  };
}

/** workerd's own complaint about a port is hard to read; ask first. */
async function demandFree(port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", () => reject(new PortInUse(`port ${port} is in use; choose another: PORT=8788 npm start`)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
