// The first steps of a sign-in to the console write a row each, for anybody. A network has a budget for them.

import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

const BUDGET = 5;
const FLOOD = 40;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ budgets: { services: BUDGET, pages: 1_000 } });
});
afterAll(() => gateway?.stop());

const firstStep = (source: string) =>
  gateway.send({
    host: gateway.consoleHost,
    method: "POST",
    path: "/sign-in/passkey/options",
    headers: {
      "cf-connecting-ip": source,
      "content-type": "application/x-www-form-urlencoded",
      origin: `http://${gateway.consoleHost}`,
    },
  });

it("S-25: a flood of first steps from one network is cut off, and another network signs in meanwhile", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < FLOOD; n++) statuses.push((await firstStep("203.0.113.7")).status);
  expect(statuses.slice(0, BUDGET)).toEqual(Array(BUDGET).fill(200));
  expect(statuses).toContain(429);
  const [[kept]] = (await gateway.execute(["SELECT count(*) AS rows FROM ceremonies"])) as [[{ rows: number }]];
  expect(kept.rows).toBe(statuses.filter((status) => status === 200).length);
  expect((await firstStep("203.0.113.8")).status).toBe(200);
});
