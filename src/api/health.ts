// Asks, at this moment, whether everything works that the gateway depends on. Only a caller with a token or a key gets
// this answer. Even so, a check says in one word what is wrong, and nothing of the inside.

import { VERSION } from "../config/version.ts";
import { parseAdminKeys } from "../core/credentials/admin-keys.ts";
import { countTokensEnding } from "../store/api-tokens.ts";
import { openDatabase } from "../store/database.ts";
import { currentVersion } from "../store/policies.ts";
import type { Call } from "./call.ts";
import type { HealthAnswer } from "./schemas/tokens.ts";

/** How long each check may take, ms. */
const WITHIN_MS = 5_000;
const SOON_MS = 14 * 86_400_000;
/** A path that every pool serves without sign-in, with a small answer. */
const DISCOVERY = "/Autodiscover/AutodiscoverService.svc/root";
/** Nobody has this name. A connector that works answers so. */
const NOBODY = "postern-health-check";

/** Makes all checks at the same time. */
export async function healthOf(call: Call, now: number): Promise<HealthAnswer> {
  const { config, env } = call;
  const db = openDatabase(env.DB);
  const [database, frontEnd, connector, tokensEndingSoon] = await Promise.all([
    checked(async () => void (await currentVersion(db))),
    checked(() => askFrontEnd(call)),
    checkConnector(call),
    countTokensEnding(db, now, now + SOON_MS).catch(() => 0),
  ]);
  const checks = { configuration: "ok", database, frontEnd, connector };
  const failing = Object.values(checks).some((said) => said.startsWith("failing"));
  const admin = parseAdminKeys(env.ADMIN_KEYS ?? "");
  return {
    status: failing ? "failing" : "ok",
    ...{ at: new Date(now).toISOString(), version: VERSION, checks },
    keys: {
      sealing: [...config.keyring.byId.keys()],
      admin: admin.ok ? admin.value.map(({ id }) => id) : [],
      tokensEndingSoon,
    },
  };
}

/**
 * Any answer of the Front-End itself proves that it is there. A proxy in front of it answers 502, 503 or 504 when the
 * Front-End is away.
 */
async function askFrontEnd({ config }: Call): Promise<void> {
  const response = await config.frontEnd.fetch({
    ...{ host: config.webHost, pathAndQuery: DISCOVERY, method: "GET", headers: { accept: "application/json" } },
    ...{ body: null, signal: AbortSignal.timeout(WITHIN_MS) },
  });
  await response.body?.cancel();
  if (response.status >= 502 && response.status <= 504) throw new Error(`it answers ${response.status}`);
}

async function checkConnector({ config }: Call): Promise<string> {
  const user = { upn: `${NOBODY}@${config.names.dnsDomain}` };
  let fault = "";
  const said = await checked(async () => {
    const answer = await config.signOn.authorizationFor(user, { afterRejection: false });
    fault = answer.ok ? "" : answer.reason;
    if (fault === "unreachable") throw new Error("it does not answer");
  });
  return fault === "not-configured" ? "not configured" : said;
}

async function checked(check: () => Promise<void>): Promise<string> {
  try {
    await Promise.race([check(), scheduler.wait(WITHIN_MS).then(() => Promise.reject(new Error("it takes too long")))]);
    return "ok";
  } catch (fault) {
    const said = fault instanceof Error && /^it [\w ]+$/.test(fault.message) ? fault.message : "it cannot be reached";
    return `failing: ${said}`;
  }
}
