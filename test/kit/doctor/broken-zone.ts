// Gateways behind a zone that changes, keeps or refuses requests.

import { type Broken, changed, forAgent, replaced } from "./breaking.ts";
import { page, withHeader } from "./zone.ts";

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
