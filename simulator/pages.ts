// The pages of the external site that are open to anybody (meeting join), and the answer of every other directory. Pages
// with a sign-in form are in sign-in-pages.ts, and passive sign-in is in passive-pages.ts. A directory that must never be published answers
// 200 with a text that says so. If a gateway lets a request through to it, the ledger records it and the client sees
// it.

import { webTicketChallenge } from "./autodiscover.ts";
import { type Answer, answer, type Exchange, empty, html } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { internalNames } from "./hosts.ts";
import { internalVia, unauthorized } from "./iis-headers.ts";
import { presentedTicket } from "./presented-ticket.ts";

/** A page of the Front-End. */
export const page = (title: string, body = ""): Answer =>
  html(200, `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`);

/**
 * `/meet/<organiser>/<conference id>`, `/lwa` and the files that they load. The meet host has no `/meet` in its paths,
 * and the web host may have a SIP domain before it. All links of the page have the web host's name. A posted body is
 * read to its end first, as below.
 */
export async function meetingPage(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  await exchange.end();
  const segments = exchange.path.split("/").filter(Boolean);
  if (exchange.path === "/meet") return courtesyRedirect("/meet/");
  if (segments[0] === "lwa") return page("Lync Web App");
  const conference = segments.slice(segments.indexOf("meet") + 1);
  const launch = frontEnd.links.web(`/lwa/WebPages/LwaClient.aspx?legacy=RmFsc2U!&xml=${conference.join("!")}`);
  return page("Join the meeting", `<a href="${launch.replaceAll("&", "&amp;")}">Join using the web app</a>`);
}

/** `JavaScriptResourceHandler.ashx`, which has the texts of a page and lies beside it. */
export const scriptResources = (): Answer =>
  answer(200, "application/x-javascript; charset=utf-8", "var L_Texts = {};");

/**
 * Data collaboration, meeting content, fonts and the like. To the client they are static files. An upload is read to
 * its end first, because an earlier answer would close the connection while the client is still sending.
 */
export async function meetingContent(_frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  await exchange.end();
  return answer(200, "application/octet-stream", Buffer.from("meeting content"));
}

/** `/Reach/sip.svc`: SIP over HTTP for the web app. It accepts every ticket, even that of a meeting guest. */
export function reach(frontEnd: FrontEnd, exchange: Exchange): Answer {
  if (!presentedTicket(frontEnd, exchange)) return unauthorized(webTicketChallenge(frontEnd));
  return answer(200, "application/sip", "SIP/2.0 200 OK\r\n\r\n", [internalVia]);
}

/** The site's start page. */
export const startPage = (): Answer => page("IIS Windows Server");

/** Any other directory. */
export const closedDirectory = (exchange: Exchange): Answer =>
  page("Closed directory served", `<p>${exchange.path.replaceAll("<", "&lt;")} should never have been reached.</p>`);

/** IIS redirects a directory's name without a slash to the name with a slash. The redirect reveals IIS's own name. */
export const courtesyRedirect = (to: string): Answer =>
  empty(301, [["Location", `https://${internalNames.pool}${to}`], internalVia]);
