// S-37 for guests, inside workerd. When anything fails that their counting depends on, the answer is 503. If the
// attempt could not be counted, the Front-End is not asked.

import { env as workerEnv } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each fault
});

const token = { access_token: "cwt=AAEBfrontend", expires_in: 3600, token_type: "Bearer" };

/** A gateway before a Front-End that gives everybody a ticket. It also tells how often the Front-End was asked. */
function world(changes: Partial<Env>): { readonly env: Env; readonly asked: () => number } {
  let asked = 0;
  const fetch = async (): Promise<Response> => {
    asked++;
    return Response.json(token);
  };
  const ORIGIN = { fetch } as unknown as Fetcher;
  const CONNECTOR = ORIGIN;
  const env = { ...(workerEnv as unknown as Env), ORIGIN, CONNECTOR, CONNECTOR_SECRET: "secret", ...changes };
  return { env, asked: () => asked };
}

const grant = (env: Env): Response | Promise<Response> =>
  app.fetch(
    new Request("https://web.contoso.test/WebTicket/oauthtoken", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=urn:microsoft.rtc:anonmeeting&password=X&ms_rtc_conferenceuri=sip:a@contoso.test;gruu;opaque=app:conf:focus:id:X",
    }),
    env,
  );
const discovery = (env: Env): Response | Promise<Response> =>
  app.fetch(new Request("https://lyncdiscover.contoso.test/"), env);

const failing = async (): Promise<never> => {
  throw new Error("reset");
};
const guards = (methods: Record<string, () => Promise<unknown>>) =>
  ({ getByName: () => methods }) as unknown as Env["GUEST_GUARD"];
const admitting = async () => ({ kind: "admitted", network: "new" });
const budget = (limit: () => Promise<RateLimitOutcome>): RateLimit => ({ limit });

it("works: a guest's ticket goes out in an envelope", async () => {
  const { env, asked } = world({});
  const answer = await grant(env);
  expect([answer.status, asked()]).toEqual([200, 1]);
  expect(await answer.text()).not.toContain("frontend");
});

it.each<[string, Partial<Env>, number]>([
  ["the network's guard cannot count", { GUEST_GUARD: guards({ reserve: failing }) }, 0],
  ["the network's guard cannot keep the event", { GUEST_GUARD: guards({ reserve: admitting, settle: failing }) }, 1],
  ["the budget cannot be asked", { ANONYMOUS_SERVICES: budget(failing) }, 0],
  ["there is no budget", { ANONYMOUS_SERVICES: undefined } as unknown as Partial<Env>, 0],
])("S-37 S-44: %s: 503, and no ticket", async (_, changes, reached) => {
  const { env, asked } = world(changes);
  const answer = await grant(env);
  expect([answer.status, await answer.text(), asked()]).toEqual([503, "", reached]);
  expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
});

it("S-37 S-44: no budget for discovery is no discovery", async () => {
  const { env, asked } = world({ ANONYMOUS_SERVICES: budget(failing) });
  expect([(await discovery(env)).status, asked()]).toEqual([503, 0]);
});
