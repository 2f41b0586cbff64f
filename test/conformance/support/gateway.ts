// One gateway for one test file. It has new databases in a temporary folder, the simulated Front-End behind it, and
// alice and bob in its directory. It keeps everything that the Worker logs, for tests that search it.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayOptions, type LocalGateway, startGateway } from "../../../local/gateway.ts";
import { localAdminKey } from "../../../local/keys.ts";
import { demoUser } from "../../../local/world.ts";
import { send, type TestRequest, type TestResponse } from "../../../simulator/test-client.ts";
import { hurried, type Times } from "../../kit/gateway/hurried.ts";
import { prepared } from "../../kit/gateway/prepared.ts";

/** Somebody with an app password. */
export type Person = typeof demoUser & { readonly password: string };

/** A running gateway as tests see it. `stop` ends it and removes its folder. */
export type TestGateway = LocalGateway & {
  /**
   * The folder that corresponds to `.postern` of `npm start`: the databases, and the files by which the operator's
   * command finds the gateway.
   */
  readonly home: string;
  /** What the Worker logged, line by line, so far. */
  readonly log: readonly string[];
  readonly alice: Person;
  readonly bob: Person;
  /** The same two with the app passwords of their other devices. */
  readonly atDesk: { readonly alice: Person; readonly bob: Person };
  /** `moreUsers` behind bob, in their order. */
  readonly others: readonly Person[];
  /**
   * Sends one request. It goes on a connection of its own unless it brings an agent, and from an address of its own
   * unless it names one in `cf-connecting-ip`. Default host: the web host.
   */
  readonly send: (request: TestRequest) => Promise<TestResponse>;
  /** What `act` added to the Front-End's ledger: the requests that arrived meanwhile. */
  readonly arrivals: (act: () => Promise<unknown>) => Promise<ReturnType<LocalGateway["simulator"]["ledger"]>>;
};

const bobUser = { sipUri: "sip:bob@contoso.test", upn: "bob@contoso.test", domain: "CONTOSO", account: "bob" };

let addresses = 0;
/** An address from which no request came before. So the failures of one test do not count in the next. */
const strangeAddress = (): string => `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;

/**
 * Starts a gateway. `moreUsers` come after bob. Refusals are answered at once, unless a test asks for the floor.
 * `times`: constants of the Worker that would make the test wait for minutes.
 */
export async function startTestGateway({
  times = {},
  ...options
}: Omit<GatewayOptions, "state"> & { readonly times?: Times } = {}): Promise<TestGateway> {
  const home = await mkdtemp(join(tmpdir(), "postern-test-"));
  const state = join(home, "state");
  await mkdir(state);
  const usual = await prepared(state);
  const worker = hurried(options.worker ?? usual, times);
  const log: string[] = [];
  const moreUsers = options.moreUsers ?? [];
  const gateway = await startGateway({
    onLog: (line) => log.push(line),
    adminKey: localAdminKey(home),
    apiBudgets: { calls: 100_000, secrets: 100_000 }, // a test asks faster than a program should
    ...options,
    variables: { REFUSAL_FLOOR_MS: "0", ...options.variables },
    state,
    worker,
    moreUsers: [bobUser, demoUser, bobUser, ...moreUsers],
  });
  const { gateway: url, adminHost } = gateway;
  await writeFile(join(home, "demo.json"), JSON.stringify({ gateway: url, adminHost }), { mode: 0o600 });
  const [bobPassword = "", aliceDesk = "", bobDesk = "", ...otherPasswords] = gateway.morePasswords;
  const unshared = new Agent({ keepAlive: false });
  return {
    ...gateway,
    home,
    log,
    alice: { ...demoUser, password: gateway.appPassword },
    bob: { ...bobUser, password: bobPassword },
    atDesk: { alice: { ...demoUser, password: aliceDesk }, bob: { ...bobUser, password: bobDesk } },
    others: moreUsers.map((user, index) => ({ ...user, password: otherPasswords[index] ?? "" })),
    send: (request) =>
      send(
        { url: gateway.gateway, hosts: gateway.simulator.hosts },
        { agent: unshared, ...request, headers: { "cf-connecting-ip": strangeAddress(), ...request.headers } },
      ),
    arrivals: async (act) => {
      gateway.simulator.clearLedger();
      await act();
      return gateway.simulator.ledger();
    },
    stop: async () => {
      await gateway.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
