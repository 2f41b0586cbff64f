// Finds a password in a request to a service that does not ask for one. Nobody outside knows whether a Front-End
// ignores it or tries it. So the ledger records it as tried, whatever part of the request it is in.

import { bodyText, type Exchange } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { ledgerDigest } from "./ledger.ts";
import { type RequestParams, requestParams } from "./request-params.ts";
import { parseXml, search, textOf } from "./xml.ts";

/** Notes a password grant in any part of a request's parameters. Returns whether there was one. */
export function notePasswordGrant(
  frontEnd: FrontEnd,
  exchange: Exchange,
  params: RequestParams,
  accepted: boolean,
): boolean {
  const grant = params.all("grant_type").some((type) => type.trim().toLowerCase() === "password");
  if (!grant || !params.has("username") || !params.has("password")) return false;
  for (const password of params.all("password")) {
    frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
      channel: "oauth-password",
      user: params.get("username") ?? "",
      accepted,
      secret: ledgerDigest(password),
    });
  }
  return true;
}

/** Records a password grant or a UsernameToken anywhere in a request to a service that takes no password. */
export async function noteStrayCredentials(frontEnd: FrontEnd, exchange: Exchange): Promise<void> {
  notePasswordGrant(frontEnd, exchange, await requestParams(exchange), false);
  const document = parseXml(await bodyText(exchange));
  const token = document && search(document, "UsernameToken");
  if (!token) return;
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "auth",
    user: textOf(search(token, "Username")),
    accepted: false,
    secret: ledgerDigest(textOf(search(token, "Password"))),
  });
}
