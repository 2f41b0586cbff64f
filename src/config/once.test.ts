// S-37: what a misconfigured Worker answers, and what it writes into its log. The test calls the Worker's own handlers.

import { env as workerEnv } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stsVariables } from "../../test/kit/sts-host.ts";
import { tokenKeyEntries } from "../../test/kit/token-keys.ts";
import { variablesWith } from "../../test/kit/variables.ts";
import { app } from "../app.ts";
import worker from "../worker.ts";
import { configOf } from "./once.ts";

const PORTAL = {
  ...{ ADMIN_HOST: "api.contoso.test", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") },
  PORTAL_HOST: "access.contoso.test",
};
let lines: { readonly event?: string; readonly detail?: string }[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => {
    lines.push(JSON.parse(String(line)));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});
/** What the log says of the configuration. */
const said = (): readonly string[] =>
  lines.flatMap(({ event, detail }) => (event === "configuration" && detail !== undefined ? [detail] : []));

const { USER_GUARD, SOURCE_GUARD } = workerEnv;
const FAULTS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ["no database", { DB: undefined }, "DB is missing"],
  ["no guard of users", { USER_GUARD: undefined }, "USER_GUARD is missing"],
  ["no guard of networks", { SOURCE_GUARD: undefined }, "SOURCE_GUARD is missing"],
  ["no Front-End", { ORIGIN: undefined }, "FRONT_END is"],
  ["guards of each other's class", { USER_GUARD: SOURCE_GUARD, SOURCE_GUARD: USER_GUARD }, "USER_GUARD is bound to"],
  ["a misspelt variable", { LOCKOUT_LIMIT: "stranger.free=3" }, "LOCKOUT_LIMIT is not a variable"],
  ["a list where text belongs", { PUBLIC_HOSTS: ["web.contoso.test"] }, "PUBLIC_HOSTS is a list"],
];

describe.each(FAULTS)("S-37: with %s", (_, changes, sentence) => {
  it("every host and path is one plain 503, and the log has the fault", async () => {
    const env = variablesWith(changes);
    for (const url of [
      "https://web.contoso.test/WebTicket/oauthtoken",
      "http://x.contoso.test/",
      "https://web.contoso.test/meet/x",
    ]) {
      const answer = await app.fetch(new Request(url), env);
      expect([answer.status, await answer.text()]).toEqual([503, ""]);
      expect(JSON.stringify([...answer.headers])).not.toMatch(/contoso|binding|guard|database/i);
    }
    expect(said().filter((each) => each.startsWith(sentence))).toHaveLength(1);
  });

  it("the cron trigger does nothing, and says why", async () => {
    await worker.scheduled({} as ScheduledController, variablesWith(changes));
    expect(said().some((each) => each.startsWith(sentence))).toBe(true);
    expect(lines.some(({ event }) => event === "unavailable")).toBe(false);
  });
});

it("S-78: with a variable of a later version the gateway serves, and the log names it", () => {
  const env = variablesWith({ ERASE_EVERYTHING_AFTER: "1" });
  expect(configOf(env)).toBeDefined();
  expect(configOf(env)).toBeDefined();
  expect(said()).toEqual([
    expect.stringMatching(/^ERASE_EVERYTHING_AFTER is not a variable of Postern: nothing reads/),
  ]);
});

it("the log has the faults again after a minute, for an administrator who begins to watch it", () => {
  const env = variablesWith({ DB: undefined, CHALLENGE: "Basic" });
  const now = Date.now();
  for (const at of [now, now + 1, now + 59_999]) expect(configOf(env, at)).toBeUndefined();
  expect(said()).toHaveLength(2);
  configOf(env, now + 60_000);
  expect(said()).toHaveLength(4);
});

it("S-37: a database without its tables: 503, and the log has the command that makes them", async () => {
  const failing = {
    prepare: () => failing,
    bind: () => failing,
    raw: () => Promise.reject(unmigrated),
    all: () => Promise.reject(unmigrated),
  };
  const unmigrated = new Error("D1_ERROR: no such table: partnerships: SQLITE_ERROR");
  const ADMIN_KEYS = Buffer.alloc(32, 8).toString("base64");
  const env = variablesWith({ DB: failing, ADMIN_HOST: "postern.contoso.test", ADMIN_KEYS });
  const headers = { authorization: `Bearer ${ADMIN_KEYS}` };
  const answer = await app.fetch(new Request("https://postern.contoso.test/v1/policy", { headers }), env);
  expect(answer.status).toBe(503);
  expect(said()).toEqual([expect.stringMatching(/^DB does not have the tables .* d1 migrations apply DB /)]);
  lines = [];
  await worker.scheduled({} as ScheduledController, env);
  expect(said()).toEqual([expect.stringMatching(/^DB does not have the tables /)]);
});

it("S-87: with a certificate of the token service that has ended the gateway serves, and the log says what to do", async () => {
  const longAgo = Date.now() - 3 * 365 * 86_400_000;
  const [entry = ""] = await tokenKeyEntries(1, longAgo);
  const env = variablesWith({ ...(await stsVariables()), ...PORTAL, STS_KEYS: entry });
  expect(configOf(env)).toBeDefined();
  expect(said()).toEqual([expect.stringMatching(/^STS_KEYS has the certificate .*signs nothing\. Make another key/)]);
}, 60_000);
