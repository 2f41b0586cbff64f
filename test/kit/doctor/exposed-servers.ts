// Other servers of the organisation that take a directory password, and such as take none.

import type { Broken } from "./breaking.ts";
import type { World } from "./organisation.ts";
import { page, type ZoneAnswer, type ZoneRequest } from "./zone.ts";

const form = () =>
  page(200, '<form method="post"><input name="username"><input type="password" name="password"></form>');
const only = (path: RegExp, answer: ZoneAnswer) => (request: ZoneRequest) =>
  path.test(request.path) ? answer : page(404);
const asks = (scheme: string) => page(401, "", { "www-authenticate": scheme, server: "Microsoft-IIS/10.0" });
const edge = (...schemes: string[]) =>
  `SIP/2.0 401 Unauthorized\r\n${schemes.map((scheme) => `WWW-Authenticate: ${scheme} realm="SIP Communications Service", targetname="edge", version=4\r\n`).join("")}Content-Length: 0\r\n\r\n`;

/** What stays exposed. */
export const EXPOSED: readonly Broken[] = [
  {
    is: "NTLM at the SIP edge",
    check: "sip-edge",
    says: /offers NTLM and Kerberos/,
    fix: /Set-CsProxyConfiguration/,
    world: { edges: { "sip.contoso.test:443": edge("NTLM", "Kerberos", "TLS-DSK") } },
  },
  {
    is: "NTLM at the federation port",
    check: "sip-edge",
    says: /offers NTLM/,
    fix: /TLS-DSK/,
    world: { edges: { "sipexternal.contoso.test:5061": edge("NTLM") } },
  },
  {
    is: "EWS with NTLM",
    check: "exchange",
    says: /401, NTLM/,
    fix: /WebServicesVirtualDirectory/,
    world: { others: { "mail.contoso.test": only(/EWS/, asks("NTLM")) } },
  },
  {
    is: "ActiveSync with Basic",
    check: "exchange",
    says: /401, Basic/,
    fix: /ActiveSync/,
    world: { others: { "mail.contoso.test": only(/ActiveSync/, asks('Basic realm="mail"')) } },
  },
  {
    is: "Autodiscover with Negotiate",
    check: "exchange",
    says: /401, Negotiate/,
    fix: /Autodiscover/,
    world: { others: { "autodiscover.contoso.test": only(/autodiscover/, asks("Negotiate")) } },
  },
  {
    is: "OWA's form",
    check: "exchange",
    says: /form with a password/,
    fix: /two factors/,
    world: { others: { "owa.contoso.test": only(/logon\.aspx/, form()) } },
  },
  {
    is: "OWA behind a redirect",
    check: "exchange",
    says: /behind a redirect/,
    fix: /two factors/,
    world: {
      others: {
        "owa.contoso.test": only(
          /^\/owa\/$/,
          page(302, "", { location: "https://owa.contoso.test/owa/auth/logon.aspx?url=x" }),
        ),
      },
    },
  },
  {
    is: "Outlook Anywhere",
    check: "exchange",
    says: /401, NTLM/,
    fix: /modern authentication/,
    world: { others: { "mail.contoso.test": only(/rpcproxy/, asks("NTLM")) } },
  },
  {
    is: "MAPI over HTTP",
    check: "exchange",
    says: /401, Negotiate/,
    fix: /modern authentication/,
    world: { others: { "mail.contoso.test": only(/mapi/, asks("Negotiate")) } },
  },
  {
    is: "a server that only --extra names",
    check: "exchange",
    says: /401, NTLM/,
    fix: /Exchange/,
    world: { plan: { extra: ["post.fabrikam.test"] }, others: { "post.fabrikam.test": only(/EWS/, asks("NTLM")) } },
  },
  {
    is: "the form of AD FS",
    check: "adfs",
    says: /form with a password/,
    fix: /Extranet Smart Lockout/,
    world: { others: { "adfs.contoso.test": only(/idpinitiated/, form()) } },
  },
  {
    ...{ is: "WS-Trust with names and passwords", check: "adfs", says: /name and password/, fix: /Set-AdfsEndpoint/ },
    world: {
      others: {
        "sts.contoso.test": only(/usernamemixed/, page(500, "<s:Envelope><s:Body><s:Fault/></s:Body></s:Envelope>")),
      },
    },
  },
  {
    is: "WS-Trust with Windows sign-in",
    check: "adfs",
    says: /401, Negotiate/,
    fix: /Set-AdfsEndpoint/,
    world: { others: { "sts.contoso.test": only(/windowstransport/, asks("Negotiate")) } },
  },
];

/** What may stand there without anybody being able to try a password; no finding. */
export const HARMLESS: readonly { readonly is: string; readonly check: string; readonly world: World }[] = [
  {
    is: "an edge that takes certificates alone",
    check: "sip-edge",
    world: { edges: { "sip.contoso.test:443": edge("TLS-DSK") } },
  },
  {
    is: "Exchange with modern authentication",
    check: "exchange",
    world: { others: { "mail.contoso.test": () => asks('Bearer client_id="00000002", trusted_issuers="00000001"') } },
  },
  {
    ...{ is: "Exchange Online", check: "exchange" },
    world: {
      others: {
        "autodiscover.contoso.test": () =>
          page(401, "", {
            "www-authenticate": 'Basic realm=""',
            "x-calculatedfetarget": "am0pr01.internal.outlook.com",
          }),
      },
    },
  },
  {
    is: "a web site without sign-in",
    check: "exchange",
    world: { others: { "contoso.test": () => page(200, "<h1>Contoso</h1>") } },
  },
  { is: "an AD FS that is closed outside", check: "adfs", world: { others: { "adfs.contoso.test": () => page(404) } } },
  {
    is: "a workers.dev name that is switched off",
    check: "workers-dev",
    world: {
      plan: { workersDev: "postern.contoso.workers.dev" },
      others: { "postern.contoso.workers.dev": () => page(404, "There is nothing here yet") },
    },
  },
  {
    is: "Access in front of the console",
    check: "own-hosts",
    world: {
      zone: {
        before: ({ host }) =>
          host === "console.localhost"
            ? page(302, "", { location: "https://contoso.cloudflareaccess.com/cdn-cgi/access/login" })
            : undefined,
      },
    },
  },
];
