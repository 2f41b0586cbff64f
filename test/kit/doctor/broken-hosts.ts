// Gateways with wrong names, certificates or hosts.

import { at, type Broken, DISCOVERY, IIS, MEET, on, WEB } from "./breaking.ts";
import { page } from "./zone.ts";

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
