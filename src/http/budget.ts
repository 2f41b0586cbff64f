// How much Postern forwards for somebody whom nobody knows. Discovery, metadata, guests' tickets and meeting pages need no ticket,
// so what stands between a flood and the Front-End is a budget of the client's network: Cloudflare's rate limiting binding,
// counted in memory in each of its locations, which costs no Durable Object request. It is coarse and lenient, and meant to be:
// what must be counted exactly, wrong conference keys, is counted by guards.

import { networkOf } from "../core/lockout/network.ts";
import type { Exchange } from "./exchange.ts";

/** The budgets of one network. Sizes are in `wrangler.toml`. */
export type Budgets = {
  /** Discovery, metadata, guests' tickets: few for each client. */
  readonly services: RateLimit;
  /** Meeting pages, which load a hundred files each. */
  readonly pages: RateLimit;
};

/** Both bindings; undefined where one is missing, of which the look at the bindings has said so. */
export function readBudgets(env: {
  readonly ANONYMOUS_SERVICES?: RateLimit;
  readonly ANONYMOUS_PAGES?: RateLimit;
}): Budgets | undefined {
  const { ANONYMOUS_SERVICES: services, ANONYMOUS_PAGES: pages } = env;
  return services === undefined || pages === undefined ? undefined : { services, pages };
}

/** Whether one more anonymous request of this client's network is forwarded. Throws when that cannot be asked. */
export async function withinBudget({ request, config }: Exchange, budget: keyof Budgets): Promise<boolean> {
  const { success } = await config.budgets[budget].limit({ key: networkOf(request.headers.get("cf-connecting-ip")) });
  return success;
}
