// Autodiscover (MS-OCDISCWS). The Root document tells a client where to ask about its user. The User document names the
// user's services. Accept chooses the form: XML for desktops, HAL for UCWA, an older JSON for everybody else. There are
// two ways to refuse a client: /root/user points to the web ticket service, and /root/oauth/user to the OAuth service.
// The two never mix.

import {
  type Answer,
  answer,
  type Exchange,
  empty,
  type HeaderLine,
  html,
  json,
  methodNotAllowed,
  noCache,
} from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { internalNames, sipDomain } from "./hosts.ts";
import { diagnostics, unauthorized } from "./iis-headers.ts";
import { grantTypes } from "./oauth-token.ts";
import { presentedTicket } from "./presented-ticket.ts";
import { ucwaXmlType } from "./ucwa-resource.ts";
import type { SimulatedUser } from "./users.ts";
import { escapeXml } from "./xml.ts";

const AUTODISCOVER_XML = "application/vnd.microsoft.rtc.autodiscover+xml; v=1";

interface Link {
  readonly token: string;
  readonly href: string;
}

/** The Root document. `redirectOnly`: for the port-80 site, which only sends clients to https. */
export function autodiscoverRoot(frontEnd: FrontEnd, exchange: Exchange, redirectOnly: boolean): Answer {
  if (exchange.method !== "GET") return methodNotAllowed("GET");
  const root = frontEnd.links.autodiscoverRoot;
  if (redirectOnly) {
    const query = exchange.query.size > 0 ? `?${exchange.query}` : "";
    return document(exchange, "Root", [{ token: "Redirect", href: `${root}${query}` }], {
      redirect: { href: `${root}${query}` },
    });
  }
  const domain = encodeURIComponent(sipDomain(frontEnd.hosts));
  const links = [
    { token: "Domain", href: `${root}/domain` },
    { token: "User", href: `${root}/user` },
    { token: "OAuth", href: `${root}/oauth/user` },
  ];
  return document(exchange, "Root", links, {
    self: { href: `${root}?originalDomain=${domain}` },
    user: { href: `${root}/oauth/user?originalDomain=${domain}` },
    xframe: { href: xframe(frontEnd) },
  });
}

/** `/root/domain`: the pool's topology by domain, for every caller. */
export function autodiscoverDomain(frontEnd: FrontEnd, exchange: Exchange): Answer {
  if (exchange.method !== "GET") return methodNotAllowed("GET");
  return document(exchange, "Domain", accessLinks(frontEnd), {
    self: { href: `${frontEnd.links.autodiscoverRoot}/domain` },
  });
}

/** `/root/user` and `/root/oauth/user`. */
export function autodiscoverUser(frontEnd: FrontEnd, exchange: Exchange, family: "web-ticket" | "oauth"): Answer {
  if (exchange.method !== "GET") return methodNotAllowed("GET");
  const ticket = presentedTicket(frontEnd, exchange);
  if (!ticket) {
    return unauthorized(family === "oauth" ? oauthChallenges(frontEnd) : webTicketChallenge(frontEnd));
  }
  if (ticket.identity.kind === "anonymous") {
    return html(403, "", [diagnostics(28020, "Anonymous users have no home server.")]);
  }
  const { user } = ticket.identity;
  if (user.sipEnabled === false) return empty(404, noCache);
  if (user.homePool !== undefined) {
    const href = `${user.homePool}/Autodiscover/AutodiscoverService.svc/root`;
    return document(exchange, "User", [{ token: "Redirect", href }], { redirect: { href } });
  }
  return userDocument(frontEnd, exchange, user);
}

/** `WWW-Authenticate` of everything that takes OAuth tickets: Bearer and MsRtcOAuth, each on a separate line. */
export const oauthChallenges = (frontEnd: FrontEnd): readonly HeaderLine[] => [
  [
    "WWW-Authenticate",
    `Bearer trusted_issuers="00000002-0000-0ff1-ce00-000000000000@${sipDomain(frontEnd.hosts)}", ` +
      `client_id="00000004-0000-0ff1-ce00-000000000000"`,
  ],
  ["WWW-Authenticate", `MsRtcOAuth href="${frontEnd.links.oauthToken}",grant_type="${grantTypes(frontEnd)}"`],
  diagnostics(28020, "No valid security token."),
];

/** The header of every service that takes web tickets outside SOAP. It offers no scheme, because SIPE would use it. */
export const webTicketChallenge = (frontEnd: FrontEnd): readonly HeaderLine[] => [
  ["X-MS-WebTicketURL", frontEnd.links.webTicketService],
  ["X-MS-WebTicketSupported", "cwt,saml"],
  diagnostics(28020, "No valid security token."),
];

/** `/Autodiscover/XFrame/XFrame.html`: the page browsers load to make cross-domain calls. */
export const xframePage = (): Answer =>
  html(
    200,
    "<!DOCTYPE html><html><head><title>XFrame</title></head><body><script>/* postMessage relay */</script></body></html>",
  );

const xframe = (frontEnd: FrontEnd): string => frontEnd.links.web("/Autodiscover/XFrame/XFrame.html");

function userDocument(frontEnd: FrontEnd, exchange: Exchange, user: SimulatedUser): Answer {
  const { links } = frontEnd;
  const self = `${links.autodiscoverRoot}/user`;
  const services: readonly [string, string][] = [
    ["Autodiscover", links.autodiscoverRoot],
    ["AuthBroker", links.web("/Reach/sip.svc")],
    ["WebScheduler", links.web("/Scheduler")],
    ["Mcx", links.web("/Mcx/McxService.svc")],
    ["Ucwa", links.web("/ucwa/v1/applications")],
    ["XFrame", xframe(frontEnd)],
  ];
  // Internal links name the external FQDN too: Lync sends mobile clients out and in again through the reverse proxy.
  const all = services.flatMap(([name, href]) => [
    { token: `Internal/${name}`, href },
    { token: `External/${name}`, href },
  ]);
  const hal = {
    self: {
      href: `${links.autodiscoverRoot}/oauth/user?originalDomain=${encodeURIComponent(sipDomain(frontEnd.hosts))}`,
    },
    applications: { href: links.web("/ucwa/oauth/v1/applications"), revision: "2" },
    xframe: { href: xframe(frontEnd) },
  };
  const tail = [
    { token: "Ucwa", href: links.web("/ucwa/v1/applications") },
    { token: "Self", href: self },
  ];
  return document(exchange, "User", [...all, ...tail], hal, accessPoints(frontEnd), user);
}

const accessLinks = (frontEnd: FrontEnd): readonly Link[] => [
  { token: "Internal/Autodiscover", href: frontEnd.links.autodiscoverRoot },
  { token: "External/Autodiscover", href: frontEnd.links.autodiscoverRoot },
];

const accessPoints = (frontEnd: FrontEnd): readonly [string, string, number][] => [
  ["SipServerInternalAccess", internalNames.pool, 5061],
  ["SipServerExternalAccess", frontEnd.hosts.sip, 5061],
  ["SipClientInternalAccess", internalNames.pool, 443],
  ["SipClientExternalAccess", frontEnd.hosts.sip, 443],
];

/** Writes one document in the shape that Accept asks for. */
function document(
  exchange: Exchange,
  kind: "Root" | "User" | "Domain",
  links: readonly Link[],
  hal: Readonly<Record<string, unknown>>,
  access: readonly [string, string, number][] = [],
  user?: SimulatedUser,
): Answer {
  const accept = (exchange.header("accept") ?? "").toLowerCase();
  if (accept.includes("vnd.microsoft.rtc.autodiscover+xml")) {
    const points = access.map(([name, fqdn, port]) => `<${name} fqdn="${fqdn}" port="${port}"/>`).join("");
    const list = links.map(({ token, href }) => `<Link token="${token}" href="${escapeXml(href)}"/>`).join("");
    const text =
      `<?xml version="1.0" encoding="utf-8"?><AutodiscoverResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
      `xmlns:xsd="http://www.w3.org/2001/XMLSchema" AccessLocation="External"><${kind}>${points}${list}</${kind}>` +
      `</AutodiscoverResponse>`;
    return answer(200, AUTODISCOVER_XML, text, noCache);
  }
  if (/vnd\.microsoft\.(com\.)?ucwa\+xml/.test(accept)) return ucwaXml(exchange, kind, hal);
  if (accept.includes("application/json")) return json(200, { _links: hal }, noCache);
  const points = Object.fromEntries(access.map(([name, fqdn, port]) => [name, { fqdn, port }]));
  const sip = user === undefined ? {} : { SipUri: user.sipUri };
  return json(200, { AccessLocation: "External", [kind]: { ...sip, ...points, Links: links } }, noCache);
}

function ucwaXml(exchange: Exchange, kind: string, hal: Readonly<Record<string, unknown>>): Answer {
  const links = Object.entries(hal).map(([rel, value]) => {
    const { href } = value as { href: string };
    return `<link rel="${rel}" href="${escapeXml(href)}"/>`;
  });
  const text =
    `<?xml version="1.0" encoding="utf-8"?><resource xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa" ` +
    `rel="${kind.toLowerCase()}">${links.join("")}</resource>`;
  return answer(200, ucwaXmlType(exchange), text, noCache);
}
