// Says which handler answers which path: the virtual directories of the external web site. Paths are as IIS reads them.
// A path that is not listed gets the answer of a closed directory, with 200, so that a leak shows.

import { addressBookFile, groupExpansionTicket, groupExpansionWindows } from "./address-book.ts";
import { autodiscoverDomain, autodiscoverRoot, autodiscoverUser, xframePage } from "./autodiscover.ts";
import { certProvisioning } from "./cert-prov.ts";
import { type Answer, type Exchange, empty, html } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { sipDomain } from "./hosts.ts";
import { iisErrorPage } from "./iis-headers.ts";
import { certProvMetadata, groupExpansionMetadata, webTicketMetadata } from "./mex.ts";
import { oauthToken } from "./oauth-token.ts";
import { closedDirectory, meetingContent, meetingPage, reach, scriptResources, startPage } from "./pages.ts";
import { passivePage } from "./passive-pages.ts";
import { dialinPage, schedulerPage } from "./sign-in-pages.ts";
import { noteStrayCredentials } from "./stray-credentials.ts";
import { ucwa } from "./ucwa.ts";
import {
  advancedTicket,
  anonymousTicket,
  certificateTicket,
  passwordTicket,
  pinTicket,
  windowsTicket,
} from "./web-ticket.ts";

type Handler = (frontEnd: FrontEnd, exchange: Exchange) => Answer | Promise<Answer>;

const AUTODISCOVER = "/autodiscover/autodiscoverservice.svc/root";
const WEB_TICKET = "/webticket/webticketservice.svc";
const CERT_PROV = "/certprov/certprovisioningservice.svc";
const GROUP_EXPANSION = "/groupexpansion/service.svc";

/** Handlers by exact path. */
const services: Readonly<Record<string, Handler>> = {
  [AUTODISCOVER]: (frontEnd, exchange) => autodiscoverRoot(frontEnd, exchange, false),
  [`${AUTODISCOVER}/domain`]: autodiscoverDomain,
  [`${AUTODISCOVER}/user`]: (frontEnd, exchange) => autodiscoverUser(frontEnd, exchange, "web-ticket"),
  [`${AUTODISCOVER}/oauth/user`]: (frontEnd, exchange) => autodiscoverUser(frontEnd, exchange, "oauth"),
  "/autodiscover/xframe/xframe.html": xframePage,
  [`${AUTODISCOVER}/xframe`]: xframePage,
  [`${AUTODISCOVER}/xframe.html`]: xframePage,
  [`${AUTODISCOVER}/xframe/xframe.html`]: xframePage,
  [WEB_TICKET]: windowsTicket,
  [`${WEB_TICKET}/mex`]: webTicketMetadata,
  [`${WEB_TICKET}/auth`]: passwordTicket,
  [`${WEB_TICKET}/anon`]: anonymousTicket,
  [`${WEB_TICKET}/cert`]: certificateTicket,
  [`${WEB_TICKET}/pin`]: pinTicket,
  "/webticket/oauthtoken": oauthToken,
  [`${CERT_PROV}/mex`]: certProvMetadata,
  [`${CERT_PROV}/webticket_proof_sha1`]: certProvisioning,
  [GROUP_EXPANSION]: groupExpansionWindows,
  [`${GROUP_EXPANSION}/mex`]: groupExpansionMetadata,
  [`${GROUP_EXPANSION}/webticket_bearer`]: groupExpansionTicket,
  "/reach/sip.svc": reach,
};

/** Services that take no password in the request itself. If a request has one anyway, the ledger notes it. */
const WITHOUT_PASSWORD = new Set([
  WEB_TICKET,
  `${WEB_TICKET}/mex`,
  `${WEB_TICKET}/anon`,
  `${WEB_TICKET}/cert`,
  `${CERT_PROV}/mex`,
  `${CERT_PROV}/webticket_proof_sha1`,
  GROUP_EXPANSION,
  `${GROUP_EXPANSION}/mex`,
  `${GROUP_EXPANSION}/webticket_bearer`,
]);

/** The start of the Web SDK, by its short addresses. */
const DISCOVERY_PAGES = new Set(["/xframe", "/xframe.html", "/xframe/xframe.html"]);

/** Handlers by the first segment of the path. */
const directories: Readonly<Record<string, Handler>> = {
  ucwa,
  abs: addressBookFile,
  meet: meetingPage,
  lwa: meetingPage,
  dialin: dialinPage,
  scheduler: schedulerPage,
  passiveauth: passivePage,
  datacollabweb: meetingContent,
  collabcontent: meetingContent,
  meetingcontent: meetingContent,
  meetingfiles: meetingContent,
  fonts: meetingContent,
  lmstaticdata: meetingContent,
};

/** Directories that are services or closed. They stay so on the host of a simple URL too. */
const OTHER_DIRECTORIES = new Set([
  ...Object.keys(services).map((path) => path.split("/")[1] ?? ""),
  ...["phoneconferencing", "conf", "rgsclients", "etc", "mcx", "persistentchat", "mgcwebservice", "requesthandlerext"],
  ...["deviceupdatefiles_ext", "autoupdate", "hybridconfig", "platformservice", "cscp", "macp", "ocspowershell"],
  ...["powershell", "rgsconfig", "locationinformation", "requesthandler"],
]);

/** Answers a request to the external https site. */
export async function route(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const path = exchange.path === "/" ? "/" : exchange.path.replace(/\/$/, "");
  if (path === "/") return frontPage(frontEnd, exchange);
  if (DISCOVERY_PAGES.has(path)) return xframePage();
  if (path.startsWith("/webticket/webticketadvancedservice.svc")) return advancedTicket(frontEnd, exchange, path);
  if (WITHOUT_PASSWORD.has(path)) await noteStrayCredentials(frontEnd, exchange);
  const handler = services[path] ?? simpleUrl(frontEnd, exchange, path);
  return handler ? handler(frontEnd, exchange) : closedDirectory(exchange);
}

/**
 * The handler for a path of a simple URL. If a simple URL has its own host, IIS rewrites every path there to its
 * directory, except paths of existing directories. On the web host, a simple URL may follow a SIP domain.
 */
function simpleUrl(frontEnd: FrontEnd, exchange: Exchange, path: string): Handler | undefined {
  const [first = "", second = ""] = path.split("/").slice(1);
  if (path.endsWith("/javascriptresourcehandler.ashx")) return scriptResources;
  if (first === sipDomain(frontEnd.hosts) && (second === "meet" || second === "dialin")) return directories[second];
  const own = directories[first];
  if (own !== undefined || OTHER_DIRECTORIES.has(first)) return own;
  return exchange.site === "meet" || exchange.site === "dialin" ? directories[exchange.site] : undefined;
}

function frontPage(frontEnd: FrontEnd, exchange: Exchange): Answer | Promise<Answer> {
  switch (exchange.site) {
    case "lyncdiscover":
    case "lyncdiscoverinternal":
      return autodiscoverRoot(frontEnd, exchange, false);
    case "meet":
      return meetingPage(frontEnd, exchange);
    case "dialin":
      return dialinPage(frontEnd, exchange);
    case "web":
      return startPage();
  }
}

/** Answers a request to the external http site. Discovery sends clients to https, and everything else requires SSL. */
export function routePlain(frontEnd: FrontEnd, exchange: Exchange): Answer {
  const path = exchange.path.replace(/\/$/, "");
  const discovers = exchange.site === "lyncdiscover" || exchange.site === "lyncdiscoverinternal";
  if (path === AUTODISCOVER || (path === "" && discovers)) return autodiscoverRoot(frontEnd, exchange, true);
  if (exchange.site === "meet" || exchange.site === "dialin") {
    return empty(302, [["Location", `https://${frontEnd.hosts[exchange.site]}${exchange.path}`]]);
  }
  return html(403, iisErrorPage("403.4 - Forbidden: SSL is required to view this resource."));
}
