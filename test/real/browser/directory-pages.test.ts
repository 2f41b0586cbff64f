// The pages of an organisation that has a directory, mail, an authority and invitations: those of the console, and
// those of the portal that an invited person sees. At the width of a phone and of a desk, in both themes and both
// languages, axe finds nothing serious, the browser has nothing to complain about, and nothing is wider than the
// screen.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRET } from "../../conformance/support/authority.ts";
import { phoneTicket } from "../../conformance/support/devices.ts";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { operator } from "../../conformance/support/operator.ts";
import { describeClient } from "../requirements.ts";
import { CHROMIUM_NEEDED, DESKTOP, PHONE, startBrowser, type Visitor, visitor } from "./browser.ts";
import { administrator, open } from "./console.ts";

const KEY = "ad:5f0c1d2e-0000-4000-8000-000000000001";
const FOLDED = {
  code: "name-taken",
  message: "Two accounts of the directory have names that Postern cannot tell apart. Rename one of them.",
};
type Ids = readonly { readonly id: string }[];
const SIZES = [
  ["a phone", "en-GB", PHONE],
  ["a phone", "de-DE", PHONE],
  ["a desk", "en-GB", DESKTOP],
  ["a desk", "de-DE", DESKTOP],
] as const;

describeClient("the pages of directory, mail and invitations", CHROMIUM_NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  let alice: string;
  let paths: readonly (readonly [name: string, path: string])[];
  beforeAll(async () => {
    // Nothing listens at that address: the device's page shows why there is no answer.
    const variables = {
      ...{ AUTHORITY_URL: "http://127.0.0.1:9/postern", AUTHORITY_SECRETS: SECRET },
      ...{ NOTICES: "device-new password-created invitation", NOTICE_HELPDESK: "helpdesk@contoso.test" },
    };
    [gateway, browser] = await Promise.all([startTestGateway({ variables }), startBrowser()]);
    await phoneTicket(gateway, gateway.alice);
    const made = (await operator(gateway, "token", "create", "agent", "--scope", "directory")) as { token: string };
    const asks = async (method: string, path: string, body: object): Promise<void> => {
      const { status, text } = await gateway.send({
        ...{ host: gateway.adminHost, method, path, body: JSON.stringify(body) },
        headers: { authorization: `Bearer ${made.token}`, "content-type": "application/json" },
      });
      expect(status, text).toBe(200);
    };
    const account = "zoe.mueller-luedenscheidt";
    const person = {
      ...{ sipUri: `${account}@contoso.test`, upn: `${account}@contoso.test`, account: `CONTOSO\\${account}` },
      ...{ displayName: "Zoë Müller-Lüdenscheidt", groups: ["vip", "site=berlin"], mail: `${account}@contoso.test` },
    };
    await asks("POST", "/v1/directory/apply", { source: "ad", rows: [{ key: KEY, state: "in", person }] });
    await asks("POST", "/v1/directory/apply", { source: "ad", rows: [{ key: KEY, state: "disabled" }] });
    await asks("PUT", "/v1/directory/ad/report", {
      ...{ cursor: "usn=5", inStep: true, compared: true, people: 5_021 },
      brake: { wanted: 812, of: 5_021, examples: ["berta@contoso.test", "a.very.long.name.of.a.person@contoso.test"] },
      problems: [{ key: `${KEY.slice(0, -1)}2`, name: "CN=Jörg O'Neill,OU=Long,DC=contoso,DC=test", ...FOLDED }],
    });
    await operator(gateway, "user", "invite", "bob@contoso.test");
    const [[zoe], [user], [device]] = (await gateway.execute([
      `SELECT id FROM users WHERE sip_uri = 'sip:${account}@contoso.test'`,
      "SELECT id FROM users WHERE sip_uri = 'sip:alice@contoso.test'",
      "SELECT id FROM partnerships LIMIT 1",
    ])) as [Ids, Ids, Ids];
    alice = user?.id ?? "";
    paths = [
      ["mail", "/settings/mail"],
      ["directory", "/settings/directory"],
      ["linked-person", `/users/${zoe?.id}`],
      ["device-authority", `/users/${alice}/devices/${device?.id}`],
      ["invite", `/users/${alice}/invite`],
      ["import", "/users/import"],
    ];
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  async function whole(somebody: Visitor, name: string): Promise<void> {
    const { page } = somebody;
    await somebody.shot(name);
    expect([name, await somebody.barriers()]).toEqual([name, []]);
    const tooWide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect([name, tooWide]).toEqual([name, 0]);
  }

  it.each(SIZES)(
    "S-56: are whole at %s in %s, from the invitation to the choice of factors",
    async (_, locale, size) => {
      const language = locale.slice(0, 2);
      const name = `Anna ${locale} ${size.width}`;
      const anna = await administrator(browser, gateway, { name, role: "admin" }, { size, locale });
      for (const [page, path] of paths) {
        await open(anna, gateway, path);
        await whole(anna, `console-${page}-${language}`);
      }
      await open(anna, gateway, `/users/${alice}/invite`);
      await anna.page.locator("form.step button").click();
      const link = (await anna.page.locator("#link").textContent()) ?? "";
      expect(link).toContain("/join#");
      await whole(anna, `console-invited-${language}`);
      expect(anna.complaints).toEqual([]);
      await anna.context.close();

      const alex = await visitor(browser, { size, locale });
      await alex.page.goto(`${gateway.portalUrl}/join`);
      await whole(alex, `portal-code-${language}`);
      await alex.page.locator("input[name=code]").fill("wrong");
      await alex.page.locator("form[data-join] button").click();
      await whole(alex, `portal-mistyped-${language}`);
      await alex.page.goto(link);
      // The link was opened in the tab in which a code was mistyped: that fault is not about the link's code.
      expect(await alex.page.locator("article > .notice").isVisible()).toBe(false);
      await whole(alex, `portal-linked-${language}`);
      await alex.page.locator("form[data-join] button").click();
      await alex.page.locator("a[href='/welcome/codes']").waitFor();
      await whole(alex, `portal-welcome-${language}`);
      await alex.page.locator("a[href='/welcome/codes']").click();
      await alex.page.locator("#key").waitFor();
      await whole(alex, `portal-codes-${language}`);
      await alex.page.goto(link);
      await alex.page.locator("form[data-join] button").click();
      await whole(alex, `portal-refused-${language}`);
      expect(alex.complaints).toEqual([]);
      await alex.context.close();
    },
  );
});
