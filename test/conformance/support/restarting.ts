// A gateway that is stopped and started again with other secrets, as a deployment does: on the same databases, at the
// same port, in front of the same Front-End, which remembers its tickets.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSealingKey } from "../../../cli/sealing-keys.ts";
import { type GatewayOptions, type LocalGateway, startGateway } from "../../../local/gateway.ts";
import { type SimulatorOptions, startSimulator } from "../../../simulator/simulator.ts";
import { send, type TestRequest, type TestResponse } from "../../../simulator/test-client.ts";
import { demoUsers } from "../../../simulator/users.ts";
import { freePort } from "../../kit/free-port.ts";
import { prepared } from "../../kit/gateway/prepared.ts";

/** What a deployment changes. */
export type Deployed = Pick<GatewayOptions, "sealingKeys" | "adminKey" | "variables" | "connectors">;

/** A gateway with its state. `home`, `log` and `send` are those of a `TestGateway`. */
export type RestartingGateway = {
  readonly home: string;
  readonly url: string;
  readonly log: readonly string[];
  readonly running: LocalGateway;
  /** Stops it and starts it with what is given; everything else is as in the first start. */
  readonly deploy: (with_: Deployed) => Promise<void>;
  readonly send: (request: TestRequest) => Promise<TestResponse>;
  readonly stop: () => Promise<void>;
};

/** Starts one for the first time. */
export async function startRestarting(
  first: Deployed & { readonly simulator?: Partial<SimulatorOptions> } = {},
): Promise<RestartingGateway> {
  const home = await mkdtemp(join(tmpdir(), "postern-restarting-"));
  const state = join(home, "state");
  await mkdir(state);
  const worker = await prepared(state);
  const frontEnd = await startSimulator({ users: demoUsers, ...first.simulator });
  const { sealingKeys = newSealingKey(), adminKey = newSealingKey() } = first;
  const port = await freePort();
  const log: string[] = [];
  const start = (given: Deployed): Promise<LocalGateway> =>
    startGateway({
      ...{ state, worker, port, sharedSimulator: frontEnd, onLog: (line: string) => log.push(line) },
      ...{ sealingKeys, adminKey, apiBudgets: { calls: 100_000, secrets: 100_000 }, ...given },
      variables: { REFUSAL_FLOOR_MS: "0", ...first.variables, ...given.variables },
    });
  const agent = new Agent({ keepAlive: false });
  let running = await start(first);
  const demo = JSON.stringify({ gateway: running.gateway, adminHost: running.adminHost });
  await writeFile(join(home, "demo.json"), demo, { mode: 0o600 });
  const admin = (key: string) =>
    writeFile(join(home, "admin.json"), JSON.stringify({ adminKey: key }), { mode: 0o600 });
  await admin(adminKey);
  return {
    ...{ home, url: running.gateway, log },
    get running() {
      return running;
    },
    deploy: async (given) => {
      await running.stop();
      running = await start({ ...first, ...given });
      await admin((given.adminKey ?? adminKey).split(" ")[0] ?? "");
    },
    send: (request) => send({ url: running.gateway, hosts: frontEnd.hosts }, { agent, ...request }),
    stop: async () => {
      await running.stop();
      await frontEnd.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
