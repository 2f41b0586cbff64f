// Asks, at this moment, whether everything works that the gateway depends on. Only a caller with a token or a key gets
// this answer. Even so, a check says in one word what is wrong, and nothing of the inside.

import { type Config, configFor } from "../config/config.ts";
import { VERSION } from "../config/version.ts";
import { hasOtherAdmin } from "../store/administrators.ts";
import { countTokensEnding, tokensEnding } from "../store/api-tokens.ts";
import { authoritySilenceOf } from "../store/authority.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/database.ts";
import { listSources } from "../store/directory-sources.ts";
import { homePoolsOf } from "../store/home-pools.ts";
import type { AgedKey } from "../store/key-ages.ts";
import { lastMigration, NEWEST_MIGRATION } from "../store/migrations.ts";
import { postStatus } from "../store/notice-post.ts";
import { countPasskeysOfOtherRp } from "../store/passkeys.ts";
import { currentPolicy, currentVersion } from "../store/policies.ts";
import { portalRpId } from "../store/portal-passkeys.ts";
import { type ProbeRuns, probeRunsOf } from "../store/probe-runs.ts";
import { keysGoneEarly } from "../store/sealing-walk.ts";
import type { Call } from "./call.ts";
import { knownKeys } from "./key-ages.ts";
import { leaverWarnings } from "./leaver-warnings.ts";
import { mailWarnings } from "./mail-warnings.ts";
import { probeWarnings } from "./probe-warnings.ts";
import { mayDo } from "./roles.ts";
import type { HealthAnswer } from "./schemas/tokens.ts";
import { unknownsOf, type Warning, warningsOf } from "./warnings.ts";

/** How long each check may take, ms. */
const WITHIN_MS = 5_000;
const MAX_ENDING_TOKENS = 20;
const SOON_MS = 14 * 86_400_000;
/** A path that every pool serves without sign-in, with a small answer. */
const DISCOVERY = "/Autodiscover/AutodiscoverService.svc/root";
/** Nobody has this name. A connector that works answers so. */
const NOBODY = "postern-health-check";

/** Makes all checks at the same time. */
export async function healthOf(call: Call, now: number): Promise<HealthAnswer> {
  const { config, env } = call;
  const db = openDatabase(env.DB);
  let frontEndS: number | null = null;
  const withoutSoap: string[] = [];
  const [database, frontEnd, connector, tokensEndingSoon, applied, looked] = await Promise.all([
    checked(async () => void (await currentVersion(db))),
    forEachPool(config, (pool) =>
      checked(async () => {
        const aheadS = await askFrontEnd(pool);
        // Of several pools, the clock that is most wrong.
        if (aheadS !== null && Math.abs(aheadS) >= Math.abs(frontEndS ?? 0)) frontEndS = aheadS;
      }),
    ),
    forEachPool(config, (pool) => checkConnector(pool, () => withoutSoap.push(pool.webHost))),
    countTokensEnding(db, now, now + SOON_MS).catch(() => 0),
    lastMigration(db).catch(() => null),
    lookedAt(call, db, now).catch(() => ({ ...NOTHING_KNOWN })),
  ]);
  const checks = { configuration: "ok", database, frontEnd, connector };
  const failing = Object.values(checks).some((said) => said.startsWith("failing"));
  return {
    status: failing ? "failing" : "ok",
    ...{ at: new Date(now).toISOString(), version: VERSION, checks },
    ...{ clocks: { frontEndS }, migrations: { needed: NEWEST_MIGRATION, applied } },
    keys: {
      sealing: [...config.keyring.byId.keys()],
      admin: config.admin?.keys.map(({ id }) => id) ?? [],
      tokensEndingSoon,
      ages: looked.keys.map(({ kind, id, since, endsAt }) => ({
        ...{ kind, id, since: new Date(since).toISOString() },
        ends: endsAt === undefined ? null : new Date(endsAt).toISOString(),
      })),
    },
    ...{
      mail: looked.mail,
      probe: looked.probe,
      warnings: [...looked.warnings, ...soapWarnings(withoutSoap)],
      endingTokens: looked.endingTokens,
      unknown: unknownsOf(call),
    },
  };
}

/** What D1 says beside: the ages of keys, what somebody should look at, and for an admin which tokens end soon. */
async function lookedAt(call: Call, db: Database, now: number): Promise<Looked> {
  const { env, config, scope } = call;
  const [
    keys,
    otherPasskeys,
    rpId,
    hasAdmin,
    silence,
    policy,
    post,
    ending,
    sources,
    homePools,
    runs,
    leavers,
    goneKeys,
  ] = await Promise.all([
    knownKeys(env, config, db, now),
    config.console === undefined ? 0 : countPasskeysOfOtherRp(db, config.console.rpId),
    config.portal === undefined ? undefined : portalRpId(db),
    hasOtherAdmin(db, ""),
    authoritySilenceOf(db),
    currentPolicy(db),
    postStatus(db, now),
    mayDo(scope, "admin") ? tokensEnding(db, now, now + SOON_MS, MAX_ENDING_TOKENS) : null,
    listSources(db),
    homePoolsOf(db),
    config.probe === undefined ? undefined : probeRunsOf(db),
    leaverWarnings(db, config, now),
    keysGoneEarly(db, [...config.keyring.byId.keys()]),
  ]);
  const silenceBlocks = policy?.policy.devices.authoritySilence === "block";
  const { by: delivery } = config.notices.delivery;
  const { waiting, oldestUnsentAt } = post;
  return {
    keys,
    mail: {
      delivery,
      waiting,
      oldestUnsentAt: oldestUnsentAt === null ? null : new Date(oldestUnsentAt).toISOString(),
    },
    probe: runs === undefined ? null : probeOf(runs),
    warnings: [
      ...warningsOf(
        call,
        { keys, otherPasskeys, portalRpId: rpId, hasAdmin, silence, silenceBlocks, sources, homePools, goneKeys },
        now,
      ),
      ...mailWarnings(delivery, post, now),
      ...probeWarnings(config.probe, runs, now),
      ...leavers,
    ],
    endingTokens:
      ending?.map(({ id, name, expiresAt }) => ({ id, name, expiresAt: new Date(expiresAt).toISOString() })) ?? null,
  };
}

type Looked = {
  readonly keys: readonly AgedKey[];
  readonly mail: HealthAnswer["mail"];
  readonly probe: HealthAnswer["probe"];
  readonly warnings: Warning[];
  readonly endingTokens: HealthAnswer["endingTokens"];
};

/** What a check says of the pools: of the first that fails, with its name; else of the first pool. */
async function forEachPool(config: Config, check: (pool: Config) => Promise<string>): Promise<string> {
  const { pools } = config;
  const said = await Promise.all(pools.map(({ webHost }) => check(configFor(config, webHost))));
  const at = said.findIndex((word) => word.startsWith("failing"));
  return at < 0 || pools.length === 1 ? (said[0] ?? "ok") : `${said[at]} (pool ${pools[at]?.name})`;
}

/** While D1 fails. */
const NOTHING_KNOWN: Looked = { keys: [], mail: null, probe: null, warnings: [], endingTokens: null };

const probeOf = ({ at, ms, runs, failed, fault }: ProbeRuns): HealthAnswer["probe"] => ({
  ...{ at: new Date(at).toISOString(), ok: fault === null, ms, runs, failed, fault },
});

/**
 * Any answer of the Front-End itself proves that it is there. A proxy in front of it answers 502, 503 or 504 when the
 * Front-End is away. Returns how far its clock is ahead, s; null where it does not say.
 */
async function askFrontEnd(config: Config): Promise<number | null> {
  const response = await config.frontEnd.fetch({
    ...{ host: config.webHost, pathAndQuery: DISCOVERY, method: "GET", headers: { accept: "application/json" } },
    ...{ body: null, signal: AbortSignal.timeout(WITHIN_MS) },
  });
  await response.body?.cancel();
  if (response.status >= 502 && response.status <= 504) throw new Error(`it answers ${response.status}`);
  const date = Date.parse(response.headers.get("date") ?? "");
  return Number.isFinite(date) ? Math.round((date - Date.now()) / 1_000) : null;
}

/** `withoutSoap` is called where the pool names no port at which Postern's token service could sign on desktops. */
async function checkConnector(config: Config, withoutSoap: () => void): Promise<string> {
  const user = { upn: `${NOBODY}@${config.names.dnsDomain}` };
  let fault = "";
  const said = await checked(async () => {
    const { signOn } = config;
    const answer = await (signOn.ready?.() ?? signOn.credentialsFor(user, { afterRejection: false }));
    fault = answer.ok ? "" : answer.reason;
    if (fault === "unreachable" || fault === "sts-unreachable") throw new Error("it does not answer");
    if (fault === "sts-redirect-unexpected") throw new Error("it asks for no token of this gateway");
    if (fault === "sts-not-configured") throw new Error("it has no key that signs now");
    if (fault === "sts-no-soap") withoutSoap();
  });
  return fault === "not-configured" ? "not configured" : said;
}

const soapWarnings = (hosts: readonly string[]): Warning[] =>
  hosts.map((host) => ({
    code: "sign-on-no-soap",
    detail: `The pool behind ${host} names neither WsFedPassive nor WsFedBearer in its metadata: clients that speak SOAP, as desktops do, get 503.`,
    fix: "If you have desktops, look at UseWsFedPassiveAuth of this pool, or use a connector: docs/sign-on.md.",
  }));

async function checked(check: () => Promise<void>): Promise<string> {
  try {
    await Promise.race([check(), scheduler.wait(WITHIN_MS).then(() => Promise.reject(new Error("it takes too long")))]);
    return "ok";
  } catch (fault) {
    const said = fault instanceof Error && /^it [\w ]+$/.test(fault.message) ? fault.message : "it cannot be reached";
    return `failing: ${said}`;
  }
}
