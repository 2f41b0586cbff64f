// Every page of the console in Chromium: at the width of a phone and of a desk, in both themes and both languages, as
// each role. axe finds nothing serious, the browser has nothing to complain about, and nothing is wider than the
// screen.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { phoneTicket } from "../../conformance/support/devices.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { WINDOWS_GRANT } from "../../conformance/support/tickets.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, newContext, PHONE, startBrowser, type Visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

describeClient("the console's pages", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let paths: readonly (readonly [name: string, path: string])[];
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
    await phoneTicket(gateway, gateway.alice);
    await signIn(gateway, WINDOWS_GRANT, gateway.bob, { password: "aaaa-aaaa-aaaa-aaaa-aaaa" });
    const [[user], [device]] = (await gateway.execute([
      "SELECT id FROM users WHERE sip_uri = 'sip:alice@contoso.test'",
      "SELECT id FROM partnerships LIMIT 1",
    ])) as [{ id: string }[], { id: string }[]];
    paths = [
      ["overview", "/"],
      ["users", "/users"],
      ["person", `/users/${user?.id}`],
      ["new-person", "/users/new"],
      ["import", "/users/import"],
      ["devices", "/devices"],
      ["device", `/devices/${device?.id}`],
      ["policy", "/policy"],
      ["policy-history", "/policy/history"],
      ["audit", "/audit"],
      ["settings", "/settings"],
      ["tokens", "/settings/tokens"],
      ["administrators", "/settings/administrators"],
      ["account", "/account"],
    ];
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** What is wider than the screen, so that somebody would have to push the page sideways. */
  const tooWide = ({ page }: Visitor): Promise<number> =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  it.each([
    ["a phone", "en-GB", PHONE],
    ["a phone", "de-DE", PHONE],
    ["a desk", "en-GB", DESKTOP],
    ["a desk", "de-DE", DESKTOP],
  ] as const)("are whole at %s in %s", async (_, locale, size) => {
    const name = `Anna ${locale} ${size.width}`;
    const anna = await administrator(browser, gateway, { name, role: "admin" }, { size, locale });
    for (const [page, path] of paths) {
      await open(anna, gateway, path);
      await anna.shot(`console-${page}-${locale.slice(0, 2)}`);
      expect([path, await anna.barriers()]).toEqual([path, []]);
      expect([path, await tooWide(anna)]).toEqual([path, 0]);
    }
    expect(anna.complaints).toEqual([]);
    await anna.context.close();
  });

  it("work without a script, once somebody is signed in", async () => {
    const signed = await administrator(browser, gateway, { name: "Nora", role: "admin" });
    const context = await newContext(browser, { javaScriptEnabled: false });
    await context.addCookies(await signed.context.cookies());
    const page = await context.newPage();
    await page.goto(`${gateway.consoleUrl}/users`);
    await page.getByLabel("Search").fill("alice");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("link", { name: /alice/ }).first().click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("alice");
    await page.goto(`${gateway.consoleUrl}/audit?outcome=refused`);
    expect(await page.getByRole("row").count()).toBeGreaterThan(1);
    await context.close();
    await signed.context.close();
  });

  it("offer each role what it may do, and no more", async () => {
    const vera = await administrator(browser, gateway, { name: "Vera", role: "viewer" });
    const refused = new Set(["tokens", "administrators", "new-person", "import"]);
    for (const [, path] of paths.filter(([name]) => !refused.has(name))) {
      await open(vera, gateway, path);
      const forms = await vera.page.locator("main form[method=post]").count();
      expect([path, path === "/account" ? 0 : forms]).toEqual([path, 0]);
    }
    for (const path of ["/settings/tokens", "/users/import"]) {
      expect((await vera.page.goto(`${gateway.consoleUrl}${path}`))?.status(), path).toBe(403);
    }
    await vera.context.close();
  });
});
