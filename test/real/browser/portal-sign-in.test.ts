// Getting in to the portal in Chromium, as somebody who has read nothing: with a passkey, and with a passphrase and an
// app without any script. At the width of a phone and of a desk, in both themes and both languages, axe finds nothing
// serious, the browser has nothing to complain about, and nothing is wider than the screen.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { operator } from "../../conformance/support/operator.ts";
import { authenticatorApp, PASSPHRASE } from "../../kit/gateway/portal-browser.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, PHONE, startBrowser, type Visitor, visitor } from "./browser.ts";

const people = ["ann", "ben", "cat", "dan", "eve", "fay"];
const SIZES = [
  ["ann", "a phone", "en-GB", PHONE],
  ["ben", "a desk", "de-DE", DESKTOP],
] as const;

describeClient("signing in to the portal", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    const moreUsers = people.map((account) => ({
      ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
    }));
    [gateway, browser] = await Promise.all([startTestGateway({ moreUsers }), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const linkFor = async (account: string): Promise<string> =>
    ((await operator(gateway, "user", "invite", `${account}@contoso.test`)) as { link: string }).link;

  /** `scripted`: axe needs scripts. */
  async function whole(somebody: Visitor, name: string, scripted = true): Promise<void> {
    await somebody.shot(name);
    if (!scripted) return;
    expect([name, await somebody.barriers()]).toEqual([name, []]);
    const tooWide = await somebody.page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect([name, tooWide]).toEqual([name, 0]);
  }

  it.each(SIZES)(
    "S-59 S-66: %s, at %s, makes a passkey with two presses and comes back with one",
    async (account, _, locale, size) => {
      const somebody = await visitor(browser, { size, locale });
      const { page, context } = somebody;
      const language = locale.slice(0, 2);
      await page.goto(await linkFor(account));
      expect(new URL(page.url()).hash).toBe(""); // the code is in no history
      await page.locator("form[data-join] button").click();
      await page.waitForURL(/\/welcome$/);
      await whole(somebody, `portal-welcome-${language}`);
      await page.locator("form[data-passkey] button").click();
      await page.waitForURL(/\/\?done=welcome$/);
      expect(await context.cookies()).toContainEqual(
        expect.objectContaining({ name: "__Host-postern-portal", httpOnly: true, secure: true, sameSite: "Lax" }),
      );
      await page.goto(`${gateway.portalUrl}/security`);
      await whole(somebody, `portal-security-${language}`);
      await page.locator("details.menu summary").click();
      await page.locator("form[action='/sign-out'] button").click();
      await page.waitForURL(/\/sign-in/);
      await whole(somebody, `portal-sign-in-${language}`);
      await somebody.verified(false);
      await page.locator("form[data-passkey] button").click();
      await page.locator("[data-said=cancelled]").waitFor(); // a finger that is not the person's
      await somebody.verified(true);
      await page.locator("form[data-passkey] button").click();
      await page.waitForURL(`${gateway.portalUrl}/`);
      expect(somebody.complaints).toEqual([]);
      await context.close();
    },
  );

  it("S-59 S-66: needs no script for a passphrase, an app, recovery codes and signing in", async () => {
    const somebody = await visitor(browser, { size: PHONE, script: false });
    const { page } = somebody;
    await page.goto(`${gateway.portalUrl}/join`);
    await page.getByLabel("Your code").fill(new URL(await linkFor("cat")).hash.slice(1));
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("link", { name: "With a passphrase and codes from an app" }).click();
    await whole(somebody, "portal-codes", false);
    const app = authenticatorApp((await page.locator("#key").textContent()) ?? "");
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByLabel("Code of six digits").fill(app.code());
    await page.getByRole("button", { name: "Save" }).click();
    const codes = await page.locator("#codes li").allTextContents();
    expect(codes).toHaveLength(10);
    await page.getByLabel("I have kept these codes").check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("link", { name: "Security" }).click();
    expect(await page.locator("main").textContent()).toContain("10 codes are left.");
    await page.locator("details.menu summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Sign-in address").fill("cat@contoso.test");
    await page.getByLabel("Passphrase").fill(PASSPHRASE);
    await page.getByLabel("Code", { exact: true }).fill(codes[0] ?? "");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/security\?done=recovered$/);
    expect(await page.locator("main").textContent()).toContain("9 codes are left.");
    await somebody.context.close();
  });

  it("S-66: is whole where something was wrong, and on the pages with an app's secret and with recovery codes", async () => {
    const somebody = await visitor(browser, { size: PHONE });
    const { page } = somebody;
    await page.goto(await linkFor("dan"));
    await page.locator("form[data-join] button").click();
    await page.locator("a[href='/welcome/codes']").click();
    await page.getByLabel("New passphrase").fill("passwordpassword");
    await page.getByLabel("Code of six digits").fill("000000");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    expect(await page.evaluate("document.activeElement.name")).toBe("passphrase"); // the person goes on at the fault
    await whole(somebody, "portal-codes-fault");
    const app = authenticatorApp((await page.locator("#key").textContent()) ?? "");
    await page.getByLabel("New passphrase").fill(PASSPHRASE);
    await page.getByLabel("Code of six digits").fill(app.code());
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#codes").waitFor();
    await whole(somebody, "portal-recovery");
    await page.goto(`${gateway.portalUrl}/sign-in`);
    await page.context().clearCookies();
    await page.goto(`${gateway.portalUrl}/sign-in`);
    await page.getByLabel("Sign-in address").fill("dan@contoso.test");
    await page.getByLabel("Passphrase").fill("wrong");
    await page.getByLabel("Code", { exact: true }).fill("123456");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await whole(somebody, "portal-sign-in-refused");
    expect(somebody.complaints).toEqual([]);
    await somebody.context.close();
  });
});
