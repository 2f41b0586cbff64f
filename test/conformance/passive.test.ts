// Passive sign-in over HTTP, by hand and without any script: a browser goes the whole way from the pool's redirect to a
// ticket, with each way to prove two factors, and then as an attacker would.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import type { TestResponse } from "../../simulator/test-client.ts";
import { demoUsers } from "../../simulator/users.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { DEFAULT_POLICY } from "../../src/core/policy/read.ts";
import { openIssued, openStart, sealIssued, sealStart } from "../../src/core/sts/flow.ts";
import { METADATA_PATH } from "../../src/core/sts/metadata.ts";
import { pageBrowser } from "../kit/gateway/page-browser.ts";
import type { SetUp } from "../kit/gateway/portal-browser.ts";
import { must } from "../kit/ntlm.ts";
import { answerIn, numberIn, stsPages } from "../kit/sts-page.ts";
import { startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type PortalPerson, portalPerson } from "./support/portal.ts";
import { asCompact } from "./support/presenting.ts";
import { shapeOf } from "./support/shape.ts";

const WEB = "web.contoso.test";
/** Below the portal's host, so that both know the same passkeys. */
const STS = "sts.portal.localhost";
const PAGE = "/PassiveAuth/PassiveAuth.aspx";
const sealingKeys = newSealingKey();
const keyring = must(parseKeyring(sealingKeys));

type Account = "alice" | "bob";
let gateway: TestGateway;
let portal: Readonly<Record<Account, PortalPerson>>;
let codes: Readonly<Record<Account, SetUp>>;
const sidOf = (account: Account): string | undefined => demoUsers.find((user) => user.account === account)?.sid;
const addressOf = (account: Account): string => `${account}@contoso.test`;

beforeAll(async () => {
  gateway = await startTestGateway({ passive: true, sealingKeys, variables: { STS_HOST: STS } });
  const metadataUri = `${gateway.gateway}${METADATA_PATH}`;
  gateway.simulator.relyingParty?.configure({ metadataUri, metadataHost: STS });
  const policy = JSON.stringify({ ...DEFAULT_POLICY, passive: { ...DEFAULT_POLICY.passive, mode: "may" } });
  await gateway.execute([
    `INSERT INTO policies (version, at, applied_by, policy) SELECT coalesce(max(version), 0) + 1, 0, 'test', '${policy}' FROM policies`,
    ...demoUsers.map(
      ({ sid, sipUri }) => `UPDATE users SET sid = '${sid}', revision = revision + 1 WHERE sip_uri = '${sipUri}'`,
    ),
  ]);
  const [alice, bob] = [await portalPerson(gateway, "alice"), await portalPerson(gateway, "bob")];
  portal = { alice, bob };
  codes = {
    alice: await alice.setUpCodes(undefined, "/security/codes"),
    bob: await bob.setUpCodes(undefined, "/security/codes"),
  };
});
beforeEach(() => gateway.simulator.clearLedger());
afterAll(() => gateway?.stop());

const posts = () => gateway.simulator.ledger().passivePosts.map(({ outcome, sid }) => [outcome, sid]);

type Token = { readonly wresult: string; readonly wctx: string };

/** A browser without scripts: its cookies at the pool's host, and at the token service's. */
function browser() {
  const pool = pageBrowser(gateway.send, WEB);
  const page = stsPages(pageBrowser(gateway.send, STS), gateway.portalHost);
  return {
    ...{ pool, page },
    /** A: asks the pool for its page. The link to Postern's. */
    begin: async (): Promise<string> => {
      const { status, headers } = await pool.get(PAGE);
      const { host, pathname, search } = new URL(headers.location ?? "");
      expect([status, host]).toEqual([302, STS]);
      return pathname + search;
    },
    /** E: the form goes to the pool. */
    bring: ({ wresult, wctx }: Token): Promise<TestResponse> =>
      pool.post(PAGE, { wa: "wsignin1.0", wresult, wctx }, { origin: page.claims.origin }),
    /** F */
    grant: (): Promise<TestResponse> => pool.post("/WebTicket/oauthtoken", { grant_type: "urn:microsoft.rtc:passive" }),
  };
}

/** The form of the page, which goes to the pool alone. */
function tokenIn(answer: TestResponse): Token {
  const form = answerIn(answer);
  expect([answer.status, form?.action, form?.wa]).toEqual([200, `https://${WEB}${PAGE}`, "wsignin1.0"]);
  return { wresult: form?.wresult ?? "", wctx: form?.wctx ?? "" };
}

let used = 0;
/** B to D with the next recovery code of that person. */
async function tokenFor(mine: ReturnType<typeof browser>, account: Account): Promise<Token> {
  const opened = await mine.page.open(await mine.begin());
  if (answerIn(opened) !== undefined) return tokenIn(opened); // the factors are fresh
  return tokenIn(await mine.page.signIn(addressOf(account), codes[account].recoveryCodes[used++ % 10] ?? ""));
}

const ticketIn = ({ text }: TestResponse): string =>
  (JSON.parse(text) as { access_token: string }).access_token.replace(/^cwt=/, "");

/**
 * What the log has since `act` began, of the page's channel and of refusals of the edge: outcome and reason of each. It
 * waits until it has `last`.
 */
async function loggedBy(act: () => Promise<unknown>, last: string): Promise<readonly string[]> {
  const before = gateway.log.length;
  const read = () =>
    gateway.log
      .slice(before)
      .filter((line) => /"channel":"passive"|"reason":"passive-/.test(line))
      .map((line) => JSON.parse(line) as { event: string; outcome?: string; reason: string })
      .map(({ event, outcome, reason }) => `${outcome ?? event} ${reason}`);
  await act();
  await expect.poll(read).toContain(last);
  return read();
}

describe("S-88 S-90 S-91: from the pool's redirect to a ticket", () => {
  const WAYS: Readonly<Record<string, (mine: ReturnType<typeof browser>) => Promise<TestResponse>>> = {
    "a passphrase and a code": ({ page }) => page.signIn(addressOf("alice"), codes.alice.app.code()),
    "a passkey": ({ page }) => page.signInWithPasskey(portal.alice.passkey),
    "an approval on another device": async ({ page }) => {
      const waiting = await page.ask(addressOf("alice"));
      const again = /http-equiv="refresh" content="\d+; url=([^"]+)"/.exec(waiting.text)?.[1]?.replaceAll("&amp;", "&");
      const { text } = await portal.alice.get("/approve");
      const request = /name="request" value="([^"]+)"/.exec(text)?.[1] ?? "";
      const approved = await portal.alice.post("/approve", { request, number: String(numberIn(waiting)) });
      expect(approved.status).toBeLessThan(400);
      return page.get(again ?? "");
    },
  };

  it.each(Object.entries(WAYS))("with %s", async (_, prove) => {
    const mine = browser();
    const logged = await loggedBy(async () => {
      await mine.page.open(await mine.begin());
      const token = tokenIn(await prove(mine));
      expect((await mine.bring(token)).status).toBe(302);
      expect(posts()).toEqual([["accepted", sidOf("alice")]]);
      const granted = await mine.grant();
      expect(granted.status).toBe(200);
      await startApplication(gateway, ticketIn(granted), `phone ${Math.random()}`);
      expect((await gateway.send(asCompact(ticketIn(granted)))).status).toBe(200);
    }, "signed-in cwt");
    expect(logged).toEqual(["signed-in portal-signed-in", "changed passive-token-issued", "signed-in cwt"]);
  });
});

/** The page on which every sign-in ends that the edge does not let through. */
const STOPPED = { status: 403, body: expect.stringContaining("The sign-in did not finish") };

describe("S-22 S-88 S-89: what does not come to the pool", () => {
  const letter = (text: string, at: number): string =>
    `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;

  /** Each makes an attack of a person's token, in some browser. The person has just got the token. */
  const ATTACKS: Readonly<
    Record<string, { logs: string; act: (mine: ReturnType<typeof browser>, token: Token) => Promise<TestResponse> }>
  > = {
    "a stolen page, from another browser": {
      logs: "refused passive-other-browser",
      act: (_, token) => browser().bring(token),
    },
    "a stolen page, from a browser that has begun a sign-in of its own": {
      logs: "refused passive-other-browser",
      act: async (_, token) => {
        const thief = browser();
        await thief.begin();
        return thief.bring(token);
      },
    },
    "a page that was left lying": {
      logs: "refused passive-expired",
      act: (mine, { wresult, wctx }) => {
        const issued = must(openIssued(keyring, wctx, Date.now()));
        return mine.bring({ wresult, wctx: sealIssued(keyring, { ...issued, until: Date.now() }) });
      },
    },
    "a token with another in its place": {
      logs: "refused passive-altered",
      act: (mine, { wresult, wctx }) =>
        mine.bring({ wresult: wresult.replaceAll(sidOf("bob") ?? "", sidOf("alice") ?? ""), wctx }),
    },
    "a wctx with one letter changed": {
      logs: "request-refused passive-not-ours",
      act: (mine, { wresult, wctx }) => mine.bring({ wresult, wctx: letter(wctx, 40) }),
    },
    "the pool's own wctx": {
      logs: "request-refused passive-not-ours",
      act: (mine, { wresult }) => mine.bring({ wresult, wctx: `rm=0&id=passive&ru=${encodeURIComponent(PAGE)}` }),
    },
    "the wctx of the same person's other tab": {
      logs: "refused passive-altered",
      act: async (mine, { wresult }) => {
        const { wctx } = await tokenFor(mine, "bob");
        return mine.bring({ wresult, wctx });
      },
    },
  };
  const shapes = new Map<string, unknown>();

  it.each(Object.entries(ATTACKS))(
    "%s: one page, one line, and the person's own token still works",
    async (name, { logs, act }) => {
      const mine = browser();
      const token = await tokenFor(mine, "bob");
      gateway.simulator.clearLedger();
      const logged = await loggedBy(async () => {
        const shape = shapeOf(await act(mine, token));
        expect(shape).toMatchObject(STOPPED);
        shapes.set(name, shape);
      }, logs);
      expect(logged.filter((each) => each !== "changed passive-token-issued")).toEqual([logs]);
      expect(posts()).toEqual([]);
      expect((await mine.bring(token)).status).toBe(302);
      expect(posts()).toEqual([["accepted", sidOf("bob")]]);
    },
  );

  it("a token that was used", async () => {
    const mine = browser();
    const token = await tokenFor(mine, "alice");
    const asBefore = new Map(mine.pool.cookies);
    expect((await mine.bring(token)).status).toBe(302);
    for (const [cookie, value] of asBefore) mine.pool.cookies.set(cookie, value); // as a browser that was put back
    const logged = await loggedBy(async () => {
      shapes.set("used", shapeOf(await mine.bring(token)));
    }, "refused passive-repeated");
    expect(logged).toEqual(["refused passive-repeated"]);
    expect(posts()).toEqual([["accepted", sidOf("alice")]]);
  });

  it("all of them get the same answer", () => {
    expect(shapes.size).toBe(Object.keys(ATTACKS).length + 1);
    expect(new Set([...shapes.values()].map((shape) => JSON.stringify(shape))).size).toBe(1);
  });

  it("the sign-in page that was left lying asks nobody for factors", async () => {
    const mine = browser();
    const link = new URL(await mine.begin(), `http://${STS}`);
    const start = must(openStart(keyring, link.searchParams.get("wctx") ?? "", Date.now()));
    link.searchParams.set("wctx", sealStart(keyring, { ...start, until: Date.now() }));
    const answer = await mine.page.get(link.pathname + link.search);
    expect([answer.status, answer.text.includes("Please start from Lync")]).toEqual([400, true]);
    expect(answer.text).not.toContain("passphrase");
  });
});

describe("S-90: the grant with another's cookies", () => {
  it("is answered as without any, and the audit of whose session it is says so", async () => {
    const [alice, bob] = [browser(), browser()];
    await alice.bring(await tokenFor(alice, "alice"));
    await bob.bring(await tokenFor(bob, "bob"));
    const nobody = shapeOf(await browser().grant());
    for (const [cookie, value] of bob.pool.cookies) {
      if (!cookie.startsWith("__Host-")) alice.pool.cookies.set(cookie, value);
    }
    const before = gateway.simulator.ledger().requests.length;
    const logged = await loggedBy(async () => {
      expect(shapeOf(await alice.grant())).toEqual(nobody);
    }, "refused passive-other-cookies");
    expect(logged).toEqual(["refused passive-other-cookies"]);
    expect(gateway.simulator.ledger().requests.length).toBe(before);
    expect((await bob.grant()).status).toBe(200);
  });
});
