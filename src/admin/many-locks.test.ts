// `GET /v1/locks` with more users and networks than one invocation may ask. In a file of its own, because it wakes two hundred guards.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { app } from "../app.ts";
import { eventAt } from "../audit/test-events.ts";
import type { Env } from "../config.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import type { LocksAnswer } from "./answers.ts";

const HOST = "admin.contoso.test";
const KEY = Buffer.alloc(32, 1).toString("base64");
const origin = { fetch: async () => new Response("the Front-End") } as unknown as Fetcher;
const worker: Env = {
  ...env,
  ...{ ORIGIN: origin, CONNECTOR: origin, CONNECTOR_SECRET: "secret", ADMIN_HOST: HOST, ADMIN_KEYS: KEY },
};

it("asks a hundred users and a hundred networks at most, and says that there are more", async () => {
  const now = Date.now();
  const events = Array.from({ length: 101 }, (_, i) =>
    eventAt(now, {
      source: `10.9.0.${i}`,
      userId: `u_crowd${i}`,
      user: `sip:crowd${i}@contoso.test`,
      waitUntil: now + 600_000,
    }),
  );
  await insertEvents(openDatabase(env.DB), events);
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await app.request(`https://${HOST}/v1/locks`, { headers }, worker);
  expect(response.status).toBe(200);
  const { cut } = await response.json<LocksAnswer>();
  expect(cut).toEqual({ users: true, networks: true });
});
