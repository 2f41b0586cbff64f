// /PassiveAuth, the relying party of WS-Federation. Without a session it sends the browser to the token service, as WIF
// does. The token comes back in a posted form, and the session leaves in cookies. Every posted form is in the ledger, so
// that a test can say that the pool saw no second one.

import { type Answer, type Exchange, empty, html, noCache } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { iisErrorPage } from "./iis-headers.ts";
import { ledgerDigest } from "./ledger.ts";
import { page } from "./pages.ts";
import type { RelyingParty } from "./passive.ts";
import { relyingPartyMetadata } from "./passive-metadata.ts";
import { judgeResult, type TokenVerdict } from "./passive-token.ts";
import { formParams, RequestParams } from "./request-params.ts";

const PAGE = "/PassiveAuth/PassiveAuth.aspx";

/** Every address below `/PassiveAuth`. */
export async function passivePage(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const { relyingParty } = frontEnd;
  const isMetadata = exchange.path.includes("federationmetadata");
  if (!relyingParty) return isMetadata ? skeleton(frontEnd) : page("Passive Authentication");
  if (isMetadata) return metadata(frontEnd, relyingParty);
  const fields = exchange.method === "POST" ? await formParams(exchange) : new RequestParams();
  // WIF looks for the answer of a token service in a posted form only.
  const wresult = fields.get("wresult");
  return fields.get("wa") === "wsignin1.0" && wresult !== null
    ? signIn(frontEnd, relyingParty, exchange, { wresult, wctx: fields.get("wctx") ?? "" })
    : sessionOrRedirect(relyingParty, exchange);
}

const skeleton = (frontEnd: FrontEnd): Answer => ({
  status: 200,
  headers: [["Content-Type", "application/xml"]],
  body: `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${frontEnd.links.web("/passiveauth")}"/>`,
});

const metadata = (frontEnd: FrontEnd, relyingParty: RelyingParty): Answer => ({
  status: 200,
  headers: [["Content-Type", "text/xml"]],
  body: relyingPartyMetadata(relyingParty.realm, frontEnd.links.web(PAGE)),
});

/** The page itself for somebody who is signed in, and the way to the token service for everybody else. */
async function sessionOrRedirect(relyingParty: RelyingParty, exchange: Exchange): Promise<Answer> {
  const cookies = exchange.header("cookie") ?? "";
  const chosen = relyingParty.frontEndFor(cookies);
  const session = relyingParty.session(chosen, cookies);
  if (session) return withLines(page("You are signed in"), [...noCache, ...chosen.affinity]);
  const tokenService = await relyingParty.tokenService();
  if (!tokenService) return serverError();
  const location = new URL(tokenService.passiveUrl);
  const ru = encodeURIComponent(PAGE).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  location.search = new URLSearchParams({
    wa: "wsignin1.0",
    wtrealm: relyingParty.realm,
    wctx: `rm=0&id=passive&ru=${ru}`,
    wct: new Date(relyingParty.now()).toISOString().replace(/\.\d+Z$/, "Z"),
  }).toString();
  return empty(302, [["Location", location.href], ...noCache, ...chosen.affinity]);
}

async function signIn(
  frontEnd: FrontEnd,
  relyingParty: RelyingParty,
  exchange: Exchange,
  { wresult, wctx }: { readonly wresult: string; readonly wctx: string },
): Promise<Answer> {
  const judged = judgeResult(wresult, await relyingParty.rules());
  const verdict: TokenVerdict =
    judged.ok && relyingParty.isReplay(judged.token.id) ? { ok: false, fault: "ID1062", id: judged.token.id } : judged;
  const id = verdict.ok ? verdict.token.id : verdict.id;
  frontEnd.ledger.note("passivePosts", exchange.entry, {
    outcome: verdict.ok ? "accepted" : verdict.fault,
    assertionId: id ?? null,
    sid: verdict.ok ? verdict.token.sid : null,
    wctx,
    wresult: ledgerDigest(wresult),
  });
  if (!verdict.ok) return serverError();
  const { sid, from, until, xml } = verdict.token;
  const chosen = relyingParty.frontEndFor(exchange.header("cookie") ?? "");
  const secure = frontEnd.links.web("/").startsWith("https:");
  const lines = [
    ...noCache,
    ...chosen.affinity,
    ...relyingParty.cookiesOf(chosen, { sid, from, until, token: xml }, secure),
  ];
  exchange.entry.identity = frontEnd.users.bySid(sid)?.sipUri ?? null;
  // WIF goes where `ru` of its own context says. An answer that nobody asked for has no context, and gets the page.
  const ru = new URLSearchParams(wctx).get("ru");
  return ru === null || ru === ""
    ? withLines(page("You are signed in"), lines)
    : empty(302, [["Location", ru], ...lines]);
}

/** ASP.NET's page for an unhandled exception, which names no reason to strangers. */
const serverError = (): Answer => html(500, iisErrorPage("500 - Internal server error."));

const withLines = (answer: Answer, lines: Answer["headers"]): Answer => ({
  ...answer,
  headers: [...answer.headers, ...lines],
});
