// A browser asks the pool to sign it in. The pool answers with a redirect to its token service, which is Postern's page.
// Postern checks that redirect against its configuration, seals what the pool wrote, and sends the browser there with
// the sealed text. A nonce in a cookie binds the sign-in to this browser (S-89). With a session the pool shows its own
// page, on which the app sees that it is done.

import type { Realm } from "../config/sts.ts";
import { headersForClient } from "../core/http/headers.ts";
import { hashOf, START_LASTS_MS, type Start, sealStart } from "../core/sts/flow.ts";
import { cookieHeader, cookiesSet, guardedCookie, isPools, jarOf } from "../core/sts/jar.ts";
import { leadsTo, readRedirect, redirectTo, staysAt } from "../core/sts/redirect.ts";
import { badRequest, unavailable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay } from "../http/forward.ts";
import { type SessionOf, sessionOf, withNewNonce, withSession } from "../sign-in/passive-session.ts";
import { wordedPage } from "../sign-in/worded.ts";
import { ownAnswer } from "../trace/refusal.ts";
import { stopped } from "./passive-stopped.ts";

/** The pool's relying party, and where the token service is. */
export type PassivePage = Realm & { readonly path: string; readonly host: string };

/** A browser that comes back so soon after the pool has accepted its token did not get past the pool, ms. */
const LOOP_MS = 60_000;
/** How often in a row that may be. */
const MAX_AGAIN = 2;
/** WS-Federation could answer in a query, too. Its parameters begin with a "w", like no other that is known here. */
const PROTOCOL = /^w/;

/** Answers a GET. */
export async function passivePage(exchange: Exchange, page: PassivePage): Promise<Response> {
  const { config, target } = exchange;
  const names = [...new URLSearchParams(target.query).keys()];
  if (names.some((name) => PROTOCOL.test(name.trim().toLowerCase()))) return badRequest("passive-answer-in-query");
  const held = sessionOf(exchange, Date.now());
  const own = wordedPage(exchange, page.path);
  const answer = await askFrontEnd(
    own,
    held.kind === "held" ? { credentials: { cookie: cookieHeader(held.cookies) } } : {},
  );
  if (answer === undefined) return unavailable("front-end-unreachable");
  const location = answer.headers.get("location") ?? "";
  const expected = { ...page, plainHttp: config.plainHttp };
  if (answer.status === 302 && leadsTo(location, expected)) {
    await answer.body?.cancel();
    return begin(exchange, page, held, answer, location);
  }
  if (held.kind === "held") {
    const to = headersForClient(answer.headers, config.internalDomains).get("location");
    if (staysAt(to, new URL(page.reply).origin)) {
      return withSession(relay(answer, exchange), exchange, held.cookies, held.session);
    }
  }
  await answer.body?.cancel();
  return stopped(503, "passive-redirect-unexpected", answer.status === 302 ? "elsewhere" : String(answer.status));
}

/** The pool wants a token: its redirect becomes Postern's. */
function begin(exchange: Exchange, page: PassivePage, held: SessionOf, answer: Response, location: string): Response {
  const { config, target } = exchange;
  const now = Date.now();
  const asked = readRedirect(location, { ...page, plainHttp: config.plainHttp });
  if (!asked.ok) return stopped(503, "passive-redirect-unexpected", asked.reason);
  const again = held.kind !== "none" && now - held.session.at < LOOP_MS ? held.session.again + 1 : 0;
  if (again > MAX_AGAIN) return stopped(503, "passive-loop");
  const { nonce, line } = withNewNonce(exchange);
  const lines = headersForClient(answer.headers, config.internalDomains).getSetCookie().filter(isPools);
  const jar = jarOf(cookiesSet(lines).set);
  const start: Start = {
    ...{ realm: page.realm, reply: page.reply, wctx: asked.value.wctx, webHost: target.host, pool: config.pool },
    ...{ nonceHash: hashOf(nonce), until: now + START_LASTS_MS },
    ...(again > 0 && { again }),
    ...(jar && { jar }),
  };
  const headers = new Headers({
    location: redirectTo(asked.value, page.realm, sealStart(config.keyring, start)),
    "cache-control": "no-cache, no-store",
    "referrer-policy": "no-referrer",
  });
  for (const each of [...lines.map(guardedCookie), line]) headers.append("set-cookie", each);
  return ownAnswer(new Response(null, { status: 302, headers }));
}
