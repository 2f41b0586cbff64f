import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { apiAnswer, apiEnv, apiProblem, tokenOf } from "../../../test/kit/api.ts";
import { eventAt } from "../../../test/kit/events.ts";
import { API_SCOPES } from "../../core/credentials/api-scopes.ts";
import { insertEvents } from "../../store/audit.ts";
import { openDatabase } from "../../store/database.ts";
import worker from "../../worker.ts";
import { allowedScopes } from "../roles.ts";
import type { StatisticsAnswer } from "../schemas/statistics.ts";

const HOUR = 3_600_000;
const statistics = (query = "") => apiAnswer<StatisticsAnswer>("GET", `/v1/statistics${query}`);

it("S-39: says how many signed in, hour by hour up to now, with the hours that the clock has counted", async () => {
  const now = Date.now();
  await insertEvents(openDatabase(env.DB), [
    eventAt(now, { outcome: "signed-in", reason: "saml" }),
    eventAt(now - HOUR, { reason: "waiting", repeats: 4 }),
    eventAt(now - 23 * HOUR, { outcome: "failed", reason: "sign-on-unreachable" }),
    eventAt(now - 24 * HOUR, { outcome: "failed", reason: "sign-on-unreachable" }),
  ]);
  await worker.scheduled({} as ScheduledController, apiEnv);
  const { hours } = await statistics();
  expect(hours).toHaveLength(24);
  expect(hours.map(({ complete }) => complete)).toEqual([...Array.from({ length: 23 }, () => true), false]);
  const begins = hours.map(({ from }) => Date.parse(from));
  expect(begins).toEqual(Array.from({ length: 24 }, (_, at) => (begins[0] ?? 0) + at * HOUR));
  expect(hours.at(-1)).toMatchObject({ signedIn: 1, whole: true });
  expect(hours.at(-2)).toMatchObject({ refused: 4, locked: 4 });
  expect(hours[0]).toMatchObject({ failed: 1 });
  expect(await statistics("?hours=1")).toMatchObject({ hours: [{ complete: false, signedIn: 1 }] });
});

it.each(["0", "169", "1.5", "x", "-1", "1&hours=2"])("refuses hours=%s", async (hours) => {
  expect((await apiProblem("GET", `/v1/statistics?hours=${hours}`))[0]).toBe(400);
});

it.each(API_SCOPES)("S-49: answers a token of the scope %s, or does not", async (scope) => {
  const token = await tokenOf(scope);
  const may = allowedScopes(["read", "metrics"]).includes(scope);
  if (may) expect((await apiAnswer<StatisticsAnswer>("GET", "/v1/statistics", { token })).hours).toHaveLength(24);
  else expect(await apiProblem("GET", "/v1/statistics", { token })).toEqual([403, "forbidden-scope"]);
});
