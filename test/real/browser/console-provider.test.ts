// Signing in to the console in Chromium by the organisation's identity provider, which is another site: which cookies
// the browser sends back from there, and what the page's policy lets through, only a browser can tell.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { carol, type IdentityProvider, startIdentityProvider } from "../../conformance/support/identity-provider.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, PHONE, startBrowser, visitor } from "./browser.ts";
import { open } from "./console.ts";

describeClient("signing in to the console by an identity provider", CHROMIUM_NEEDED, () => {
  let idp: IdentityProvider;
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    idp = await startIdentityProvider();
    const variables = {
      ...{ CONSOLE_OIDC_ISSUER: idp.issuer, CONSOLE_OIDC_CLIENT_ID: idp.clientId },
      ...{ CONSOLE_OIDC_CLIENT_SECRET: idp.clientSecret, CONSOLE_ROLES: "admin=lync-admins" },
    };
    [gateway, browser] = await Promise.all([startTestGateway({ variables }), startBrowser()]);
    idp.register(`${gateway.consoleUrl}/sign-in/openid/callback`);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    await idp?.stop();
  });

  it("goes there and back, and proves there once more before a token is made", async () => {
    const person = await visitor(browser, { size: PHONE });
    const { page } = person;
    await open(person, gateway, "/sign-in?next=/settings/tokens");
    await page.getByRole("link", { name: "Sign in with your organisation's account" }).click();
    await page.waitForURL(`${gateway.consoleUrl}/settings/tokens`);
    await expect.poll(() => page.getByText("Carol Lee", { exact: true }).count()).toBe(1);

    await gateway.execute(["UPDATE web_sessions SET fresh_at = fresh_at - 600000"]);
    await page.getByLabel("Name").fill("monitoring");
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByRole("link", { name: "Confirm with your organisation's account" }).click();
    await page.getByRole("button", { name: "Do it now" }).click();
    await expect.poll(() => page.getByText(/^pt_[a-z2-7]{16}_/).isVisible()).toBe(true);
    expect(person.complaints).toEqual([]);
    await person.context.close();
  });

  it("says why somebody is not let in, on a page that everybody can read", async () => {
    idp.next({ ...carol, sub: "nobody", email: "nobody@contoso.test", groups: [] });
    const person = await visitor(browser, { size: PHONE, locale: "de-DE", script: false });
    await open(person, gateway, "/sign-in");
    await person.page.getByRole("link", { name: "Mit dem Konto der Organisation anmelden" }).click();
    await expect.poll(() => person.page.getByRole("alert").textContent()).toContain("keine Ihrer Gruppen");
    await person.shot("console-not-let-in");
    await person.context.close();
  });
});
