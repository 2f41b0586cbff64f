// The two places a real client can be pointed at: the simulated Front-End itself, where it signs in with the directory
// password, and the gateway before it, where it signs in with the application-specific password. The one file of these
// tests that knows how either is started.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { startGateway } from "../../local/gateway.ts";
import type { LedgerContents } from "../../simulator/ledger.ts";
import { demoUsers, type Simulator, startSimulator } from "../../simulator/simulator.ts";

/** Where to sign in, as whom, and with what. */
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
  /** The WWW-Authenticate lines that ask for Windows sign-in. */
  readonly offers: readonly string[];
  /** What has reached the Front-End so far. */
  ledger(): LedgerContents;
  /** What the gateway has logged so far; the Front-End's own place has none. */
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

/** A copy: the simulator's own goes on being written. */
const ledgerOf = (simulator: Simulator) => () => structuredClone(simulator.ledger());

/**
 * Declares the same tests for both places. `body` gets the place as a function, because it is started only when they
 * run.
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
