// How often one caller may ask: Cloudflare's rate limiting bindings, whose sizes are in wrangler.toml. A program that has
// gone wild harms nobody but itself.

import type { Call } from "./call.ts";
import { problem } from "./problem.ts";

/** The period of both bindings, seconds. */
const PERIOD_SECONDS = 60;

/** Whether a caller may ask once more. */
export const mayAsk = async ({ env, actor }: Call): Promise<boolean> => within(env.API_CALLS, actor.id);

/** Whether a caller may make one more app password or token. */
export const mayMakeSecret = async ({ env, actor }: Call): Promise<boolean> => within(env.API_SECRETS, actor.id);

/** The configuration has checked that the bindings are there. */
async function within(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit !== undefined && (await limit.limit({ key })).success;
}

/** Asked too often. */
export const tooMany = problem("too-many-requests", "This token asks more often than a minute allows.", {
  fix: "Wait for Retry-After seconds. For many users or devices at once, use the batch operations.",
  headers: { "retry-after": String(PERIOD_SECONDS) },
});
