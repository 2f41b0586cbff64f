// The variables of the token service for WS-Federation passive (docs/passive.md): where it is, with which keys it signs,
// for which pools and for whose accounts. docs/configuration.md describes each.

import { parseTokenKeys, type TokenKey, type TokenKeysFault, tokenKey } from "../core/sts/keys.ts";
import { isAccountSid, isDomainSid, type SidPolicy } from "../core/sts/sids.ts";
import { splitAt, words } from "../core/text/words.ts";
import type { Env } from "./env.ts";
import { HOST_NAME } from "./hosts.ts";
import type { Pool } from "./pools.ts";

/** What a pool is to the token service. */
export type Realm = {
  /** The identifier of the pool's relying party: `wtrealm`, and the audience of its tokens, byte for byte. */
  readonly realm: string;
  /** Where the browser posts the answer; an address on the web host. It never comes from a request. */
  readonly reply: string;
};

/** The token service, as it is configured. */
export type StsConfig = SidPolicy & {
  /** Lower case; none of the other hosts. */
  readonly host: string;
  /** How the token service calls itself in tokens and metadata. */
  readonly issuer: string;
  /** The pools that take its tokens, by their web hosts. */
  readonly realms: ReadonlyMap<string, Realm>;
  /** How long a token is good, minutes. */
  readonly tokenMinutes: number;
  /** What is known of each key without importing it, in the same order. */
  readonly certificates: readonly Pick<TokenKey, "thumbprint" | "notBefore" | "notAfter">[];
  /** What is wrong with a certificate at this time, each a sentence with its fix. The gateway runs all the same. */
  readonly remarks: readonly string[];
  /** The first signs, all are in the metadata. Throws where a key is damaged, which only signing shows. */
  readonly keys: () => Promise<readonly TokenKey[]>;
};

const KEYS_FAULTS: Record<TokenKeysFault, string> = {
  "no-key":
    "STS_KEYS is missing, and STS_HOST is set. Make a key with `npx postern keys new --sts` and put it in place with `wrangler secret put STS_KEYS`.",
  "too-many-keys": "STS_KEYS has more than four keys. Keep the one that signs and the one that comes next.",
  "not-an-entry":
    "STS_KEYS has something that is not a key and its certificate, both in base64 with a dot between. Separate entries by spaces, and make one with `npx postern keys new --sts`.",
  "bad-private-key":
    "STS_KEYS has an entry whose first half is not a private RSA key in PKCS#8 (DER in base64, without a passphrase). Make one with `npx postern keys new --sts`.",
  "damaged-key":
    "STS_KEYS has a private key whose numbers do not belong together: a character was lost or changed on its way. Put the entry in place again, from the file of `npx postern keys new --sts`.",
  "bad-certificate":
    "STS_KEYS has an entry whose second half is not a certificate of an RSA key (DER in base64). Make one with `npx postern keys new --sts`.",
  "key-size":
    "STS_KEYS has a key that is shorter than 2048 bits, or longer than 4096. Make one with `npx postern keys new --sts`.",
  "not-a-pair":
    "STS_KEYS has an entry whose certificate is for another key than the one beside it. Put each certificate beside its own key.",
  "key-twice": "STS_KEYS names the same key twice. Remove one of the two.",
};

const IDLE_KEY =
  "STS_KEYS is set, but STS_HOST is not, so nothing signs with this key. Set STS_HOST, or remove the key with `npx wrangler secret delete STS_KEYS`: while a pool trusts its certificate, whoever gets the key is anybody there.";

/** Everything that says nothing without STS_HOST. */
const BESIDE_THE_HOST = [
  ...(["STS_ISSUER", "STS_REALMS", "STS_REPLIES", "STS_TOKEN_MINUTES", "STS_DOMAIN_SIDS", "STS_DENIED_SIDS"] as const),
] as const;
/** The last label of an IPv4 address. */
const ADDRESS = /\.\d+$/;
const CHOOSE = 'Choose another name, e.g. "sts.contoso.com".';
/** An absolute URI without a fragment (RFC 3986), as far as an identifier needs. */
const IDENTIFIER = /^(?=.{1,256}$)(?:https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[!$&'()*+;=:@A-Za-z0-9._~%/?-]*)?|urn:[!-~]+)$/;
/** Enough for the steps of one sign-in. */
const DEFAULT_TOKEN_MINUTES = 5;
const MAX_TOKEN_MINUTES = 240;
/** The page of a Front-End that takes the answer. */
const REPLY_PATH = "/PassiveAuth/PassiveAuth.aspx";

/**
 * Reads and validates; each fault is a sentence with its fix. Undefined without STS_HOST: there is no token service.
 * `hosts`: the public ones. `now`: ms.
 */
export function readSts(
  env: Env,
  hosts: readonly string[],
  pools: readonly Pool[],
  faults: string[],
  now = Date.now(),
): StsConfig | undefined {
  const host = textOf(env.STS_HOST).toLowerCase();
  if (host === "") {
    for (const name of BESIDE_THE_HOST) {
      if (textOf(env[name]) === "") continue;
      faults.push(
        `${name} is set, but STS_HOST is not, so there is no token service. Set STS_HOST, or take ${name} out.`,
      );
    }
    return undefined;
  }
  judgeHost(env, host, hosts, faults);
  const keys = parseTokenKeys(env.STS_KEYS ?? "");
  if (!keys.ok) faults.push(KEYS_FAULTS[keys.reason]);
  const issuer = textOf(env.STS_ISSUER) || `http://${host}/postern`;
  if (!IDENTIFIER.test(issuer)) {
    faults.push(
      `STS_ISSUER is "${issuer}", which cannot be the name of a token service. Give an address or a urn without spaces, or leave it out: it is then "http://${host}/postern".`,
    );
  }
  const minutes = textOf(env.STS_TOKEN_MINUTES) || String(DEFAULT_TOKEN_MINUTES);
  const tokenMinutes = /^\d{1,3}$/.test(minutes) ? Number(minutes) : 0;
  if (tokenMinutes < 1 || tokenMinutes > MAX_TOKEN_MINUTES) {
    faults.push(
      `STS_TOKEN_MINUTES is "${minutes}"; it must be a whole number from 1 to ${MAX_TOKEN_MINUTES} (default ${DEFAULT_TOKEN_MINUTES}).`,
    );
  }
  const realms = readRealms(env, pools, faults);
  if (env.SIGN_ON === "sts" && realms.size > 0) {
    for (const { webHost } of pools) {
      if (realms.has(webHost)) continue;
      faults.push(
        `SIGN_ON is "sts", but STS_REALMS does not name "${webHost}". Add the identifier of that pool's relying party, as the pool sends it in wtrealm.`,
      );
    }
  }
  const sids = readSids(env, faults);
  if (!keys.ok) return undefined;
  // Keeps the keys, never the promise of them: a promise belongs to the request that made it.
  let ready: readonly TokenKey[] | undefined;
  const written = keys.value;
  return {
    ...{ host, issuer, realms, tokenMinutes },
    ...sids,
    certificates: written.map(({ thumbprint, notBefore, notAfter }) => ({ thumbprint, notBefore, notAfter })),
    remarks: written.flatMap((key, at) => remarkOn(key, at, now)),
    keys: async () => {
      ready ??= await Promise.all(written.map(tokenKey));
      return ready;
    },
  };
}

/**
 * What is wrong without stopping the gateway, each a sentence with its fix. A key without a token service is no fault:
 * who takes STS_HOST out in a hurry must not have to find the secret first.
 */
export function stsRemarks(env: Pick<Env, "STS_KEYS">, sts: StsConfig | undefined): readonly string[] {
  if (sts !== undefined) return sts.remarks;
  return isIdleKey(env, sts) ? [IDLE_KEY] : [];
}

/** Whether STS_KEYS is set and nothing signs with it. */
export const isIdleKey = ({ STS_KEYS }: Pick<Env, "STS_KEYS">, sts: StsConfig | undefined): boolean =>
  sts === undefined && textOf(STS_KEYS) !== "";

/**
 * A certificate that has ended stops no gateway: the other ways to sign in go on, and they would end at that moment,
 * too.
 */
function remarkOn(
  { thumbprint, notBefore, notAfter }: Pick<TokenKey, "thumbprint" | "notBefore" | "notAfter">,
  at: number,
  now: number,
): string[] {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const name = `STS_KEYS has the certificate ${thumbprint}, which`;
  if (notAfter <= now) {
    return [
      at === 0
        ? `${name} ended on ${day(notAfter)}. It is the first, so the token service signs nothing. Make another key with \`npx postern keys new --sts\`, and follow docs/keys.md, "The token service's keys".`
        : `${name} ended on ${day(notAfter)}. No token needs it any more. Take its entry out of STS_KEYS.`,
    ];
  }
  if (notBefore <= now) return [];
  return [
    `${name} is good only from ${new Date(notBefore).toISOString()} on, so pools may refuse its tokens until then. See whether the clock was right where it was made. If not, make another with \`npx postern keys new --sts\`.`,
  ];
}

function judgeHost(env: Env, host: string, hosts: readonly string[], faults: string[]): void {
  if (!HOST_NAME.test(host) || ADDRESS.test(host)) {
    faults.push(
      `STS_HOST is "${host}", which is not a host name. Give one name only, without https:// and without a port. Passkeys do not work with an IP address.`,
    );
  }
  if (hosts.includes(host)) faults.push(`STS_HOST must be a host of its own, not one of PUBLIC_HOSTS. ${CHOOSE}`);
  for (const name of ["ADMIN_HOST", "CONSOLE_HOST", "PORTAL_HOST"] as const) {
    if (host !== textOf(env[name]).toLowerCase()) continue;
    faults.push(`STS_HOST must be another host than ${name}: nothing but the token service answers there. ${CHOOSE}`);
  }
  if (textOf(env.PORTAL_HOST) === "") {
    faults.push(
      "STS_HOST is set, but PORTAL_HOST is not. People prove at the token service the factors that they registered at the portal. Set PORTAL_HOST, too.",
    );
  }
}

/** Reads `STS_REALMS` and `STS_REPLIES`. */
function readRealms(env: Env, pools: readonly Pool[], faults: string[]): ReadonlyMap<string, Realm> {
  const webHosts = pools.map(({ webHost }) => webHost);
  const example = `STS_REALMS = "${webHosts[0] ?? "web.contoso.com"}=https://pool.contoso.com/passiveauth"`;
  const named = readPairs(env, "STS_REALMS", webHosts, faults);
  const replies = readPairs(env, "STS_REPLIES", webHosts, faults);
  if (words(env.STS_REALMS).length === 0) {
    faults.push(
      `STS_REALMS is missing. Give the identifier of the relying party behind each web host, as the pool sends it in wtrealm: ${example}.`,
    );
  }
  for (const [webHost, realm] of named) {
    if (!IDENTIFIER.test(realm)) {
      faults.push(
        `STS_REALMS gives "${webHost}" the identifier "${realm}", which cannot be one. Give it letter by letter as the pool sends it in wtrealm: ${example}.`,
      );
    }
  }
  if (new Set(named.values()).size < named.size) {
    faults.push(
      "STS_REALMS gives two web hosts the same identifier: a token for one pool would be good at the other. Give each pool's own.",
    );
  }
  for (const [webHost, reply] of replies) {
    if (!named.has(webHost)) {
      faults.push(`STS_REPLIES has "${webHost}", which is not in STS_REALMS. Add it there, or take it out here.`);
    }
    if (!isReply(reply, webHost, env.PLAIN_HTTP === "allow")) {
      faults.push(
        `STS_REPLIES gives "${webHost}" the address "${reply}". It must be an https address of that host below /PassiveAuth/, without a query: the gateway looks at what is posted there. Leave it out, and it is "https://${webHost}${REPLY_PATH}".`,
      );
    }
  }
  return new Map(
    [...named].map(([webHost, realm]) => [
      webHost,
      { realm, reply: replies.get(webHost) ?? `https://${webHost}${REPLY_PATH}` },
    ]),
  );
}

/** Reads words of the form `web host=value`. */
function readPairs(
  env: Env,
  name: "STS_REALMS" | "STS_REPLIES",
  webHosts: readonly string[],
  faults: string[],
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const word of words(env[name], false)) {
    const [webHost, value] = splitAt(word, "=");
    if (!webHosts.includes(webHost) || value === "") {
      faults.push(
        `${name} has "${word}". Write WEB_HOST=VALUE, with the web host of a pool in front: ${webHosts.join(", ")}.`,
      );
    } else if (pairs.has(webHost)) {
      faults.push(`${name} names "${webHost}" twice. Take one of the two out.`);
    } else pairs.set(webHost, value);
  }
  return pairs;
}

/** Whether the browser may post an answer for that web host there. */
function isReply(text: string, webHost: string, plainHttp: boolean): boolean {
  const [, scheme, host, path = ""] = /^(https?):\/\/([a-z0-9.-]+)(?::\d{1,5})?(\/[A-Za-z0-9._/-]*)$/.exec(text) ?? [];
  return (
    host === webHost && (scheme === "https" || plainHttp) && /^\/passiveauth\//i.test(path) && !path.includes("..")
  );
}

/** Reads `STS_DOMAIN_SIDS` and `STS_DENIED_SIDS`. */
function readSids(env: Env, faults: string[]): SidPolicy {
  const [domainSids, deniedSids] = [env.STS_DOMAIN_SIDS, env.STS_DENIED_SIDS].map((text) =>
    words(text).map((word) => word.toUpperCase()),
  ) as [string[], string[]];
  if (domainSids.length === 0) {
    faults.push(
      "STS_DOMAIN_SIDS is missing. List the SIDs of the domains whose accounts may get tokens: `(Get-ADDomain).DomainSID.Value`.",
    );
  }
  for (const sid of domainSids) {
    if (isDomainSid(sid)) continue;
    faults.push(
      `STS_DOMAIN_SIDS has "${sid}", which is not the SID of a domain. Give one such as "S-1-5-21-1004336348-1177238915-682003330", without an account's number at its end.`,
    );
  }
  for (const sid of deniedSids) {
    if (isAccountSid(sid)) continue;
    faults.push(
      `STS_DENIED_SIDS has "${sid}", which is not the SID of an account. Give one such as "S-1-5-21-1004336348-1177238915-682003330-1104". Accounts with a number below 1000 never get a token.`,
    );
  }
  return { domainSids, deniedSids };
}

const textOf = (value: string | undefined): string => (value ?? "").trim();
