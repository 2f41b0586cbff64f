// Builds the agent from its configuration, starts its parts and stops them.

import { PARTS } from "./all-parts.ts";
import { apiAt } from "./api/client.ts";
import type { Config } from "./config/config.ts";
import { directoryOf } from "./ldap/directory.ts";
import type { Log } from "./log.ts";
import { newMetrics } from "./metrics.ts";
import { close, listen, observationListener } from "./observe.ts";
import type { Context, Part, Running } from "./parts.ts";

/** A running agent. */
export type Agent = {
  /** Where `/live`, `/ready` and `/metrics` are, without a trailing slash. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** What every part gets, made from the configuration. It opens no connection. */
export function contextOf(config: Config, log: Log): Context {
  const metrics = newMetrics();
  const api = apiAt(config, (operation, outcome, seconds) => {
    metrics.apiRequests.inc({ operation, outcome });
    metrics.apiSeconds.observe({ operation }, seconds);
  });
  const directory = directoryOf(config, (operation, outcome, seconds) => {
    metrics.ldapRequests.inc({ operation, outcome });
    metrics.ldapSeconds.observe({ operation }, seconds);
  });
  return { config, api, directory, log, metrics };
}

/** Starts the parts that the configuration has. `parts`: the parts there are. */
export async function startAgent(config: Config, log: Log, parts: readonly Part[] = PARTS): Promise<Agent> {
  const context = contextOf(config, log);
  const running = new Map<string, Running>();
  const server = observationListener({
    ready: () => Object.fromEntries([...running].map(([name, part]) => [name, part.ready()])),
    metrics: () => context.metrics.registry.metrics(),
  });
  const stop = async (): Promise<void> => {
    await Promise.all([...[...running.values()].map((part) => part.stop()), close(server)]);
    log("stopped");
  };
  const url = await listen(server, config.listen);
  try {
    for (const part of parts.filter(({ wanted }) => wanted(config))) running.set(part.name, await part.start(context));
  } catch (fault) {
    await stop();
    throw fault;
  }
  log("started", { url, parts: [...running.keys()].join(" "), gateway: config.gateway.url });
  return { url, stop };
}
