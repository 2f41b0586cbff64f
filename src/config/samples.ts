// Finds settings that are right alone and wrong together: internal names shown outside, settings for local runs beside
// a public zone, and values left from the sample in wrangler.toml.

import { words } from "../core/text/words.ts";
import type { Env } from "./env.ts";

/** Top-level names that no public zone can have (RFC 2606, RFC 6762, and what ICANN set aside for private use). */
const NOT_PUBLIC = /(?:^|\.)(?:test|example|invalid|localhost|local|internal)$/;
/** Microsoft has contoso.com, and example.com is reserved (RFC 2606): nobody who deploys Postern has either. */
const SAMPLE_DOMAIN = /(?:^|[^a-z0-9-])(?:contoso\.com|example\.(?:com|net|org))$/;
/** Words of other kinds that stand for a value. */
const SAMPLE_WORD = /[<>]|^(?:change-?me|todo|xxx+)$|^your[-_.]/;

/** Every variable that contains names, so that a name of the sample may be left in it. */
const WITH_NAMES = [
  "PUBLIC_HOSTS",
  "WEB_HOST",
  "MEET_HOSTS",
  "DIALIN_HOSTS",
  "SIP_DOMAINS",
  "NETBIOS_DOMAIN",
  "DNS_DOMAIN",
  "DOMAINS",
  "INTERNAL_DOMAINS",
  "ADMIN_HOST",
  "CONSOLE_HOST",
  "CONSOLE_RP_ID",
  "PORTAL_HOST",
  "STS_HOST",
  "TUNNEL_HOSTS",
  "CONNECTORS",
  "SIGN_ON_SERVICE",
  "POOLS",
  "POOL_HOSTS",
  "POOL_SERVICES",
  "POOL_FQDNS",
] as const satisfies readonly (keyof Env)[];

/** Every variable with an address or an account, in which a name of the sample may stand. */
const WITH_ADDRESSES = [
  "AUTHORITY_URL",
  "NOTICE_HELPDESK",
  "NOTICE_FROM",
  "NOTICE_WEBHOOK_URL",
  "NOTICE_CONTACT",
  "CONSOLE_OIDC_ISSUER",
  "PORTAL_OIDC_ISSUER",
  "PROBE_ACCOUNT",
  "STS_ISSUER",
  "STS_REALMS",
  "STS_REPLIES",
] as const satisfies readonly (keyof Env)[];
/** A sample domain as the end of a host name, or the sample's NetBIOS name before an account. */
const SAMPLE_IN_ADDRESS = /(?<![a-z0-9-])(?:contoso\.com|example\.(?:com|net|org))(?![a-z0-9-]|\.[a-z0-9])|^contoso\\/;

/** In these a name of the sample may also be a real name in a laboratory, unless the hosts are public. */
const SAMPLES_BESIDE_PUBLIC_HOSTS: Readonly<Record<string, string>> = {
  NETBIOS_DOMAIN: "contoso",
  INTERNAL_DOMAINS: "contoso.local",
};

/** One sentence with its fix for each. `hosts`: the public ones. */
export function contradictions(env: Env, hosts: readonly string[]): readonly string[] {
  const own = [env.ADMIN_HOST, env.CONSOLE_HOST, env.PORTAL_HOST, env.STS_HOST].flatMap((host) => words(host));
  const publicHost = [...hosts, ...own].find((host) => host.includes(".") && !NOT_PUBLIC.test(host));
  const [dnsDomain = ""] = words(env.DNS_DOMAIN);
  const inside = words(env.INTERNAL_DOMAINS).find((domain) => dnsDomain.includes(domain));
  return [
    ...(inside === undefined
      ? []
      : [
          `DNS_DOMAIN is "${dnsDomain}", and INTERNAL_DOMAINS has "${inside}": every NTLM challenge would show a name of the inside. Give DNS_DOMAIN a public name, such as the SIP domain.`,
        ]),
    ...(env.PLAIN_HTTP === "allow" && publicHost !== undefined
      ? [
          `PLAIN_HTTP is "allow", and "${publicHost}" is a name of a public zone: tickets would travel in the clear. Take PLAIN_HTTP out; it is for local runs, with names below .test.`,
        ]
      : []),
    ...WITH_ADDRESSES.filter(
      (name) => publicHost !== undefined && SAMPLE_IN_ADDRESS.test((env[name] ?? "").trim().toLowerCase()),
    ).map(
      (name) =>
        `${name} is still that of the sample, "${env[name] ?? ""}", and leads to somebody else. Put your own in its place, or take it out.`,
    ),
    ...WITH_NAMES.flatMap((name) => {
      const sample = words(env[name]).find(
        (word) =>
          SAMPLE_DOMAIN.test(word) ||
          SAMPLE_WORD.test(word) ||
          (publicHost !== undefined && SAMPLES_BESIDE_PUBLIC_HOSTS[name] === word),
      );
      return sample === undefined
        ? []
        : [`${name} still has the sample "${sample}". Put your own in its place: docs/deploy.md leads through it.`];
    }),
  ];
}
