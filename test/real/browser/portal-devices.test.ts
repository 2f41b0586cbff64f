// The way of a person through the portal, in Chromium, with the programs that sign in: a device is set up, curl and a
// Lync client sign in with its app password, it arrives on the page, waits for its owner, is approved, is lost and
// stops. Once with a passkey, once with a passphrase and an app.

import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ListedDeviceAnswer } from "../../../src/api/schemas/device-list.ts";
import type { TestGateway } from "../../conformance/support/gateway.ts";
import { operator } from "../../conformance/support/operator.ts";
import { curl } from "../curl.ts";
import { describeClient } from "../requirements.ts";
import { SIPE_REQUIREMENTS } from "../sipe/finch.ts";
import { signInWithSipe } from "../sipe/sign-in.ts";
import { OAUTH_TOKEN_PATH, WEB_HOST, WINDOWS_GRANT } from "../token-requests.ts";
import { type Exchange, statusOf, summary, targetOf } from "../transcript.ts";
import { UcwaClient } from "../ucwa/client.ts";
import { JSON_DIALECT } from "../ucwa/dialects.ts";
import { CHROMIUM_NEEDED, leads, PHONE, startBrowser, visitor } from "./browser.ts";
import { FRESH_MS, linkFor, type Owner, personNamed, setUp, startPortal, withCodes, withPasskey } from "./portal.ts";

/**
 * How soon the page says that a device has come, and a lost one gets nothing more, ms. It is five seconds: the page
 * looks every two (device-routes.test.ts), and a verdict lives for three (verdicts.test.ts). The rest is for a busy
 * machine.
 */
const BOUND_MS = 60_000;
const PATIENCE = { timeout: 100_000, interval: 50 };
const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";
const CERTIFICATE = "POST https://web.contoso.test/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1";
const NEEDED = [...CHROMIUM_NEEDED, ...SIPE_REQUIREMENTS, { file: "curl", debianPackage: "curl" }];

const refusedCertificate = (exchange: Exchange) => targetOf(exchange) === CERTIFICATE && statusOf(exchange) === 403;

describeClient("a person's devices in the portal", NEEDED, () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([
      startPortal(["pia", "tom", "twice", "dora", "nils", "key"]),
      startBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const placeOf = (account: string, password: string) => ({
    ...{ ...personNamed(account), user: account, password },
    ...{ baseUrl: gateway.gateway, hosts: gateway.hosts },
  });

  const curlSignsIn = async (account: string, password: string): Promise<number> => {
    const header = [`Host: ${WEB_HOST}`, "Content-Type: application/x-www-form-urlencoded;charset=UTF-8"];
    const user = `CONTOSO\\${account}:${password}`;
    const url = `${gateway.gateway}${OAUTH_TOKEN_PATH}`;
    return (await curl(url, { ntlm: true, user, data: WINDOWS_GRANT, header })).status;
  };

  /** Runs SIPE. `refusedAt`: when it was first told that it gets no certificate, ms. */
  async function sipe(account: string, password: string) {
    let refusedAt = Number.POSITIVE_INFINITY;
    const run = await signInWithSipe(placeOf(account, password), password, {
      until: (exchanges, log) => {
        if (exchanges.some(refusedCertificate)) refusedAt = Math.min(refusedAt, Date.now());
        return refusedAt < Number.POSITIVE_INFINITY || /Connection error on \S+ \(reason: 2 /.test(log);
      },
    });
    return { ...run, refusedAt, said: `${run.exchanges.map(summary).join("\n")}\n${run.log.slice(-2_000)}` };
  }

  function phone(account: string, password: string, endpointId: string) {
    const device = { endpointId, userAgent: IPHONE, type: "Phone" } as const;
    const client = new UcwaClient({ place: placeOf(account, password), dialect: JSON_DIALECT, device });
    return { client, end: client.run() };
  }

  /** Waits until the client's poll is open; says what the client heard when it ends before. */
  async function polls({ client, end }: ReturnType<typeof phone>): Promise<void> {
    let ended: string | undefined;
    void end.then((why) => {
      ended = why;
    });
    const isPolling = (): boolean => {
      const id = client.application.split("/").at(-1) ?? "";
      const { requests } = gateway.simulator.ledger();
      return id !== "" && requests.some(({ path, status }) => path.includes(`/${id}/events`) && status === null);
    };
    const heard = () =>
      [ended, client.refusal, ...client.asked.map(({ url, status }) => `${url} ${status}`)].join("\n");
    await expect
      .poll(() => ended !== undefined || isPolling(), PATIENCE)
      .toBe(true)
      .catch((cause: unknown) => {
        throw new Error(`the phone does not poll:\n${heard()}`, { cause });
      });
    expect(ended, heard()).toBeUndefined();
  }

  /** Makes an event for the client's user, which answers its open poll. */
  async function happens({ client }: ReturnType<typeof phone>): Promise<void> {
    const body = JSON.stringify({ application: client.application.split("/").at(-1), event: { type: "too late" } });
    expect((await fetch(`${gateway.frontEnd}/_sim/event`, { method: "POST", body })).status).toBe(200);
  }

  const listed = async (account: string) =>
    (await operator(gateway, "device", "list", `${account}@contoso.test`)) as ListedDeviceAnswer[];

  /** When the page that waits says that the device has come and is kept out, ms. */
  async function arrives({ page }: Owner, what: RegExp): Promise<number> {
    await page.locator("#arrival[data-arrival=kept-out]").filter({ hasText: what }).waitFor();
    return Date.now();
  }

  /**
   * Goes from the page that waits to the device, compares its number, and says that it is the person's. Whether the
   * page asked who that is.
   */
  async function approve(owner: Owner, is: (device: ListedDeviceAnswer) => boolean): Promise<boolean> {
    const { page, account } = owner;
    await page.locator("#arrival a[href$='/approve']").click();
    const number = await page.locator(".number").textContent();
    await expect.poll(async () => (await listed(account)).find(is)?.number, PATIENCE).toBe(number);
    await leads(page, () => page.locator("form[action$='/approve'] button").click());
    const asked = await owner.confirm();
    await page.waitForURL(/\/devices\?done=approved$/);
    return asked;
  }

  /** Presses "I lost a phone". Returns when the page said that nothing is served any more, ms. */
  async function loses({ page }: Owner, name: string): Promise<number> {
    await page.goto(`${gateway.portalUrl}/`);
    await page.getByRole("link", { name: "I lost a phone" }).click();
    await page.getByRole("radio", { name }).check();
    const pressed = Date.now();
    await page.getByRole("button", { name: "End it now" }).click();
    await page.getByText(/^Ended at \d.*Nothing is served to it any more\.$/).waitFor();
    expect(Date.now() - pressed).toBeLessThan(BOUND_MS);
    return Date.now();
  }

  it.each([
    ["pia", "a passkey", withPasskey],
    ["tom", "a passphrase and an app", withCodes],
  ] as const)(
    "S-59 S-61 S-62 S-63: %s, with %s, sets up a desktop and a phone, approves both, and ends both",
    async (account, _, comeIn) => {
      await operator(gateway, "user", "set", `${account}@contoso.test`, "--enrolment", "self");
      const owner = await comeIn(browser, gateway, account);

      const desk = await setUp(owner, gateway, "windows", "My desk");
      expect(await curlSignsIn(account, desk)).toBe(200);
      const [refused, cameAt] = await Promise.all([sipe(account, desk), arrives(owner, /Windows/)]);
      expect(refused.certified, refused.said).toBe(false);
      expect(cameAt - refused.refusedAt, refused.said).toBeLessThan(BOUND_MS);
      await pause(FRESH_MS); // so that saying yes needs a fresh factor
      expect(await approve(owner, ({ facts }) => facts.platform === "windows")).toBe(true); // it asked
      const letIn = await sipe(account, desk);
      expect(letIn.certified, letIn.said).toBe(true);

      const onPhone = await setUp(owner, gateway, "iphone", "My phone");
      const first = phone(account, onPhone, `iphone of ${account}`);
      const [[end, endedAt], phoneCameAt] = await Promise.all([
        first.end.then((why) => [why, Date.now()] as const),
        arrives(owner, /iPhone/),
      ]);
      expect([end, phoneCameAt - endedAt < BOUND_MS]).toEqual(["forbidden", true]);
      await approve(owner, ({ facts }) => facts.platform === "ios");
      const second = phone(account, onPhone, `iphone of ${account}`);
      await polls(second);

      const lostAt = await loses(owner, "My phone");
      await happens(second);
      expect([await second.end, second.client.heard]).toEqual(["signed-out", []]);
      expect(Date.now() - lostAt).toBeLessThan(BOUND_MS);
      expect(await curlSignsIn(account, onPhone)).toBe(401);
      expect(await curlSignsIn(account, desk)).toBe(200); // the other device goes on
      await loses(owner, "My desk");
      const stopped = await sipe(account, desk);
      expect(stopped.certified, stopped.said).toBe(false);
      expect(stopped.exchanges.filter((each) => targetOf(each) === CERTIFICATE)).toEqual([]);

      expect(owner.complaints).toEqual([]);
      for (const secret of [desk, onPhone]) expect(gateway.log.join("\n")).not.toContain(secret);
      await owner.context.close();
    },
  );

  it("S-59: a link works once, also for somebody who took it from the person's mail", async () => {
    const link = await linkFor(gateway, "twice");
    const [person, thief] = [await visitor(browser, { size: PHONE }), await visitor(browser)];
    for (const { page } of [person, thief]) {
      await page.goto(link);
      expect(page.url()).not.toContain("#"); // the code is in no history
      await page.locator("form[data-join] button").click();
    }
    await person.page.waitForURL(/\/welcome$/);
    await thief.page.getByText("This code cannot be used. It was used already").waitFor();
    expect(await thief.context.cookies()).toEqual([]);
    await thief.shot("portal-link-used");
    for (const { complaints, context } of [person, thief]) {
      expect(complaints).toEqual([]);
      await context.close();
    }
  });

  it("S-60: somebody who is disabled is out with the next click, and comes back only after being enabled", async () => {
    const owner = await withPasskey(browser, gateway, "dora");
    const { page } = owner;
    await operator(gateway, "user", "disable", "dora@contoso.test");
    await page.getByRole("link", { name: "Security" }).click();
    await page.waitForURL(/\/sign-in\?next=%2Fsecurity$/);
    await page.locator("form[data-passkey] button").click();
    await page.getByText("This passkey did not work.").waitFor();
    await operator(gateway, "user", "enable", "dora@contoso.test");
    await owner.signIn();
    expect(owner.complaints).toEqual([]);
    await owner.context.close();
  });

  it("S-59 S-66: without any script, somebody sets up a phone, sees it come, and ends it", async () => {
    const owner = await withCodes(browser, gateway, "nils", { size: PHONE, script: false });
    const { page } = owner;
    const password = await setUp(owner, gateway, "iphone", "My phone");
    const waits = await page.locator("noscript a[href^='/devices/waiting/']").getAttribute("href");
    await page.goto(`${gateway.portalUrl}${waits}`);
    const first = phone("nils", password, "iphone of nils");
    await page.locator("#arrival[data-arrival=here]").waitFor(); // the page loads itself again
    await owner.shot("portal-here-no-script");
    await polls(first);
    await loses(owner, "My phone");
    await happens(first);
    expect([await first.end, first.client.heard]).toEqual(["signed-out", []]);
    await owner.context.close();
  });

  it("S-66: with the keyboard alone, somebody signs in and ends a lost phone", async () => {
    const owner = await withPasskey(browser, gateway, "key");
    const { page } = owner;
    const password = await setUp(owner, gateway, "iphone", "My phone");
    expect(await curlSignsIn("key", password)).toBe(200);
    /** Goes on from where the person is until the focus is on that. */
    const tabTo = async (said: string): Promise<void> => {
      const focused = "document.activeElement.closest('label, button, a, summary')?.innerText.trim() ?? ''";
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab");
        if (((await page.evaluate(focused)) as string).includes(said)) return;
      }
      throw new Error(`the keyboard does not reach: ${said}`);
    };
    await page.goto(`${gateway.portalUrl}/`);
    await tabTo("Skip to");
    await tabTo("key@contoso.test");
    await page.keyboard.press("Enter");
    await tabTo("Sign out");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/sign-in/);
    await tabTo("Sign in with a passkey");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${gateway.portalUrl}/`);
    await tabTo("I lost a phone");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/devices\/lost$/);
    await tabTo("My phone");
    await tabTo("End it now");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is served to it any more.").waitFor();
    expect(await curlSignsIn("key", password)).toBe(401);
    expect(owner.complaints).toEqual([]);
    await owner.context.close();
  });
});
