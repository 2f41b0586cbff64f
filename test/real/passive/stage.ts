// Everything between a person and a relying party of others: Chromium, TLS with the names of a deployed gateway, Postern
// with its page and its portal, and Shibboleth in Apache where the pool stands.

import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { newSealingKey } from "../../../cli/sealing-keys.ts";
import { newTokenKey } from "../../../local/passive.ts";
import { demoUsers } from "../../../simulator/users.ts";
import { type Keyring, parseKeyring } from "../../../src/core/crypto/keyring.ts";
import { DEFAULT_POLICY } from "../../../src/core/policy/read.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { startBrowser } from "../browser/browser.ts";
import { makeCertificate, startFronts } from "../tls-front.ts";
import { type ShibbolethSp, startShibboleth } from "./shibboleth.ts";
import { asPool } from "./shibboleth-sites.ts";

export const WEB = "web.contoso.test";
export const STS = "sts.contoso.test";
const PORTAL = "access.contoso.test";

/** What stands. */
export type Stage = {
  /** Its portal is at {@link PORTAL}, over TLS. */
  readonly gateway: TestGateway;
  /** The pool. */
  readonly sp: ShibbolethSp;
  /** Knows the names and trusts the certificate of the front. */
  readonly browser: Browser;
  /** What the gateway seals with. */
  readonly keyring: Keyring;
  readonly stop: () => Promise<void>;
};

/** Starts it all. The policy lets everybody sign in by the page, and the simulator's people have their accounts. */
export async function startStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "postern-stage-"));
  const running: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true })];
  const stop = async (): Promise<void> => {
    for (const end of running.reverse()) await end();
  };
  try {
    const certificate = makeCertificate(folder, [WEB, STS, PORTAL]);
    const tokenKey = newTokenKey();
    const sp = await startShibboleth(asPool(WEB), {
      issuer: `http://${STS}/postern`,
      passiveUrl: `https://${STS}/passive`,
      certificate: tokenKey.split(".")[1] ?? "",
    });
    running.push(sp.stop);
    const sealingKeys = newSealingKey();
    const keyring = parseKeyring(sealingKeys);
    if (!keyring.ok) throw new Error(keyring.reason);
    const sids = demoUsers.map(({ sid }) => sid);
    const started = await startTestGateway({
      ...{ behindTls: true, frontEndAt: sp.url, sealingKeys },
      variables: {
        ...{ PORTAL_HOST: PORTAL, PORTAL_RP_ID: "contoso.test", STS_HOST: STS, STS_KEYS: tokenKey },
        STS_REALMS: `${WEB}=${sp.realm}`,
        STS_DOMAIN_SIDS: [...new Set(sids.map((sid) => sid.slice(0, sid.lastIndexOf("-"))))].join(" "),
      },
    });
    running.push(started.stop);
    await usePassive(started);
    const fronts = await startFronts(String(started.behindTls), certificate);
    running.push(fronts.close);
    const browser = await startBrowser([
      `--host-resolver-rules=MAP *.contoso.test 127.0.0.1:${fronts.httpsPort}`,
      `--ignore-certificate-errors-spki-list=${keyHash(certificate.cert)}`, // passkeys need a certificate without fault
    ]);
    running.push(() => browser.close());
    const gateway = { ...started, portalHost: PORTAL, portalUrl: `https://${PORTAL}` };
    return { gateway, sp, browser, keyring: keyring.value, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** From now on everybody may sign in by the page, and the simulator's people have the SIDs that the pool knows. */
async function usePassive(gateway: TestGateway): Promise<void> {
  const policy = JSON.stringify({ ...DEFAULT_POLICY, passive: { ...DEFAULT_POLICY.passive, mode: "may" } });
  await gateway.execute([
    `INSERT INTO policies (version, at, applied_by, policy) SELECT coalesce(max(version), 0) + 1, 0, 'test', '${policy}' FROM policies`,
    ...demoUsers.map(
      ({ sid, sipUri }) => `UPDATE users SET sid = '${sid}', revision = revision + 1 WHERE sip_uri = '${sipUri}'`,
    ),
  ]);
}

/** How Chromium names the key of a certificate. */
const keyHash = (pem: string): string =>
  createHash("sha256")
    .update(new X509Certificate(pem).publicKey.export({ format: "der", type: "spki" }))
    .digest("base64");
