// The API as its clients use it: tokens of every scope, and answers that are checked against their schemas.

import { env } from "cloudflare:test";
import * as v from "valibot";
import { expect } from "vitest";
import type { Operation } from "../../src/api/operation.ts";
import { operations } from "../../src/api/operations.ts";
import { problemSchema } from "../../src/api/schemas/problem.ts";
import type { Env } from "../../src/config/env.ts";
import type { ApiScope } from "../../src/core/credentials/api-scopes.ts";
import { apiTokenOf } from "../../src/core/credentials/api-tokens.ts";
import { addToken } from "../../src/store/api-tokens.ts";
import { openDatabase } from "../../src/store/database.ts";
import { askApp } from "./ask-app.ts";

export const API_HOST = "admin.contoso.test";
/** A key of ADMIN_KEYS. */
export const BOOTSTRAP_KEY = Buffer.alloc(32, 1).toString("base64");

const origin = { fetch: async () => new Response("the Front-End") } as unknown as Fetcher;
/** What the Worker is given. */
export const apiEnv: Env = {
  ...env,
  ...{ ORIGIN: origin, CONNECTOR: origin, CONNECTOR_SECRET: "secret" },
  ...{ ADMIN_HOST: API_HOST, ADMIN_KEYS: BOOTSTRAP_KEY, REFUSAL_FLOOR_MS: "0" },
};

/** Stores a new token in the database, and returns its text. */
export async function tokenOf(
  scope: ApiScope,
  {
    expiresAt = Date.now() + 3_600_000,
    revokedAt = null as number | null,
    networks = null as readonly string[] | null,
  } = {},
): Promise<string> {
  const { id, token, hash } = apiTokenOf(crypto.getRandomValues(new Uint8Array(48)));
  const row = { id, name: `a ${scope}`, scope, hash, createdAt: 0, createdBy: "t_test", expiresAt, lastUsedAt: null };
  await addToken(openDatabase(env.DB), { ...row, revokedAt, revokedBy: null, networks });
  return token;
}

/** How a request differs from a plain one. `body`: an object is sent as JSON, a text as it is. */
export type Asking = {
  /** Default: the key of ADMIN_KEYS. */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly on?: Env;
};

let asked = 0;

/** Makes one request, from a network of its own. The answer is checked against the schema of its operation. */
export async function callApi(
  method: string,
  path: string,
  { token = BOOTSTRAP_KEY, body, headers = {}, on = apiEnv }: Asking = {},
): Promise<Response> {
  const content =
    body === undefined
      ? {}
      : {
          body: typeof body === "string" ? body : JSON.stringify(body),
          headers: { "content-type": "application/json" },
        };
  const response = await askApp(
    `https://${API_HOST}${path}`,
    {
      method,
      ...content,
      headers: {
        ...{ "cf-connecting-ip": `198.18.${++asked >> 8}.${asked % 256}`, authorization: `Bearer ${token}` },
        ...content.headers,
        ...headers,
      },
    },
    on,
  );
  await holdToSchema(response, method, path);
  return response;
}

/** The JSON of an answer of 2xx. */
export async function apiAnswer<T>(method: string, path: string, asking: Asking = {}): Promise<T> {
  const response = await callApi(method, path, asking);
  if (!response.ok) expect.fail(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json<T>();
}

/** Status and code of a refusal. */
export async function apiProblem(method: string, path: string, asking: Asking = {}): Promise<[number, string]> {
  const response = await callApi(method, path, asking);
  const { code } = await response.json<{ code: string }>();
  return [response.status, code];
}

async function holdToSchema(response: Response, method: string, path: string): Promise<void> {
  const type = response.headers.get("content-type") ?? "";
  if (!/[/+]json/.test(type)) return;
  const value: unknown = await response.clone().json();
  const [pathname = ""] = path.split("?");
  const schema = response.ok ? operationAt(method, pathname)?.answer : problemSchema;
  if (schema === undefined) return;
  const read = v.safeParse(schema, value);
  const faults = read.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  expect(faults, `${method} ${path} ${response.status}`).toBeUndefined();
}

/** The operation for a path. If several match, the one with the fewest parameters. */
export function operationAt(method: string, pathname: string): Operation | undefined {
  return operations
    .filter((each) => each.method === method && pattern(each.path).test(pathname))
    .toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
