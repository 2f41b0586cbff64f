// A person signs in by Postern's own page to a relying party of others, the whole way in Chromium: Shibboleth in Apache
// sends the browser away, Postern's edge seals and leads it to the page, the person proves two factors, the form goes back
// through the edge, and Apache shows a page that it serves to nobody but who is signed in.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoUsers } from "../../../simulator/users.ts";
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
    const said = await page.locator("body").innerText();
    expect(said, said + stage.gateway.log.slice(-8).join("\n") + stage.sp.log().slice(-3000)).toMatch(/^S-1-5-21/);
    return page.locator("#user").textContent();
  }

  async function typeCodes({ page }: Pick<Visitor, "page">): Promise<void> {
    const form = page.locator("form[action='/passive/code']");
    await form.locator("[name=address]").fill("bob@contoso.test");
    await form.locator("[name=passphrase]").fill(PASSPHRASE);
    await form.locator("[name=code]").fill(await bob.nextCode());
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
    await typeCodes(somebody);
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
});
