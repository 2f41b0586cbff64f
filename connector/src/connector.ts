// Builds the connector from its configuration, starts it and stops it.

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { authorize } from "./authorize.ts";
import { commandRunner } from "./command.ts";
import type { Config } from "./config.ts";
import { directorySearch, groupCheck } from "./groups.ts";
import { krb5Conf } from "./krb5-conf.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import type { Mint } from "./mint.ts";
import { OwnTicket } from "./own-ticket.ts";
import { Queue } from "./queue.ts";
import { probeDelegation, probeService, Readiness } from "./readiness.ts";
import { UsedOrders } from "./replay.ts";
import { ok, refuse } from "./result.ts";
import { type Answers, close, listen, observationListener, orderListener } from "./server.ts";
import { Turn } from "./turn.ts";
import { type TicketSource, UserTickets } from "./user-tickets.ts";

/** A running connector. */
export type Connector = {
  /** Base URLs, without a trailing slash. */
  readonly url: string;
  readonly observeUrl: string;
  /** Refuses new orders, ends the running ones, and deletes all tickets. */
  readonly stop: () => Promise<void>;
};

/**
 * How often the connector checks itself. So its own ticket is renewed before an order needs it, and the metrics are up
 * to date.
 */
const LOOK_AFTER_MS = 60_000;

/** Starts a connector; `loadMint` gets the path of the krb5.conf. */
export async function startConnector(
  config: Config,
  loadMint: (krb5Conf: string) => Promise<Mint>,
  log: Log,
  now: () => number = Date.now,
): Promise<Connector> {
  const { lists, groups, limits, account } = config;
  const folder = join(config.runtimeDirectory, "tickets");
  await removeTickets(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const conf = join(folder, "krb5.conf");
  const serviceHosts = lists.services.map((spn) => spn.slice(spn.indexOf("/") + 1).toLowerCase());
  const turn = new Turn(async () => {
    await writeConf();
    log("controllers", { detail: `asked from now on: ${turn.of(config.kdcs).join(" ") || "as DNS says"}` });
  });
  const writeConf = async (): Promise<void> => {
    await writeFile(`${conf}.new`, krb5Conf({ realm: config.realm, kdcs: turn.of(config.kdcs), serviceHosts }));
    await rename(`${conf}.new`, conf);
  };
  await writeConf();
  const mint = await loadMint(conf);

  const metrics = new Metrics();
  const orders = metrics.counter("postern_connector_orders_total", "Orders, by what they came to.", "outcome");
  const runs = metrics.counter("postern_connector_commands_total", "Runs of Kerberos and LDAP programs.", "program");
  const seconds = metrics.counter(
    "postern_connector_command_seconds_sum",
    "Time that those runs took together.",
    "program",
  );
  const run = turn.watching(
    commandRunner({ krb5Conf: conf, timeoutMs: limits.commandSeconds * 1000 }, (program, took) => {
      runs.add(program);
      seconds.add(program, took);
    }),
  );
  const own = new OwnTicket(account, folder, run, log, now);
  const source: TicketSource = {
    own,
    account: account.principal,
    folder,
    run,
    inGroups:
      groups === undefined
        ? async () => ok(true)
        : groupCheck(
            groups,
            directorySearch(run, () => turn.of(groups.servers)),
            now,
          ),
  };
  const queue = new Queue(limits.commandsAtOnce, limits.commandsWaiting);
  const tickets = new UserTickets(source, queue, { most: limits.cachedUsers, keepMs: limits.cacheSeconds * 1000 }, now);
  const used = new UsedOrders(now());
  let stopping = false;
  const [service = ""] = lists.services;
  const readiness = new Readiness(
    () =>
      config.probeUser === undefined
        ? probeService(source, service)
        : probeDelegation(source, mint, { user: config.probeUser, service }),
    log,
    now,
  );
  metrics.gauge("postern_connector_user_tickets", "Users' tickets kept.", () => tickets.size);
  metrics.gauge("postern_connector_commands_waiting", "Orders that wait for a program.", () => queue.waiting);
  metrics.gauge("postern_connector_orders_remembered", "Order ids remembered against replay.", () => used.size);
  metrics.gauge("postern_connector_own_ticket_end_seconds", "When the own ticket ends.", () => own.endsAt / 1000);
  metrics.gauge("postern_connector_ready", "1 when the last look was good; there is one a minute at least.", () =>
    readiness.last ? 1 : 0,
  );

  const authority = {
    rules: { issuer: config.issuer, audience: config.name, keys: config.keys },
    used,
    lists,
    tickets,
    mint,
    log,
    count: (outcome: string) => orders.add(outcome),
    now,
  };
  const answers: Answers = {
    authorize: async (jws, request) => (stopping ? refuse("stopping") : authorize(jws, authority, request)),
    onNoOrder: (reason, request) => {
      orders.add(reason);
      log("authorization", { request, outcome: "refused", reason });
    },
    ready: async () => {
      if (stopping) return refuse("stopping");
      return used.settled(now()) ? readiness.look() : refuse("just-started");
    },
    metrics: () => metrics.text(),
  };

  const [orderServer, observationServer] = [orderListener(answers), observationListener(answers)];
  const url = await listen(orderServer, config.listen, "listen");
  const observeUrl = await listen(observationServer, config.observe, "observe").catch(async (fault: unknown) => {
    await close(orderServer);
    throw fault;
  });
  log("listening", { url, observeUrl, name: config.name, keys: [...config.keys.keys()].join(" ") });
  await own.cache();
  const looking = setInterval(() => void Promise.all([own.cache(), readiness.look()]), LOOK_AFTER_MS);
  looking.unref();
  return {
    url,
    observeUrl,
    stop: async () => {
      stopping = true;
      clearInterval(looking);
      await Promise.all([close(orderServer), close(observationServer)]);
      await own.settled();
      await removeTickets(folder);
      log("stopped");
    },
  };
}

/** Deletes all tickets. No run uses the tickets of an earlier run. */
const removeTickets = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
