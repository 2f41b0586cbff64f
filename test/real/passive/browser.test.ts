// A browser goes the whole way of WS-Federation passive: from Shibboleth's service provider to a page with Postern's
// token, and back with the form. The page is the test's own, and the token is Postern's.

import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TokenKey } from "../../../src/core/sts/keys.ts";
import { CHROMIUM_NEEDED, newContext, startBrowser } from "../browser/browser.ts";
import { describeClient } from "../requirements.ts";
import { type AnswerPages, startAnswerPages } from "./answer-page.ts";
import { SHIBBOLETH_NEEDS, type ShibbolethSp, startShibboleth } from "./shibboleth.ts";
import { ALICES_SID, ISSUER, issuerWith, newKey } from "./tokens.ts";

describeClient("Chromium between Shibboleth and a token service", [...SHIBBOLETH_NEEDS, ...CHROMIUM_NEEDED], () => {
  let key: TokenKey;
  let sts: AnswerPages;
  let sp: ShibbolethSp;
  let browser: Browser;

  beforeAll(async () => {
    key = await newKey();
    sts = await startAnswerPages("sts.localhost", ({ realm }) => issuerWith(key, realm)());
    sp = await startShibboleth("sp.localhost", {
      issuer: ISSUER,
      passiveUrl: sts.passiveUrl,
      certificate: key.certificate,
    });
    browser = await startBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await sp?.stop();
    await sts?.stop();
  });

  /** Who the relying party says is signed in. */
  const sidOf = async (context: BrowserContext): Promise<string | undefined> => {
    const page = await context.newPage();
    const answer = await page.goto(sp.session);
    const { attributes } = JSON.parse((await answer?.text()) ?? "{}") as { attributes?: { values: string[] }[] };
    return attributes?.[0]?.values[0];
  };
  const answerForIt = (formAction = new URL(sp.reply).origin): void => sts.answerFor({ reply: sp.reply, formAction });

  it.each([true, false])("comes back signed in, with script: %s", async (javaScriptEnabled) => {
    answerForIt();
    const context = await newContext(browser, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(sp.page);
    if (!javaScriptEnabled) await page.getByRole("button", { name: "Go on" }).click();
    await page.waitForURL(sp.page);
    expect([await page.title(), await sidOf(context)]).toEqual(["You are signed in", ALICES_SID]);
    await context.close();
  });

  it("posts nothing when the page's policy does not name the relying party", async () => {
    answerForIt("'self'");
    const context = await newContext(browser);
    const page = await context.newPage();
    const blocked = page.waitForEvent("console", (message) => message.text().includes("form-action"));
    await page.goto(sp.page, { waitUntil: "commit" }); // the page never counts as loaded
    await blocked;
    expect([new URL(page.url()).host, await sidOf(context)]).toEqual([new URL(sts.passiveUrl).host, undefined]);
    await context.close();
  });
});
