// Signing in to Lync by Postern's page in Chromium, the whole way: the pool's redirect, the page with a passkey, without
// any script, and with an approval on another device, the form that goes to the pool, and the pool's answer to it. Chromium
// cannot open the pool's host here, so the two requests to it are made by a client that does as a browser does.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers } from "../../../simulator/users.ts";
import { DEFAULT_POLICY } from "../../../src/core/policy/read.ts";
import { METADATA_PATH } from "../../../src/core/sts/metadata.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { PASSPHRASE } from "../../kit/gateway/portal-browser.ts";
import { describeClient } from "../requirements.ts";
import {
  CHROMIUM_NEEDED,
  DESKTOP,
  LYNC_WINDOW,
  leads,
  NEW_PHONE,
  PHONE,
  startBrowser,
  type Visitor,
  visitor,
} from "./browser.ts";
import { type Owner, tooWide, withCodes, withPasskey } from "./portal.ts";

/** A name below the portal's, so that both may use the same passkeys. */
const STS_HOST = "sts.portal.localhost";
const WEB = "web.contoso.test";
/** The pool behind the test knows these people. */
const [ann, ben] = ["alice", "bob"] as const;

describeClient("signing in to Lync by the page", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let page: string;
  const secrets = new Map<string, Owner>();

  beforeAll(async () => {
    [gateway, browser] = await Promise.all([
      startTestGateway({ passive: true, variables: { STS_HOST } }),
      startBrowser(),
    ]);
    const url = new URL(gateway.gateway);
    page = `http://${STS_HOST}:${url.port}`;
    const metadataUri = `${gateway.gateway}${METADATA_PATH}`;
    gateway.simulator.relyingParty?.configure({ metadataUri, metadataHost: STS_HOST });
    const policy = JSON.stringify({ ...DEFAULT_POLICY, passive: { ...DEFAULT_POLICY.passive, mode: "may" } });
    await gateway.execute([
      `INSERT INTO policies (version, at, applied_by, policy) SELECT coalesce(max(version), 0) + 1, 0, 'test', '${policy}' FROM policies`,
      ...demoUsers.map(
        ({ sid, sipUri }) => `UPDATE users SET sid = '${sid}', revision = revision + 1 WHERE sip_uri = '${sipUri}'`,
      ),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** The pool sends a browser away: the link to the page, and the cookie that the browser got. */
  async function begin(): Promise<{ readonly link: string; readonly cookie: string }> {
    const asked = await gateway.send({ path: "/PassiveAuth/PassiveAuth.aspx", host: WEB });
    const link = new URL(String(asked.headers.location));
    expect([asked.status, link.host]).toEqual([302, STS_HOST]);
    const cookie = asked
      .lines("set-cookie")
      .map((line) => line.split(";")[0])
      .join("; ");
    return { link: `${page}${link.pathname}${link.search}`, cookie };
  }

  /** What the page posts to the pool; the pool answers in its place. */
  async function posted({ page: at }: Visitor): Promise<() => string | undefined> {
    let body: string | undefined;
    await at.route(`https://${WEB}/**`, async (route) => {
      body = route.request().postData() ?? undefined;
      await route.fulfill({ contentType: "text/html", body: "<title>Lync</title><p id='lync'>Lync goes on." });
    });
    return () => body;
  }

  /** Brings what was posted to the pool, as the browser would: the status, and the names of the cookies. */
  async function bring(body: string, cookie: string) {
    const headers = {
      cookie,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(body.length),
    };
    const answer = await gateway.send({
      path: "/PassiveAuth/PassiveAuth.aspx",
      host: WEB,
      method: "POST",
      headers,
      body,
    });
    return { status: answer.status, cookies: answer.lines("set-cookie").map((line) => line.split("=")[0]) };
  }

  async function whole(somebody: Visitor, name: string): Promise<void> {
    await somebody.shot(`passive-${name}`);
    expect([name, await somebody.barriers()]).toEqual([name, []]);
    expect([name, await tooWide(somebody)]).toEqual([name, 0]);
  }

  it("S-91: a passkey at a desk: one press, and the form goes to the pool by itself, once", async () => {
    const somebody = await withPasskey(browser, gateway, ann, { size: DESKTOP });
    secrets.set(ann, somebody);
    const { link, cookie } = await begin();
    const body = await posted(somebody);
    await somebody.page.goto(link);
    await whole(somebody, "sign-in");
    await somebody.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await somebody.page.locator("#lync").waitFor();
    const form = new URLSearchParams(body());
    expect([form.get("wa"), form.get("wresult")?.includes("am:HardwareToken")]).toEqual(["wsignin1.0", true]);
    const taken = await bring(body() ?? "", cookie);
    expect([taken.status < 400, taken.cookies.some((name) => name === "FedAuth")]).toEqual([true, true]);
    expect((await bring(body() ?? "", cookie)).status).toBeGreaterThanOrEqual(400);
    // The session is fresh: the next sign-in asks nothing.
    const next = await begin();
    await somebody.page.goto(next.link);
    await somebody.page.locator("#lync").waitFor();
    expect((await bring(body() ?? "", next.cookie)).status).toBeLessThan(400);
    expect(somebody.complaints).toEqual([]);
  });

  it("S-91: a passphrase and a code without any script, in the window of Lync, in German", async () => {
    const somebody = await withCodes(browser, gateway, ben, { size: LYNC_WINDOW, locale: "de-DE", script: false });
    const { page: at } = somebody;
    const { link, cookie } = await begin();
    const body = await posted(somebody);
    await at.goto(link);
    await somebody.shot("passive-no-script");
    expect(await at.getByRole("button", { name: "Mit Passkey anmelden" }).isVisible()).toBe(false);
    const form = at.locator("form[action='/passive/code']");
    await form.locator("[name=address]").fill("bob@contoso.test");
    await form.locator("[name=passphrase]").fill("falsch");
    await form.locator("[name=code]").fill("000000");
    await form.locator("[type=submit]").click();
    await at.getByRole("alert").waitFor();
    await somebody.shot("passive-refused");
    await form.locator("[name=passphrase]").fill(PASSPHRASE);
    await form.locator("[name=code]").fill(somebody.recoveryCodes[0] ?? "");
    await form.locator("[type=submit]").click();
    await at.getByRole("button", { name: "Weiter" }).waitFor();
    await somebody.shot("passive-answer");
    await at.getByRole("button", { name: "Weiter" }).click();
    await at.locator("#lync").waitFor();
    expect((await bring(body() ?? "", cookie)).status).toBeLessThan(400);
  });

  it("S-91: an approval on another device, with the number that the page shows", async () => {
    const owner = secrets.get(ann);
    if (owner === undefined) throw new Error("the first test has not run");
    const lync = await visitor(browser, { size: LYNC_WINDOW });
    const { link, cookie } = await begin();
    const body = await posted(lync);
    await lync.page.goto(link);
    await whole(lync, "sign-in");
    await lync.page.locator("form[action='/passive/ask'] [name=address]").fill(`${ann}@contoso.test`);
    await lync.page.getByRole("button", { name: "Show me a number" }).click();
    await lync.page.locator("#waiting").waitFor();
    await whole(lync, "number");
    const number = /\d\d/.exec((await lync.page.locator("#waiting").textContent()) ?? "")?.[0] ?? "";
    await owner.page.setViewportSize(PHONE);
    await owner.page.goto(gateway.portalUrl);
    await owner.page.locator("a.button[href='/approve']").click();
    await owner.shot("portal-approval");
    expect(await owner.barriers()).toEqual([]);
    await leads(owner.page, () => owner.page.getByRole("button", { name: `The number ${number}` }).click());
    await owner.confirm();
    await owner.page.getByRole("heading", { name: "Approved" }).waitFor();
    await owner.shot("portal-approved");
    await lync.page.locator("#lync").waitFor();
    expect((await bring(body() ?? "", cookie)).status).toBeLessThan(400);
    expect([...lync.complaints, ...owner.complaints]).toEqual([]);
  });

  it("S-91: is whole on a phone, and where somebody does not come from Lync", async () => {
    const somebody = await visitor(browser, { size: PHONE, locale: "de-DE" });
    const { link } = await begin();
    await somebody.page.goto(link);
    await whole(somebody, "sign-in");
    await somebody.page.getByRole("button", { name: "English" }).click();
    await somebody.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await somebody.page.goto(`${page}/passive`);
    await whole(somebody, "not-ours");
    expect(somebody.complaints).toEqual([]);
  });

  it.each([
    ["a phone", "en-GB", NEW_PHONE],
    ["a phone", "de-DE", NEW_PHONE],
    ["Lync's window", "en-GB", LYNC_WINDOW],
    ["Lync's window", "de-DE", LYNC_WINDOW],
    ["a desk", "en-GB", DESKTOP],
    ["a desk", "de-DE", DESKTOP],
  ] as const)("S-91: every state of the page is whole on %s, in %s", async (_, locale, size) => {
    const somebody = await visitor(browser, { size, locale });
    const { page: at } = somebody;
    const named = (state: string): string => `${state}-${locale.slice(0, 2)}`;
    const { link } = await begin();
    await at.goto(link);
    await whole(somebody, named("begin"));
    const form = at.locator("form[action='/passive/code']");
    await form.locator("[name=address]").fill(`nobody.${size.width}.${locale}@contoso.test`);
    await form.locator("[name=passphrase]").fill("wrong");
    await form.locator("[name=code]").fill("000000");
    await form.locator("[type=submit]").click();
    await at.getByRole("alert").waitFor();
    await whole(somebody, named("refused"));
    const ask = at.locator("form[action='/passive/ask']");
    await ask.locator("[name=address]").fill(`nobody.${size.width}.${locale}@contoso.test`);
    await ask.locator("[type=submit]").click();
    await at.locator("#waiting").waitFor();
    await whole(somebody, named("waiting"));
    for (const [state, path] of [
      ["not-ours", "/passive"],
      ["out", "/passive?wa=wsignout1.0"],
      ["no-page", "/passive/nothing"],
    ] as const) {
      await at.goto(`${page}${path}`);
      await whole(somebody, named(state));
    }
    await somebody.context.close();
  });
});
