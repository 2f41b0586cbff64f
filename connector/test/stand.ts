// A connector for one test, with stand-ins for the Kerberos programs and for the native library, and a clock that the
// test moves.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Connector, startConnector } from "../src/connector.ts";
import { logTo } from "../src/log.ts";
import { ok, refuse } from "../src/result.ts";
import type { UserTicket } from "../src/user-tickets.ts";
import { type Difference, ISSUER, newSigner, SERVICE, type Signer, signedOrder } from "./orders.ts";
import { type FakePrograms, fakePrograms } from "./programs.ts";

export let signer: Signer;
export let home: string;
export let programs: FakePrograms;
export let connector: Connector;
/** What the connector logged. */
export let lines: string[];
/** Which tickets were minted from. */
export let minted: UserTicket[];
let ahead: number;
let mintFails: number;

/** Each test of the calling file has a connector of its own, which {@link start} starts. */
export function eachHasAConnector(): void {
  beforeAll(async () => {
    signer = await newSigner();
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "postern-connector-"));
    programs = await fakePrograms(home, Date.now() + 10 * 3_600_000);
    [lines, minted, mintFails, ahead] = [[], [], 0, 0];
  });
  afterEach(async () => {
    await connector.stop();
    programs.restorePath();
    await rm(home, { recursive: true, force: true });
  });
}

/** The connector's time, ms. */
export const now = (): number => Date.now() + ahead;

/** Moves the connector's clock on, ms. */
export function pass(ms: number): void {
  ahead += ms;
}

/** The native library fails so many times. */
export function failToMint(times: number): void {
  mintFails = times;
}

/** Starts it, and lets the first seconds pass in which it takes no order. */
export async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  connector = await startWith(settings);
  pass(10_000);
}

/** Starts one. The caller stops it. */
export async function startWith(settings: Readonly<Record<string, unknown>>): Promise<Connector> {
  const base = {
    name: "connector-a",
    issuer: ISSUER,
    keys: [signer.jwk],
    principal: "svc-postern@CORP.CONTOSO.TEST",
    keytab: "/etc/postern-connector/keytab",
    runtimeDirectory: join(home, "run"),
    services: [SERVICE],
    userDomains: ["corp.contoso.test"],
    listen: { port: 0 },
    observe: { port: 0 },
  };
  const read = await readConfig(JSON.stringify({ ...base, ...settings }), undefined);
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const mint = async (ticket: UserTicket) => {
    if (mintFails-- > 0) return refuse("mint-failed");
    minted.push(ticket);
    // What the library does: the cache must be there and be this user's.
    const listing = await readFile(ticket.cache, "utf8");
    if (!listing.includes(`Default principal: ${ticket.principal}\n`)) return refuse("mint-failed", "another's cache");
    return ok(`Negotiate ${Buffer.from(ticket.principal).toString("base64")}`);
  };
  return startConnector(
    read.config,
    async () => mint,
    logTo((line) => lines.push(line)),
    now,
  );
}

/** What the connector answered. */
export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

/** Sends an order. */
export async function post(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await fetch(`${connector.url}/v1/authorization`, {
    method: "POST",
    headers: { "content-type": "application/jwt", ...headers },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
}

/** An order for that user. */
export const order = (user = "alice", difference: Difference = {}): Promise<string> =>
  signedOrder(signer, now(), { ...difference, claims: { sub: `${user}@corp.contoso.test`, ...difference.claims } });

/** Orders a token for that user. */
export const ask = async (user?: string, difference?: Difference): Promise<Answer> =>
  post(await order(user, difference));
/** Why each order was refused, from the log. Undefined: it was not refused. */
export const reasons = (): unknown[] =>
  lines.map((line) => JSON.parse(line)).flatMap((line) => (line.event === "authorization" ? [line.reason] : []));
/** What the native library makes of a user's ticket. */
export const tokenOf = (user: string): string =>
  `Negotiate ${Buffer.from(`${user}\\@corp.contoso.test@CORP.CONTOSO.TEST`).toString("base64")}`;
