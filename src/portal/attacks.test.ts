// Attacks on each route of the portal. The routes come from its router, so a new one is attacked, too: without a
// session, with a session that may only register factors, with a form from elsewhere, and without a fresh factor.

import { env } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { apiAnswer } from "../../test/kit/api.ts";
import { softwarePasskey } from "../../test/kit/gateway/passkey.ts";
import { PORTAL_SESSION, type PortalBrowser, portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { PATIENCE } from "../../test/kit/patience.ts";
import { portal, portalEnv } from "../../test/kit/portal-host.ts";
import type { MadeUserInvitationAnswer } from "../api/schemas/invitations.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";
import { routes } from "./app.tsx";

/** What anybody may ask: it is the way in. */
const OPEN = /^\/(?:-\/|favicon\.ico|language|sign-in|sign-out|join)/;
/** What a session may do that has not been fresh for long: look, protect, and confirm. A new route needs a thought. */
const WITHOUT_A_FRESH_FACTOR = new RegExp(
  [
    ...["^/confirm/", "^/recovery-codes/kept$", "^/welcome/"],
    ...["^/security/(?:passkey/options|passkeys/rename|sessions/end|sessions/end-others)$"],
    ...["^/devices/lost$", "^/devices/.*/(?:rename|block|end|not-mine)$", "^/activity/not-me$", "^/approve/not-me$"],
  ].join("|"),
);

const all = (method: "GET" | "POST") => [
  ...new Set(routes.routes.filter((each) => each.method === method && !OPEN.test(each.path)).map(({ path }) => path)),
];
/** The path of a route with an id of the right form in each of its places. */
const filled = (path: string): string =>
  path
    .replaceAll(/:\w+\{(\w_)\[[^\]]*\]\{16\}\}/g, "$1aaaaaaaaaaaaaaaa")
    .replaceAll(/:\w+/g, "iphone")
    .replace("*", "x");

let entering: PortalBrowser;
let inside: PortalBrowser;
let other: PortalBrowser;

async function entered(account: string): Promise<PortalBrowser> {
  await addUser(openDatabase(env.DB), { sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}` }, 0);
  const path = `/v1/users/${account}@contoso.test/invitations`;
  const { link } = await apiAnswer<MadeUserInvitationAnswer>("POST", path, { on: portalEnv });
  const browser = portalBrowser(portal);
  await browser.enter(new URL(link).hash.slice(1));
  return browser;
}

beforeAll(async () => {
  entering = await entered("attacks.entering");
  [inside, other] = [await entered("attacks.inside"), await entered("attacks.other")];
  for (const each of [inside, other]) await each.makePasskey(softwarePasskey());
}, PATIENCE.timeout);
afterEach(() => {
  vi.useRealTimers();
});

describe("S-60 S-66: every page and every form", () => {
  it("is for who is signed in", async () => {
    expect([all("GET").length, all("POST").length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(all("POST").length).toBeGreaterThan(15);
    const nobody = portalBrowser(portal);
    for (const path of all("GET").map(filled)) {
      const { status, headers } = await nobody.get(path);
      expect([path, status, headers.location]).toEqual([path, 303, expect.stringMatching(/^\/sign-in/)]);
    }
    for (const path of all("POST").map(filled)) {
      const { status, headers } = await nobody.post(path);
      expect([path, status, headers.location]).toEqual([path, 303, "/sign-in"]);
    }
  });

  it("but those of registering factors is closed to somebody who has come in with an invitation", async () => {
    for (const path of all("GET")
      .filter((each) => !each.startsWith("/welcome"))
      .map(filled)) {
      expect([path, (await entering.get(path)).headers.location]).toEqual([path, "/welcome"]);
    }
    for (const path of all("POST")
      .filter((each) => !each.startsWith("/welcome"))
      .map(filled)) {
      expect([path, (await entering.post(path)).headers.location]).toEqual([path, "/welcome"]);
    }
  });

  it("that is a form is taken with the token of its own session alone", async () => {
    const [, secret = ""] = (other.cookies.get(PORTAL_SESSION) ?? "").split(".");
    for (const path of all("POST").map(filled)) {
      for (const csrf of ["", secret, "x".repeat(43)]) {
        expect([path, (await inside.post(path, { csrf })).status]).toEqual([path, 403]);
      }
      expect([path, (await inside.post(path, {}, { origin: "https://evil.example" })).status]).toEqual([path, 403]);
    }
  });

  it("is kept by no cache, framed by nobody, and loads nothing of another host", async () => {
    for (const path of all("GET").map(filled)) {
      const { headers, text } = await inside.get(path);
      expect([path, headers["cache-control"], headers["x-frame-options"]]).toEqual([path, "no-store", "DENY"]);
      expect([
        path,
        text.match(/<script(?![^>]* src="\/-\/)| style=| on\w+=|(?:src|href)="(?!\/|#|data:image)/),
      ]).toEqual([path, null]);
    }
  });
});

describe("S-61: without a fresh factor", () => {
  it("every form asks for one that may hand out or weaken something", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime(Date.now() + 6 * 60_000);
    for (const path of all("POST")
      .filter((each) => !WITHOUT_A_FRESH_FACTOR.test(each))
      .map(filled)) {
      const { status, text } = await inside.post(path);
      expect([path, status, text]).toEqual([path, 403, expect.stringContaining("Is it you?")]);
    }
  });
});
