// Gateways whose answers lead astray, or tell of the inside.

import { at, type Broken, changed, replaced } from "./breaking.ts";
import { page, withHeader } from "./zone.ts";

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
