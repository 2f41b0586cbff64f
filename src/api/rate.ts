// Bounds how often one caller may ask, so that a program in an endless loop slows down only itself. It uses
// Cloudflare's rate limiting bindings, whose sizes are in wrangler.toml.

import type { Env } from "../config/env.ts";
import type { Call } from "./call.ts";
import { problem } from "./problem.ts";

/** The period that both bindings count over, seconds. */
const PERIOD_SECONDS = 60;

/** Whether this caller may make one more request. */
export const mayAsk = async ({ env, actor }: Call): Promise<boolean> => within(env.API_CALLS, actor.id);

/** Whether this caller may make one more app password or token. */
export const mayMakeSecret = async ({ env, actor }: Call): Promise<boolean> => within(env.API_SECRETS, actor.id);

/** Whether a person may make one more app password for own devices. The same budget, for each person. */
export const mayMakeOwnSecret = async (env: Env, userId: string): Promise<boolean> => within(env.API_SECRETS, userId);

/** The check of the configuration has made sure that the bindings exist. */
async function within(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit !== undefined && (await limit.limit({ key })).success;
}

/** The answer to a caller who asks too often. */
export const tooMany = problem("too-many-requests", "This token asks more often than a minute allows.", {
  fix: "Wait for Retry-After seconds. For many users or devices at once, use the batch operations.",
  headers: { "retry-after": String(PERIOD_SECONDS) },
});
