// Somebody who signs in to Lync by the page, over HTTP: a browser with a jar for the web host and one for the token
// service's host, and an authenticator app.

import { stsHost } from "../../../local/passive.ts";
import type { TestResponse } from "../../../simulator/test-client.ts";
import { DEFAULT_POLICY } from "../../../src/core/policy/read.ts";
import type { Policy } from "../../../src/core/policy/types.ts";
import { type PageBrowser, pageBrowser } from "../../kit/gateway/page-browser.ts";
import { PASSPHRASE, portalBrowser } from "../../kit/gateway/portal-browser.ts";
import type { TestGateway } from "./gateway.ts";
import { operator } from "./operator.ts";

export const PAGE = "/PassiveAuth/PassiveAuth.aspx";
export const GRANT = "/WebTicket/oauthtoken";

/** What the page's form would post to the pool. */
export type Brought = { readonly wa: string; readonly wresult: string; readonly wctx: string };

const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

const valueIn = ({ text }: Pick<TestResponse, "text">, name: string): string =>
  unescaped(new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? "");

/** The token in a page. Undefined: the page is another one. */
export function broughtBy(page: Pick<TestResponse, "text">): Brought | undefined {
  if (!/<form method="post" action="[^"]+" id="answer">/.test(page.text)) return undefined;
  return { wa: valueIn(page, "wa"), wresult: valueIn(page, "wresult"), wctx: valueIn(page, "wctx") };
}

/** The fields that every form of the page has. */
export const fieldsOf = (page: Pick<TestResponse, "text">) => ({
  csrf: valueIn(page, "csrf"),
  flow: valueIn(page, "flow"),
});

/** One browser. `from`: the address that it asks from; undefined: each time one of its own. */
export function passiveBrowser(gateway: TestGateway, from?: string) {
  const web: PageBrowser = pageBrowser(gateway.send, gateway.simulator.hosts.web, from);
  const sts: PageBrowser = pageBrowser(gateway.send, stsHost, from);
  /** State A: the link to the page. */
  const begin = async (query = ""): Promise<string> => {
    const asked = await web.get(PAGE + query);
    const link = new URL(asked.headers.location ?? "about:blank");
    return `${link.pathname}${link.search}`;
  };
  const open = async (link?: string) => sts.get(link ?? (await begin()));
  const signIn = async (address: string, code: string, link?: string, passphrase = PASSPHRASE) =>
    sts.post("/passive/code", { ...fieldsOf(await open(link)), address, passphrase, code });
  return {
    ...{ web, sts, begin, open, signIn },
    /** Posts what the page made: state E. */
    bring: (brought: Brought) => web.post(PAGE, brought),
    /** State F. */
    grant: () => web.post(GRANT, { grant_type: "urn:microsoft.rtc:passive" }),
  };
}

/** Somebody with a passphrase and an authenticator app, and the portal's session in which they were made. */
export async function withCodes(gateway: TestGateway, account: string) {
  const { link } = (await operator(gateway, "user", "invite", `${account}@contoso.test`)) as { link: string };
  const portal = portalBrowser(gateway);
  await portal.enter(new URL(link).hash.slice(1));
  const { app, recoveryCodes } = await portal.setUpCodes();
  return { portal, app, recoveryCodes, address: `${account}@contoso.test` };
}

/** The policy about the page that is in force from now on. */
export async function passivePolicy(gateway: TestGateway, passive: Partial<Policy["passive"]>): Promise<void> {
  const policy = JSON.stringify({ ...DEFAULT_POLICY, passive: { ...DEFAULT_POLICY.passive, ...passive } });
  await gateway.execute([
    `INSERT INTO policies (version, at, applied_by, policy) SELECT coalesce(max(version), 0) + 1, 0, 'test', '${policy}' FROM policies`,
  ]);
}
