// A person signs in by Postern's own page to a relying party of others, the whole way in Chromium: Shibboleth in Apache
// sends the browser away, Postern's edge seals and leads it to the page, the person proves two factors, the form goes back
// through the edge, and Apache shows a page that it serves to nobody but who is signed in.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers } from "../../../simulator/users.ts";
import { openIssued, openStart, sealIssued, sealStart } from "../../../src/core/sts/flow.ts";
import { PASSPHRASE } from "../../kit/gateway/portal-browser.ts";
import { CHROMIUM_NEEDED, LYNC_WINDOW, PHONE, type Visitor, visitor } from "../browser/browser.ts";
import { withCodes, withPasskey } from "../browser/portal.ts";
import { describeClient } from "../requirements.ts";
import { SHIBBOLETH_NEEDS } from "./shibboleth.ts";
import { STS, type Stage, startStage } from "./stage.ts";

const [ALICE, BOB] = demoUsers.map(({ sid }) => sid);

describeClient("Chromium between Shibboleth and Postern's page", [...SHIBBOLETH_NEEDS, ...CHROMIUM_NEEDED], () => {
  let stage: Stage;
  let alice: Awaited<ReturnType<typeof withPasskey>>;
  let bob: Awaited<ReturnType<typeof withCodes>>;

  beforeAll(async () => {
    stage = await startStage();
    alice = await withPasskey(stage.browser, stage.gateway, "alice");
    bob = await withCodes(stage.browser, stage.gateway, "bob");
  }, 240_000);
  afterAll(() => stage?.stop());

  /** Asks the pool for its page, and comes to Postern's. */
  async function begin({ page }: Pick<Visitor, "page">): Promise<void> {
    await page.goto(stage.sp.page);
    expect(new URL(page.url()).host).toBe(STS);
  }

  /** The page that Apache serves to who is signed in: whom it names. */
  async function whoIsIn({ page }: Pick<Visitor, "page">): Promise<string | null> {
    await page.waitForURL(stage.sp.page);
    return page.locator("#user").textContent();
  }

  async function typeCodes({ page }: Pick<Visitor, "page">, code: string | undefined): Promise<void> {
    const form = page.locator("form[action='/passive/code']");
    await form.locator("[name=address]").fill("bob@contoso.test");
    await form.locator("[name=passphrase]").fill(PASSPHRASE);
    await form.locator("[name=code]").fill(code ?? "");
    await form.locator("[type=submit]").click();
  }

  const goOn = (page: Page) => page.getByRole("button", { name: "Continue" }).click();

  it("S-91: signs in with a passkey", async () => {
    await begin(alice);
    await alice.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    expect(await whoIsIn(alice)).toBe(ALICE);
    expect(alice.complaints).toEqual([]);
  });

  it.each([true, false])("S-91: signs in with passphrase and code, with script: %s", async (script) => {
    const somebody = await visitor(stage.browser, { size: LYNC_WINDOW, script });
    await begin(somebody);
    await typeCodes(somebody, await bob.nextCode());
    if (!script) await goOn(somebody.page);
    expect(await whoIsIn(somebody)).toBe(BOB);
    expect(somebody.complaints).toEqual([]);
    await somebody.context.close();
  });

  it.each([true, false])("S-91: signs in with an approval on another device, with script: %s", async (script) => {
    const somebody = await visitor(stage.browser, { size: LYNC_WINDOW, script });
    const { page } = somebody;
    await begin(somebody);
    await page.locator("form[action='/passive/ask'] [name=address]").fill("alice@contoso.test");
    await page.getByRole("button", { name: "Show me a number" }).click();
    const number = /\d\d/.exec((await page.locator("#waiting").textContent()) ?? "")?.[0] ?? "";
    await alice.page.setViewportSize(PHONE);
    await alice.page.goto(`${stage.gateway.portalUrl}/approve`);
    await alice.page.getByRole("button", { name: `The number ${number}` }).click();
    await alice.confirm();
    await alice.page.getByRole("heading", { name: "Approved" }).waitFor();
    if (!script) await goOn(page);
    expect(await whoIsIn(somebody)).toBe(ALICE);
    await somebody.context.close();
  });

  type Token = { readonly wresult: string; readonly wctx: string };

  /** Bob without a script, who stops at the page with the token. */
  async function holder(): Promise<Visitor & { readonly next: () => Promise<Token> }> {
    const somebody = await visitor(stage.browser, { size: LYNC_WINDOW, script: false });
    const { page } = somebody;
    await begin(somebody);
    await typeCodes(somebody, bob.recoveryCodes[used++]);
    const field = (name: string) => page.locator(`#answer [name=${name}]`).inputValue();
    const read = async () => ({ wresult: await field("wresult"), wctx: await field("wctx") });
    let waiting: Token | undefined = await read();
    const next = async (): Promise<Token> => {
      const first = waiting;
      waiting = undefined;
      if (first === undefined) await begin(somebody); // the session is fresh, so the page has the token at once
      return first ?? read();
    };
    return { ...somebody, next };
  }
  let used = 0;

  /** Opens a page of the pool's own site with that in it. */
  async function shows({ page }: Pick<Visitor, "page">, body: string): Promise<void> {
    const { href } = new URL("/blank", stage.sp.page);
    await page.route(href, (route) => route.fulfill({ contentType: "text/html", body: `<!DOCTYPE html>${body}` }));
    await page.goto(href);
    await page.unroute(href);
  }

  /** Sends a token from such a page. What the browser shows then. */
  async function brings({ page }: Pick<Visitor, "page">, { wresult, wctx }: Token): Promise<string | null> {
    const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    const fields = Object.entries({ wa: "wsignin1.0", wresult, wctx })
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${attribute(value)}">`)
      .join("");
    await shows({ page }, `<form method="post" action="${stage.sp.page}">${fields}<input type="submit"></form>`);
    await page.locator("[type=submit]").click();
    await page.waitForURL(stage.sp.page);
    return page.locator("h1, #user").first().textContent();
  }

  const sessions = (): number => stage.sp.log().match(/new session created/g)?.length ?? 0;
  const lastReason = (): string | undefined => {
    const line = stage.gateway.log.findLast((each) => each.includes('"channel":"passive"'));
    return line === undefined ? undefined : (JSON.parse(line) as { reason: string }).reason;
  };

  /** The page that says so, no further session at the pool, and that reason in the audit. */
  async function isRefused(somebody: Pick<Visitor, "page">, token: Token, reason: string): Promise<void> {
    const before = sessions();
    expect(await brings(somebody, token)).toBe("The sign-in did not finish");
    expect(sessions()).toBe(before);
    await expect.poll(lastReason).toBe(reason);
  }

  it("S-88 S-89: a token is good once, for the browser that began, and in its own bytes", async () => {
    const [person, thief] = [await holder(), await visitor(stage.browser)];
    const token = await person.next();
    await begin(thief);
    await isRefused(thief, token, "passive-other-browser");
    const altered = { ...token, wresult: token.wresult.replaceAll(String(BOB), String(ALICE)) };
    await isRefused(person, altered, "passive-altered");
    const cookies = await person.context.cookies();
    expect(await brings(person, token)).toBe(BOB);
    await person.context.addCookies(cookies.filter(({ name }) => name === "__Host-pf")); // as before the token was used
    await isRefused(person, token, "passive-repeated");
    await Promise.all([person, thief].map(({ context }) => context.close()));
  });

  it("S-89: two tabs are two sign-ins; neither takes the token of the other's", async () => {
    const somebody = await holder();
    const first = await somebody.next();
    const second = { page: await somebody.context.newPage() };
    await begin(second);
    const wctx = await second.page.locator("#answer [name=wctx]").inputValue();
    await isRefused(somebody, { ...first, wctx }, "passive-altered");
    await second.page.getByRole("button", { name: "Continue" }).click();
    expect(await whoIsIn(second)).toBe(BOB);
    expect(await brings(somebody, first)).toBe(BOB);
    await somebody.context.close();
  });

  it("S-89: a page that was left lying leads nowhere, before the factors and after them", async () => {
    const { keyring } = stage;
    const somebody = await visitor(stage.browser);
    await begin(somebody);
    const sealed = await somebody.page.locator("[name=flow]").first().inputValue();
    const start = openStart(keyring, sealed, Date.now());
    if (!start.ok) throw new Error(start.reason);
    const old = sealStart(keyring, { ...start.value, until: Date.now() }); // what it would be after ten minutes
    await somebody.page.evaluate(`for (const each of document.getElementsByName("flow")) each.value = "${old}"`);
    await typeCodes(somebody, bob.recoveryCodes[used++]);
    await somebody.page.getByRole("heading", { name: "Please start from Lync" }).waitFor();
    const person = await holder();
    const token = await person.next();
    const issued = openIssued(keyring, token.wctx, Date.now());
    if (!issued.ok) throw new Error(issued.reason);
    const before = sessions();
    const late = { ...token, wctx: sealIssued(keyring, { ...issued.value, until: Date.now() }) };
    expect(await brings(person, late)).toBe("The sign-in did not finish");
    expect(sessions()).toBe(before);
    await Promise.all([somebody, person].map(({ context }) => context.close()));
  });

  it("S-89 S-91: another realm, another reply address or a link without the pool leads nowhere", async () => {
    const { page, context } = await visitor(stage.browser);
    await begin({ page });
    const link = page.url();
    for (const [name, value] of [
      ["wtrealm", `${stage.sp.realm}/`],
      ["wreply", "https://evil.contoso.test/PassiveAuth/PassiveAuth.aspx"],
      ["wctx", "rm=0&id=passive&ru=%2fPassiveAuth%2fPassiveAuth.aspx"],
    ] as const) {
      const changed = new URL(link);
      changed.searchParams.set(name, value);
      expect((await page.goto(changed.href))?.status(), name).toBe(400);
      await page.getByRole("heading", { name: "Please start from Lync" }).waitFor();
    }
    await context.close();
  });

  it("S-91: the page with the token can be sent to the pool alone", async () => {
    const somebody = await holder();
    const { page } = somebody;
    await somebody.next();
    const blocked = page.waitForEvent("console", (message) => message.text().includes("form-action"));
    await page.evaluate('document.getElementById("answer").action = "https://access.contoso.test/join"');
    await page.getByRole("button", { name: "Continue" }).click({ noWaitAfter: true });
    await blocked;
    expect(new URL(page.url()).host).toBe(STS);
    await somebody.context.close();
  });

  it("S-91: a double click sends the code once", async () => {
    const somebody = await visitor(stage.browser);
    const { page } = somebody;
    await begin(somebody);
    let sent = 0;
    let answer: () => void = () => undefined;
    const clicked = new Promise<void>((done) => {
      answer = done;
    });
    await page.route("**/passive/code", async (route) => {
      sent++;
      await clicked;
      await route.continue().catch(() => undefined); // a browser gives the first up for the second
    });
    const form = page.locator("form[action='/passive/code']");
    await form.locator("[name=address]").fill("bob@contoso.test");
    await form.locator("[name=passphrase]").fill(PASSPHRASE);
    await form.locator("[name=code]").fill(bob.recoveryCodes[used++] ?? "");
    const button = await form.locator("[type=submit]").boundingBox();
    if (button === null) throw new Error("no button");
    const click = () => page.mouse.click(button.x + button.width / 2, button.y + button.height / 2);
    await click();
    await expect.poll(() => sent).toBe(1);
    await click();
    answer();
    expect([await whoIsIn(somebody), sent]).toEqual([BOB, 1]);
    await somebody.context.close();
  });
});
