// S-35: six users send requests through one gateway to one Front-End, interleaved over shared connections. Every answer
// names the user who asked. On a busy machine some are told to come back later. They then ask again, as clients do, so
// the outcome does not depend on what else runs there.

import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoUsers } from "../../simulator/simulator.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { PROFILES } from "../kit/ntlm-client.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { asBearer, asCompact, asOpaque, ROOT_USER } from "./support/presenting.ts";
import {
  accessTokenIn,
  assertionIn,
  compactTicket,
  samlTicket,
  tokenRequest,
  WINDOWS_GRANT,
} from "./support/tickets.ts";

const TICKETED_REQUESTS = LONG_RUNS ? 4_000 : 1_000;
const SIGN_INS = LONG_RUNS ? 600 : 150;
const CONCURRENCY = LONG_RUNS ? 100 : 25;
/** Sooner than `Retry-After` says: a test need not be polite. */
const AGAIN_AFTER_MS = 500;
/** A machine with other work may be slow. Nothing here measures time. */
const PATIENT = { CONNECTOR_TIMEOUT_SECONDS: "30", FRONT_END_TIMEOUT_SECONDS: "60" };
const TIMEOUT_MS = 600_000;

const newcomers = ["carol", "dan", "erin", "frank"].map((account, i) => ({
  sipUri: `sip:${account}@contoso.test`,
  upn: `${account}@contoso.test`,
  domain: "CONTOSO",
  account,
  directoryPassword: `Directory-Only-${account}-${i}!`,
  sid: `S-1-5-21-1004336348-1177238915-682003330-${1200 + i}`,
  enabled: true,
}));

/** A user, and requests whose answers name the user. */
type Client = { readonly who: Person; readonly asks: readonly TestRequest[] };

let gateway: TestGateway;
let clients: Client[];
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, scheduling: "fifo" });

beforeAll(async () => {
  const moreUsers = newcomers.map(({ sipUri, upn, domain, account }) => ({ sipUri, upn, domain, account }));
  gateway = await startTestGateway({
    variables: PATIENT,
    moreUsers,
    simulator: { users: [...demoUsers, ...newcomers] },
  });
  const people = [gateway.alice, gateway.bob, ...gateway.others];
  clients = await Promise.all(people.map(async (who) => ({ who, asks: await asksOf(who) })));
});
afterAll(async () => {
  agent.destroy();
  await gateway?.stop();
});

async function asksOf(who: Person): Promise<TestRequest[]> {
  const cwt = await compactTicket(gateway, who);
  const saml = await samlTicket(gateway, who);
  const application = await startApplication(gateway, cwt, phoneOf(who));
  const me = `${application}/me`;
  return [asBearer(cwt, ROOT_USER), asCompact(cwt), asOpaque(saml.assertion), asBearer(cwt, me), asCompact(cwt, me)];
}

/** Which users an answer names, by SIP URI. */
const namedIn = (text: string): string[] => [...new Set(text.match(/sip:[a-z]+@contoso\.test/g) ?? [])];

/** Asks again while the gateway says that it is overloaded. Returns any other answer. */
async function served(ask: () => Promise<TestResponse>): Promise<TestResponse> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || answer.headers["retry-after"] === undefined) return answer;
    await setTimeout(AGAIN_AFTER_MS);
  }
}

/** Runs `count` jobs, at most {@link CONCURRENCY} at a time. */
async function inParallel(count: number, job: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

const clientOf = (n: number): Client => clients[n % clients.length] as Client;

describe("S-35: no answer reaches the wrong user", () => {
  it(
    `${TICKETED_REQUESTS} requests with tickets, ${CONCURRENCY} at a time`,
    async () => {
      const wrong: unknown[] = [];
      await inParallel(TICKETED_REQUESTS, async (n) => {
        const { who, asks } = clientOf(n);
        const ask = asks[Math.floor(n / clients.length) % asks.length] as TestRequest;
        const { status, text } = await served(() => gateway.send({ ...ask, agent }));
        const named = namedIn(text);
        if (status !== 200 || named.length !== 1 || named[0] !== who.sipUri) wrong.push({ n, who, status, named });
      });
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    `${SIGN_INS} sign-ins among tickets, ${CONCURRENCY} at a time, both legs over shared connections`,
    async () => {
      const wrong: unknown[] = [];
      const shared = { send: (request: TestRequest) => gateway.send({ ...request, agent }) };
      const profiles = Object.values(PROFILES);
      await inParallel(SIGN_INS, async (n) => {
        const { who, asks } = clientOf(n);
        const how = { profile: profiles[n % profiles.length] ?? PROFILES.sipe };
        const saml = n % 2 === 0;
        const order = saml ? tokenRequest("saml", who.sipUri) : WINDOWS_GRANT;
        const issued = await served(() => signIn(shared, order, who, how));
        const use = saml ? asOpaque(assertionIn(issued.text)) : asBearer(accessTokenIn(issued.text), ROOT_USER);
        for (const request of [use, asks[n % asks.length] as TestRequest]) {
          const { status, text } = await served(() => shared.send(request));
          const named = namedIn(text);
          if (status !== 200 || named.length !== 1 || named[0] !== who.sipUri) wrong.push({ n, who, status, named });
        }
        if (saml && !assertionIn(issued.text).includes(`>${who.sipUri}<`)) wrong.push({ n, who, issued });
      });
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it("the Front-End has seen no directory password, no ticket it did not know, and no refused sign-on", () => {
    const { directoryPasswordAttempts, unknownTickets, refusedSignOns } = gateway.simulator.ledger();
    expect([directoryPasswordAttempts, unknownTickets, refusedSignOns]).toEqual([[], [], []]);
  });
});
