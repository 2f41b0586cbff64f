// Requests to the admin host as the Worker serves it, with keys of ADMIN_KEYS, on real guards.

import { env } from "cloudflare:test";
import { expect } from "vitest";
import type { Env } from "../../src/config/env.ts";
import { askApp } from "./ask-app.ts";

export const HOST = "admin.contoso.test";
export const KEY = Buffer.alloc(32, 1).toString("base64");
export const SECOND_KEY = Buffer.alloc(32, 2).toString("base64");

const origin = { fetch: async () => new Response("the Front-End") } as unknown as Fetcher;
/** What the Worker is given. */
export const worker: Env = {
  ...env,
  ORIGIN: origin,
  CONNECTOR: origin,
  CONNECTOR_SECRET: "secret",
  ADMIN_HOST: HOST,
  ADMIN_KEYS: `${KEY} ${SECOND_KEY}`,
  REFUSAL_FLOOR_MS: "0", // a test of the floor sets its own
};

type Asked = { readonly key?: string; readonly method?: string; readonly headers?: Record<string, string> };

let asked = 0;
/**
 * Makes one request to the Worker, without a key unless one is given. Each request comes from a network of its own,
 * unless it names one. Otherwise wrong keys would make a network wait, and that would go on after the file has ended.
 */
export async function ask(
  path: string,
  { key, method = "GET", headers = {} }: Asked = {},
  on: Env = worker,
  scheme = "https",
) {
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const from = { "cf-connecting-ip": `198.18.0.${++asked % 256}` };
  return askApp(`${scheme}://${HOST}${path}`, { method, headers: { ...from, ...authorization, ...headers } }, on);
}

/** Asks with a right key. Returns the JSON of a 200. */
export async function answer<T>(path: string, method = "GET"): Promise<T> {
  const response = await ask(path, { key: KEY, method });
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return response.json<T>();
}

/** Asks with a right key. Returns the status and the code of a refusal. */
export async function fault(path: string, method = "GET") {
  const response = await ask(path, { key: KEY, method });
  const problem = await response.json<{ code: string; detail: string }>();
  expect(problem.detail).toMatch(/^[A-Z].*\.$/);
  return [response.status, problem.code];
}
