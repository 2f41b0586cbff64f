// Signing in to the console in Chromium: an invitation, a passkey, sessions, and a fresh factor before what opens.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, newContext, PHONE, startBrowser, visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

describeClient("signing in to the console", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  it("goes from an invitation to a passkey, out, and in again with the passkey", async () => {
    const carol = await administrator(browser, gateway, { name: "Carol", role: "admin" }, { size: PHONE });
    const { page, context } = carol;
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: "__Host-postern-console", httpOnly: true, secure: true, sameSite: "Lax" });
    await page.getByText("Carol", { exact: true }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    await carol.shot("console-sign-in");
    expect(await carol.barriers()).toEqual([]);
    await page.goto(`${gateway.consoleUrl}/account`);
    await page.waitForURL(/sign-in\?next=/);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(`${gateway.consoleUrl}/account`);
    const [after] = await context.cookies();
    expect(after?.value).not.toBe(cookie?.value);
    await carol.shot("console-account");
    expect(await carol.barriers()).toEqual([]);
    expect(carol.complaints).toEqual([]);
    await context.close();
  });

  it("takes an invitation once, and shows its secret to no server", async () => {
    const link = (await gateway.invite({ name: "Dora", role: "helpdesk", email: "dora@contoso.test" })) ?? "";
    const dora = await visitor(browser);
    await dora.page.goto(link);
    expect(dora.page.url()).toBe(`${gateway.consoleUrl}/invite`);
    await dora.shot("console-invite");
    expect(await dora.barriers()).toEqual([]);
    await dora.page.getByRole("button", { name: "Make a passkey" }).click();
    await dora.page.waitForURL(`${gateway.consoleUrl}/`);
    const thief = await visitor(browser);
    await thief.page.goto(link);
    await thief.page.getByRole("button", { name: "Make a passkey" }).click();
    await expect.poll(() => thief.page.getByText("This invitation cannot be used").isVisible()).toBe(true);
    const secret = link.split("#")[1] ?? "";
    expect(secret).toHaveLength(43);
    expect(gateway.log.join("\n")).not.toContain(secret);
    await dora.context.close();
    await thief.context.close();
  });

  it("lets nobody in whose finger is not recognised, and says what to do", async () => {
    const erik = await administrator(browser, gateway, { name: "Erik", role: "viewer" });
    await erik.context.clearCookies();
    await erik.verified(false);
    await open(erik, gateway, "/sign-in");
    await erik.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect.poll(() => erik.page.getByText("The passkey was not used").isVisible()).toBe(true);
    await erik.verified(true);
    await erik.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await erik.page.waitForURL(`${gateway.consoleUrl}/`);
    await erik.context.close();
  });

  it("asks for a fresh factor before a token is made, and then makes it without typing again", async () => {
    const frieda = await administrator(browser, gateway, { name: "Frieda", role: "admin" }, { size: DESKTOP });
    const { page } = frieda;
    await gateway.execute(["UPDATE web_sessions SET fresh_at = fresh_at - 600000"]);
    await open(frieda, gateway, "/settings/tokens");
    await page.getByLabel("Name").fill("monitoring");
    await page.getByRole("button", { name: "Make it" }).click();
    await expect.poll(() => page.getByRole("heading", { name: "Is it you?" }).isVisible()).toBe(true);
    await frieda.shot("console-confirm");
    expect(await frieda.barriers()).toEqual([]);
    await page.getByRole("button", { name: "Confirm with a passkey" }).click();
    await expect.poll(() => page.getByText(/^pt_[a-z2-7]{16}_/).isVisible()).toBe(true);
    await page.getByRole("button", { name: "Copy" }).click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^pt_[a-z2-7]{16}_[\w-]{43}$/);
    await frieda.shot("console-token");
    expect(frieda.complaints).toEqual([]);
    await frieda.context.close();
  });

  it("ends another browser's session at once", async () => {
    const gerda = await administrator(browser, gateway, { name: "Gerda", role: "admin" });
    const stolen = await newContext(browser);
    await stolen.addCookies(await gerda.context.cookies());
    const other = await stolen.newPage();
    expect((await other.goto(`${gateway.consoleUrl}/`))?.url()).toBe(`${gateway.consoleUrl}/`);
    await gerda.page.getByText("Gerda", { exact: true }).click();
    await gerda.page.getByRole("button", { name: "Sign out" }).click();
    await gerda.page.waitForURL(/sign-in/);
    expect((await other.goto(`${gateway.consoleUrl}/`))?.url()).toContain("/sign-in");
    await gerda.context.close();
    await stolen.close();
  });

  it("is for a keyboard alone", async () => {
    const heidi = await administrator(browser, gateway, { name: "Heidi", role: "admin" });
    const { page } = heidi;
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    const focusOn = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        if ((await page.evaluate("document.activeElement.textContent.trim()")) === name) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`no Tab leads to ${name}`);
    };
    await focusOn("Settings");
    await page.keyboard.press("Enter");
    await page.waitForURL(/settings/);
    await focusOn("Heidi");
    await page.keyboard.press("Enter");
    await focusOn("Sign out");
    await page.keyboard.press("Enter");
    await page.waitForURL(/sign-in/);
    await focusOn("Sign in with a passkey");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${gateway.consoleUrl}/`);
    await heidi.context.close();
  });

  it("speaks German to who reads German, and to who chooses it", async () => {
    const ida = await visitor(browser, { locale: "de-AT" });
    await open(ida, gateway, "/sign-in");
    expect(await ida.page.getByRole("heading").textContent()).toBe("Anmelden");
    await ida.page.getByRole("button", { name: "English" }).click();
    expect(await ida.page.getByRole("heading").textContent()).toBe("Sign in");
    await ida.context.close();
  });
});
