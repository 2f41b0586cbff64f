// How much Postern forwards for clients that have proved nothing. Discovery, metadata, guests' tickets and meeting
// pages need no ticket, so only a budget of the client's network stands between a flood and the Front-End. The budget
// is Cloudflare's rate limiting binding. Cloudflare counts in memory, in each of its locations, so it costs no Durable
// Object request. It is coarse and generous, which is enough here. Wrong conference keys have to be counted exactly,
// and guards count those.

import type { Budgets } from "../config/budgets.ts";
import { networkOf } from "../core/lockout/network.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Whether one more anonymous request of this client's network is forwarded or carried out. Throws when the binding
 * fails.
 */
export async function withinBudget(
  { request, config }: Pick<Exchange, "request" | "config">,
  budget: keyof Budgets,
): Promise<boolean> {
  const { success } = await config.budgets[budget].limit({ key: networkOf(request.headers.get("cf-connecting-ip")) });
  return success;
}
