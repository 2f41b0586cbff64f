// The two places to which a real client can be pointed. One is the simulated Front-End itself, where the client signs
// in with the directory password. The other is the gateway before it, where the client signs in with the app password.
// Only this file knows how either is started.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { startGateway } from "../../local/gateway.ts";
import type { LedgerContents } from "../../simulator/ledger.ts";
import { demoUsers, type Simulator, startSimulator } from "../../simulator/simulator.ts";

/** Where to sign in, as which user, and with which password. */
export interface Upstream {
  readonly name: "the simulator" | "the gateway";
  /** Plain HTTP; the Host header chooses the published host. Clients' ports 80 and 443 both lead here. */
  readonly baseUrl: string;
  readonly hosts: readonly string[];
  readonly sipUri: string;
  readonly upn: string;
  readonly domain: string;
  readonly user: string;
  /** The password that is right at this place. */
  readonly password: string;
  /** The WWW-Authenticate lines with which this place asks for Windows sign-in. */
  readonly offers: readonly string[];
  /** What has reached the Front-End so far. */
  ledger(): LedgerContents;
  /** What the gateway has logged so far. Empty for the Front-End itself. */
  logs(): readonly string[];
  stop(): Promise<void>;
}

async function openSimulator(): Promise<Upstream> {
  const [alice] = demoUsers;
  if (alice === undefined) throw new Error("the simulator has no demo users");
  const simulator = await startSimulator({ users: demoUsers });
  return {
    name: "the simulator",
    baseUrl: simulator.url,
    hosts: Object.values(simulator.hosts),
    sipUri: alice.sipUri,
    upn: alice.upn,
    domain: alice.domain,
    user: alice.account,
    password: alice.directoryPassword,
    offers: ["Negotiate", "NTLM"],
    ledger: ledgerOf(simulator),
    logs: () => [],
    stop: () => simulator.stop(),
  };
}

async function openGateway(): Promise<Upstream> {
  const state = mkdtempSync(join(tmpdir(), "postern-real-"));
  const logs: string[] = [];
  const running = await startGateway({ state, onLog: (line) => logs.push(line) });
  const { gateway, hosts, sipUri, upn, domain, user, appPassword, simulator } = running;
  return {
    name: "the gateway",
    baseUrl: gateway,
    hosts,
    sipUri,
    upn,
    domain,
    user,
    password: appPassword,
    offers: ["NTLM"],
    ledger: ledgerOf(simulator),
    logs: () => logs,
    stop: async () => {
      await running.stop();
      rmSync(state, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** This copies the list, because the simulator goes on adding to its own. */
const ledgerOf = (simulator: Simulator) => () => structuredClone(simulator.ledger());

/**
 * Declares the same tests for both places. `body` gets the place as a function, because the place is started only when
 * the tests run.
 */
export function forEachUpstream(body: (upstream: () => Upstream, name: Upstream["name"]) => void): void {
  for (const [name, open] of [
    ["the simulator", openSimulator],
    ["the gateway", openGateway],
  ] as const) {
    describe(`at ${name}`, () => {
      let upstream: Upstream | undefined;
      beforeAll(async () => {
        upstream = await open();
      });
      afterAll(() => upstream?.stop());
      body(() => {
        if (upstream === undefined) throw new Error(`${name} did not start`);
        return upstream;
      }, name);
    });
  }
}
