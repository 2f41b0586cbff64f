// Gateways that are broken, each in one way, with the check that must find it, and words of what it says and of its fix.

import type { World } from "./organisation.ts";
import { page, textOf, withHeader, type ZoneAnswer, type ZoneRequest } from "./zone.ts";

/** One broken gateway. */
export type Broken = {
  readonly is: string;
  readonly check: string;
  readonly says: RegExp;
  readonly fix: RegExp;
  readonly world: World;
};

const WEB = "web.contoso.test";
const DISCOVERY = "lyncdiscover.contoso.test";
const MEET = "meet.contoso.test";
const IIS = { server: "Microsoft-IIS/8.5", "x-powered-by": "ASP.NET" };

const on = (host: string, answer: ZoneAnswer | "cut") => ({
  before: (request: ZoneRequest) => (request.host === host ? answer : undefined),
});
const at = (path: RegExp, answer: ZoneAnswer | "cut") => ({
  before: (request: ZoneRequest) => (path.test(request.path) ? answer : undefined),
});
const changed = (path: RegExp, change: (answer: ZoneAnswer, request: ZoneRequest) => ZoneAnswer | "cut") => ({
  after: (answer: ZoneAnswer, request: ZoneRequest) => (path.test(request.path) ? change(answer, request) : answer),
});
const replaced = (path: RegExp, from: string | RegExp, to: string) =>
  changed(path, (answer) => {
    const body = textOf(answer).replaceAll(from, to);
    const headers = answer.headers.map(
      ([name, value]) =>
        [name, name === "content-length" ? String(Buffer.byteLength(body)) : value.replaceAll(from, to)] as const,
    );
    return { ...answer, headers, body };
  });
const challengeOf = (value: string | undefined, path = /webticket/i) =>
  changed(path, (answer, { headers }) =>
    answer.status === 401 && headers.authorization === undefined
      ? withHeader(answer, "www-authenticate", value)
      : answer,
  );
const forAgent = (agent: RegExp, answer: ZoneAnswer) => ({
  before: ({ headers }: ZoneRequest) => (agent.test(headers["user-agent"] ?? "none") ? answer : undefined),
});
/** Whether the request carries an NTLM message of that type. */
const isType = (type: number, { headers }: ZoneRequest): boolean => {
  const [, text = ""] = /^NTLM (\S+)$/.exec(headers.authorization ?? "") ?? [];
  return Buffer.from(text, "base64")[8] === type;
};

/** Names, certificates, and who answers. */
export const NAMES: readonly Broken[] = [
  {
    is: "a host without a DNS record",
    check: "names",
    says: /does not resolve/,
    fix: /custom_domain/,
    world: { names: { [WEB]: { kind: "none" } } },
  },
  {
    ...{ is: "a host at an address of the inside", check: "names", says: /10\.1\.2\.3/, fix: /from outside/ },
    world: { names: { [MEET]: { kind: "found", addresses: ["10.1.2.3"], cname: undefined } } },
  },
  {
    ...{
      is: "a certificate that lacks a name",
      check: "certificate",
      says: /does not cover this name/,
      fix: /advanced certificate/,
    },
    world: { zone: { certificate: { names: [WEB, DISCOVERY] } } },
  },
  {
    is: "a certificate that has ended",
    check: "certificate",
    says: /ended 3 days ago/,
    fix: /Renew/,
    world: { zone: { certificate: { endsInDays: -2 } } },
  },
  {
    is: "a certificate that ends soon",
    check: "certificate",
    says: /ends in 4 days/,
    fix: /Edge Certificates/,
    world: { zone: { certificate: { endsInDays: 5 } } },
  },
  {
    is: "a chain that nobody trusts",
    check: "certificate",
    says: /not trusted/,
    fix: /intermediates/,
    world: { strange: true },
  },
  {
    is: "TLS 1.3 alone",
    check: "certificate",
    says: /only TLSv1.3/,
    fix: /Minimum TLS Version/,
    world: { zone: { minVersion: "TLSv1.3" } },
  },
  {
    is: "IIS under a name of the gateway",
    check: "answers",
    says: /something other than Postern.*IIS/,
    fix: /old reverse proxy/,
    world: { zone: on(MEET, page(404, "<h1>404</h1>", IIS)) },
  },
  {
    is: "a name that leads to no Worker",
    check: "answers",
    says: /Cloudflare answers 530/,
    fix: /custom domain/,
    world: { zone: on(WEB, page(530)) },
  },
  {
    is: "a configuration with a fault",
    check: "answers",
    says: /503 to everything/,
    fix: /config check/,
    world: { zone: on(WEB, page(503)) },
  },
  {
    is: "a host where the connection breaks off",
    check: "answers",
    says: /breaks off/,
    fix: /routes/,
    world: { zone: on(WEB, "cut") },
  },
  {
    ...{ is: "http that leads to https", check: "discovery", says: /http is redirected/, fix: /Always Use HTTPS/ },
    world: {
      zone: {
        before: ({ over, host }) =>
          over === "plain http" ? page(301, "", { location: `https://${host}/` }) : undefined,
      },
    },
  },
  {
    is: "discovery that is not published",
    check: "discovery",
    says: /answers 404/,
    fix: /why --request/,
    world: { zone: at(/autodiscover/i, page(404)) },
  },
  {
    is: "a page in place of discovery",
    check: "discovery",
    says: /no discovery document/,
    fix: /page of the zone/,
    world: { zone: at(/autodiscover/i, page(200, "<h1>Welcome</h1>")) },
  },
  {
    is: "a Front-End that is away",
    check: "discovery",
    says: /503/,
    fix: /cloudflared/,
    world: { zone: at(/autodiscover/i, page(503)) },
  },
  {
    is: "a budget that is used up",
    check: "discovery",
    says: /429/,
    fix: /Wait a minute/,
    world: { zone: at(/autodiscover/i, page(429)) },
  },
  {
    ...{
      is: "a meeting host that Postern takes for a web host",
      check: "simple-urls",
      says: /does not know/,
      fix: /MEET_HOSTS/,
    },
    world: { zone: on(MEET, { status: 404, headers: [["cache-control", "no-store"]], body: "" }) },
  },
  {
    is: "a meeting host whose Front-End fails",
    check: "simple-urls",
    says: /answers 500/,
    fix: /Get-CsSimpleUrl/,
    world: { zone: on(MEET, page(500)) },
  },
  {
    is: "a console that is not deployed",
    check: "own-hosts",
    says: /answers 404/,
    fix: /deployed/,
    world: { zone: on("console.localhost", page(404)) },
  },
  {
    is: "somebody else under the name of the admin API",
    check: "own-hosts",
    says: /answers 200 to a stranger/,
    fix: /belongs/,
    world: { zone: on("admin.contoso.test", page(200, "hello")) },
  },
  {
    ...{
      is: "a second door under workers.dev",
      check: "workers-dev",
      says: /answers there/,
      fix: /workers_dev = false/,
    },
    world: {
      plan: { workersDev: "postern.contoso.workers.dev" },
      others: {
        "postern.contoso.workers.dev": () => ({
          status: 404,
          headers: [["cache-control", "no-cache, no-store"]],
          body: "",
        }),
      },
    },
  },
];

/** Where addresses lead, and what is open. */
export const TRANSLATION: readonly Broken[] = [
  {
    is: "a link to the pool's own name",
    check: "links",
    says: /fe1\.contoso\.local/,
    fix: /Topology Builder/,
    world: { zone: replaced(/autodiscover/i, /web\.contoso\.test/g, "fe1.contoso.local") },
  },
  {
    is: "a link to port 4443",
    check: "links",
    says: /port 4443/,
    fix: /published port 443/,
    world: { zone: replaced(/autodiscover/i, /web\.contoso\.test/g, "web.contoso.test:4443") },
  },
  {
    is: "metadata that names http",
    check: "links",
    says: /http:\/\/web/,
    fix: /Topology Builder/,
    world: { zone: replaced(/mex/i, /https:\/\/web/g, "http://web") },
  },
  {
    is: "a ticket service at another name of the organisation",
    check: "links",
    says: /old\.contoso\.test/,
    fix: /PUBLIC_HOSTS/,
    world: { zone: replaced(/user$/i, /web\.contoso\.test/g, "old.contoso.test") },
  },
  {
    is: "a site that serves every host",
    check: "other-host",
    says: /gets 200/,
    fix: /another Worker/,
    world: { zone: { before: (request) => (request.host.endsWith(".invalid") ? page(200) : undefined) } },
  },
  {
    is: "a directory of the inside that is open",
    check: "closed",
    says: /must be closed/,
    fix: /check answers/,
    world: { zone: at(/PersistentChat/i, page(200, "<h1>Rooms</h1>")) },
  },
  {
    is: "the dial-in form, which takes a password",
    check: "closed",
    says: /takes a form/,
    fix: /check answers/,
    world: {
      zone: {
        before: ({ path, method }) => (/dialin/i.test(path) && method === "POST" ? page(200, "wrong PIN") : undefined),
      },
    },
  },
  {
    is: "a spelling that reaches the inside",
    check: "closed",
    says: /must be closed/,
    fix: /check answers/,
    world: { zone: at(/%2f/i, page(200, "Control Panel")) },
  },
  {
    is: "the name of the Front-End in a header",
    check: "leaks",
    says: /x-ms-server-fqdn/,
    fix: /Postern takes it out/,
    world: {
      zone: changed(/autodiscover/i, (answer) => withHeader(answer, "x-ms-server-fqdn", "FE1.corp.contoso.local")),
    },
  },
  {
    is: "a name of the inside in a page",
    check: "leaks",
    says: /fe1\.contoso\.local/,
    fix: /simple URLs/,
    world: { zone: replaced(/doctor/i, /Join the meeting/g, "Served by fe1.contoso.local") },
  },
  {
    is: "an address of the inside in a header",
    check: "leaks",
    says: /10\.20\.30\.40/,
    fix: /what adds the header/,
    world: { zone: changed(/autodiscover/i, (answer) => withHeader(answer, "x-origin", "10.20.30.40:4443")) },
  },
  {
    is: "a version of IIS",
    check: "leaks",
    says: /Microsoft-IIS\/8\.5/,
    fix: /answers in their place/,
    world: { zone: changed(/mex/i, (answer) => withHeader(answer, "server", "Microsoft-IIS/8.5")) },
  },
];

/** What is offered, and the handshake. */
export const SIGN_IN: readonly Broken[] = [
  {
    is: "two challenges in one line",
    check: "challenge",
    says: /2 challenges/,
    fix: /header rule/,
    world: { zone: challengeOf("Negotiate, NTLM") },
  },
  {
    ...{ is: "two lines of challenges", check: "challenge", says: /2 challenges/, fix: /header rule/ },
    world: {
      zone: changed(/webticket/i, (answer) =>
        answer.status === 401 ? { ...answer, headers: [...answer.headers, ["www-authenticate", "Negotiate"]] } : answer,
      ),
    },
  },
  {
    is: "Basic",
    check: "challenge",
    says: /offers Basic/,
    fix: /adds the header/,
    world: { zone: challengeOf('Basic realm="x"') },
  },
  {
    is: "a 401 without a challenge",
    check: "challenge",
    says: /no WWW-Authenticate/,
    fix: /Transform Rules/,
    world: { zone: challengeOf(undefined) },
  },
  {
    is: "Negotiate where NTLM is configured",
    check: "challenge",
    says: /CHALLENGE is NTLM/,
    fix: /Deploy/,
    world: { zone: challengeOf("Negotiate") },
  },
  {
    is: "a page in place of the challenge",
    check: "challenge",
    says: /answers 403/,
    fix: /check clients/,
    world: { zone: at(/oauthtoken/i, page(403)) },
  },
  {
    is: "AD FS's grant",
    check: "grants",
    says: /passive/,
    fix: /AD FS/,
    world: { zone: replaced(/applications/, /urn:microsoft\.rtc:anonmeeting/g, "urn:microsoft.rtc:passive") },
  },
  {
    is: "UCWA without its challenge",
    check: "grants",
    says: /no MsRtcOAuth/,
    fix: /header rule/,
    world: { zone: challengeOf(undefined, /applications/) },
  },
  {
    is: "no grant for NTLM",
    check: "grants",
    says: /no grant for NTLM/,
    fix: /header rule/,
    world: { zone: replaced(/applications/, /urn:microsoft\.rtc:windows,/g, "") },
  },
  {
    is: "services that do not name the ticket service",
    check: "grants",
    says: /X-MS-WebTicketURL/,
    fix: /header rule/,
    world: { zone: changed(/root\/user/i, (answer) => withHeader(answer, "x-ms-webticketurl", undefined)) },
  },
  {
    is: "error pages of the zone",
    check: "grants",
    says: /unknown grant gets 400/,
    fix: /custom error pages/,
    world: { zone: changed(/oauthtoken/i, (answer) => (answer.status === 400 ? page(400, "Sorry") : answer)) },
  },
  {
    is: "metadata with a binding that is closed",
    check: "metadata",
    says: /Pin/,
    fix: /deployed/,
    world: { zone: replaced(/mex/i, /WebTicketServiceAnon"/g, 'WebTicketServicePin"') },
  },
  {
    is: "a page in place of the metadata",
    check: "metadata",
    says: /without a description/,
    fix: /health/,
    world: { zone: at(/mex/i, page(200, "<h1>Hello</h1>")) },
  },
  {
    is: "metadata without Windows sign-in",
    check: "metadata",
    says: /no Windows binding/,
    fix: /UseWindowsAuth/,
    world: { zone: replaced(/mex/i, /WebTicketServiceWin\w+/g, "WebTicketServiceX") },
  },
  {
    is: "Authorization that is taken out",
    check: "ntlm",
    says: /no challenge back/,
    fix: /request header rule/,
    world: {
      zone: {
        before: (request) => ({
          ...request,
          headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "authorization")),
        }),
      },
    },
  },
  {
    ...{ is: "a challenge that is cut off", check: "ntlm", says: /cut off or changed/, fix: /limits its length/ },
    world: {
      zone: changed(/oauthtoken/i, (answer) => ({
        ...answer,
        headers: answer.headers.map(
          ([name, value]) => [name, name === "www-authenticate" ? value.slice(0, 200) : value] as const,
        ),
      })),
    },
  },
  {
    ...{ is: "a challenge of IIS", check: "ntlm", says: /no sealed text/, fix: /check answers/ },
    world: {
      zone: {
        before: (request) =>
          request.headers.authorization === undefined
            ? undefined
            : page(401, "", { "www-authenticate": `NTLM ${IIS_CHALLENGE}` }),
      },
    },
  },
  {
    is: "a limit for headers",
    check: "ntlm",
    says: /long Authorization.*431/,
    fix: /WAF rule/,
    world: {
      zone: { before: ({ headers }) => ((headers.authorization ?? "").length > 4_000 ? page(431) : undefined) },
    },
  },
  {
    is: "a rule that stops the answer to the challenge",
    check: "wrong-password",
    says: /gets 403/,
    fix: /WAF/,
    world: { zone: { before: (request) => (isType(3, request) ? page(403) : undefined) } },
  },
  {
    is: "somebody who lets everybody in",
    check: "wrong-password",
    says: /gets 200/,
    fix: /off the net/,
    world: { zone: { before: (request) => (isType(3, request) ? page(200, "{}") : undefined) } },
  },
  {
    is: "a connection that breaks at the answer to the challenge",
    check: "wrong-password",
    says: /gets nothing/,
    fix: /WAF rules/,
    world: { zone: { before: (request) => (isType(3, request) ? "cut" : undefined) } },
  },
  {
    is: "HTTP/2 without challenges",
    check: "http2",
    says: /no challenge/,
    fix: /HTTP\/2 off/,
    world: {
      zone: {
        after: (answer, { over }) => (over === "h2" ? withHeader(answer, "www-authenticate", undefined) : answer),
      },
    },
  },
  {
    is: "HTTP/2 that breaks off",
    check: "http2",
    says: /breaks off/,
    fix: /HTTP\/2 off/,
    world: { zone: { before: ({ over }) => (over === "h2" ? "cut" : undefined) } },
  },
  {
    is: "HTTP/2 that loses Authorization",
    check: "http2",
    says: /no challenge back/,
    fix: /HTTP\/2 off/,
    world: {
      zone: {
        before: (request) =>
          request.over === "h2" ? { ...request, headers: { ...request.headers, authorization: "" } } : undefined,
      },
    },
  },
];

/** What a zone does. */
export const ZONE: readonly Broken[] = [
  {
    is: "a challenge page for phones",
    check: "clients",
    says: /Lync on Android gets a challenge page/,
    fix: /Bot Fight Mode/,
    world: {
      zone: forAgent(
        /^AndroidLync/,
        page(403, "Just a moment...", { "cf-mitigated": "challenge", server: "cloudflare" }),
      ),
    },
  },
  {
    is: "Browser Integrity Check",
    check: "clients",
    says: /error 1010/,
    fix: /Browser Integrity Check must be off/,
    world: { zone: forAgent(/^none$/, page(403, "error code: 1010", { server: "cloudflare" })) },
  },
  {
    is: "a firewall rule",
    check: "clients",
    says: /Lync 2013 is refused by a rule/,
    fix: /Security, Events/,
    world: {
      zone: forAgent(/^UCCAPI\/15/, page(403, "<h1>Sorry, you have been blocked</h1>", { server: "cloudflare" })),
    },
  },
  {
    is: "a bot product",
    check: "clients",
    says: /__cf_bm/,
    fix: /Bot Fight Mode/,
    world: { zone: changed(/./, (answer) => withHeader(answer, "set-cookie", "__cf_bm=x; path=/")) },
  },
  {
    is: "an agent that is turned away",
    check: "clients",
    says: /gets 406/,
    fix: /user agent/,
    world: { zone: forAgent(/CFNetwork/, page(406)) },
  },
  {
    is: "a cache",
    check: "caching",
    says: /HIT/,
    fix: /bypasses the cache/,
    world: { zone: changed(/autodiscover/i, (answer) => withHeader(answer, "cf-cache-status", "HIT")) },
  },
  {
    is: "a challenge that caches may keep",
    check: "caching",
    says: /public/,
    fix: /bypasses the cache/,
    world: {
      zone: changed(/WebTicketService/i, (answer) => withHeader(answer, "cache-control", "public, max-age=600")),
    },
  },
  {
    is: "an old answer",
    check: "caching",
    says: /Age: 30/,
    fix: /purge/,
    world: { zone: changed(/autodiscover/i, (answer) => withHeader(answer, "age", "30")) },
  },
  {
    is: "compression that nobody asked for",
    check: "rewriting",
    says: /compressed \(gzip\)/,
    fix: /compression rule/,
    world: { zone: changed(/mex/i, (answer) => withHeader(answer, "content-encoding", "gzip")) },
  },
  {
    is: "Rocket Loader",
    check: "rewriting",
    says: /Rocket Loader/,
    fix: /Switch Rocket Loader off/,
    world: {
      zone: replaced(
        /doctor/,
        "</body>",
        '<script src="/cdn-cgi/scripts/7d0fa10a/cloudflare-static/rocket-loader.min.js"></script></body>',
      ),
    },
  },
  {
    is: "addresses that are hidden",
    check: "rewriting",
    says: /e-mail/,
    fix: /Email Address Obfuscation/,
    world: { zone: replaced(/doctor/, "</body>", '<a class="__cf_email__">x</a></body>') },
  },
];

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

/** A challenge of IIS: the example of MS-NLMP 4.2.4.3. */
const IIS_CHALLENGE = Buffer.from(
  "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef000000000000000024002400440000000600" +
    "70170000000f53006500720076006500720002000c0044006f006d00610069006e0001000c00530065007200760065007200" +
    "00000000",
  "hex",
).toString("base64");
