// Postern's tokens at relying parties: the simulated Front-End, which judges as WIF does, and two programs of others.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTokenService } from "../../../simulator/passive-token-service.ts";
import { type Simulator, startSimulator } from "../../../simulator/simulator.ts";
import { FORM_HEADERS, send } from "../../../simulator/test-client.ts";
import { demoUsers } from "../../../simulator/users.ts";
import type { TokenKey } from "../../../src/core/sts/keys.ts";
import { metadataDocument } from "../../../src/core/sts/metadata.ts";
import { describeClient } from "../requirements.ts";
import { askPassport, PASSPORT_NEEDS } from "./passport.ts";
import { SHIBBOLETH_NEEDS, type ShibbolethSp, startShibboleth } from "./shibboleth.ts";
import { alone } from "./shibboleth-sites.ts";
import { ALICES_SID, CASES, ISSUER, issuerWith, newKey } from "./tokens.ts";

const PASSIVE_URL = "https://sts.contoso.test/passive";
const PRIMARY_SID = "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid";

let key: TokenKey;
let otherKey: TokenKey;

beforeAll(async () => {
  [key, otherKey] = await Promise.all([newKey(), newKey()]);
});

describe("the simulated Front-End", () => {
  const realm = "https://web.contoso.test/passiveauth";
  let tokenService: Awaited<ReturnType<typeof startTokenService>>;
  let simulator: Simulator;

  beforeAll(async () => {
    tokenService = await startTokenService(await metadataDocument({ issuer: ISSUER, passiveUrl: PASSIVE_URL }, [key]));
    simulator = await startSimulator({ users: demoUsers, passive: { metadataUri: tokenService.metadataUri } });
  });
  afterAll(async () => {
    await simulator.stop();
    await tokenService.stop();
  });

  const post = async (wresult: string): Promise<string | null> => {
    simulator.clearLedger();
    const body = new URLSearchParams({ wa: "wsignin1.0", wresult, wctx: "" }).toString();
    await send(simulator, { path: "/PassiveAuth/PassiveAuth.aspx", method: "POST", headers: FORM_HEADERS, body });
    return simulator.ledger().passivePosts[0]?.sid ?? null;
  };

  it.each(CASES)("judges a token $name as WIF does", async ({ make, wif }) => {
    expect(await post(await make(issuerWith(key, realm)))).toBe(wif ? ALICES_SID : null);
  });

  it("refuses a token of another key", async () => {
    expect(await post(await issuerWith(otherKey, realm)())).toBeNull();
  });
});

describeClient("passport-wsfed-saml2", PASSPORT_NEEDS, () => {
  const realm = "https://app.contoso.test/";
  const ask = async (wresult: string) => {
    const outcome = await askPassport(realm, key.thumbprint, { wa: "wsignin1.0", wresult, wctx: "" });
    return outcome.accepted ? outcome.claims[PRIMARY_SID] : null;
  };

  it.each(CASES)("judges a token $name", async ({ make, passport }) => {
    expect(await ask(await make(issuerWith(key, realm)))).toBe(passport ? ALICES_SID : null);
  });

  it("refuses a token of another key", async () => {
    expect(await ask(await issuerWith(otherKey, realm)())).toBeNull();
  });
});

describeClient("Shibboleth's service provider", SHIBBOLETH_NEEDS, () => {
  let sp: ShibbolethSp;

  beforeAll(async () => {
    sp = await startShibboleth(alone("sp.localhost"), {
      issuer: ISSUER,
      passiveUrl: PASSIVE_URL,
      certificate: key.certificate,
    });
  }, 120_000);
  afterAll(() => sp?.stop());

  const ask = (url: string, request: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    send({ url: sp.url, hosts: { web: sp.host } as Simulator["hosts"] }, { path: new URL(url).pathname, ...request });

  /** Goes to the page, brings the token back with the context that came, and asks who the session's person is. */
  const signIn = async (wresult: string): Promise<unknown> => {
    const sentAway = new URL((await ask(sp.page)).headers.location ?? "");
    expect([sentAway.origin + sentAway.pathname, sentAway.searchParams.get("wtrealm")]).toEqual([
      PASSIVE_URL,
      sp.realm,
    ]);
    const wctx = sentAway.searchParams.get("wctx") ?? "";
    const body = new URLSearchParams({ wa: "wsignin1.0", wresult, wctx }).toString();
    const posted = await ask(sp.reply, { method: "POST", headers: FORM_HEADERS, body });
    const cookie = posted
      .lines("set-cookie")
      .map((line) => line.split(";")[0])
      .join("; ");
    const session = await ask(sp.session, { headers: { cookie } });
    const { attributes } = JSON.parse(session.text) as { attributes?: { name: string; values: string[] }[] };
    expect([posted.status, posted.headers.location]).toEqual(attributes ? [302, sp.page] : [500, undefined]);
    return attributes?.find(({ name }) => name === "primarysid")?.values[0] ?? null;
  };

  it.each(CASES)("judges a token $name", async ({ make, shibboleth }) => {
    const sid = await signIn(await make(issuerWith(key, sp.realm)));
    expect(sid, sp.log().slice(-1_000)).toBe(shibboleth ? ALICES_SID : null);
  });

  it("refuses a token of another key", async () => {
    expect(await signIn(await issuerWith(otherKey, sp.realm)())).toBeNull();
  });

  it("refuses a token that it has seen", async () => {
    const wresult = await issuerWith(key, sp.realm)();
    expect([await signIn(wresult), await signIn(wresult)]).toEqual([ALICES_SID, null]);
    expect(sp.log()).toMatch(/rejecting replayed|replay/i);
  });
});
