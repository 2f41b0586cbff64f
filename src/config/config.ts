// Every binding and variable of the Worker, read once per isolate and validated together. All faults are reported at
// once, in words an administrator understands, with the fix. With a fault the gateway serves nothing (fail closed).

import type { AuthoritySettings } from "../core/authority/settings.ts";
import { type AdminKey, parseAdminKeys } from "../core/credentials/admin-keys.ts";
import { type CodeSettings, readCodeSettings } from "../core/credentials/code-settings.ts";
import type { Domains } from "../core/credentials/domains.ts";
import type { KeyListFault } from "../core/crypto/key-list.ts";
import { type Keyring, parseKeyring } from "../core/crypto/keyring.ts";
import type { HostRole } from "../core/http/publish.ts";
import { readLockout } from "../core/lockout/mode.ts";
import type { PassiveOffer } from "../core/lync/grant-types.ts";
import { channelBindingOf } from "../core/ntlm/relay.ts";
import { targetNamesFit } from "../core/ntlm/sealed-challenge.ts";
import type { TargetNames } from "../core/ntlm/types.ts";
import { ok } from "../core/result.ts";
import { words } from "../core/text/words.ts";
import { type NoticeSettings, readNotices } from "../notices/settings.ts";
import type { FrontEnd } from "../origin/front-end.ts";
import type { SignOn } from "../origin/sign-on.ts";
import { readRetention } from "../store/audit-retention.ts";
import { demandOther, readAuthorityConfig } from "./authority.ts";
import { bindingFaults } from "./bindings.ts";
import { type Budgets, readBudgets } from "./budgets.ts";
import { type ConsoleConfig, readConsole } from "./console.ts";
import { NETBIOS_NAME, readDomains } from "./domains.ts";
import type { Env } from "./env.ts";
import { readFrontEnds } from "./front-end.ts";
import { HOST_NAME, readHosts } from "./hosts.ts";
import { readInternalDomains } from "./internal-domains.ts";
import { readLeavers } from "./leavers.ts";
import { readNames, withoutSecrets } from "./names.ts";
import { readPassiveOffer } from "./passive-offer.ts";
import { type Pool, readPools } from "./pools.ts";
import { type PortalConfig, readPortal } from "./portal.ts";
import { type ProbeSettings, readProbe } from "./probe.ts";
import { contradictions } from "./samples.ts";
import { readSignOns } from "./sign-on.ts";
import { readSts, type StsConfig } from "./sts.ts";
import { readTimeouts } from "./timeouts.ts";

/** What differs from pool to pool. In a {@link Config} it is that of one pool. */
export type PoolConfig = {
  /** The mark of the pool in its tickets: "" for the first pool, the web host for others. */
  readonly pool: string;
  /** The external web FQDN, on which the token services live; one of `hosts`. */
  readonly webHost: string;
  /** The only names a Type 2 message shows (S-12). */
  readonly names: TargetNames;
  readonly frontEnd: FrontEnd;
  readonly signOn: SignOn;
};

/** The Worker's configuration, validated, with what is the first pool's. */
export type Config = PoolConfig & {
  readonly keyring: Keyring;
  /** Host names the gateway answers for, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** What each of `hosts` is for. */
  readonly roles: ReadonlyMap<string, HostRole>;
  /** The domains under which a web host may have meeting links, lower case. */
  readonly sipDomains: readonly string[];
  /** Every pool, the first one first. */
  readonly pools: readonly Pool[];
  /** The same configuration with what is another pool's, by each host of that pool. */
  readonly elsewhere: ReadonlyMap<string, Config>;
  /** The other names of the users' domains. */
  readonly domains: Domains;
  /** Which scheme a 401 of the token services offers. */
  readonly challenge: "NTLM" | "Negotiate";
  /** MD5 of the channel bindings of each certificate at the edge; empty: a client's channel binding is not checked. */
  readonly channelBindings: readonly Uint8Array[];
  /** Internal host names and domains that no response header may contain, lower case. */
  readonly internalDomains: readonly string[];
  /** Whether protected rows answer over http. Only for local runs, where there is no TLS in front. */
  readonly plainHttp: boolean;
  /** Whether a token request that is signed with a device's certificate is a sign-in (`/Cert`). */
  readonly certificateTickets: boolean;
  /** No refusal of a credential leaves sooner than this after the request came, ms (S-22). */
  readonly refusalFloorMs: number;
  /** Absent when there is no admin API. */
  readonly admin?: AdminAccess | undefined;
  /** Absent when there is no console. */
  readonly console?: ConsoleConfig | undefined;
  /** Absent when there is no portal. */
  readonly portal?: PortalConfig | undefined;
  /** Absent when Postern is no token service. */
  readonly sts?: StsConfig | undefined;
  /** Which ways to sign in clients are told of. Absent: app passwords alone. */
  readonly passiveOffer?: PassiveOffer;
  /** How long the Front-End may take over a request whose body Postern has read, ms. */
  readonly frontEndWithinMs: number;
  /** Absent when there is nobody to ask about devices. The users' guards ask. */
  readonly authority?: AuthoritySettings | undefined;
  /** Which mail is queued for people and for the help desk. */
  readonly notices: NoticeSettings;
  /** App passwords that ask for a code. */
  readonly codes: CodeSettings;
  /** How much is forwarded for clients that have proved nothing. */
  readonly budgets: Budgets;
  /** A sentence for each variable that nothing reads. A later version may know it. */
  readonly unread?: readonly string[];
  /** Absent when the Worker does not sign in at itself. */
  readonly probe?: ProbeSettings | undefined;
  /** After how many days people are erased whom the directory let go. Absent: nobody is. */
  readonly leaversErasedAfterDays?: number | undefined;
};

/** The configuration for a request to that host: it has what is the host's pool's. */
export const configFor = (config: Config, host: string): Config => config.elsewhere.get(host) ?? config;

/** The word for an API that only tokens open. An absent secret is more often forgotten than meant. */
const NO_ADMIN_KEYS = "none";

/** Where the admin API is, and which keys open it. */
export type AdminAccess = {
  /** Lower case; never one of the public hosts. */
  readonly host: string;
  readonly keys: readonly AdminKey[];
};

const KEYRING_FAULTS: Record<KeyListFault, string> = {
  "no-key":
    "SEALING_KEYS is missing. Make one with `npx postern keys new` and put it in place with `wrangler secret put SEALING_KEYS`.",
  "not-32-bytes-base64":
    "SEALING_KEYS has something that is not a base64 key of 32 bytes. Separate keys by spaces, and make one with `npx postern keys new`.",
  "key-twice": "SEALING_KEYS names the same key twice. Remove one of the two.",
};

const ADMIN_KEYS_FAULTS: Record<KeyListFault, string> = {
  "no-key":
    "ADMIN_KEYS is missing, and ADMIN_HOST is set. Make a key with `npx postern keys new` and put it in place with `wrangler secret put ADMIN_KEYS`.",
  "not-32-bytes-base64":
    "ADMIN_KEYS has something that is not a base64 key of 32 bytes. Separate keys by spaces, and make one with `npx postern keys new`.",
  "key-twice": "ADMIN_KEYS names the same key twice. Remove one of the two.",
};

/** Longer than verifying takes with D1 and two guards, and shorter than what a person at a password prompt notices. */
const DEFAULT_REFUSAL_FLOOR_MS = 300;
const MAX_REFUSAL_FLOOR_MS = 5_000;

/** SHA-256, SHA-384 or SHA-512 (RFC 5929, 4.1). */
const CERTIFICATE_HASH = /^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/;

/** Reads and validates the configuration. Every fault is a sentence with its fix, and quotes no secret. */
export function readConfig(given: Env): { config: Config } | { faults: readonly string[] } {
  const faults: string[] = [];
  const unread: string[] = [];
  const env = readNames(given, faults, unread);
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const keyring = parseKeyring(env.SEALING_KEYS ?? "");
  if (!keyring.ok) faults.push(KEYRING_FAULTS[keyring.reason]);

  const { hosts, webHost, roles, sipDomains } = readHosts(env, faults);

  const netbios = (env.NETBIOS_DOMAIN ?? "").trim();
  demand(
    NETBIOS_NAME.test(netbios),
    'NETBIOS_DOMAIN must be the NetBIOS name of the users\' domain, e.g. "CONTOSO" (1 to 15 letters, digits, hyphens).',
  );
  const dnsDomain = (env.DNS_DOMAIN ?? "").trim().toLowerCase();
  demand(
    HOST_NAME.test(dnsDomain),
    'DNS_DOMAIN must be a public domain name to show in NTLM challenges, e.g. the SIP domain "contoso.com".',
  );
  const pools = readPools(env, hosts, webHost, faults);
  const namesOf = (dnsComputer: string): TargetNames => ({
    ...{ nbDomain: netbios.toUpperCase(), nbComputer: "POSTERN", dnsDomain, dnsComputer },
  });
  for (const [at, pool] of pools.entries()) {
    const variable = at === 0 ? "WEB_HOST" : `The web host "${pool.webHost}" of POOLS`;
    demand(
      targetNamesFit(namesOf(pool.webHost)),
      `${variable} and DNS_DOMAIN together are too long for an NTLM challenge that every client accepts. Use shorter names.`,
    );
  }

  const domains = readDomains(env.DOMAINS, netbios, dnsDomain, faults);
  const internalDomains = readInternalDomains(env.INTERNAL_DOMAINS, hosts, faults);
  faults.push(...contradictions(env, hosts));
  const challenge = env.CHALLENGE ?? "NTLM";
  demand(
    challenge === "NTLM" || challenge === "Negotiate",
    `CHALLENGE is "${challenge}"; it must be "NTLM" (default) or "Negotiate".`,
  );
  const certificateHashes = words(env.EDGE_CERTIFICATE_HASHES);
  for (const hash of certificateHashes) {
    demand(
      CERTIFICATE_HASH.test(hash),
      `EDGE_CERTIFICATE_HASHES has "${hash}", which is not a hash of a certificate. Give 64, 96 or 128 hexadecimal digits without colons, e.g. of \`openssl x509 -in edge.pem -outform DER | sha256sum\`; leave it out if Cloudflare renews the certificate by itself.`,
    );
  }
  const plainHttp = env.PLAIN_HTTP ?? "refuse";
  demand(
    plainHttp === "refuse" || plainHttp === "allow",
    `PLAIN_HTTP is "${plainHttp}"; it must be "refuse" (default) or, for local runs only, "allow".`,
  );

  const certificateTickets = env.CERTIFICATE_TICKETS ?? "off";
  demand(
    certificateTickets === "off" || certificateTickets === "on",
    `CERTIFICATE_TICKETS is "${certificateTickets}"; it must be "off" (default) or "on": whether a desktop may sign in with the key of its certificate.`,
  );

  const admin = readAdmin(env, hosts, faults);
  const webConsole = readConsole(env, hosts, faults);
  const portal = readPortal(env, hosts, faults);
  const sts = readSts(env, hosts, pools, faults);
  const passiveOffer = readPassiveOffer(env, faults);
  const lockout = readLockout(env);
  if ("faults" in lockout) faults.push(...lockout.faults);
  const notices = readNotices(env);
  if ("faults" in notices) faults.push(...notices.faults);
  const codes = readCodeSettings(env);
  if ("faults" in codes) faults.push(...codes.faults);
  const retention = readRetention(env);
  if ("fault" in retention) faults.push(retention.fault);
  const leaversErasedAfterDays = readLeavers(env, faults);
  const refusalFloor = env.REFUSAL_FLOOR_MS ?? String(DEFAULT_REFUSAL_FLOOR_MS);
  demand(
    /^\d{1,4}$/.test(refusalFloor) && Number(refusalFloor) <= MAX_REFUSAL_FLOOR_MS,
    `REFUSAL_FLOOR_MS is "${refusalFloor}"; it must be a number of milliseconds up to ${MAX_REFUSAL_FLOOR_MS} (default ${DEFAULT_REFUSAL_FLOOR_MS}).`,
  );

  const frontEnds = readFrontEnds(env, hosts, pools, faults);
  const timeouts = readTimeouts(env, faults);
  const signOns = readSignOns(env, pools, timeouts.connectorMs, faults, { sts, frontEnds });
  const pages = [env.ADMIN_HOST, env.CONSOLE_HOST, env.PORTAL_HOST, env.STS_HOST].flatMap((host) => words(host));
  const own = [...hosts, ...pages];
  const authority = readAuthorityConfig(env, own, faults);
  const mailTo =
    "notices" in notices && notices.notices.delivery.by === "webhook"
      ? notices.notices.delivery.webhook.url
      : undefined;
  demandOther("NOTICE_WEBHOOK_URL", mailTo, "sends mail", own, faults);
  const probe = readProbe(env, faults);
  faults.push(...bindingFaults(env));
  const budgets = readBudgets(env);
  if (
    faults.length > 0 ||
    "faults" in notices ||
    "faults" in codes ||
    !keyring.ok ||
    frontEnds === undefined ||
    signOns === undefined ||
    budgets === undefined
  ) {
    return { faults: withoutSecrets([...faults, ...unread], given) };
  }
  const ofPools = pools.flatMap(({ webHost: web }, at): readonly PoolConfig[] => {
    const [frontEnd, signOn] = [frontEnds[at], signOns[at]];
    if (frontEnd === undefined || signOn === undefined) return [];
    return [{ pool: at === 0 ? "" : web, webHost: web, names: namesOf(web), frontEnd, signOn }];
  });
  return {
    config: withPools(pools, ofPools, {
      keyring: keyring.value,
      hosts: new Set(hosts),
      roles,
      sipDomains,
      pools,
      domains,
      challenge: challenge === "Negotiate" ? "Negotiate" : "NTLM",
      channelBindings: certificateHashes.map((hash) => channelBindingOf(Buffer.from(hash, "hex"))),
      internalDomains,
      plainHttp: plainHttp === "allow",
      certificateTickets: certificateTickets === "on",
      refusalFloorMs: Number(refusalFloor),
      admin,
      console: webConsole,
      portal,
      ...{ sts, passiveOffer },
      frontEndWithinMs: timeouts.frontEndMs,
      authority,
      notices: notices.notices,
      codes: codes.codes,
      budgets,
      leaversErasedAfterDays,
      unread: withoutSecrets(unread, given),
      probe,
    }),
  };
}

/** Without ADMIN_HOST there is no admin API, even if there are keys for it. */
function readAdmin(env: Env, hosts: readonly string[], faults: string[]): AdminAccess | undefined {
  const host = (env.ADMIN_HOST ?? "").trim().toLowerCase();
  if (host === "") return undefined;
  if (!HOST_NAME.test(host)) {
    faults.push(
      `ADMIN_HOST is "${host}", which is not a host name. Give one name only, without https:// and without a port.`,
    );
  }
  if (hosts.includes(host)) {
    faults.push(
      'ADMIN_HOST must be a host of its own, not one of PUBLIC_HOSTS. Choose another name, e.g. "postern-admin.contoso.com".',
    );
  }
  const none = (env.ADMIN_KEYS ?? "").trim() === NO_ADMIN_KEYS;
  const keys = none ? ok([]) : parseAdminKeys(env.ADMIN_KEYS ?? "");
  if (!keys.ok) faults.push(ADMIN_KEYS_FAULTS[keys.reason]);
  if (words(env.ADMIN_KEYS, false).some((key) => words(env.SEALING_KEYS, false).includes(key))) {
    faults.push(
      "ADMIN_KEYS has a key of SEALING_KEYS. An admin key travels with every request, so it must be another key. Make one with `npx postern keys new`.",
    );
  }
  return keys.ok ? { host, keys: keys.value } : undefined;
}

/** The first pool's configuration, with those of the others by their hosts. */
function withPools(
  pools: readonly Pool[],
  ofPools: readonly PoolConfig[],
  common: Omit<Config, keyof PoolConfig | "elsewhere">,
): Config {
  const elsewhere = new Map<string, Config>();
  const [first, ...others] = ofPools.map((own): Config => ({ ...common, ...own, elsewhere }));
  if (first === undefined) throw new Error("a configuration without a pool");
  for (const [at, config] of others.entries()) {
    for (const host of pools[at + 1]?.hosts ?? []) elsewhere.set(host, config);
  }
  return first;
}
