// A fresh factor at the portal, from outside: what weakens or hands out something asks once more who it is, and what
// was sent goes on afterwards. And that two factors always stay.

import { env } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { softwarePasskey } from "../../test/kit/gateway/passkey.ts";
import { PASSPHRASE, type PortalBrowser, portalBrowser } from "../../test/kit/gateway/portal-browser.ts";
import { enteredPortal, PORTAL_HOST, portal } from "../../test/kit/portal-host.ts";

const MINUTE_MS = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Six minutes later. */
function later(): void {
  const now = Date.now() + 6 * MINUTE_MS;
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(now);
}

const pendingIn = ({ text }: { readonly text: string }): string =>
  /name="pending" value="([^"]+)"/.exec(text)?.[1] ?? "";
const claims = { origin: `http://${PORTAL_HOST}`, rpId: PORTAL_HOST };

/** Confirms with a passkey what waits. */
async function confirm(browser: PortalBrowser, passkey: ReturnType<typeof softwarePasskey>, pending: string) {
  const { challenge, kept } = JSON.parse((await browser.post("/confirm/options")).text) as Record<string, string>;
  const response = passkey.authenticate({ ...claims, challenge: challenge ?? "" });
  return browser.post("/confirm/passkey", { kept: kept ?? "", response, pending });
}

describe("S-61: a fresh factor", () => {
  it("lasts five minutes after signing in; then the form waits, and is carried out once, in this session alone", async () => {
    const passkey = softwarePasskey();
    const browser = await enteredPortal("ann");
    await browser.makePasskey(passkey);
    await browser.setUpCodes(PASSPHRASE, "/security/codes"); // still fresh: nothing asks
    later();
    const asked = await browser.post("/security/codes/remove");
    expect([asked.status, asked.text]).toEqual([403, expect.stringContaining("Is it you?")]);
    expect((await browser.get("/security")).text).toContain("codes are left");
    const other = await enteredPortal("ben");
    await other.makePasskey(softwarePasskey());
    expect((await other.post("/confirm/code", { pending: pendingIn(asked), passphrase: "", code: "" })).status).toBe(
      403,
    );
    const done = await confirm(browser, passkey, pendingIn(asked));
    expect([done.status, done.headers.location]).toEqual([303, "/security?done=codes-removed"]);
    later();
    expect((await confirm(browser, passkey, pendingIn(asked))).status).toBe(410); // carried out already
  });

  it("may be a passphrase with a code, without any script, and a wrong one changes nothing", async () => {
    const browser = await enteredPortal("cat");
    const { app } = await browser.setUpCodes();
    later();
    const asked = await browser.post("/security/recovery-codes");
    expect(asked.status).toBe(403);
    const pending = pendingIn(asked);
    const wrong = await browser.post("/confirm/code", { pending, passphrase: "something else", code: app.code() });
    expect([wrong.status, wrong.text]).toEqual([403, expect.stringContaining("nothing was changed")]);
    const right = await browser.post("/confirm/code", { pending, passphrase: PASSPHRASE, code: app.code() });
    expect([right.status, right.text.match(/<li>/g)]).toEqual([200, Array<string>(10).fill("<li>")]);
  });

  it("keeps no passphrase that somebody typed too late", async () => {
    const browser = await enteredPortal("dan");
    await browser.setUpCodes();
    later();
    const typed = "another passphrase altogether";
    const asked = await browser.post("/security/passphrase", { passphrase: typed });
    expect([asked.status, asked.text]).toEqual([403, expect.not.stringContaining(typed)]);
    const kept = await env.DB.prepare("SELECT data FROM ceremonies WHERE kind = 'pending'").all();
    expect(JSON.stringify(kept.results)).not.toMatch(/another.passphrase/);
  });

  it("two factors always stay: the last passkey, or passphrase and app, cannot be removed", async () => {
    const passkey = softwarePasskey();
    const browser = await enteredPortal("eve");
    await browser.makePasskey(passkey);
    const kept = await browser.post("/security/passkeys/remove", { id: passkey.id });
    expect([kept.status, kept.text]).toEqual([409, expect.stringContaining("your only way to sign in")]);
    await browser.setUpCodes(PASSPHRASE, "/security/codes");
    expect((await browser.post("/security/passkeys/remove", { id: passkey.id })).status).toBe(303);
    const codes = await browser.post("/security/codes/remove");
    expect([codes.status, codes.text]).toEqual([409, expect.stringContaining("your only way to sign in")]);
    expect((await portalBrowser(portal).signInWithPasskey(passkey)).status).toBe(403);
  });
});
