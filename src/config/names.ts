// The names of all bindings and variables, and the first check of what is given under them. It finds names that Postern
// does not know, values that are not text, and keys where everybody can read them. An unknown variable that is a slip
// away from a known one is a fault: the variable that was meant would keep its default, and nobody would notice. Any
// other may belong to a later version, whose place this one has taken again. `config check` names it all the same, and
// the gateway serves and says so (docs/design/0035-upgrade-and-retention.md).

import { isSlipOf, nearest } from "../core/text/nearest.ts";
import { isPlatformObject } from "./bindings.ts";
import type { Env } from "./env.ts";

/** What a name is for. A secret belongs to `wrangler secret put`, never into `wrangler.toml`. */
type Kind = "variable" | "secret" | "binding";

/**
 * Every name of `Env`. The compiler demands that a new name is added here. A new name is no slip away from another one:
 * the version before would take it for a misspelling when it comes back.
 */
export const NAMES: Readonly<Record<keyof Env, Kind>> = {
  DB: "binding",
  USER_GUARD: "binding",
  SOURCE_GUARD: "binding",
  GUEST_GUARD: "binding",
  ANONYMOUS_SERVICES: "binding",
  ANONYMOUS_PAGES: "binding",
  API_CALLS: "binding",
  API_SECRETS: "binding",
  ORIGIN: "binding",
  ORIGIN_2: "binding",
  ORIGIN_3: "binding",
  ORIGIN_4: "binding",
  ORIGIN_5: "binding",
  ORIGIN_6: "binding",
  ORIGIN_7: "binding",
  ORIGIN_8: "binding",
  CONNECTOR: "binding",
  CONNECTOR_2: "binding",
  MAIL: "binding",
  METRICS: "binding",
  SEALING_KEYS: "secret",
  ADMIN_KEYS: "secret",
  SIGN_ON_KEYS: "secret",
  STS_KEYS: "secret",
  ACCESS_CLIENT_ID: "secret",
  ACCESS_CLIENT_SECRET: "secret",
  CONNECTOR_SECRET: "secret",
  AUTHORITY_SECRETS: "secret",
  CONSOLE_OIDC_CLIENT_SECRET: "secret",
  PORTAL_OIDC_CLIENT_SECRET: "secret",
  NOTICE_WEBHOOK_SECRETS: "secret",
  PROBE_PASSWORD: "secret",
  PROBE_PING_URL: "secret",
  PUBLIC_HOSTS: "variable",
  WEB_HOST: "variable",
  MEET_HOSTS: "variable",
  DIALIN_HOSTS: "variable",
  SIP_DOMAINS: "variable",
  POOLS: "variable",
  POOL_HOSTS: "variable",
  POOL_ORIGINS: "variable",
  POOL_SERVICES: "variable",
  POOL_FQDNS: "variable",
  NETBIOS_DOMAIN: "variable",
  DNS_DOMAIN: "variable",
  DOMAINS: "variable",
  INTERNAL_DOMAINS: "variable",
  CHALLENGE: "variable",
  EDGE_CERTIFICATE_HASHES: "variable",
  PLAIN_HTTP: "variable",
  CERTIFICATE_TICKETS: "variable",
  LOCKOUT: "variable",
  LOCKOUT_LIMITS: "variable",
  PASSWORD_CODE: "variable",
  PASSWORD_CODE_MINUTES: "variable",
  REFUSAL_FLOOR_MS: "variable",
  AUDIT_RETENTION_DAYS: "variable",
  LEAVERS_ERASED_AFTER_DAYS: "variable",
  NOTICES: "variable",
  NOTICE_HELPDESK: "variable",
  NOTICE_HELPDESK_KINDS: "variable",
  NOTICE_PASSWORD_DAYS: "variable",
  NOTICE_DELIVERY: "variable",
  NOTICE_FROM: "variable",
  NOTICE_WEBHOOK_URL: "variable",
  NOTICE_LANGUAGE: "variable",
  NOTICE_TIME_ZONE: "variable",
  NOTICE_CONTACT: "variable",
  ADMIN_HOST: "variable",
  CONSOLE_HOST: "variable",
  CONSOLE_RP_ID: "variable",
  CONSOLE_SESSION_HOURS: "variable",
  CONSOLE_IDLE_MINUTES: "variable",
  CONSOLE_OIDC_ISSUER: "variable",
  CONSOLE_OIDC_CLIENT_ID: "variable",
  CONSOLE_ACCESS_TEAM: "variable",
  CONSOLE_ACCESS_AUDIENCE: "variable",
  CONSOLE_ROLES: "variable",
  CONSOLE_ROLES_CLAIM: "variable",
  PORTAL_HOST: "variable",
  PORTAL_RP_ID: "variable",
  PORTAL_SESSION_HOURS: "variable",
  PORTAL_IDLE_MINUTES: "variable",
  PORTAL_OIDC_ISSUER: "variable",
  PORTAL_OIDC_CLIENT_ID: "variable",
  PORTAL_OIDC_CLAIM: "variable",
  PORTAL_OIDC_TWO_FACTORS: "variable",
  STS_HOST: "variable",
  STS_ISSUER: "variable",
  STS_REALMS: "variable",
  STS_REPLIES: "variable",
  STS_TOKEN_MINUTES: "variable",
  STS_DOMAIN_SIDS: "variable",
  STS_DENIED_SIDS: "variable",
  STS_OFFER: "variable",
  FRONT_END: "variable",
  TUNNEL_HOSTS: "variable",
  AUTHORITY_URL: "variable",
  SIGN_ON: "variable",
  CONNECTORS: "variable",
  SIGN_ON_SERVICE: "variable",
  CONNECTOR_TIMEOUT_SECONDS: "variable",
  FRONT_END_TIMEOUT_SECONDS: "variable",
  PROBE_ACCOUNT: "variable",
  PROBE_MINUTES: "variable",
  PROBE_PING_FAILURES: "variable",
};

const kinds: Readonly<Record<string, Kind | undefined>> = NAMES;
const KNOWN = Object.keys(NAMES);

/** Tools around the Worker, such as the test runner, give it names of this form. */
const OF_TOOLS = /^__/;
/** A key as `keys new` makes it: base64 of 32 bytes. */
const KEY_LIKE = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])/g;
/** A shorter secret is not taken out of a sentence: it could be any word. */
const MIN_SECRET_CHARS = 8;
/** No word of a variable contains a secret of this length by chance. */
const LONG_SECRET_CHARS = 40;

/**
 * Reads what the Worker was given, with text under every variable. Each value that had to be changed to text is a
 * fault, so that one reading finds all faults. `unread` gets a sentence for each variable that a later version may
 * know.
 */
export function readNames(given: Env, faults: string[], unread: string[]): Env {
  const mended: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const kind = kinds[name];
    if (value === undefined || (kind === undefined && OF_TOOLS.test(name))) continue;
    if (kind === undefined) {
      const fault = unknownName(name, value, given);
      const isFault = isPlatformObject(value) || isSlipOf(name, KNOWN);
      if (fault !== undefined) (isFault ? faults : unread).push(fault);
    } else if (kind === "binding") mended[name] = value;
    else {
      const text = typeof value === "string" ? value : asText(value);
      if (typeof value !== "string") faults.push(notText(name, value, kind));
      if (kind === "variable" && holdsKey(text, given)) faults.push(keyInSight(name));
      mended[name] = kind === "variable" ? text.replaceAll(KEY_LIKE, "") : text;
    }
  }
  return mended as unknown as Env; // `bindingFaults` has checked what `Env` promises of a binding
}

/** Takes every secret out of sentences that quote what was given, and shortens what is too long for a log line. */
export function withoutSecrets(sentences: readonly string[], given: Env): readonly string[] {
  const secrets = secretWords(given);
  return sentences.map((sentence) => {
    let said = sentence.replaceAll(KEY_LIKE, "…").replaceAll(/\/\/[^/\s"]*@/g, "//…@");
    for (const secret of secrets) said = replaceIgnoringCase(said, secret, "…");
    return said.replaceAll(/"[^"]{100,}"/g, (quoted) => `${quoted.slice(0, 80)}…"`);
  });
}

function unknownName(name: string, value: unknown, given: Env): string | undefined {
  const meant = nearest(name, KNOWN);
  if (isPlatformObject(value)) {
    // A binding that Postern does not use does no harm, unless its name is a misspelling of one that is missing.
    if (meant === undefined || kinds[meant] !== "binding" || Reflect.get(given, meant) !== undefined) return undefined;
    return `${name} is not a binding of Postern; did you mean ${meant}? Correct its name in wrangler.toml.`;
  }
  return meant === undefined
    ? `${name} is not a variable of Postern: nothing reads it. Take it out; docs/configuration.md lists the variables.`
    : `${name} is not a variable of Postern; did you mean ${meant}? Correct the name where it is set, or take it out.`;
}

/** The text that was probably meant. */
function asText(value: unknown): string {
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string").join(" ");
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function notText(name: string, value: unknown, kind: Kind): string {
  if (isPlatformObject(value)) {
    return `${name} is a binding, but it must be a ${kind}. Give the binding another name, or take it out of wrangler.toml.`;
  }
  if (Array.isArray(value)) {
    return `${name} is a list, but every variable must be one text. Write the values into one pair of quotes, separated by spaces: ${name} = "… …".`;
  }
  if (kind === "variable" && (typeof value === "number" || typeof value === "boolean")) {
    return `${name} is a ${typeof value}, but every variable must be text. Write it with quotes: ${name} = "${value}".`;
  }
  return `${name} is not text. Write it as one text with quotes around it.`;
}

const holdsKey = (text: string, given: Env): boolean =>
  text.search(KEY_LIKE) >= 0 ||
  secretWords(given).some((secret) =>
    secret.length >= LONG_SECRET_CHARS ? text.includes(secret) : text.split(/[\s,=]+/).includes(secret),
  );

const keyInSight = (name: string): string =>
  `${name} holds a key or a secret, and everybody who may see wrangler.toml or the dashboard can read it there. Take it out, make a new one, and put that in place with \`wrangler secret put\`: docs/configuration.md says which variables are secrets.`;

/** Every word of everything that is given as a secret, the longest first. */
function secretWords(given: Env): readonly string[] {
  return Object.entries(given)
    .filter(([name, value]) => kinds[name] === "secret" && typeof value === "string")
    .flatMap(([, value]) => String(value).split(/[\s,]+/))
    .flatMap((word) => [word, ...word.split(".").filter((half) => half.length > LONG_SECRET_CHARS)])
    .filter((word) => word.length >= MIN_SECRET_CHARS)
    .toSorted((a, b) => b.length - a.length);
}

function replaceIgnoringCase(text: string, part: string, by: string): string {
  const [lower, sought] = [text.toLowerCase(), part.toLowerCase()];
  const at = lower.indexOf(sought);
  if (at < 0) return text;
  return text.slice(0, at) + by + replaceIgnoringCase(text.slice(at + part.length), part, by);
}
