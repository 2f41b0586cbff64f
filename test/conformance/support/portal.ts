// Somebody who is signed in to the portal, from an invitation on, as every test of its pages needs it.

import { type SoftwarePasskey, softwarePasskey } from "../../kit/gateway/passkey.ts";
import { type PortalBrowser, portalBrowser } from "../../kit/gateway/portal-browser.ts";
import type { TestGateway } from "./gateway.ts";
import { operator } from "./operator.ts";

/** A person at the portal. The factor is fresh for five minutes. */
export type PortalPerson = PortalBrowser & { readonly passkey: SoftwarePasskey };

/** Invites the person with that account, who makes a passkey and is signed in. */
export async function portalPerson(gateway: TestGateway, account: string, from?: string): Promise<PortalPerson> {
  const { link } = (await operator(gateway, "user", "invite", `${account}@contoso.test`)) as { link: string };
  const browser = portalBrowser(gateway, from);
  await browser.enter(new URL(link).hash.slice(1));
  const passkey = softwarePasskey();
  const made = await browser.makePasskey(passkey);
  if (made.status !== 303) throw new Error(`no passkey: ${made.status} ${made.text}`);
  return { ...browser, passkey };
}
