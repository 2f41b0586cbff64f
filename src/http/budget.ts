// How much Postern forwards for somebody whom nobody knows. Discovery, metadata, guests' tickets and meeting pages need no ticket,
// so what stands between a flood and the Front-End is a budget of the client's network: Cloudflare's rate limiting binding,
// counted in memory in each of its locations, which costs no Durable Object request. It is coarse and lenient, and meant to be:
// what must be counted exactly, wrong conference keys, is counted by guards.

import type { Budgets } from "../config/budgets.ts";
import { networkOf } from "../core/lockout/network.ts";
import type { Exchange } from "./exchange.ts";

/** Whether one more anonymous request of this client's network is forwarded. Throws when that cannot be asked. */
export async function withinBudget({ request, config }: Exchange, budget: keyof Budgets): Promise<boolean> {
  const { success } = await config.budgets[budget].limit({ key: networkOf(request.headers.get("cf-connecting-ip")) });
  return success;
}
