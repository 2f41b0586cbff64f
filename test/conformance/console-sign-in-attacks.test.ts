// Attacks on the sessions and passkeys of the console. Each changes one thing of what succeeds without it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleAs } from "../kit/gateway/console.ts";
import { consoleBrowser, SESSION } from "../kit/gateway/console-browser.ts";
import { type SoftwarePasskey, softwarePasskey } from "../kit/gateway/passkey.ts";
import { consolePeople, isIn, personOf, secret, sessionsOf, shape } from "./support/console-people.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

const MINUTE_MS = 60_000;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const { claims, count, invited, somebody, sql } = consolePeople(() => gateway);

describe("S-50: a session of the console", () => {
  it("has a secret of which only a hash is kept, in a cookie that no script reads", async () => {
    const { email, passkey } = await somebody();
    const browser = consoleBrowser(gateway);
    const answer = await browser.signIn(passkey);
    expect(answer.status).toBe(303);
    const line = answer.lines("set-cookie").find((each) => each.startsWith(SESSION)) ?? "";
    for (const word of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) expect(line).toContain(word);
    expect(line).not.toMatch(/domain/i);
    const cookie = browser.cookies.get(SESSION) ?? "";
    expect(cookie).toMatch(/^[\w-]{43}$/);
    const everything = JSON.stringify(await sql(`SELECT * FROM ${sessionsOf(email)}`));
    expect(everything).not.toContain(cookie);
    for (const path of ["/account", "/"]) expect((await browser.get(path)).text).not.toContain(cookie);
    expect(gateway.log.join()).not.toContain(cookie);
  });

  it("is never one that somebody else has chosen", async () => {
    const { passkey, browser: other } = await somebody();
    for (const planted of [secret(), other.cookies.get(SESSION) ?? "", "short", `${secret()}; path=/`]) {
      const browser = consoleBrowser(gateway);
      browser.cookies.set(SESSION, planted);
      expect((await browser.signIn(passkey)).status).toBe(303);
      expect(browser.cookies.get(SESSION)).not.toBe(planted);
      const attacker = consoleBrowser(gateway);
      attacker.cookies.set(SESSION, planted);
      expect(await isIn(attacker)).toBe(false);
    }
  });

  it("also not with an invitation", async () => {
    const { invitation } = await invited();
    const [browser, attacker, planted] = [consoleBrowser(gateway), consoleBrowser(gateway), secret()];
    browser.cookies.set(SESSION, planted);
    attacker.cookies.set(SESSION, planted);
    expect((await browser.accept(invitation, softwarePasskey())).status).toBe(303);
    expect([await isIn(browser), await isIn(attacker)]).toEqual([true, false]);
  });

  it("is over after signing out, however often the cookie is sent again", async () => {
    const { browser, email } = await somebody();
    const cookie = browser.cookies.get(SESSION) ?? "";
    const out = await browser.post("/sign-out");
    expect([out.status, out.headers.location]).toEqual([303, "/sign-in"]);
    expect(browser.cookies.has(SESSION)).toBe(false);
    browser.cookies.set(SESSION, cookie);
    expect(await isIn(browser)).toBe(false);
    expect(await count(sessionsOf(email))).toBe(0);
  });

  it("is not ended by another site's form", async () => {
    const { browser } = await somebody();
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      expect((await browser.post("/sign-out", {}, headers)).status).toBe(403);
    }
    expect(await isIn(browser)).toBe(true);
  });

  it("ends one by one, with all others, and only the person's own", async () => {
    const { email, passkey, browser } = await somebody();
    const [second, third, stranger] = [consoleBrowser(gateway), consoleBrowser(gateway), await somebody()];
    await second.signIn(passkey);
    await third.signIn(passkey);
    const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.get("/account")).text)?.[1] ?? "";
    const theirs = (await sql(`SELECT id FROM ${sessionsOf(stranger.email)}`))[0]?.[0]?.id;
    expect((await browser.post("/account/sessions/end", { csrf, id: String(theirs) })).status).toBe(404);
    expect(await isIn(stranger.browser)).toBe(true);
    expect((await browser.post("/account/sessions/end-others", { csrf })).status).toBe(303);
    expect([await isIn(browser), await isIn(second), await isIn(third)]).toEqual([true, false, false]);
    expect(await count(sessionsOf(email))).toBe(1);
  });

  it.each([
    ["the person is disabled", "UPDATE administrators SET disabled_at = 1 WHERE email = '$'"],
    [
      "nobody used it for half an hour",
      "UPDATE web_sessions SET seen_at = seen_at - 1801000 WHERE administrator_id = #",
    ],
    ["its time is over", "UPDATE web_sessions SET expires_at = created_at WHERE administrator_id = #"],
    ["it is ended elsewhere", "DELETE FROM web_sessions WHERE administrator_id = #"],
  ])("opens nothing once %s", async (_when, statement) => {
    const { browser, email } = await somebody();
    expect(await isIn(browser)).toBe(true);
    await sql(statement.replace("$", email).replace("#", personOf(email)));
    const csrf = "x";
    expect(await isIn(browser)).toBe(false);
    const sent = await browser.post("/account/sessions/end-others", { csrf });
    expect(sent.headers.location).toBe("/sign-in?next=%2F");
  });

  it("does not come back when somebody who was disabled is enabled again", async () => {
    const { browser, email } = await somebody();
    const admin = await consoleAs(gateway, "admin");
    const id = String((await sql(`SELECT id FROM administrators WHERE email = '${email}'`))[0]?.[0]?.id);
    const at = `/settings/administrators/${id}`;
    expect((await admin.post(`${at}/disable`, { why: "left" })).status).toBe(303);
    expect((await admin.post(`${at}/enable`, { why: "came back" })).status).toBe(303);
    expect(await isIn(browser)).toBe(false);
  });

  it("has the role that the person has now", async () => {
    const { browser, email } = await somebody();
    expect((await browser.get("/settings/administrators")).status).toBe(200);
    await sql(`UPDATE administrators SET role = 'viewer' WHERE email = '${email}'`);
    const { status, text } = await browser.get("/settings/administrators");
    expect(status).toBe(403);
    expect(text).not.toContain(email.replace("@", "&#64;"));
  });

  it("is taken from its cookie alone", async () => {
    const { browser } = await somebody();
    const value = browser.cookies.get(SESSION) ?? "";
    const stranger = consoleBrowser(gateway);
    for (const headers of [
      { authorization: `Bearer ${value}` },
      { cookie: `postern-console=${value}` },
      { cookie: `__host-postern-console=${value}` },
      { cookie: `__Secure-postern-console=${value}` },
      { "x-session": value },
    ]) {
      expect((await stranger.get("/account", headers)).status).toBe(303);
    }
    expect((await stranger.get(`/account?${SESSION}=${value}`)).status).toBe(303);
  });
});

describe("a passkey's answer", () => {
  /** Signs in with what `change` makes of the right claims. */
  async function tried(passkey: SoftwarePasskey, change: object, edit: (text: string) => string = (text) => text) {
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/sign-in/passkey/options");
    const response = edit(passkey.authenticate({ ...claims(), challenge, ...change }));
    const answer = await browser.post("/sign-in/passkey", { response });
    return { answer, browser, response };
  }

  it.each<[string, object]>([
    ["another origin", { origin: "https://evil.example" }],
    ["our host on another port", { origin: "http://console.localhost:1" }],
    ["our host over another scheme", { origin: "https://console.localhost" }],
    ["another relying party", { rpId: "evil.example" }],
    ["the parent domain", { rpId: "localhost" }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["the making of a passkey", { type: "webauthn.create" }],
    ["somebody who was not verified", { verified: false }],
  ])("for %s signs nobody in", async (_what, change) => {
    const { passkey } = await somebody();
    expect((await tried(passkey, {})).answer.status).toBe(303);
    const { answer, browser } = await tried(passkey, change);
    expect(answer.status).toBe(403);
    expect(await isIn(browser)).toBe(false);
  });

  it.each<[string, (text: string) => string]>([
    ["is empty", () => ""],
    ["is no JSON", () => "{"],
    ["is a list", () => "[]"],
    ["is null", () => "null"],
    ["has no response", (text) => JSON.stringify({ ...JSON.parse(text), response: undefined })],
    ["has a response of another kind", (text) => JSON.stringify({ ...JSON.parse(text), response: 7 })],
    ["has a signature of nothing", (text) => text.replace(/"signature":"[^"]+"/, '"signature":""')],
    ["has an id that nobody has", (text) => text.replace(/"id":"[^"]+"/, `"id":"${"A".repeat(43)}"`)],
    ["is 20,000 characters long", (text) => text.replace(/}$/, `,"x":"${"x".repeat(20_000)}"}`)],
    ["has a polluted prototype", (text) => text.replace(/^{/, '{"__proto__":{"verified":true},')],
  ])("that %s is refused as every other", async (what, edit) => {
    const { passkey } = await somebody();
    const { answer, browser } = await tried(passkey, {}, edit);
    if (what === "has a polluted prototype") return; // a right answer with more in it
    expect([answer.status, answer.text.includes("data-passkey")]).toEqual([403, true]);
    expect(await isIn(browser)).toBe(false);
  });

  it("is good once, for one challenge, in the browser that asked", async () => {
    const { passkey } = await somebody();
    const { answer, browser, response } = await tried(passkey, {});
    expect(answer.status).toBe(303);
    expect((await browser.post("/sign-in/passkey", { response })).status).toBe(403);
    const [victim, attacker] = [consoleBrowser(gateway), consoleBrowser(gateway)];
    const challenge = await attacker.challenge("/sign-in/passkey/options");
    const theirs = passkey.authenticate({ ...claims(), challenge });
    await victim.challenge("/sign-in/passkey/options");
    expect((await victim.post("/sign-in/passkey", { response: theirs })).status).toBe(403);
    expect(await isIn(victim)).toBe(false);
  });

  it("is taken by one of two who send it at one moment", async () => {
    const { passkey } = await somebody();
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/sign-in/passkey/options");
    const response = passkey.authenticate({ ...claims(), challenge });
    const both = await Promise.all([1, 2, 3, 4].map(() => browser.post("/sign-in/passkey", { response })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([303, 403, 403, 403]);
  });

  it("is too late when its challenge is older than five minutes", async () => {
    const { passkey } = await somebody();
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/sign-in/passkey/options");
    await sql(`UPDATE ceremonies SET expires_at = expires_at - ${5 * MINUTE_MS}`);
    const response = passkey.authenticate({ ...claims(), challenge });
    expect((await browser.post("/sign-in/passkey", { response })).status).toBe(403);
  });

  it("from another site's form signs nobody in (login CSRF)", async () => {
    const { passkey } = await somebody();
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/sign-in/passkey/options");
    const response = passkey.authenticate({ ...claims(), challenge });
    for (const headers of [{ origin: "https://evil.example" }, { origin: "" }, { "sec-fetch-site": "same-site" }]) {
      expect((await browser.post("/sign-in/passkey", { response }, headers)).status).toBe(403);
    }
    expect(await isIn(browser)).toBe(false);
  });

  it("of a disabled person, or of a passkey that was removed, is refused as a wrong one", async () => {
    const { passkey, email } = await somebody();
    const wrong = (await tried(passkey, { rpId: "evil.example" })).answer;
    await sql(`UPDATE administrators SET disabled_at = 1 WHERE email = '${email}'`);
    const disabled = (await tried(passkey, {})).answer;
    await sql(`DELETE FROM passkeys WHERE id = '${passkey.id}'`);
    const removed = (await tried(passkey, {})).answer;
    expect(shape(disabled)).toEqual(shape(wrong));
    expect(shape(removed)).toEqual(shape(wrong));
  });

  it("is the proof of one thing: a challenge of the sign-in makes no passkey, and the other way round", async () => {
    const { passkey } = await somebody();
    const { invitation } = await invited();
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/invite/options", { invitation });
    const response = passkey.authenticate({ ...claims(), challenge });
    expect((await browser.post("/sign-in/passkey", { response })).status).toBe(403);
    const other = await browser.challenge("/sign-in/passkey/options");
    const made = softwarePasskey().register({ ...claims(), challenge: other });
    expect((await browser.post("/invite", { invitation, response: made })).status).toBe(403);
    expect(await isIn(browser)).toBe(false);
  });
});
