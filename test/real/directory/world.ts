// Directory, gateway and agent together, as the tests of the sync have them.

import { join } from "node:path";
import { vi } from "vitest";
import type { GatewayOptions } from "../../../local/gateway.ts";
import { makeFolder, removeFolder } from "../ad/folder.ts";
import { type AgentOptions, type AgentProcess, newAgent } from "./agent.ts";
import { type Controller, startController } from "./controller.ts";
import { type LinkedPerson, type SyncedGateway, startSyncedGateway } from "./gateway.ts";
import type { Entry } from "./people.ts";
import { groupsDn, type Size } from "./population.ts";

/** How a world differs from the usual one. */
export type WorldOptions = {
  /** People whom the simulated Front-End knows. */
  readonly known?: readonly Entry[];
  readonly gateway?: Omit<GatewayOptions, "state">;
  readonly agent?: Partial<Pick<AgentOptions, "directory" | "bases" | "parts">>;
};

/** All of it. The agent does not run yet. */
export interface World {
  readonly folder: string;
  readonly controller: Controller;
  readonly gateway: SyncedGateway;
  readonly agent: AgentProcess;
  /** The key by which Postern knows an account of the directory, whatever it is called meanwhile. */
  keyOf(account: string): Promise<string>;
  /** Waits until Postern says that everything the directory had at this moment is carried out. */
  inStep(): Promise<void>;
  /** Waits until Postern has the person of this key like that. Returns how long it took, ms. */
  seen(key: string, like: (person: LinkedPerson | undefined) => void): Promise<number>;
  stop(): Promise<void>;
}

/** What the issue promises: whoever leaves the directory is out within this time, ms. */
export const TWO_MINUTES_MS = 120_000;
const POLL_MS = 500;

/** Every group of the organisation becomes a word. */
export const GROUP_WORDS = { groups: [{ under: groupsDn }] } as const;

/** Starts a directory and a gateway, and makes an agent. */
export async function startWorld(size: Size, options: WorldOptions = {}): Promise<World> {
  const folder = await makeFolder();
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
    await removeFolder(folder);
  };
  try {
    const controller = await startController(join(folder, "directory"), size);
    stops.push(() => controller.stop());
    const gateway = await startSyncedGateway(controller, options.known ?? [], options.gateway);
    stops.push(() => gateway.stop());
    const agent = await newAgent(join(folder, "agent"), {
      ...{ controller, gateway, token: gateway.token, directory: GROUP_WORDS },
      ...options.agent,
    });
    stops.push(() => agent.stop());
    return {
      ...{ folder, controller, gateway, agent, stop },
      keyOf: async (account) => `ad:${(await controller.valueOf(account, "objectGUID")).toLowerCase()}`,
      inStep: () => untilInStep(gateway, agent),
      seen: async (key, like) => {
        const begun = Date.now();
        const patience = { timeout: TWO_MINUTES_MS, interval: POLL_MS };
        await vi
          .waitFor(async () => like(await gateway.byKey(key)), patience)
          .catch((cause: unknown) => {
            throw new Error(`the agent says:\n${agent.output().slice(-2_000)}`, { cause });
          });
        return Date.now() - begun;
      },
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** Five thousand people are to be in step in this time, ms: the number. */
const FIVE_MINUTES_MS = 300_000;

/** Waits for a round that begins from now on and ends in step. */
async function untilInStep(gateway: SyncedGateway, agent: AgentProcess): Promise<void> {
  const reports = async (): Promise<string | null> => (await gateway.source())?.inStepAt ?? null;
  const before = await reports();
  let next: string | null = null;
  await vi.waitFor(
    async () => {
      const now = await reports();
      if (next === null && now !== before) next = now; // that round may have begun before
      if (now === null || now === before || (before !== null && now === next)) {
        throw new Error(`not in step since ${before}:\n${agent.output().slice(-2_000)}`);
      }
    },
    { timeout: FIVE_MINUTES_MS, interval: POLL_MS },
  );
}
