// Forty devices that wait, approved at once at a desk; one of them by the keyboard alone.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { seedDevices } from "../../kit/gateway/seeded-devices.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, startBrowser, type Visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

const MANY = 40;

describeClient("forty devices that wait", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let helen: Visitor;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
    await seedDevices(
      gateway,
      Array.from({ length: MANY }, (_, at) => ({
        user: `w${"abcdefghij"[at % 10]}`,
        state: "quarantined" as const,
        facts: { type: "phone" as const, platform: "android" as const, product: "AndroidLync", model: "Pixel 8" },
      })),
    );
    helen = await administrator(browser, gateway, { name: "Helen", role: "helpdesk" }, { size: DESKTOP });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** Presses Tab until the focus is there, as somebody does who has no mouse. */
  async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let pressed = 0; pressed < 80; pressed++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate<string>(
        "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()",
      );
      if (name.test(at)) return;
    }
    throw new Error(`Tab never came to ${name}`);
  }

  it("are approved one by one without a mouse, and the focus can always be seen", async () => {
    const { page } = helen;
    await open(helen, gateway, "/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await tabTo(page, /^Approve: /);
    expect(
      await page.evaluate(
        "getComputedStyle(document.activeElement).boxShadow + getComputedStyle(document.activeElement).outlineStyle",
      ),
    ).not.toBe("nonenone");
    await page.keyboard.press("Enter");
    await page.waitForURL(/done=approved/);
    await page.getByText(/^The device is approved/).waitFor();
  });

  it("S-46: are approved at once in four clicks from the overview, each with a line of the report and of the audit", async () => {
    const { page } = helen;
    await open(helen, gateway, "/");
    await helen.shot("console-waiting");
    await page.getByRole("link", { name: /see all/ }).click();
    await page.waitForURL(/state=quarantined/);
    expect(await page.getByText("Waits for approval").count()).toBe(MANY - 1);
    await page.getByLabel("All on this page").check();
    await helen.shot("console-forty");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: `${MANY - 1} devices approved` }).waitFor();
    await helen.shot("console-forty-done");
    expect(await helen.barriers()).toEqual([]);
    await open(helen, gateway, "/devices?state=quarantined");
    expect(await page.getByRole("row").count()).toBe(0);
    await expect
      .poll(
        async () => {
          await open(helen, gateway, "/audit?reason=device-approved");
          return page.getByText("Helen").count();
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThanOrEqual(MANY);
    expect(helen.complaints).toEqual([]);
  });
});
