// `/PassiveAuth` at a web host, when Postern is the pool's token service (docs/passive.md). A browser comes here twice.
// First it asks the pool to sign it in, and the pool sends it to Postern's page (passive-page.ts). Then the page has it
// post a token here (passive-reply.ts). Nothing else of this directory is open.

import { notPublished, tooManyRequests } from "../http/answers.ts";
import { withinBudget } from "../http/budget.ts";
import type { Exchange } from "../http/exchange.ts";
import { passivePage } from "./passive-page.ts";
import { passiveReply } from "./passive-reply.ts";

/** Answers one request to the directory. */
export async function passiveService(exchange: Exchange, maxBody: number): Promise<Response> {
  const { config, target, request } = exchange;
  const { sts } = config;
  const realm = sts?.realms.get(target.host);
  if (sts === undefined || realm === undefined) return notPublished("row-closed");
  const path = new URL(realm.reply).pathname;
  if (target.key !== path.toLowerCase()) return notPublished("row-closed");
  // Until a token of Postern's own making has come, anybody may ask here.
  if (!(await withinBudget(exchange, "pages"))) return tooManyRequests();
  return request.method === "POST"
    ? passiveReply(exchange, { ...realm, path }, maxBody)
    : passivePage(exchange, { ...realm, path, host: sts.host });
}
