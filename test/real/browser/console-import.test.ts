// The import in Chromium: a file is chosen, looked at, applied, and the page goes on by itself; without script by a
// button. axe finds nothing serious on the way, and nothing is wider than the screen of a phone.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, newContext, PHONE, startBrowser, type Visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

describeClient("the console's import", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const line = (account: string, name: string, groups = "sales;site=berlin") =>
    `sip:${account}@contoso.test,${account}@contoso.test,${account},${name},${groups}`;
  const file = (...lines: string[]) => ({
    name: "users.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(["SipAddress,UserPrincipalName,SamAccountName,DisplayName,Groups", ...lines].join("\r\n")),
  });

  async function looked({ page }: Pick<Visitor, "page">, lines: readonly string[]): Promise<void> {
    await page.locator("input[type=file]").setInputFiles(file(...lines));
    await page.locator("input[name=domain]").fill("CONTOSO");
    await page.locator("form.step button").click();
    await page.waitForURL(/users\/import\//);
  }
  async function whole(visitor: Visitor, name: string): Promise<void> {
    await visitor.shot(`console-import-${name}`);
    expect([name, await visitor.barriers()]).toEqual([name, []]);
    const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect([name, await visitor.page.evaluate(wider)]).toEqual([name, 0]);
  }

  it.each([
    ["a phone", "de-DE", PHONE, "m"],
    ["a desk", "en-GB", DESKTOP, "w"],
  ] as const)(
    "is whole at %s, and goes on by itself",
    async (_, locale, size, tag) => {
      const anna = await administrator(browser, gateway, { name: `Anna ${tag}`, role: "admin" }, { size, locale });
      await open(anna, gateway, "/users/import");
      await whole(anna, `file-${tag}`);
      const crowd = Array.from({ length: 620 }, (_, at) => line(`${tag}${at}`, `Person ${at}`));
      await looked(anna, [...crowd, line("j?rg", "J?rg"), line("x", "A group of two", "two words")]);
      await whole(anna, `report-${tag}`);
      await anna.page.locator("input[name=shown] ~ .actions button").click();
      await anna.page.waitForURL(/users\/import-run\//);
      await anna.page.locator("#import-run .notice.good").waitFor({ timeout: 60_000 });
      await whole(anna, `finished-${tag}`);

      await open(anna, gateway, "/users/import");
      const married = `sip:married-${tag}@contoso.test,married-${tag}@contoso.test,${tag}1,Person 1,sales`;
      await looked(anna, [line(`${tag}0`, "Another Name", "sales;site=münchen"), married]);
      await whole(anna, `changes-${tag}`);
      expect(anna.complaints).toEqual([]);
      await anna.context.close();
    },
    240_000,
  );

  it("works without a script", async () => {
    const nora = await administrator(browser, gateway, { name: "Nora", role: "admin" });
    const context = await newContext(browser, { javaScriptEnabled: false, locale: "en-GB" });
    await context.addCookies(await nora.context.cookies());
    const page = await context.newPage();
    await page.goto(`${gateway.consoleUrl}/users/import`);
    await looked({ page }, [line("plain", "Plain")]);
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Go on" }).click();
    expect(await page.locator(".notice").textContent()).toContain("The import is finished. Done: 1 of 1.");
    await context.close();
  }, 120_000);
});
