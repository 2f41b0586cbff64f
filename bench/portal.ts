// What the portal costs: a page in a session, signing in, and refusals of it.

import { adminHost, portalHost } from "../local/world.ts";
import { send } from "../simulator/test-client.ts";
import { softwarePasskey } from "../test/kit/gateway/passkey.ts";
import { portalBrowser } from "../test/kit/gateway/portal-browser.ts";
import { type Answer, call } from "./client.ts";
import { REFUSAL_AUDITED, SIGN_IN_AUDITED } from "./limits.ts";
import type { Path } from "./path.ts";
import { ADMIN_KEY, type Stand } from "./stand.ts";

/** The session, the factors and the sessions; the user's row, and whether D1 has lost a passkey. */
const PAGE = { guardRequests: 3, rowsRead: 25, rowsWritten: 1, d1Queries: 4, d1RowsRead: 8 };
const SIGN_IN = { guardRequests: 4, rowsRead: 25, rowsWritten: 10, d1Queries: 5, d1RowsRead: 10 };
const REFUSED = { guardRequests: 3, rowsRead: 12, rowsWritten: 8, d1Queries: 4, d1RowsRead: 10 };
/** The object of a network is new, and its tables are made. */
const NEW_NETWORK = { rowsRead: 25, rowsWritten: 22 };
const AUDITED = { ...REFUSAL_AUDITED, rowsRead: 60, d1Queries: 2, d1RowsRead: 5, d1RowsWritten: 14 };

/** The rows of the portal, for a user with both kinds of factors. */
export async function portalPaths(stand: Stand, port: number): Promise<Path[]> {
  const { account } = await stand.addUser("petra");
  const address = `${account}@contoso.test`;
  const portal = {
    portalHost,
    send: (request: Parameters<typeof send>[1]) =>
      send({ url: `http://127.0.0.1:${port}`, hosts: {} as never }, { ...request, host: portalHost }),
  };
  const invited = await call({
    port,
    host: adminHost,
    path: `/v1/users/${address}/invitations`,
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json", "content-length": "2" },
    body: "{}",
  });
  const { link } = JSON.parse(invited.text) as { link: string };
  const [home, away] = ["192.0.2.91", "192.0.2.92"];
  const browser = portalBrowser(portal, home);
  const passkey = softwarePasskey();
  await browser.enter(new URL(link).hash.slice(1));
  const { app } = await browser.setUpCodes();
  await browser.makePasskey(passkey, "/security/passkey");
  const attacker = portalBrowser(portal, away);
  const answerOf = async (answer: Promise<{ status: number; text: string }>): Promise<Answer> => {
    const { status, text } = await answer;
    return { status, text, headers: {} };
  };
  await browser.signInWithPasskey(passkey);
  return [
    { name: "portal, a page", status: 200, limit: PAGE, send: () => answerOf(browser.get("/security")) },
    {
      name: "portal, sign-in with passphrase and code",
      status: 303,
      limit: SIGN_IN,
      later: { ...SIGN_IN_AUDITED, ...AUDITED },
      send: () => answerOf(portalBrowser(portal, home).signIn(address, app.code())),
    },
    {
      name: "portal, sign-in with a passkey",
      status: 303,
      limit: { ...SIGN_IN, d1RowsWritten: 4 },
      later: AUDITED,
      send: () => answerOf(portalBrowser(portal, home).signInWithPasskey(passkey)),
    },
    {
      name: "portal, wrong code",
      status: 403,
      limit: { ...REFUSED, ...NEW_NETWORK },
      later: AUDITED,
      send: () => answerOf(attacker.signIn(address, "000000")),
    },
    {
      name: "portal, unknown address",
      status: 403,
      limit: REFUSED,
      later: AUDITED,
      send: () => answerOf(attacker.signIn("nobody@contoso.test", "000000")),
    },
  ];
}
