// The real connector as a process of its own, started as systemd would, with a configuration file. What it logs is read
// back as the administrator would read it in the journal.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../../../local/bundle.ts";
import type { Directory } from "./directory.ts";
import { BASE_DN } from "./ldif.ts";
import {
  CONNECTOR_ACCOUNT,
  DNS_DOMAIN,
  FRONT_END_SERVICE,
  ISSUER,
  PEOPLES_SUFFIX,
  REALM,
  USERS_GROUP,
} from "./names.ts";
import type { SigningKey } from "./order.ts";
import { type Server, startServer, untilReady, wrongClock } from "./process.ts";

/** One line of the connector's log. */
export type LogLine = {
  readonly event: string;
  readonly user?: string;
  readonly outcome?: string;
  readonly reason?: string;
  /** How long the connector took for it. */
  readonly ms?: number;
};

/** How a connector differs from the usual one. */
export interface ConnectorOptions {
  /** Its audience, such as `connector-a`. */
  readonly name: string;
  readonly port: number;
  readonly key: SigningKey;
  /** A group whose members are refused, by its distinguished name. Usually the domain's administrators. */
  readonly deny?: readonly string[];
  /** A domain controller that the connector is told to ask before the directory. */
  readonly firstController?: string;
  /** Settings that replace the usual ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly keytab?: keyof Directory["keytabs"];
  /** Lets its clock run fast or slow, such as `+10m`. */
  readonly clock?: string;
  /** True: the connector cannot become ready. False: this waits until it takes orders. */
  readonly faulty?: boolean;
}

/** A connector that can be killed and started again. */
export interface ConnectorProcess {
  readonly name: string;
  readonly url: string;
  readonly observeUrl: string;
  /** Everything it printed since the first start. */
  readonly output: () => string;
  /** The lines about orders, oldest first. */
  readonly orders: () => readonly LogLine[];
  /** Ends it at once, as a power cut does. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a connector in `folder`, which it makes. */
export async function startConnector(
  folder: string,
  directory: Directory,
  options: ConnectorOptions,
): Promise<ConnectorProcess> {
  await mkdir(folder, { mode: 0o700 });
  const { name, port, key, clock, deny = [`CN=Domain Admins,CN=Users,${BASE_DN}`] } = options;
  const host = directory.address;
  const configuration = {
    name,
    issuer: ISSUER,
    keys: [key.publicJwk],
    principal: `${CONNECTOR_ACCOUNT}@${REALM}`,
    keytab: directory.keytabs[options.keytab ?? "connector"],
    kdcs: [...(options.firstController === undefined ? [] : [options.firstController]), host],
    runtimeDirectory: folder,
    services: [FRONT_END_SERVICE],
    userDomains: [PEOPLES_SUFFIX, DNS_DOMAIN],
    groups: { servers: [`ldap://${host}`], base: BASE_DN, allow: [`CN=${USERS_GROUP},CN=Users,${BASE_DN}`], deny },
    probeUser: "alice@contoso.test",
    listen: { host, port },
    observe: { host, port: port + 1 },
    ...options.settings,
  };
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify(configuration, null, 2));
  const log = join(folder, "connector.log");
  const argv = [process.execPath, join(PROJECT, "connector", "src", "main.ts"), file];
  const observeUrl = `http://${host}:${port + 1}`;

  let server: Server;
  const start = async (): Promise<void> => {
    server = startServer(argv, log, wrongClock(clock));
    await untilReady(server, name, async () => {
      const reason = await unreadiness(observeUrl);
      return reason === undefined || (options.faulty === true && !/^(not-there|just-started)$/.test(reason));
    });
  };
  await start();
  const output = (): string => server.output();
  return {
    name,
    url: `http://${host}:${port}`,
    observeUrl,
    output,
    orders: () => linesOf(output()).filter(({ event }) => event === "authorization"),
    kill: () => server.stop("SIGKILL"),
    restart: start,
    stop: () => server.stop(),
  };
}

/** Why the connector is not ready, in its own words. `not-there`: it does not listen yet. */
async function unreadiness(observeUrl: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${observeUrl}/ready`);
    const { reason } = (await answer.json()) as { readonly reason?: string };
    return answer.ok ? undefined : (reason ?? "not-there");
  } catch {
    return "not-there";
  }
}

/** The JSON lines of the log. A last line that is not complete is left out. */
function linesOf(output: string): LogLine[] {
  return output.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}
