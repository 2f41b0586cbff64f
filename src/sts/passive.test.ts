// The page of the token service from outside, inside workerd: who gets a token, and that everybody else gets one answer.

import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { eventsOf, KEYRING } from "../../test/kit/attempts.ts";
import { softwarePasskey } from "../../test/kit/gateway/passkey.ts";
import { portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { portalAt } from "../../test/kit/portal-host.ts";
import {
  answerIn,
  fieldsIn,
  linkFor,
  makePasskey,
  newcomer,
  REPLY,
  start,
  stsBrowser,
  stsVariables,
  usePassive,
} from "../../test/kit/sts-host.ts";
import { hashOf, openIssued } from "../core/sts/flow.ts";
import { guardOf } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { disableUser } from "../store/directory.ts";

let variables: Awaited<ReturnType<typeof stsVariables>>;
beforeAll(async () => {
  variables = await stsVariables();
  await usePassive("may");
});

const FLOOR_MS = 400;

const addressOf = (account: string): string => `${account}@contoso.test`;

describe("S-91: the page", () => {
  it("makes a token for a passphrase and a code: the form goes to the pool alone, with what the edge needs", async () => {
    const portal = await newcomer("page.codes", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    const of = start({ wctx: 'rm=0&id=passive&ru=%2f"<x>' });
    const page = await browser.open(linkFor(of));
    expect([page.status, answerIn(page)]).toEqual([200, undefined]);
    const answered = await browser.signIn(addressOf("page.codes"), app.code());
    const answer = answerIn(answered);
    expect([answered.status, answer?.action, answer?.wa]).toEqual([200, REPLY, "wsignin1.0"]);
    expect(answered.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
    });
    const policy = String(answered.headers["content-security-policy"]);
    expect(policy).toContain(`form-action ${REPLY};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("form-action 'self'");
    const { wresult = "", wctx = "" } = answer ?? {};
    expect(wresult).toContain("http://schemas.microsoft.com/claims/multipleauthn");
    expect(/[\r\n]/.test(wresult + wctx)).toBe(false);
    const issued = openIssued(KEYRING, wctx, Date.now());
    if (!issued.ok) throw new Error(issued.reason);
    expect(issued.value).toMatchObject({
      ...{ start: of, digest: hashOf(wresult), sipUri: "sip:page.codes@contoso.test", factors: "two-factors" },
    });
    expect(wresult).toContain(`AssertionID="${issued.value.id}"`);
    expect(wresult).toContain(`>${issued.value.sid}<`);
  });

  it("makes a token for a passkey, and says so in it", async () => {
    const passkey = softwarePasskey();
    await makePasskey(await newcomer("page.passkey", variables), passkey);
    const browser = stsBrowser(variables);
    await browser.open();
    const answer = answerIn(await browser.signInWithPasskey(passkey));
    expect(answer?.wresult).toContain("urn:oasis:names:tc:SAML:1.0:am:HardwareToken");
  });

  it("answers at once while the factors are fresh, asks again with wfresh=0, and never looks at wauth", async () => {
    const portal = await newcomer("page.silent", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    await browser.open();
    await browser.signIn(addressOf("page.silent"), app.code());
    const again = await browser.get(linkFor());
    expect([again.status, answerIn(again)?.action]).toEqual([200, REPLY]);
    const method = await browser.get(linkFor(start(), { wauth: "urn:example:unheard-of", whr: "x", wct: "y" }));
    expect(answerIn(method)?.action).toBe(REPLY);
    for (const wfresh of ["0", "x"]) {
      expect(answerIn(await browser.get(linkFor(start(), { wfresh })))).toBeUndefined();
    }
    expect(answerIn(await browser.get(linkFor(start(), { wfresh: "60" })))?.action).toBe(REPLY);
    // A pool that takes no token would send the browser around for ever.
    const fourth = await browser.get(linkFor());
    expect([fourth.status, answerIn(fourth)]).toEqual([403, undefined]);
  });

  it("makes nothing for a bare request, a HEAD, or a session of the portal", async () => {
    const portal = await newcomer("page.bare", variables);
    await portal.setUpCodes();
    const browser = stsBrowser(variables);
    expect(answerIn(await browser.get(linkFor()))).toBeUndefined();
    const [name, value] = [...portal.cookies].find(([cookie]) => cookie.includes("portal")) ?? ["", ""];
    expect(name).toBe("__Host-postern-portal");
    browser.cookies.set("__Host-postern-sts", value);
    browser.cookies.set(name, value);
    expect(answerIn(await browser.get(linkFor()))).toBeUndefined();
    await browser.open();
    const { status, text } = await portalAt(variables).send({
      ...{ host: "sts.contoso.test", path: linkFor(), method: "HEAD" },
      headers: { cookie: [...browser.cookies].map(([each, of]) => `${each}=${of}`).join("; ") },
    });
    expect([status, text]).toEqual([200, ""]);
  });

  it("gives the portal no session of its own", async () => {
    const portal = await newcomer("page.apart", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    await browser.open();
    await browser.signIn(addressOf("page.apart"), app.code());
    const cookie = browser.cookies.get("__Host-postern-sts") ?? "";
    expect(cookie).not.toBe("");
    const thief = portalBrowser(portalAt(variables));
    thief.cookies.set("__Host-postern-portal", cookie);
    expect((await thief.get("/")).headers.location).toBe("/sign-in");
  });

  it("begins another session with each proof, and the earlier one ends", async () => {
    const portal = await newcomer("page.fixed", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    await browser.open();
    await browser.signIn(addressOf("page.fixed"), app.code());
    const first = browser.cookies.get("__Host-postern-sts") ?? "";
    await browser.open(linkFor(start(), { wfresh: "0" }));
    await browser.signIn(addressOf("page.fixed"), app.code());
    expect(browser.cookies.get("__Host-postern-sts")).not.toBe(first);
    browser.cookies.set("__Host-postern-sts", first);
    expect(answerIn(await browser.get(linkFor()))).toBeUndefined();
  });

  it("ends the session at a sign-out, and sends nobody anywhere", async () => {
    const portal = await newcomer("page.out", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    await browser.open();
    await browser.signIn(addressOf("page.out"), app.code());
    const kept = browser.cookies.get("__Host-postern-sts") ?? "";
    const out = await browser.get("/passive?wa=wsignout1.0&wreply=https%3A%2F%2Fevil.example%2F");
    expect([out.status, out.headers.location]).toEqual([200, undefined]);
    expect(out.text).not.toContain("evil.example");
    expect(browser.cookies.has("__Host-postern-sts")).toBe(false);
    browser.cookies.set("__Host-postern-sts", kept);
    expect(answerIn(await browser.get(linkFor()))).toBeUndefined();
  });

  it("shows a page in plain words to whoever does not come from the pool", async () => {
    const browser = stsBrowser(variables);
    const other = "https://other.contoso.test/passiveauth";
    for (const link of [
      "/passive",
      "/passive?wa=wsignin1.0&wtrealm=x&wctx=y",
      linkFor().replace("wsignin1.0", "wattr1.0"),
      linkFor(start({ until: Date.now() - 1 })),
      linkFor(start({ realm: other })),
      linkFor(start({ reply: "https://web.contoso.test/PassiveAuth/other.aspx" })),
      linkFor(start({ webHost: "meet.contoso.test" })),
      `${linkFor()}&wtrealm=${encodeURIComponent(other)}`,
      linkFor(start(), { wtrealm: other }),
      linkFor(start(), { wreply: "https://evil.example/" }),
      linkFor().replace(/wctx=(.{20})./, "wctx=$1_"),
    ]) {
      const page = await browser.get(link);
      expect([link, page.status, page.text.includes("Please start from Lync")]).toEqual([link, 400, true]);
      expect(page.text).not.toContain("evil.example");
    }
    expect((await browser.get(linkFor(start(), { wreply: REPLY }))).status).toBe(200);
  });

  it("takes a form of its own page in this browser only; an old browser sends no Origin with it", async () => {
    const portal = await newcomer("page.forms", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables);
    await browser.open();
    const fields = { ...browser.fields(), address: addressOf("page.forms"), passphrase: "x", code: "000000" };
    const send = async (headers: Readonly<Record<string, string>>, of = fields): Promise<string> => {
      const { status, text } = await browser.post("/passive/code", of, headers);
      return `${status} ${text.includes("Please start from Lync") ? "foreign" : "judged"}`;
    };
    expect(await send({ origin: "https://evil.example" })).toBe("403 foreign");
    expect(await send({ "sec-fetch-site": "same-site" })).toBe("403 foreign");
    expect(await send({}, { ...fields, csrf: "" })).toBe("403 foreign");
    const stranger = stsBrowser(variables);
    expect((await stranger.post("/passive/code", fields)).text).toContain("Please start from Lync");
    // As Internet Explorer sends it.
    const { send: raw } = portalAt(variables);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const asOld = (more: Readonly<Record<string, string>>, code: string) =>
      raw({
        ...{ host: "sts.contoso.test", path: "/passive/code", method: "POST" },
        headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...more },
        body: new URLSearchParams({ ...fields, passphrase: "seven quiet lanterns below", code }).toString(),
      });
    expect((await asOld({ referer: "https://evil.example/x" }, "000000")).text).toContain("Please start from Lync");
    expect(answerIn(await asOld({ referer: "http://sts.contoso.test/passive" }, app.code()))?.action).toBe(REPLY);
  });

  it("S-22: gives one answer to nobody's name, a wrong code, a disabled user, one without account and one not allowed", async () => {
    const portal = await newcomer("page.right", variables);
    const { app } = await portal.setUpCodes();
    const without = await newcomer("page.no.sid", variables, null);
    const builtIn = await newcomer("page.built.in", variables, "S-1-5-21-1004336348-1177238915-682003330-500");
    const gone = await newcomer("page.disabled", variables);
    const codes = {
      ...{ "page.no.sid": (await without.setUpCodes()).app, "page.built.in": (await builtIn.setUpCodes()).app },
      ...{ "page.disabled": (await gone.setUpCodes()).app },
    };
    const { results } = await env.DB.prepare(
      "SELECT id FROM users WHERE sip_uri = 'sip:page.disabled@contoso.test'",
    ).all<{ id: string }>();
    await disableUser(openDatabase(env.DB), results[0]?.id ?? "", Date.now());
    const pages: string[] = [];
    const refused = async (account: string, code: string): Promise<void> => {
      const browser = stsBrowser(variables);
      await browser.open();
      const page = await browser.signIn(addressOf(account), code);
      expect([account, page.status, answerIn(page)]).toEqual([account, 403, undefined]);
      expect(browser.cookies.has("__Host-postern-sts")).toBe(false);
      const { csrf, flow } = fieldsIn(page);
      pages.push(page.text.replaceAll(csrf, "CSRF").replaceAll(flow, "FLOW").replaceAll(addressOf(account), "ADDRESS"));
    };
    await refused("page.nobody", "123456");
    await refused("page.right", "000000");
    for (const [account, of] of Object.entries(codes)) await refused(account, of.code());
    await usePassive("never");
    await refused("page.right", app.code());
    await usePassive("may");
    expect(new Set(pages).size).toBe(1);
    const events = await eventsOfPage("page.right", "page.no.sid", "page.built.in", "page.disabled");
    expect(events).toEqual([
      "page.built.in refused passive-no-account",
      "page.disabled refused user-disabled",
      "page.no.sid refused passive-no-account",
      "page.right refused code-wrong",
      "page.right refused passive-not-allowed",
    ]);
  });

  it("S-22: a refusal takes as long for nobody as for somebody, by code, passkey and number", async () => {
    const portal = await newcomer("page.slow", variables);
    await portal.setUpCodes();
    const browser = stsBrowser({ ...variables, REFUSAL_FLOOR_MS: String(FLOOR_MS) });
    await browser.open();
    const fields = browser.fields();
    for (const [name, refuse] of [
      ["nobody", () => browser.signIn(addressOf("page.none"), "000000")],
      ["somebody", () => browser.signIn(addressOf("page.slow"), "000000")],
      ["a passkey", () => browser.post("/passive/passkey", { ...fields, response: "{}" })],
      ["a number for nobody", () => browser.post("/passive/ask", { ...fields, address: addressOf("page.none") })],
      ["a number", () => browser.post("/passive/ask", { ...fields, address: addressOf("page.slow") })],
      ["a look", () => browser.get("/passive/wait/look")],
    ] as const) {
      const began = Date.now();
      await refuse();
      expect([name, Date.now() - began >= FLOOR_MS]).toEqual([name, true]);
    }
  });

  it("S-25: counts each attempt once, with one event, beside those of the portal", async () => {
    const portal = await newcomer("page.counted", variables);
    const { app } = await portal.setUpCodes();
    const browser = stsBrowser(variables, "203.0.113.77");
    await browser.open();
    await browser.signIn(addressOf("page.counted"), "000000");
    await browser.signIn(addressOf("page.counted"), "000000", "a wrong passphrase");
    const guard = guardOf(env, "sip:page.counted@contoso.test");
    expect((await guard.locks()).pairs.find(({ source }) => source === "203.0.113.77")?.failures).toBe(2);
    await browser.signIn(addressOf("page.counted"), app.code());
    expect(await eventsOfPage("page.counted")).toEqual([
      "page.counted changed passive-token-issued",
      "page.counted refused code-wrong",
      "page.counted refused wrong-password",
      "page.counted signed-in portal-signed-in",
    ]);
  });
});

/** The page's events of these users, in the order of their words. */
async function eventsOfPage(...accounts: readonly string[]): Promise<string[]> {
  const told: string[] = [];
  for (const account of accounts) {
    for (const { channel, outcome, reason } of await eventsOf(guardOf(env, `sip:${account}@contoso.test`))) {
      if (channel === "passive") told.push(`${account} ${outcome} ${reason}`);
    }
  }
  return told.sort();
}
