// Monday, 8:55: everybody signs in for the first time within ten minutes, with a real directory behind it. In the lab:
// clients, Postern, two connectors, Samba as Active Directory, Apache with Kerberos, the simulated Front-End. A client
// does what a phone does: it signs in by NTLM, asks for its own discovery and starts an application with its device. It
// comes back after a 503, when `Retry-After` says so. Nobody may be refused.

import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type LocalGateway, startGateway } from "../local/gateway.ts";
import { send } from "../simulator/test-client.ts";
import type { TestGateway } from "../test/conformance/support/gateway.ts";
import { signIn } from "../test/conformance/support/ntlm.ts";
import { asBearer, creation } from "../test/conformance/support/presenting.ts";
import { accessTokenIn, WINDOWS_GRANT } from "../test/conformance/support/tickets.ts";
import { labOptions } from "../test/real/ad/gateway.ts";
import { startLab } from "../test/real/ad/lab.ts";
import { type DirectoryUser, DNS_DOMAIN, NETBIOS_DOMAIN, PEOPLES_SUFFIX, USERS_GROUP } from "../test/real/ad/names.ts";
import { judged, percentile, type Row, shown } from "./report.ts";

/** How many people, and in how many seconds they come. */
export type Monday = { readonly people: number; readonly seconds: number };

/** What a company of five thousand does. */
export const MONDAY: Monday = { people: 5_000, seconds: 600 };

/** How often a client comes back before it gives up: it then counts as refused. */
const MOST_RETRIES = 20;

/** What became of one person's first sign-in. `ms`: from the first request until the device runs its application. */
type Outcome = { readonly ms: number; readonly retries: number; readonly refused?: string };

/** Runs the morning. Needs root and the lab's packages (`npm run lab` says which). */
export async function measureMonday({ people, seconds }: Monday = MONDAY): Promise<Row[]> {
  const crowd: readonly DirectoryUser[] = Array.from({ length: people }, (_, n) => ({
    account: `m${n}`,
    upn: `m${n}@${DNS_DOMAIN}`,
    state: "ordinary",
    groups: [USERS_GROUP],
  }));
  const lab = await startLab([{ name: "connector-a" }, { name: "connector-b" }], crowd);
  const state = await mkdtemp(join(tmpdir(), "postern-monday-"));
  try {
    const gateway = await startGateway({ ...labOptions(lab, lab.connectors, crowd), state, onLog: () => {} });
    try {
      console.log(`${people} people are in the directory and have app passwords. Now they come.\n`);
      const client = clientOf(gateway);
      const began = performance.now();
      const outcomes = await Promise.all(
        crowd.map(async ({ account }, n) => {
          await wait(1_000 * arrival(n / people, seconds));
          const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
          return morningOf(client, { account, password: gateway.morePasswords[n] ?? "", address });
        }),
      );
      return rowsOf(outcomes, (performance.now() - began) / 1_000, gateway);
    } finally {
      await gateway.stop();
    }
  } finally {
    await lab.stop();
    await rm(state, { recursive: true, force: true });
  }
}

type Client = Pick<TestGateway, "send">;

/** Each person has a phone of their own, so no connection is shared. */
function clientOf({ gateway, simulator }: LocalGateway): Client {
  const agent = new Agent({ keepAlive: false });
  return { send: (request) => send({ url: gateway, hosts: simulator.hosts }, { agent, ...request }) };
}

/**
 * When the share `at` of all people has come, in seconds: the rate grows evenly until the middle, where it is twice the
 * mean, and falls again.
 */
const arrival = (at: number, seconds: number): number =>
  seconds * (at < 0.5 ? Math.sqrt(at / 2) : 1 - Math.sqrt((1 - at) / 2));

async function morningOf(
  phones: Client,
  { account, password, address }: { readonly account: string; readonly password: string; readonly address: string },
): Promise<Outcome> {
  const began = performance.now();
  const from = { "cf-connecting-ip": address };
  const gateway: Client = {
    send: (request) => phones.send({ ...request, headers: { ...request.headers, ...from } }),
  };
  const who = {
    account,
    password,
    domain: NETBIOS_DOMAIN,
    sipUri: `sip:${account}@${PEOPLES_SUFFIX}`,
    upn: `${account}@${DNS_DOMAIN}`,
  };
  let retries = 0;
  const ms = () => performance.now() - began;
  while (true) {
    const answer = await signIn(gateway, WINDOWS_GRANT, who);
    if (answer.status === 200) {
      const ticket = accessTokenIn(answer.text);
      const discovered = await gateway.send(asBearer(ticket));
      if (discovered.status !== 200) return { ms: ms(), retries, refused: `discovery ${discovered.status}` };
      const device = creation(`phone of ${account}`);
      const headers = { authorization: `Bearer cwt=${ticket}`, "content-type": "application/json" };
      const { status } = await gateway.send({ ...device, headers });
      return { ms: ms(), retries, ...(status !== 201 && { refused: `application ${status}` }) };
    }
    if (answer.status !== 503) return { ms: ms(), retries, refused: `sign-in ${answer.status}` };
    if (++retries > MOST_RETRIES) return { ms: ms(), retries, refused: "503 to the end" };
    await wait(1_000 * Number(answer.headers["retry-after"] ?? 10));
  }
}

function rowsOf(outcomes: readonly Outcome[], seconds: number, { simulator }: LocalGateway): Row[] {
  const refused = outcomes.filter((outcome) => outcome.refused !== undefined);
  const came = outcomes.length;
  const retried = outcomes.filter(({ retries }) => retries > 0);
  const { signOns } = simulator.ledger();
  const times = outcomes.map(({ ms }) => ms);
  const inS = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
  const kinds = [...new Set(refused.map((outcome) => outcome.refused))].join(", ");
  return [
    judged(`${came} first sign-ins: refused`, `${refused.length}${kinds && ` (${kinds})`}`, "0", refused.length === 0),
    judged(
      "signed on at the Front-End, as the directory's user",
      String(new Set(signOns.map(({ user }) => user)).size),
      `>= ${came}`,
      new Set(signOns.map(({ user }) => user)).size >= came,
    ),
    shown("until the last one runs", `${seconds.toFixed(0)} s`),
    shown(
      "from the first request until the application runs",
      `p50 ${inS(percentile(times, 0.5))}, p99 ${inS(percentile(times, 0.99))}, longest ${inS(Math.max(...times))}`,
    ),
    shown(
      "told to come back (503, Retry-After)",
      `${retried.length} people, at most ${Math.max(0, ...retried.map(({ retries }) => retries))} times`,
    ),
  ];
}
