// S-43 on the started gateway. A neighbour at the owner's address has a client with the owner's user agent, and sends
// wrong proofs twenty times a second. The owner's right proof is let in each time.

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { generateAppPassword } from "../../src/core/credentials/app-password.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { PASSWORD_GRANT, USERNAME_TOKEN } from "./support/passwords.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

const HOME = { "cf-connecting-ip": "203.0.113.7", "user-agent": "AndroidLync/6.25" };
const EVERY_MS = 50;
const TRIES = LONG_RUNS ? 100 : 30;
/** Nobody waits so long for the machine that runs the tests; the lockout's shortest wait is thirty seconds. */
const IN_TIME_MS = 20_000;
/** Of the wrong ones that wait for their answer; ten times what a quiet machine has. A busy one would choke on more. */
const MOST_UNDER_WAY = 80;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ variables: { REFUSAL_FLOOR_MS: "300" } });
});
afterAll(() => gateway?.stop());

const atHome = (request: TestRequest): TestRequest => ({ ...request, headers: { ...request.headers, ...HOME } });

const CHANNELS: readonly (readonly [string, (who: Person, password: string) => Promise<TestResponse>])[] = [
  ...[PASSWORD_GRANT, USERNAME_TOKEN].map(
    ({ name, request }) =>
      [name, (who: Person, password: string) => gateway.send(atHome(request(who.upn, password)))] as const,
  ),
  ["NTLM", (who, password) => signIn(gateway, atHome(WINDOWS_GRANT), who, { password })],
];

it.each(CHANNELS)(
  "S-43: the owner's right proof is let in, every time, beside twenty wrong ones a second: %s",
  async (_, attempt) => {
    const { alice } = gateway;
    const neighbour = () => attempt(alice, generateAppPassword());
    expect((await attempt(alice, alice.password)).status).toBe(200);
    for (let i = 0; i < 22; i++) expect((await neighbour()).status).not.toBe(200);

    const wrong: Promise<TestResponse>[] = [];
    let answered = 0;
    const flood = setInterval(() => {
      if (wrong.length - answered < MOST_UNDER_WAY) wrong.push(neighbour().finally(() => answered++));
    }, EVERY_MS);
    const took: number[] = [];
    const statuses: number[] = [];
    try {
      for (let i = 0; i < TRIES; i++) {
        const began = performance.now();
        statuses.push((await attempt(alice, alice.password)).status);
        took.push(performance.now() - began);
        await wait(EVERY_MS);
      }
    } finally {
      clearInterval(flood);
    }
    const guesses = new Set((await Promise.all(wrong)).map(({ status }) => status));
    expect(statuses).toEqual(Array(TRIES).fill(200));
    expect(guesses.has(200)).toBe(false);
    expect(wrong.length).toBeGreaterThan(TRIES);
    expect(Math.max(...took)).toBeLessThan(IN_TIME_MS);
  },
);
