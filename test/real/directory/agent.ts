// The agent as a process of its own, started as systemd would, with a configuration file. What it logs and counts is
// read as an administrator would read it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../../../local/bundle.ts";
import type { TestGateway } from "../../conformance/support/gateway.ts";
import { NETBIOS_DOMAIN } from "../ad/names.ts";
import { type Finished, run, type Server, startServer, untilReady } from "../ad/process.ts";
import type { Controller } from "./controller.ts";

/** How often the agent of a test looks at the directory, seconds. In an organisation it is a minute. */
const EVERY_SECONDS = 10;
const OBSERVED_AT = 8481;

/** What an agent is given. */
export type AgentOptions = {
  readonly controller: Controller;
  readonly gateway: Pick<TestGateway, "gateway" | "adminHost">;
  /** An API token of scope `directory`. */
  readonly token: string;
  /** Settings of `directory` beside the usual ones. */
  readonly directory?: Readonly<Record<string, unknown>>;
  /** Where it looks for people. Default: the whole domain. */
  readonly bases?: readonly string[];
  /** Whole parts of the configuration, such as `mail`. */
  readonly parts?: Readonly<Record<string, unknown>>;
};

/** An agent that can be killed and started again. */
export interface AgentProcess {
  /** The base URL of `/live`, `/ready` and `/metrics`. */
  readonly observeUrl: string;
  /** The file of its configuration. */
  readonly file: string;
  /** Everything that it has printed since the first start. */
  output(): string;
  /** The sum of a counter's values whose labels match, or 0. */
  counted(name: string, labels?: RegExp): Promise<number>;
  /** Runs one of the agent's commands beside it, such as `sync --dry-run`. */
  command(...argv: readonly string[]): Promise<Finished>;
  start(): Promise<void>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes the configuration into `folder`, which it makes. Starts nothing. */
export async function newAgent(folder: string, options: AgentOptions): Promise<AgentProcess> {
  await mkdir(folder, { mode: 0o700 });
  const { controller, gateway, token, bases } = options;
  const secret = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const { host, caFile, bindDn } = controller;
  const domain = { servers: [`ldaps://${host}`], netbios: NETBIOS_DOMAIN, ...(bases && { bases }) };
  const configuration = {
    gateway: { url: gateway.gateway, host: gateway.adminHost, tokenFile: await secret("token", token) },
    directory: {
      domains: [domain],
      bind: { user: bindDn, passwordFile: await secret("bind-password", controller.password) },
      caFile,
      ...options.directory,
    },
    sync: { everySeconds: EVERY_SECONDS },
    listen: { host, port: OBSERVED_AT },
    ...options.parts,
  };
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify(configuration, null, 2), { mode: 0o600 });
  const argv = [process.execPath, join(PROJECT, "agent", "src", "main.ts")];
  const config = ["--config", file];
  const observeUrl = `http://${host}:${OBSERVED_AT}`;
  const env = { KRB5_CONFIG: controller.krb5Conf };
  let server: Server | undefined;
  return {
    ...{ observeUrl, file },
    output: () => server?.output() ?? "",
    counted: async (name, labels = /^/) => {
      const text = await (await fetch(`${observeUrl}/metrics`)).text();
      const values = text.split("\n").flatMap((line) => {
        const [, metric, label = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        return metric === name && labels.test(label) ? [Number(value)] : [];
      });
      return values.reduce((sum, value) => sum + value, 0);
    },
    command: (...words) => run([...argv, ...words, ...config], { env }),
    start: async () => {
      server = startServer([...argv, ...config], join(folder, "agent.log"), env);
      await untilReady(server, "the agent", async () => {
        const answer = await fetch(`${observeUrl}/live`).catch(() => undefined);
        return answer?.ok === true;
      });
    },
    kill: async () => {
      await server?.stop("SIGKILL");
    },
    stop: async () => {
      await server?.stop();
    },
  };
}
