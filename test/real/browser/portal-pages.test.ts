// Every page of the portal in Chromium: at the width of a phone and of a desk, in both themes and both languages. axe
// finds nothing serious, the browser has nothing to complain about and asks no other host, and nothing is wider than
// the screen.

import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestGateway } from "../../conformance/support/gateway.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { operator } from "../../conformance/support/operator.ts";
import { creation } from "../../conformance/support/presenting.ts";
import { compactTicket, WINDOWS_GRANT } from "../../conformance/support/tickets.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, leads, PHONE, startBrowser } from "./browser.ts";
import { FRESH_MS, personNamed, setUp, startPortal, tooWide, whole, withPasskey } from "./portal.ts";

const SEATS = [
  ["amy", "a phone", "en-GB", PHONE],
  ["bea", "a phone", "de-DE", PHONE],
  ["cem", "a desk", "en-GB", DESKTOP],
  ["dan", "a desk", "de-DE", DESKTOP],
] as const;

describeClient("the portal's pages", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startPortal(SEATS.map(([account]) => account)), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  /** The person's phone signs in with that password and names itself. It is refused, because it waits for its owner. */
  async function phoneComes(account: string, password: string): Promise<void> {
    const cwt = await compactTicket(gateway, { ...personNamed(account), password });
    const request = creation(`phone of ${account}`);
    const body = JSON.stringify({ ...JSON.parse(request.body), userAgent: "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)" });
    const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}` };
    expect((await gateway.send({ ...request, headers, body })).status).toBe(403);
  }

  it.concurrent.each(SEATS)("S-66: %s finds each page whole at %s in %s", async (account, _, locale, size) => {
    await operator(gateway, "user", "set", `${account}@contoso.test`, "--enrolment", "self");
    const owner = await withPasskey(browser, gateway, account, { size, locale });
    const { page, context } = owner;
    const strangers: string[] = [];
    context.on("request", (request) => {
      if (!request.url().startsWith(`${gateway.portalUrl}/`)) strangers.push(request.url());
    });
    const language = locale.slice(0, 2);
    /** axe needs to look at each page in one language only. */
    const isWhole = async (name: string): Promise<void> => {
      if (language === "en") return whole(owner, `${name}-en`);
      await owner.shot(`portal-${name}-${language}`);
      expect([name, await tooWide(owner)]).toEqual([name, 0]);
    };
    const open = async (path: string, status = 200): Promise<void> => {
      expect([path, (await page.goto(`${gateway.portalUrl}${path}`))?.status()]).toEqual([path, status]);
    };
    const submit = (action: string) => leads(page, () => page.locator(`main form[action='${action}'] button`).click());

    await isWhole("welcomed");
    await setUp(owner, gateway, "android", "Tablet");
    const password = await setUp(owner, gateway, "iphone", "iPhone");
    await isWhole("password");
    await phoneComes(account, password);
    await page.locator("#arrival[data-arrival=kept-out]").waitFor();
    await isWhole("arrived");
    await open("/");
    await isWhole("home-waits");
    await page.locator("a[href$='/approve']").first().click();
    await page.locator(".number").waitFor();
    await isWhole("approve");
    const [device = ""] = /d_[a-z2-7]{16}/.exec(page.url()) ?? [];
    await pause(FRESH_MS);
    await submit(`/devices/${device}/approve`);
    await isWhole("confirm");
    await owner.confirm();
    await page.waitForURL(/\/devices\?done=approved$/);
    await isWhole("devices");
    for (let times = 0; times < 3; times++) {
      await signIn(gateway, WINDOWS_GRANT, { ...personNamed(account), password: "wrong-wrong-wrong" });
    }

    const [[iphone], [tablet]] = (await gateway.execute([
      `SELECT id FROM app_passwords WHERE label = 'iPhone' AND user_id = (SELECT id FROM users WHERE account = '${account}')`,
      `SELECT id FROM app_passwords WHERE label = 'Tablet' AND user_id = (SELECT id FROM users WHERE account = '${account}')`,
    ])) as [{ id: string }[], { id: string }[]];
    for (const [name, path] of [
      ["home", "/"],
      ["new", "/devices/new"],
      ["name", "/devices/new/desk-phone"],
      ["device", `/devices/${device}`],
      ["lost", "/devices/lost"],
      ["renew", `/devices/passwords/${iphone?.id}/renew`],
      ["waiting", `/devices/waiting/${tablet?.id}`],
      ["activity", "/activity"],
      ["security", "/security"],
      ["new-passkey", "/security/passkey"],
      ["my-data", "/my-data"],
    ] as const) {
      await open(path);
      await isWhole(name);
    }
    await open(`/devices/${device}/approve`, 409);
    await isWhole("decided");
    await open("/nothing", 404);
    await isWhole("not-found");

    await open(`/devices/passwords/${iphone?.id}/renew`);
    await submit(`/devices/passwords/${iphone?.id}/renew`);
    await owner.confirm();
    await page.locator("#secret").waitFor();
    await isWhole("renewed");
    await open("/devices/lost");
    await page.locator(`[name=lost][value='${device}']`).check();
    await submit("/devices/lost");
    await page.locator(".notice.good").waitFor();
    await isWhole("ended");
    await open("/activity");
    await page.locator("a[href^='/activity/not-me']").first().click();
    await page.locator("form[action='/activity/not-me']").waitFor();
    await isWhole("not-me");
    await submit("/activity/not-me");
    await page.locator(".notice.good").waitFor();
    await isWhole("not-me-ended");
    await context.clearCookies();
    await open("/join");
    await isWhole("join");
    expect([owner.complaints, strangers]).toEqual([[], []]);
    await context.close();
  });
});
