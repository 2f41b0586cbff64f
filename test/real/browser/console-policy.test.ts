// The policy in a browser: previewed, applied, collided about, rolled back; and what each role may do with it.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { phoneTicket } from "../../conformance/support/devices.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, PHONE, startBrowser, type Visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

const NO_TEST = `
[[rules]]
code = "no-test"
action = "block"
reason = "No test device"
when = { userAgent = "Postern test*" }
`;

describeClient("the policy, by two administrators", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let carol: Visitor;
  let dave: Visitor;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(), startBrowser()]);
    await phoneTicket(gateway, gateway.alice);
    carol = await administrator(browser, gateway, { name: "Carol", role: "admin" });
    dave = await administrator(browser, gateway, { name: "Dave", role: "admin" });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const text = ({ page }: Visitor): Promise<string> => page.locator("textarea").inputValue();

  it("is checked while somebody types, with the line of the fault", async () => {
    await open(carol, gateway, "/policy/edit");
    await carol.page.locator("textarea").fill((await text(carol)).replace('"open"', '"opne"'));
    await carol.page.getByText("One fault: this cannot be applied.").waitFor();
    expect(await carol.page.getByText(/^Line \d+:/).count()).toBe(1);
    await carol.shot("console-policy-fault");
    expect(await carol.barriers()).toEqual([]);
  });

  it("S-46: shows what it would do to the phone in use before it is applied, and can be taken back", async () => {
    const { page } = carol;
    await open(carol, gateway, "/policy/edit");
    await page.locator("textarea").fill((await text(carol)) + NO_TEST);
    await page.getByRole("button", { name: "Preview" }).click();
    await expect.poll(() => page.locator(".tile.bad b").textContent(), { timeout: 60_000 }).toBe("1");
    await carol.shot("console-policy-preview");
    expect(await carol.barriers()).toEqual([]);
    expect((await phoneTicket(gateway, gateway.alice)).length).toBeGreaterThan(0); // nothing was applied yet
    await page.getByLabel("Reason").fill("CHG-1");
    const sure = page.getByLabel(/shut them out/);
    if ((await sure.count()) > 0) await sure.check();
    await page.getByRole("button", { name: "Apply this policy" }).click();
    await page.waitForURL(/\/policy\?done=applied/);
    await expect(phoneTicket(gateway, gateway.alice)).rejects.toThrow();
    await page.getByRole("link", { name: "History" }).click();
    await page.waitForURL(/history/);
    await carol.shot("console-policy-history");
    expect(await page.getByText("CHG-1").isVisible()).toBe(true);
  });

  it("S-46: keeps what the second one typed, and shows what the first one changed", async () => {
    const { page } = dave;
    await open(dave, gateway, "/policy/edit");
    await open(carol, gateway, "/policy/edit");
    const typed = (await text(dave)).replace("maxDevices = 3", "maxDevices = 7");
    await page.locator("textarea").fill(typed);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.waitForURL(/preview/);

    await carol.page.locator("textarea").fill((await text(carol)).replace("maxDevices = 3", "maxDevices = 5"));
    await carol.page.getByRole("button", { name: "Preview" }).click();
    await carol.page.getByLabel("Reason").fill("CHG-2");
    await carol.page.getByRole("button", { name: "Apply this policy" }).click();
    await carol.page.waitForURL(/\/policy\?done=applied/);

    await page.getByRole("button", { name: "Apply this policy" }).click();
    await page.getByText(/Carol applied another policy/).waitFor();
    await dave.shot("console-policy-collided");
    expect(await dave.barriers()).toEqual([]);
    expect(await page.getByText("CHG-2").isVisible()).toBe(true);
    expect(await text(dave)).toBe(typed);
    await open(dave, gateway, "/policy");
    expect(await page.locator("pre").first().textContent()).toContain("maxDevices = 5");
  });

  it("goes back to an earlier version, and the audit says who did it and why", async () => {
    const { page } = dave;
    await open(dave, gateway, "/policy/history");
    await page
      .getByRole("link", { name: /Bring back/ })
      .first()
      .click();
    await page.waitForURL(/back/);
    await page.getByLabel("Reason").fill("CHG-3");
    await dave.shot("console-policy-back");
    await page.getByRole("button", { name: /Bring version 1 back/ }).click();
    await page.waitForURL(/\/policy\?done=back/);
    await expect
      .poll(
        async () => {
          await open(dave, gateway, "/audit?reason=policy-applied");
          return page.getByText(/Dave put another policy in force.*CHG-3/).count();
        },
        { timeout: 60_000 },
      )
      .toBe(1);
    await dave.shot("console-audit-policy");
    expect([...carol.complaints, ...dave.complaints]).toEqual([]);
  });

  it.each(["viewer", "helpdesk"] as const)(
    "is tried and not applied by the role %s; tokens are not theirs",
    async (role) => {
      const person = await administrator(
        browser,
        gateway,
        { name: `Role ${role}`.replace(" ", "."), role },
        { size: PHONE },
      );
      const { page } = person;
      await open(person, gateway, "/policy/edit");
      await page.getByRole("heading", { name: "Try a change of the policy" }).waitFor();
      await page.locator("textarea").fill((await text(person)) + NO_TEST.replaceAll("no-test", "tried"));
      await page.getByRole("button", { name: "Preview" }).click();
      await page.waitForURL(/preview/);
      expect(await page.getByRole("button", { name: /Apply/ }).count()).toBe(0);
      await person.shot(`console-policy-${role}`);
      expect((await page.goto(`${gateway.consoleUrl}/settings/tokens`))?.status()).toBe(403);
      expect((await page.goto(`${gateway.consoleUrl}/settings/administrators`))?.status()).toBe(403);
      await open(person, gateway, "/users");
      await page.getByRole("link", { name: /alice/ }).first().click();
      await page.waitForURL(/\/users\/u_/);
      expect((await page.getByRole("link", { name: /^New app password/ }).count()) > 0).toBe(role === "helpdesk");
      await person.context.close();
    },
  );

  it("is out of reach for somebody whose role was taken away, with the next click", async () => {
    const helen = await administrator(browser, gateway, { name: "Helen", role: "helpdesk" });
    await open(carol, gateway, "/settings/administrators");
    await carol.page.getByRole("link", { name: "Helen" }).click();
    await carol.page.getByRole("button", { name: "Take the role away" }).click();
    await carol.page.waitForURL(/done=disabled/);
    await helen.page.getByRole("link", { name: "Devices" }).first().click();
    await helen.page.waitForURL(/sign-in/);
    await helen.context.close();
  });
});
