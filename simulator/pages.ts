// The pages of the external site that are open to anybody (meeting join, passive sign-in), and what every other directory
// answers; pages with a sign-in form are in sign-in-pages.ts. A directory that must never be published answers 200 with a text that says so: when a
// gateway lets a request through to one, the ledger has it and the client sees it.

import { webTicketChallenge } from "./autodiscover.ts";
import { type Answer, answer, type Exchange, empty, html } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { internalNames } from "./hosts.ts";
import { internalVia, unauthorized } from "./iis-headers.ts";
import { presentedTicket } from "./presented-ticket.ts";

/** A page of the Front-End's. */
export const page = (title: string, body = ""): Answer =>
  html(200, `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`);

/**
 * `/meet/<organiser>/<conference id>`, `/lwa` and what they load; without `/meet` on the meet host, and with a SIP domain before it
 * on the web host. All that the page opens it names by the web host's name. What is posted is taken to its end first, as below.
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

/** `JavaScriptResourceHandler.ashx`, the texts of a page, beside it. */
export const scriptResources = (): Answer =>
  answer(200, "application/x-javascript; charset=utf-8", "var L_Texts = {};");

/**
 * Data collaboration, meeting content, fonts and the like: static files to the client. What is uploaded is taken to its end first:
 * whoever answers before closes the connection under a client that is still sending.
 */
export async function meetingContent(_frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  await exchange.end();
  return answer(200, "application/octet-stream", Buffer.from("meeting content"));
}

/** `/PassiveAuth`: the relying party of WS-Federation. Not set up, so it only says who it would be. */
export function passivePage(frontEnd: FrontEnd, exchange: Exchange): Answer {
  if (!exchange.path.includes("federationmetadata")) return page("Passive Authentication");
  const entity = frontEnd.links.web("/passiveauth");
  return answer(
    200,
    "application/xml",
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entity}"/>`,
  );
}

/** `/Reach/sip.svc`: SIP over HTTP for the web app, with anybody's ticket, a meeting guest's included. */
export function reach(frontEnd: FrontEnd, exchange: Exchange): Answer {
  if (!presentedTicket(frontEnd, exchange)) return unauthorized(webTicketChallenge(frontEnd));
  return answer(200, "application/sip", "SIP/2.0 200 OK\r\n\r\n", [internalVia]);
}

/** The site's start page. */
export const startPage = (): Answer => page("IIS Windows Server");

/** Any other directory. */
export const closedDirectory = (exchange: Exchange): Answer =>
  page("Closed directory served", `<p>${exchange.path.replaceAll("<", "&lt;")} should never have been reached.</p>`);

/** IIS sends a directory's name without its slash to the one with it, and names itself in doing so. */
export const courtesyRedirect = (to: string): Answer =>
  empty(301, [["Location", `https://${internalNames.pool}${to}`], internalVia]);
