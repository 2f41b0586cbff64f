// A help desk at two in the morning, with a phone in one hand: Chromium at phone width, and what the devices get
// meanwhile.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { Events, openDevice, startPolls } from "../../conformance/support/polls.ts";
import { WINDOWS_GRANT } from "../../conformance/support/tickets.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, PHONE, startBrowser, type Visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

describeClient("a help desk with a phone", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let helen: Visitor;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
    helen = await administrator(browser, gateway, { name: "Helen", role: "helpdesk" }, { size: PHONE });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  it("ends alice's lost phone in four taps; its poll ends, and its app password opens nothing", async () => {
    const { alice } = gateway;
    const phone = await openDevice(gateway, alice, { endpointId: "phone-1", source: "198.51.100.7", applications: [] });
    const [poll] = startPolls(gateway, phone);
    const { page } = helen;
    await open(helen, gateway, "/users");
    await helen.shot("console-users");
    await page.getByLabel("Search").pressSequentially("alice");
    await page.getByRole("link", { name: /alice/ }).first().click();
    await page.waitForURL(/\/users\/u_/);
    await helen.shot("console-person");
    expect(await helen.barriers()).toEqual([]);
    await page.getByRole("link", { name: /End a lost phone/ }).click();
    await page.waitForURL(/lost/);
    await page.getByRole("radio").first().check(); // the one that was seen last
    await helen.shot("console-lost");
    expect(await helen.barriers()).toEqual([]);
    await page.getByRole("button", { name: "End it now" }).click();
    await expect.poll(() => page.getByText("nothing more is served to it").isVisible(), { timeout: 60_000 }).toBe(true);
    await helen.shot("console-lost-done");
    const events = new Events(gateway);
    await events.fire(alice);
    await expect.poll(() => poll?.refusals.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await poll?.stop();
    expect(poll?.deliveries).toEqual([]);
    expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(401);
    expect(helen.complaints).toEqual([]);
  });

  it("makes a new app password, with which the person signs in", async () => {
    const { bob } = gateway;
    const { page } = helen;
    await open(helen, gateway, "/users?q=bob");
    await page.getByRole("link", { name: /bob/ }).first().click();
    await page.getByRole("link", { name: "New app password For a new" }).click();
    await page.getByLabel("What is it for?").fill("new phone");
    await page.getByRole("button", { name: "Make the app password" }).click();
    await page.waitForLoadState();
    const shown = page.locator("output").first();
    await expect.poll(() => shown.isVisible()).toBe(true);
    const password = (await shown.textContent())?.trim() ?? "";
    expect(password).toMatch(/^[a-z0-9-]{20,}$/);
    await helen.shot("console-password");
    expect(await helen.barriers()).toEqual([]);
    expect((await signIn(gateway, WINDOWS_GRANT, bob, { password })).status).toBe(200);
    expect(gateway.log.join("\n")).not.toContain(password);
    expect(page.url()).not.toContain(password);
  });
});
