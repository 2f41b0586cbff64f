// The headers with which a Front-End tells too much: versions of IIS and ASP.NET, its internal name in X-MS-Server-Fqdn
// and in the source field of X-Ms-diagnostics, and now and then an internal name in Via or Location. A gateway has to
// remove all of it. The simulator sends them so that a test can see whether the gateway does.

import { type Answer, type HeaderLine, html } from "./exchange.ts";
import { internalNames } from "./hosts.ts";

/** The header lines of every answer of the Front-End. */
export const iisHeaders: readonly HeaderLine[] = [
  ["Server", "Microsoft-IIS/8.5"],
  ["X-AspNet-Version", "4.0.30319"],
  ["X-Powered-By", "ASP.NET"],
  ["X-Content-Type-Options", "nosniff"],
  ["X-MS-Server-Fqdn", internalNames.frontEnd],
];

/** A load balancer in front of the pool signs some answers with its internal name. */
export const internalVia: HeaderLine = ["Via", `1.1 ${internalNames.pool}`];

/** `X-Ms-diagnostics` of MS-OCAUTHWS 3.2.4.1: a stable number, the internal source, and a reason. */
export function diagnostics(id: number, reason: string, fault?: string): HeaderLine {
  const tail = fault === undefined ? "" : `;fault="${fault}"`;
  return ["X-Ms-diagnostics", `${id};source="${internalNames.frontEnd}";reason="${reason}"${tail}`];
}

/** The stock IIS page for 401, with the challenges given as header lines. */
export const unauthorized = (headers: readonly HeaderLine[]): Answer =>
  html(401, iisErrorPage("401 - Unauthorized: Access is denied due to invalid credentials."), headers);

/** The stock IIS page for an error; `headline` as IIS words it. */
export const iisErrorPage = (headline: string): string =>
  `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\r\n` +
  `<html xmlns="http://www.w3.org/1999/xhtml">\r\n<head>\r\n<title>${headline}</title>\r\n</head>\r\n<body>\r\n` +
  `<div id="header"><h1>Server Error</h1></div>\r\n<div id="content"><fieldset><h2>${headline}</h2>` +
  `<h3>You do not have permission to view this directory or page using the credentials that you supplied.</h3>` +
  `</fieldset></div>\r\n</body>\r\n</html>\r\n`;
