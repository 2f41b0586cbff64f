// The console of a test's gateway in a real browser: people with each role, who make their passkeys by invitation.

import type { Browser } from "playwright-core";
import { expect } from "vitest";
import type { AdministratorRole } from "../../../src/core/credentials/api-scopes.ts";
import type { TestGateway } from "../../conformance/support/gateway.ts";
import { type Visitor, visitor } from "./browser.ts";

type Seat = Parameters<typeof visitor>[1];

/**
 * Somebody with that role, signed in with a new passkey. `name`: such as `Hannah`, whose address is
 * hannah@contoso.test.
 */
export async function administrator(
  browser: Browser,
  gateway: TestGateway,
  { name, role }: { readonly name: string; readonly role: AdministratorRole },
  seat: Seat = {},
): Promise<Visitor> {
  const person = await visitor(browser, seat);
  const link = await gateway.invite({ name, role, email: `${name.toLowerCase()}@contoso.test` });
  if (link === undefined) throw new Error(`${name} has a passkey already`);
  await person.page.goto(link);
  await person.page.getByRole("button", { name: /passkey/i }).click();
  await person.page.waitForURL(`${gateway.consoleUrl}/`);
  return person;
}

/** Opens a page of the console; it must be there. */
export async function open({ page }: Visitor, gateway: TestGateway, path: string): Promise<void> {
  const answer = await page.goto(`${gateway.consoleUrl}${path}`);
  expect(answer?.status(), path).toBe(200);
}
