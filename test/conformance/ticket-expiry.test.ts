// A ticket ends at the time that it names: by the gateway's own clock, in every form, and even in the middle of its
// use. When the Front-End ended a ticket early, it looks the same.

import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send, type TestRequest } from "../../simulator/test-client.ts";
import { desktopTicket, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import {
  asBearer,
  asBearerSoap,
  asCompact,
  asOpaque,
  asProof,
  ROOT_OAUTH_USER,
  ROOT_USER,
} from "./support/presenting.ts";
import { shapeOf } from "./support/shape.ts";
import { tokenRequest } from "./support/tickets.ts";

/** Whole seconds, because the OAuth service counts in seconds. */
const LIFETIME_MS = 8_000;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ simulator: { ticketLifetimeMs: LIFETIME_MS } });
});
afterAll(() => gateway?.stop());

async function freshTickets(): Promise<TestRequest[]> {
  const [saml, cwt, issued] = await Promise.all([
    desktopTicket(gateway, gateway.atDesk.alice),
    phoneTicket(gateway, gateway.alice),
    signIn(gateway, tokenRequest("cwt", gateway.alice.sipUri), gateway.alice),
  ]);
  const userCwt = />cwt=([\w-]+)</.exec(issued.text)?.[1] ?? "";
  return [
    asOpaque(saml.assertion),
    asProof(saml),
    asBearerSoap(saml),
    asCompact(cwt),
    asBearer(cwt),
    asBearer(userCwt),
  ];
}

const challenges = async () => ({
  [ROOT_USER]: shapeOf(await gateway.send({ path: ROOT_USER })),
  [ROOT_OAUTH_USER]: shapeOf(await gateway.send({ path: ROOT_OAUTH_USER })),
});

it("expired tickets get the challenge, and are not forwarded", async () => {
  const requests = await freshTickets();
  const got = Date.now();
  for (const request of requests) expect((await gateway.send(request)).status).toBe(200);
  await delay(got + LIFETIME_MS + 100 - Date.now());
  const without: Readonly<Record<string, ReturnType<typeof shapeOf>>> = await challenges();
  const ledger = await gateway.arrivals(async () => {
    for (const request of requests) {
      expect(shapeOf(await gateway.send(request))).toEqual(without[request.path] ?? without[ROOT_USER]);
    }
  });
  expect(ledger.requests).toEqual([]);
});

it("tickets that the Front-End has ended get the challenge too, without the Front-End's words", async () => {
  const requests = await freshTickets();
  const { simulator } = gateway;
  await send(simulator, { path: "/_sim/expire", method: "POST", body: "{}" });
  const without: Readonly<Record<string, ReturnType<typeof shapeOf>>> = await challenges();
  const ledger = await gateway.arrivals(async () => {
    for (const request of requests) {
      expect(shapeOf(await gateway.send(request))).toEqual(without[request.path] ?? without[ROOT_USER]);
    }
  });
  expect(ledger.requests).toHaveLength(requests.length);
});

it("a new sign-in brings a ticket that works", async () => {
  for (const request of await freshTickets()) expect((await gateway.send(request)).status).toBe(200);
});
