// Attacks on the fresh factor of the console: the form that waits, and the proof that lets it go on.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleBrowser, consoleBrowser } from "../kit/gateway/console-browser.ts";
import { type SoftwarePasskey, softwarePasskey } from "../kit/gateway/passkey.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const claims = () => ({ origin: `http://${gateway.consoleHost}`, rpId: gateway.consoleHost });
const count = async (from: string): Promise<unknown> =>
  (await gateway.execute([`SELECT count(*) AS n FROM ${from}`]))[0]?.[0]?.n;
const field = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? "";

type Somebody = {
  readonly browser: ConsoleBrowser;
  readonly passkey: SoftwarePasskey;
  readonly csrf: string;
  /** A form whose fresh factor is missing: the secret under which it waits. */
  readonly wait: (name: string) => Promise<string>;
  /** Confirms with a passkey, of the person's own unless another is given. */
  readonly confirm: (pending: string, by?: SoftwarePasskey, change?: object) => Promise<number>;
};

let people = 0;
/** An administrator who signed in ten minutes ago. */
async function somebody(): Promise<Somebody> {
  const email = `dora${++people}@contoso.test`;
  const link = await gateway.invite({ name: "Dora", email, role: "admin" });
  const [browser, passkey] = [consoleBrowser(gateway), softwarePasskey()];
  await browser.accept(new URL(link ?? "").hash.slice(1), passkey);
  const csrf = field((await browser.get("/account")).text, "csrf");
  await gateway.execute([
    `UPDATE web_sessions SET fresh_at = fresh_at - 600000
     WHERE administrator_id = (SELECT id FROM administrators WHERE email = '${email}')`,
  ]);
  return {
    ...{ browser, passkey, csrf },
    wait: async (name) => {
      const fields = { csrf, name, scope: "read", why: "", expiresInDays: "1", once: name };
      const { status, text } = await browser.post("/settings/tokens", fields);
      expect(status).toBe(403);
      return field(text, "pending");
    },
    confirm: async (pending, by = passkey, change = {}) => {
      const asked = JSON.parse((await browser.post("/confirm/options", { csrf })).text);
      const response = by.authenticate({ ...claims(), challenge: asked.challenge });
      return (await browser.post("/confirm/passkey", { csrf, pending, kept: asked.kept, response, ...change })).status;
    },
  };
}

const made = (name: string) => count(`api_tokens WHERE name = '${name}'`);

describe("S-52: a form that waits for a fresh factor", () => {
  it("is carried out after the person's own passkey, once", async () => {
    const dora = await somebody();
    const pending = await dora.wait("once-1");
    expect(await made("once-1")).toBe(0);
    expect(await dora.confirm(pending)).toBe(200);
    expect(await made("once-1")).toBe(1);
    expect(await dora.confirm(pending)).toBe(410);
    expect((await dora.browser.post("/confirm/go-on", { csrf: dora.csrf, pending })).status).toBe(410);
    expect(await made("once-1")).toBe(1);
  });

  it("is not carried out by somebody else's passkey, also not by another administrator's", async () => {
    const [dora, other] = [await somebody(), await somebody()];
    const pending = await dora.wait("others");
    expect(await dora.confirm(pending, other.passkey)).toBe(403);
    expect(await dora.confirm(pending, softwarePasskey())).toBe(403);
    expect(await made("others")).toBe(0);
    const again = await dora.browser.post("/confirm/go-on", { csrf: dora.csrf, pending });
    expect([again.status, await made("others")]).toEqual([403, 0]);
  });

  it("is not carried out without an answer, with a challenge of the sign-in, or with one of another session", async () => {
    const [dora, other] = [await somebody(), await somebody()];
    const pending = await dora.wait("challenges");
    expect(await dora.confirm(pending, dora.passkey, { response: "" })).toBe(403);
    expect(await dora.confirm(pending, dora.passkey, { kept: "" })).toBe(403);
    const theirs = JSON.parse((await other.browser.post("/confirm/options", { csrf: other.csrf })).text);
    const response = dora.passkey.authenticate({ ...claims(), challenge: theirs.challenge });
    expect(await dora.confirm(pending, dora.passkey, { kept: theirs.kept, response })).toBe(403);
    const challenge = await dora.browser.challenge("/sign-in/passkey/options");
    const kept = dora.browser.cookies.get("__Host-postern-passkey") ?? "";
    const signed = dora.passkey.authenticate({ ...claims(), challenge });
    expect(await dora.confirm(pending, dora.passkey, { kept, response: signed })).toBe(403);
    expect(await made("challenges")).toBe(0);
  });

  it("goes on in its own session only, and is gone when another one tried", async () => {
    const [dora, other] = [await somebody(), await somebody()];
    const pending = await dora.wait("sessions");
    expect(await other.confirm(pending)).toBe(410);
    expect((await other.browser.post("/confirm/go-on", { csrf: other.csrf, pending })).status).toBe(410);
    expect(await made("sessions")).toBe(0);
  });

  it("is sent to the path that it was sent to, with what was in it, whatever the confirmation says", async () => {
    const dora = await somebody();
    const pending = await dora.wait("as-typed");
    const more = { path: "/settings/administrators", name: "changed", scope: "admin", form: "name=changed" };
    expect(await dora.confirm(pending, dora.passkey, more)).toBe(200);
    expect([await made("as-typed"), await made("changed")]).toEqual([1, 0]);
    expect(await count("api_tokens WHERE scope = 'admin'")).toBe(0);
  });

  it("is not carried out by a link, and a link only shows the click", async () => {
    const dora = await somebody();
    const pending = await dora.wait("by-link");
    const shown = await dora.browser.get(`/confirm/go-on?${new URLSearchParams({ pending })}`);
    expect([shown.status, await made("by-link")]).toEqual([200, 0]);
    expect((await dora.browser.post("/confirm/go-on", { csrf: dora.csrf, pending })).status).toBe(403);
    expect(await made("by-link")).toBe(0);
    const foreign = await dora.browser.get(`/confirm/go-on?pending=${encodeURIComponent('"><script>')}`);
    expect(foreign.text).not.toContain('"><script>');
  });

  it("waits for five minutes", async () => {
    const dora = await somebody();
    const pending = await dora.wait("too-late");
    await gateway.execute(["UPDATE ceremonies SET expires_at = expires_at - 300000 WHERE kind = 'pending'"]);
    expect(await dora.confirm(pending)).toBe(410);
    expect(await made("too-late")).toBe(0);
  });

  it("does nothing for a person whose role was taken away meanwhile", async () => {
    const dora = await somebody();
    const pending = await dora.wait("no-role");
    await gateway.execute([`UPDATE administrators SET role = 'viewer' WHERE email = 'dora${people}@contoso.test'`]);
    expect(await dora.confirm(pending)).toBe(403);
    expect(await made("no-role")).toBe(0);
  });

  it("makes no passkey: a second one needs the factor, too", async () => {
    const dora = await somebody();
    const { csrf, browser } = dora;
    expect((await browser.post("/account/passkeys/options", { csrf })).status).toBe(403);
    const challenge = await browser.challenge("/sign-in/passkey/options");
    const response = softwarePasskey().register({ ...claims(), challenge });
    expect((await browser.post("/account/passkeys", { csrf, response })).status).toBe(422);
  });
});
