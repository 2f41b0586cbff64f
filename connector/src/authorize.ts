// The one thing this service does: it takes a signed order and gives one `Negotiate` token. Read this file first. Each
// step has its own file.

import { type AccessLists, type Admitted, admit } from "./access.ts";
import type { Log } from "./log.ts";
import type { Mint } from "./mint.ts";
import { type OrderRules, verifyOrder } from "./order.ts";
import type { UsedOrders } from "./replay.ts";
import { type Result, refuse } from "./result.ts";
import type { UserTickets } from "./user-tickets.ts";

/** The parts through which an order passes, in this sequence. */
export type Authority = {
  readonly rules: OrderRules;
  readonly used: UsedOrders;
  readonly lists: AccessLists;
  readonly tickets: Pick<UserTickets, "use" | "drop">;
  readonly mint: Mint;
  readonly log: Log;
  /** Is called once for every order, with `minted` or with the reason. */
  readonly count: (outcome: string) => void;
  readonly now: () => number;
};

/** Answers one order with the value of an `Authorization` header. `request`: for which request of a client, for the log. */
export async function authorize(
  jws: string,
  authority: Authority,
  request?: string | undefined,
): Promise<Result<string>> {
  const { rules, used, lists, log, count, now } = authority;
  const began = now();
  const said: Record<string, string> = {};
  const decide = async (): Promise<Result<string>> => {
    const order = await verifyOrder(jws, rules, began);
    if (!order.ok) return order;
    const { id, keyId, user, service, anew } = order.value;
    Object.assign(said, { order: id, key: keyId, user, service });
    const fresh = used.use(order.value, began);
    if (!fresh.ok) return fresh;
    const admitted = admit(user, service, lists);
    if (!admitted.ok) return admitted;
    if (anew) authority.tickets.drop(admitted.value);
    return mintFor(admitted.value, authority, said);
  };
  const result = await decide().catch((fault: unknown) => refuse("internal", String(fault))); // a full disk, a bug
  const ended = result.ok
    ? { outcome: "minted" }
    : { outcome: "refused", reason: result.reason, detail: result.detail };
  count(result.ok ? "minted" : result.reason);
  log("authorization", { request, ...said, ...ended, ms: now() - began });
  return result;
}

/**
 * Makes a token from the user's ticket. If the ticket turns out to be useless (its file is gone, or its service's key
 * has changed), the connector gets a new ticket and tries once more.
 */
async function mintFor(
  admitted: Admitted,
  authority: Authority,
  said: Record<string, string>,
): Promise<Result<string>> {
  const { tickets, mint } = authority;
  const attempt = (): Promise<Result<string>> =>
    tickets.use(admitted, (ticket) => {
      said.principal = ticket.principal;
      return mint(ticket);
    });
  const first = await attempt();
  if (first.ok || first.reason !== "mint-failed") return first;
  tickets.drop(admitted);
  return attempt();
}
