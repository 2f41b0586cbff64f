// A password where its service does not look for one. A Front-End may ignore it, or a part of it may try it: nobody outside
// knows. So the ledger has it as tried, wherever in the request it stood.

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

/** Notes what is in a request to a service that takes no password: a password grant, or a UsernameToken anywhere. */
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
