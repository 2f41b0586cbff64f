// The token service inside workerd: its page as a browser sees it, and people of the portal who have an account at the
// pool.

import { env } from "cloudflare:test";
import type { Env } from "../../src/config/env.ts";
import { DEFAULT_POLICY } from "../../src/core/policy/read.ts";
import type { PassiveMode } from "../../src/core/policy/types.ts";
import { hashOf, newNonce, START_LASTS_MS, type Start, sealStart } from "../../src/core/sts/flow.ts";
import { KEYRING } from "./attempts.ts";
import { apply } from "./devices.ts";
import { type PageBrowser, pageBrowser } from "./gateway/page-browser.ts";
import type { SoftwarePasskey } from "./gateway/passkey.ts";
import { enteredPortal, portalAt } from "./portal-host.ts";
import { stsPages } from "./sts-page.ts";
import { DOMAIN_SID, tokenKeyEntries } from "./token-keys.ts";

export { answerIn, fieldsIn, numberIn } from "./sts-page.ts";

export const STS_HOST = "sts.contoso.test";
/** One name for passkeys of both hosts. */
export const RP_ID = "contoso.test";
export const REALM = "https://pool.contoso.test/passiveauth";
export const REPLY = "https://web.contoso.test/PassiveAuth/PassiveAuth.aspx";

/** What the Worker is given beside what the portal needs. */
export const stsVariables = async () => ({
  ...{ STS_HOST, PORTAL_RP_ID: RP_ID, STS_DOMAIN_SIDS: DOMAIN_SID },
  ...{ STS_REALMS: `web.contoso.test=${REALM}`, STS_KEYS: (await tokenKeyEntries(1)).join(" ") },
});

type Variables = Awaited<ReturnType<typeof stsVariables>> & Partial<Env>;

/** A sign-in as the edge begins it. */
export function start(changes: Partial<Start> = {}): Start {
  return {
    ...{ realm: REALM, reply: REPLY, wctx: "rm=0&id=passive&ru=%2f", webHost: "web.contoso.test", pool: "" },
    ...{ nonceHash: hashOf(newNonce()), until: Date.now() + START_LASTS_MS },
    ...changes,
  };
}

/** The link to which the edge sends the browser. */
export const linkFor = (of: Start = start(), more: Readonly<Record<string, string>> = {}): string =>
  `/passive?${new URLSearchParams({ wa: "wsignin1.0", wtrealm: of.realm, wctx: sealStart(KEYRING, of), ...more })}`;

/** From now on everybody may use the page, or must, or nobody may. */
export async function usePassive(mode: PassiveMode): Promise<void> {
  await apply({ passive: { ...DEFAULT_POLICY.passive, mode } });
}

/** Makes a passkey that both hosts know. */
export async function makePasskey(browser: PageBrowser, passkey: SoftwarePasskey) {
  const { challenge, kept = "" } = await browser.ceremony("/welcome/passkey/options");
  const response = passkey.register({ origin: browser.claims.origin, rpId: RP_ID, challenge });
  return browser.post("/welcome/passkey", { kept, response });
}

let accounts = 1_104;
/** Somebody with a session at the portal and an account at the pool, and no factors yet. */
export async function newcomer(account: string, variables: Variables, sid?: string | null) {
  const browser = await enteredPortal(account, portalAt(variables));
  if (sid !== null) {
    const statement = env.DB.prepare("UPDATE users SET sid = ? WHERE sip_uri = ?");
    await statement.bind(sid ?? `${DOMAIN_SID}-${++accounts}`, `sip:${account}@contoso.test`).run();
  }
  return browser;
}

/** A browser at the token service. `from`: the address that it asks from. */
export function stsBrowser(variables: Variables, from?: string) {
  const { send } = portalAt(variables);
  const to = (request: Parameters<typeof send>[0]) => send({ ...request, host: STS_HOST });
  const pages = stsPages(pageBrowser(to, STS_HOST, from), RP_ID);
  return { ...pages, open: (link = linkFor()) => pages.open(link) };
}
