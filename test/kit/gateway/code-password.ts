// A person who sets up an authenticator app in the portal, and gets an app password that asks for its codes.

import { type AuthenticatorApp, portalBrowser } from "./portal-browser.ts";

type Gateway = Parameters<typeof portalBrowser>[0];
/** Runs one command of the operator, and returns its JSON. */
type Operator = (...argv: readonly string[]) => Promise<unknown>;

/** Invites the person, who sets up a passphrase and an app. One of the app's codes is used up by that. */
export async function withAuthenticator(
  gateway: Gateway,
  operator: Operator,
  address: string,
): Promise<AuthenticatorApp> {
  const { link } = (await operator("user", "invite", address)) as { link: string };
  const browser = portalBrowser(gateway);
  await browser.enter(new URL(link).hash.slice(1));
  const first = await browser.setUpCodes();
  // The oldest good code may be too old when it arrives. The next one is not.
  const { app, answer } = first.answer.status === 200 ? first : await browser.setUpCodes();
  if (answer.status !== 200) throw new Error(`the app was not set up: ${answer.status}`);
  return app;
}

/** The same, and an app password of that person that asks for a code. */
export async function withCodePassword(gateway: Gateway, operator: Operator, address: string) {
  const app = await withAuthenticator(gateway, operator, address);
  const made = await operator("password", "create", address, "--label", "desktop", "--with-code");
  const { id, password } = made as { id: string; password: string };
  return { app, id, password };
}
