// What is not a fault, so the gateway runs, and what somebody should look at all the same. Each says what to do.

import { isIdleKey } from "../config/sts.ts";
import { type Lockout, readLockout } from "../core/lockout/mode.ts";
import { words } from "../core/text/words.ts";
import { BREAKS_AFTER, type Silence } from "../store/authority.ts";
import type { DirectorySource } from "../store/directory-sources.ts";
import { type AgedKey, KEY_VARIABLES } from "../store/key-ages.ts";
import type { Call } from "./call.ts";
import { brakeOf, isStale } from "./directory/status.ts";
import { homePoolOf } from "./pool-of-user.ts";
import type { WarningCode } from "./warning-codes.ts";

/** `code` is stable; the sentences may be worded otherwise in a later release. */
export type Warning = { readonly code: WarningCode; readonly detail: string; readonly fix: string };

const MAX_SHOWN_POOLS = 5;
/** After this time a key should be replaced, ms. */
const OLD_MS = 365 * 86_400_000;

/** So long before its end a certificate must be replaced, ms: a pool needs time to learn the next one. */
const ENDS_SOON_MS = 30 * 86_400_000;

/** What the warnings look at beside the configuration. */
export type Looked = {
  readonly keys: readonly AgedKey[];
  /** How many passkeys were made for another RP ID than the console's. */
  readonly otherPasskeys: number;
  /** The RP ID of the portal's passkeys; undefined: there are none. */
  readonly portalRpId: string | undefined;
  /** Whether anybody who may administrate has the role admin. */
  readonly hasAdmin: boolean;
  /** Since when the organisation's authority gives no answer; undefined: it answers, or nobody has asked. */
  readonly silence: Silence | undefined;
  /** Whether the policy refuses devices about which the authority has not answered. */
  readonly silenceBlocks: boolean;
  /** The sources of people. */
  readonly sources: readonly DirectorySource[];
  /** The pools at which people are homed, as the directory names them. */
  readonly homePools: readonly string[];
  /** Sealing keys that were taken out although something may be sealed under them. */
  readonly goneKeys: readonly string[];
};

/** The warnings at `now` (ms), what matters most first. */
export function warningsOf({ env, config }: Call, looked: Looked, now: number): Warning[] {
  const { keys, otherPasskeys, portalRpId, hasAdmin, silence, silenceBlocks, sources, homePools, goneKeys } = looked;
  const warnings: Warning[] = [];
  const warn = (holds: boolean, code: WarningCode, detail: string, fix: string): void => {
    if (holds) warnings.push({ code, detail, fix });
  };
  const local = config.plainHttp;
  for (const source of sources) {
    const brake = brakeOf(source);
    warn(
      brake !== null,
      "directory-brake",
      `The sync of the directory "${source.source}" has stopped: it would shut out ${brake?.wanted} of ${brake?.of} people at once.`,
      "Look at whom it names: npx postern directory. Then run `postern-agent sync --confirm` where the agent is, or mend its filter.",
    );
    warn(
      isStale(source, now),
      "directory-stale",
      `The directory "${source.source}" has not been in step for more than ten minutes: people who leave may still get in.`,
      "Look at the agent: docs/directory.md.",
    );
  }
  warn(
    env.SIGN_ON === "none",
    "sign-on-none",
    'SIGN_ON is "none": every sign-in ends in 503 after its password was verified.',
    "Set up a connector: docs/sign-on.md.",
  );
  warn(
    env.SIGN_ON === "simulated" && !local,
    "sign-on-simulated",
    'SIGN_ON is "simulated", which is for local runs: no real Front-End accepts it.',
    'Set SIGN_ON to "connector": docs/sign-on.md.',
  );
  warn(
    env.SIGN_ON === "sts",
    "sign-on-sts",
    'SIGN_ON is "sts": no real pool has been seen to sign on desktops so, and a user who is disabled in the directory alone still gets in.',
    "Disable leavers here, and read docs/sign-on.md for what this way cannot do.",
  );
  warn(
    local,
    "plain-http",
    'PLAIN_HTTP is "allow": tickets and sessions travel in the clear.',
    "It is for local runs. Take it out anywhere else.",
  );
  warn(
    lockoutMode(env)?.dryRun === true,
    "lockout-report",
    'LOCKOUT is "report": nobody is made to wait, however often a password was wrong.',
    'Set LOCKOUT to "enforce" when the audit shows nobody in `wouldRefuse` who should get in.',
  );
  warn(
    env.SIGN_ON === "connector" && words(env.CONNECTORS).length === 1,
    "one-connector",
    "There is one connector: while its machine restarts, nobody can sign in.",
    "Add a second connector to CONNECTORS: docs/sign-on.md.",
  );
  warn(
    (env.AUDIT_RETENTION_DAYS ?? "").trim() === "forever",
    "audit-forever",
    'AUDIT_RETENTION_DAYS is "forever": the audit is about people, and it grows without an end.',
    "Set a number of days that your company can account for.",
  );
  const bootstrap = keys.filter(({ kind }) => kind === "admin").length;
  warn(
    bootstrap > 0 && hasAdmin && !local,
    "bootstrap-keys",
    "ADMIN_KEYS has a key, which opens everything, belongs to nobody and does not end.",
    'Set ADMIN_KEYS to "none" once an administrator has signed in to the console, or a token is kept safe.',
  );
  warn(
    goneKeys.length > 0,
    "key-gone-early",
    `SEALING_KEYS had ${goneKeys.join(" and ")} before, and not everything was sealed again since. Who is sealed under it cannot sign in.`,
    "Look what is missing: npx postern keys status. If anything is, put the key back; in any case run `npx postern keys reseal`.",
  );
  for (const { kind, id, since } of keys) {
    warn(
      now - since > OLD_MS,
      "old-key",
      `The key ${id} of ${KEY_VARIABLES[kind]} has been known for more than a year.`,
      kind === "sealing"
        ? "Change it: `npx postern keys rotate` leads through it."
        : "Change it: docs/keys.md says how, while people sign in.",
    );
  }
  for (const [at, { thumbprint, notAfter }] of (config.sts?.certificates ?? []).entries()) {
    const end = new Date(notAfter).toISOString().slice(0, 10);
    warn(
      notAfter - now < ENDS_SOON_MS,
      "token-key-ends",
      notAfter > now
        ? `The certificate ${thumbprint} of STS_KEYS ends on ${end}${at === 0 ? ", and it signs" : ""}.`
        : `The certificate ${thumbprint} of STS_KEYS ended on ${end}${at === 0 ? ": the token service signs nothing" : ""}.`,
      at === 0 ? "Change it: docs/keys.md, The token service's keys." : "Take it out of STS_KEYS.",
    );
  }
  warn(
    isIdleKey(env, config.sts),
    "token-key-idle",
    "STS_KEYS is set, but STS_HOST is not, so nothing signs with this key.",
    "Set STS_HOST, or remove the key: npx wrangler secret delete STS_KEYS. If a pool still trusts its certificate, switch that off first: docs/keys.md.",
  );
  warn(
    otherPasskeys > 0,
    "passkeys-of-another-name",
    `Passkeys that were made for another name than "${config.console?.rpId ?? ""}": ${otherPasskeys}. They work no more.`,
    "If CONSOLE_HOST or CONSOLE_RP_ID was changed by mistake, change it back. Otherwise send each of these people a new link: npx postern admin invite.",
  );
  warn(
    config.console !== undefined && !hasAdmin && config.console.roles.byValue.size === 0,
    "no-administrator",
    "There is a console, and nobody with the role admin who could sign in to it.",
    "Invite the first administrator: npx postern admin invite EMAIL.",
  );
  const { portal, unread = [] } = config;
  warn(
    unread.length > 0,
    "unknown-variable",
    `Nothing reads some of the variables: ${unread.map((sentence) => sentence.split(" ")[0]).join(", ")}. Each is misspelt, or belongs to a later version.`,
    "Run `npm run postern -- config check`: it names each with its fix. After going back to an older version they do no harm.",
  );
  const named = config.pools.some(({ directoryNames }) => directoryNames.length > 0);
  const strange = named ? homePools.filter((pool) => homePoolOf(config.pools, pool) === null) : [];
  warn(
    strange.length > 0,
    "pool-not-served",
    `People are homed at a pool that no pool of this gateway is called: ${strange.slice(0, MAX_SHOWN_POOLS).join(", ")}. Discovery leads them there.`,
    "If it is one of your pools, add the name to POOL_FQDNS, or the pool to POOLS: docs/pools.md.",
  );
  warn(
    portal !== undefined && portalRpId !== undefined && portalRpId !== portal.rpId,
    "portal-rp-id",
    `The portal's passkeys were made for "${portalRpId ?? ""}", and PORTAL_RP_ID (or PORTAL_HOST) now says "${portal?.rpId ?? ""}". No passkey works, and nobody can make one. People with a passphrase still get in.`,
    `Set PORTAL_RP_ID to "${portalRpId ?? ""}". If the name must change: docs/portal.md, "The name of passkeys".`,
  );
  warn(
    silence !== undefined && silence.failures >= BREAKS_AFTER,
    "authority-silent",
    `The organisation's authority has given no answer since ${new Date(silence?.since ?? 0).toISOString()} (${silence?.fault ?? ""}). ${silenceBlocks ? "Devices without an answer that holds are refused." : "Devices are judged without it."}`,
    "Look at the system behind AUTHORITY_URL: docs/authority.md says what each word means.",
  );
  warn(
    silenceBlocks && config.authority === undefined,
    "authority-missing",
    'The policy says devices.authoritySilence = "block", and AUTHORITY_URL is not set: every device is refused that nobody approved by name.',
    'Set AUTHORITY_URL (docs/authority.md), or apply a policy with devices.authoritySilence = "allow".',
  );
  return warnings;
}

function lockoutMode(env: Call["env"]): Lockout | undefined {
  const read = readLockout(env);
  return "lockout" in read ? read.lockout : undefined;
}

/** What the gateway cannot know, so that nobody takes silence for health. */
export function unknownsOf({ config }: Call): string[] {
  const hashes = config.channelBindings.length;
  return [
    "When the certificates at the edge end: Cloudflare renews its own, and the gateway does not see them.",
    ...(hashes === 0
      ? []
      : [
          `When the ${hashes === 1 ? "certificate" : `${hashes} certificates`} of EDGE_CERTIFICATE_HASHES end: a hash does not say so. Change the hash with the certificate, or sign-ins are refused.`,
        ]),
    "When the Front-End's own certificate ends, and the password or keytab of the connector's account.",
    "How old a key really is: `since` is when this gateway saw it first.",
  ];
}
