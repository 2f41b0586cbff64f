// The portal of a test's gateway in a real browser: people who come in by invitation, with a passkey or with a
// passphrase and an app, and what they do there as everybody does it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { operator } from "../../conformance/support/operator.ts";
import { stepAt, totp } from "../../kit/codes.ts";
import { PASSPHRASE } from "../../kit/gateway/portal-browser.ts";
import { prepared } from "../../kit/gateway/prepared.ts";
import { leads, type Visitor, visitor } from "./browser.ts";

/** For how long a factor is fresh at these gateways, ms. Nobody wants to wait for the usual five minutes. */
export const FRESH_MS = 8_000;

/** The people `accounts` of contoso.test, for {@link startPortal} and for clients. */
export const personNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});

/** A gateway with these people, where a factor is fresh for {@link FRESH_MS}. Nobody has an app password. */
export async function startPortal(accounts: readonly string[]): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "postern-portal-"));
  const built = await prepared(folder);
  await rm(folder, { recursive: true });
  const worker = built.replace(/\b(PORTAL_FRESH_MS = )[\de]+;/, `$1${FRESH_MS};`);
  if (worker === built) throw new Error("the Worker has no PORTAL_FRESH_MS");
  const moreUsers = accounts.map(personNamed);
  const gateway = await startTestGateway({ worker, moreUsers, simulator: { newcomersAt: "contoso.test" } });
  await gateway.execute(["DELETE FROM app_passwords"]);
  return gateway;
}

/** The link of a new invitation. */
export const linkFor = async (gateway: TestGateway, account: string): Promise<string> =>
  ((await operator(gateway, "user", "invite", `${account}@contoso.test`)) as { link: string }).link;

/** Somebody at the portal. */
export type Owner = Visitor & {
  readonly account: string;
  /** Proves once more to be there, if the page asks for it. Whether it asked: nobody else can watch for that. */
  readonly confirm: () => Promise<boolean>;
  readonly signIn: () => Promise<void>;
};

type Seat = Parameters<typeof visitor>[1];

/** Opens the invitation, and goes on to where two factors are registered. */
export async function enter({ page }: Visitor, gateway: TestGateway, account: string): Promise<void> {
  const link = await linkFor(gateway, account);
  await page.goto(link);
  const code = page.locator("form[data-join] [name=code]");
  if ((await code.inputValue()) === "") await code.fill(new URL(link).hash.slice(1)); // there is no script that does it
  await page.locator("form[data-join] button").click();
  await page.waitForURL(/\/welcome$/);
}

/** Somebody who has a passkey and is signed in. */
export async function withPasskey(
  browser: Browser,
  gateway: TestGateway,
  account: string,
  seat: Seat = {},
): Promise<Owner> {
  const somebody = await visitor(browser, seat);
  const { page } = somebody;
  await enter(somebody, gateway, account);
  const press = () => page.locator("form[data-passkey] button").click();
  await press();
  await page.waitForURL(/\/\?done=welcome$/);
  return {
    ...{ ...somebody, account },
    confirm: () => confirmed(somebody, press),
    signIn: async () => {
      await page.goto(`${gateway.portalUrl}/sign-in`);
      await press();
      await page.waitForURL(`${gateway.portalUrl}/`);
    },
  };
}

/** Somebody who has a passphrase and an app, has kept the recovery codes, and is signed in. */
export async function withCodes(
  browser: Browser,
  gateway: TestGateway,
  account: string,
  seat: Seat = {},
): Promise<Owner & { readonly recoveryCodes: readonly string[] }> {
  const somebody = await visitor(browser, seat);
  const { page } = somebody;
  await enter(somebody, gateway, account);
  await page.locator("a[href='/welcome/codes']").click();
  const nextCode = app((await page.locator("#key").textContent()) ?? "");
  await page.locator("[name=passphrase]").fill(PASSPHRASE);
  await page.locator("[name=code]").fill(await nextCode());
  await page.locator("main form button:not([type=button])").last().click();
  const recoveryCodes = await page.locator("#codes li").allTextContents();
  await page.locator("[name=kept]").check();
  await page.locator("main form button:not([type=button])").last().click();
  await page.waitForURL(/\/\?done=welcome$/);
  const prove = async (form: string, code: string): Promise<void> => {
    await page.locator(`${form} [name=passphrase]`).fill(PASSPHRASE);
    await page.locator(`${form} [name=code]`).fill(code);
    await page.locator(`${form} button`).click();
  };
  return {
    ...{ ...somebody, account, recoveryCodes },
    confirm: () => confirmed(somebody, async () => prove("form[action='/confirm/code']", await nextCode())),
    signIn: async () => {
      await page.goto(`${gateway.portalUrl}/sign-in`);
      await page.locator("[name=address]").fill(`${account}@contoso.test`);
      await prove("form[action='/sign-in']", await nextCode());
      await page.waitForURL(`${gateway.portalUrl}/`);
    },
  };
}

/** An app that has this key. Each of its codes is used once: when all are, it waits for the next. */
function app(key: string): () => Promise<string> {
  const bits = [...key.replaceAll(/\s/g, "")]
    .map((each) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  const secret = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  let last = 0;
  return async () => {
    last = Math.max(last + 1, stepAt(Date.now()) - 1);
    while (last > stepAt(Date.now()) + 1) await pause(500);
    return totp(secret, last);
  };
}

/**
 * Proves to be there if the page asks for it. Whether it asked, as this saw it: once the proof is sent, the page that
 * asked is gone, so a second watcher might never see it.
 */
async function confirmed({ page }: Visitor, prove: () => Promise<void>): Promise<boolean> {
  const asked = (await page.locator("form[action^='/confirm/']").count()) > 0;
  if (asked) await leads(page, prove);
  return asked;
}

/** Sets up a device of that kind. Returns its app password, and leaves the page that waits for it open. */
export async function setUp(owner: Owner, gateway: TestGateway, kind: string, name: string): Promise<string> {
  const { page } = owner;
  await page.goto(`${gateway.portalUrl}/`);
  await page.locator("a.task[href='/devices/new']").click();
  await page.locator(`a[href='/devices/new/${kind}']`).click();
  await page.locator("[name=name]").fill(name);
  await leads(page, () => page.locator(`form[action='/devices/new/${kind}'] button`).click());
  await owner.confirm();
  return (await page.locator("#secret").textContent()) ?? "";
}

/** What is wider than the screen, so that somebody would have to push the page sideways. */
export const tooWide = ({ page }: Visitor): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** Keeps pictures of the page, and demands that it is whole. */
export async function whole(somebody: Visitor, name: string): Promise<void> {
  await somebody.shot(`portal-${name}`);
  expect([name, await somebody.barriers()]).toEqual([name, []]);
  expect([name, await tooWide(somebody)]).toEqual([name, 0]);
}
