// Attacks on passive sign-in over HTTP: one token brought fifty times at once, a cookie that a host of the same domain has
// set, whether a name is somebody's, one SID in two rows, and somebody who must use the page and tries everything else.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stsHost } from "../../local/passive.ts";
import { demoUsers } from "../../simulator/users.ts";
import { withCodePassword } from "../kit/gateway/code-password.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type HowToSignIn, signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { broughtBy, fieldsOf, GRANT, PAGE, passiveBrowser, passivePolicy, withCodes } from "./support/passive.ts";
import { PASSWORD_CHANNELS } from "./support/passwords.ts";
import { rawSend } from "./support/raw-http.ts";
import { shapeOf } from "./support/shape.ts";
import { grantRequest, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let alice: Awaited<ReturnType<typeof withCodes>>;
/** How many of her recovery codes are used. */
let used = 0;

beforeAll(async () => {
  const carol = { sipUri: "sip:carol@contoso.test", upn: "carol@contoso.test", domain: "CONTOSO", account: "carol" };
  gateway = await startTestGateway({ passive: true, variables: { SIGN_ON: "sts" }, moreUsers: [carol] });
  await gateway.execute(
    demoUsers.map(
      ({ sid, sipUri }) => `UPDATE users SET sid = '${sid}', revision = revision + 1 WHERE sip_uri = '${sipUri}'`,
    ),
  );
  await passivePolicy(gateway, { mode: "may" });
  alice = await withCodes(gateway, "alice");
}, 240_000);
afterAll(() => gateway?.stop());

/** A browser with a token of alice's. A code of the app is good once, so each takes a recovery code. */
async function withToken() {
  const browser = passiveBrowser(gateway);
  const token = broughtBy(await browser.signIn(alice.address, alice.recoveryCodes[used++] ?? ""));
  if (token === undefined) throw new Error("no token");
  return { browser, token };
}

describe("S-97: over HTTP", () => {
  it("a token brought fifty times at once reaches the pool once, and no secret reaches the log", async () => {
    const { browser, token } = await withToken();
    const cookies = new Map(browser.web.cookies);
    const copies = Array.from({ length: 50 }, () => {
      const copy = passiveBrowser(gateway);
      for (const [name, value] of cookies) copy.web.cookies.set(name, value);
      return copy;
    });
    const ledger = await gateway.arrivals(async () => {
      const answers = await Promise.all(copies.map((copy) => copy.bring(token)));
      expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302, 403]));
    });
    expect(ledger.passivePosts).toHaveLength(1);
    const log = gateway.log.join("\n");
    for (const secret of [token.wctx, token.wresult.slice(-200), ...cookies.values()])
      expect(log).not.toContain(secret);
  });

  it("a session's cookie in another spelling is none, as a host of the same domain could have set it", async () => {
    const { browser, token } = await withToken();
    expect((await browser.bring(token)).status).toBe(302);
    const { "__Host-pfs": session = "", ...others } = Object.fromEntries(browser.web.cookies);
    const pools = Object.entries(others).map(([each, value]) => `${each}=${value}`);
    const ask = async (spelt: string): Promise<number> => {
      const lines = [`Cookie: ${[`${spelt}=${session}`, ...pools].join("; ")}`];
      return (await rawSend(gateway, { target: PAGE, lines })).status;
    };
    expect(await ask("__Host-pfs")).toBe(200);
    // In Latin-1, one character a byte: another case, two blanks of Unicode in UTF-8, a form feed.
    const spellings = ["__HOST-pfs", "\xe2\x80\x80__Host-pfs", "\xc2\xa0__Host-pfs", "\x0c__Host-pfs"];
    for (const spelt of spellings) expect([spelt, await ask(spelt)]).toEqual([spelt, 302]);
  });

  it("S-22: whoever asks for a number gets a cookie of one length", async () => {
    const lengths = new Set<number | undefined>();
    for (const address of [alice.address, "nobody@contoso.test"]) {
      const { sts, open } = passiveBrowser(gateway);
      await sts.post("/passive/ask", { ...fieldsOf(await open()), address });
      lengths.add(sts.cookies.get("__Host-postern-wait")?.length);
    }
    expect([...lengths]).toEqual([expect.any(Number)]);
  });

  it("no other method makes a token, for a browser that the page would answer at once", async () => {
    const { browser } = await withToken();
    const link = await browser.begin();
    const cookie = [...browser.sts.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const ask = async (method: string) => gateway.send({ host: stsHost, path: link, method, headers: { cookie } });
    expect(broughtBy(await ask("GET"))).toBeDefined();
    for (const method of ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "PROPFIND"]) {
      const answer = await ask(method);
      expect([method, broughtBy(answer)]).toEqual([method, undefined]);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      if (method !== "HEAD") expect([method, Math.floor(answer.status / 100)]).toEqual([method, 4]);
    }
  });

  it("a hundred cookies, and more than a browser ever has, are refused or ignored, and none reaches the pool", async () => {
    const many = Array.from({ length: 100 }, (_, n) => `FedAuth${n}=planted${n}; __Host-pf${n}=planted`).join("; ");
    for (const cookies of [many, `FedAuth=${"planted".repeat(9_000)}`, "=; ;;=planted; __Host-pfs=; __Host-pf=.."]) {
      const ledger = await gateway.arrivals(async () => {
        for (const [target, body] of [[PAGE], [GRANT, "grant_type=urn:microsoft.rtc:passive"]] as const) {
          const form = body === undefined ? [] : ["Content-Type: application/x-www-form-urlencoded"];
          const lines = [...form, `Cookie: ${cookies}`];
          const request = { target, lines, ...(body !== undefined && { method: "POST", body }) };
          expect([200, 302, 400, 431]).toContain((await rawSend(gateway, request)).status);
        }
      });
      expect(ledger.requests.filter(({ headers }) => "cookie" in headers)).toEqual([]);
    }
  });

  it("a SID that two users have signs nobody on, and the pool is not asked", async () => {
    const [sid] = demoUsers.map((user) => user.sid);
    await gateway.execute([`UPDATE users SET sid = '${sid}' WHERE sip_uri = 'sip:bob@contoso.test'`]);
    const ledger = await gateway.arrivals(async () => {
      expect((await signIn(gateway, WINDOWS_GRANT, gateway.bob)).status).toBe(503);
    });
    expect(ledger.passivePosts).toEqual([]);
    await expect
      .poll(() => gateway.log.some((line) => line.includes("sts-sid-shared")), { timeout: 30_000 })
      .toBe(true);
  });
});

describe("S-92: whoever must use the page", () => {
  let places = 0;
  /** The same gateway from a network of its own. */
  const fromElsewhere = () => {
    const headers = { "cf-connecting-ip": `198.51.100.${++places}` };
    const send: TestGateway["send"] = (each) => gateway.send({ ...each, headers: { ...each.headers, ...headers } });
    return { send };
  };
  const ntlm =
    (request: typeof WINDOWS_GRANT, how: HowToSignIn = {}) =>
    (who: Person, password: string) =>
      signIn(fromElsewhere(), request, who, { ...how, password });

  it("gets in no other way, each answered as a wrong password is, with one event, and the pool is not asked", async () => {
    const [carol] = gateway.others;
    if (carol === undefined) throw new Error("nobody");
    const withCode = await withCodePassword(gateway, (...argv) => operator(gateway, ...argv), carol.upn);
    const saml = tokenRequest("saml", carol.sipUri);
    const ways: readonly (readonly [string, (who: Person, password: string) => ReturnType<typeof gateway.send>])[] = [
      ["NTLM, OAuth", ntlm(WINDOWS_GRANT)],
      ["Negotiate, OAuth", ntlm(WINDOWS_GRANT, { scheme: "Negotiate" })],
      ["SPNEGO, OAuth", ntlm(WINDOWS_GRANT, { scheme: "SPNEGO" })],
      ["NTLM, web ticket", ntlm(saml)],
      ...PASSWORD_CHANNELS.map(
        ({ name, request }) =>
          [name, (who: Person, password: string) => fromElsewhere().send(request(who.upn, password))] as const,
      ),
    ];
    expect((await ntlm(WINDOWS_GRANT)(carol, carol.password)).status).not.toBe(401); // the password is right
    await passivePolicy(gateway, { mode: "may", must: [carol.upn] });
    const refusals = async (): Promise<readonly unknown[]> => {
      const events = (await operator(gateway, "audit", "--user", carol.upn)) as { reason: string }[];
      return events.filter(({ reason }) => reason === "passive-required");
    };
    const right: (readonly [string, ReturnType<typeof shapeOf>])[] = [];
    const ledger = await gateway.arrivals(async () => {
      for (const [way, send] of ways) right.push([way, shapeOf(await send(carol, carol.password))]);
      const typed = withCode.password + withCode.app.code();
      right.push(["NTLM, OAuth", shapeOf(await ntlm(WINDOWS_GRANT)(carol, typed))]);
      // A ticket is never made from another one.
      const refresh = grantRequest("grant_type=refresh_token&refresh_token=cwt%3DAAEB");
      expect((await fromElsewhere().send(refresh)).status).toBeGreaterThanOrEqual(400);
    });
    expect([ledger.requests, ledger.signOns, ledger.passivePosts]).toEqual([[], [], []]);
    await expect.poll(async () => (await refusals()).length, { timeout: 30_000 }).toBe(ways.length + 1);
    for (const [way, send] of ways) {
      const wrong = shapeOf(await send(carol, "wrong-wrong-wrong-wrong"));
      for (const [, shape] of right.filter(([each]) => each === way)) expect([way, shape]).toEqual([way, wrong]);
    }
  });
});
