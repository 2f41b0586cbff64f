// Attacks on what happens at the portal, against the started gateway: the same thing used twice at one moment, guessing,
// and what a stranger can make Postern keep.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invitationCodeOf } from "../../src/core/credentials/invitation-code.ts";
import { PASSPHRASE, PORTAL_SESSION, type PortalBrowser, portalBrowser } from "../kit/gateway/portal-browser.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { portalPerson } from "./support/portal.ts";

let gateway: TestGateway;
const accounts = ["ann", "ben", "cat", "dan", "eve", "fin", "gil", "hue"];
const addressOf = (account: string): string => `${account}@contoso.test`;

beforeAll(async () => {
  gateway = await startTestGateway({
    moreUsers: accounts.map((account) => ({
      ...{ sipUri: `sip:${account}@contoso.test`, upn: addressOf(account), domain: "CONTOSO", account },
    })),
  });
});
afterAll(() => gateway?.stop());

async function invited(account: string): Promise<string> {
  const { link } = (await operator(gateway, "user", "invite", addressOf(account))) as { link: string };
  return new URL(link).hash.slice(1);
}
async function withCodes(account: string) {
  const browser = portalBrowser(gateway);
  await browser.enter(await invited(account));
  return { ...(await browser.setUpCodes()), browser };
}
const many = (count: number): PortalBrowser[] => Array.from({ length: count }, () => portalBrowser(gateway));
const isIn = (browser: PortalBrowser): boolean => browser.cookies.has(PORTAL_SESSION);
const rowsOf = async (table: string): Promise<number> =>
  Number((await gateway.execute([`SELECT count(*) AS n FROM ${table}`]))[0]?.[0]?.n);

describe("two at one moment", () => {
  it("S-61: an invitation lets one of ten in, and the session of that one lives", async () => {
    const code = await invited("ann");
    const browsers = many(10);
    await Promise.all(browsers.map((each) => each.enter(code)));
    const inside = browsers.filter(isIn);
    expect(inside).toHaveLength(1);
    expect((await inside[0]?.get("/welcome"))?.status).toBe(200);
  });

  it("S-59: a code of the app, and a recovery code, let one of eight in", async () => {
    const { app, recoveryCodes } = await withCodes("ben");
    for (const code of [app.code(), recoveryCodes[0] ?? ""]) {
      const browsers = many(8);
      await Promise.all(browsers.map((each) => each.signIn(addressOf("ben"), code)));
      expect(browsers.filter(isIn)).toHaveLength(1);
    }
  });

  it("S-61: two factors stay when both ways of signing in are removed", async () => {
    const person = await portalPerson(gateway, "cat");
    await person.setUpCodes(PASSPHRASE, "/security/codes");
    const [, id = ""] =
      /passkeys\/rename">.*?name="id" value="([^"]+)"/s.exec((await person.get("/security")).text) ?? [];
    await Promise.all([person.post("/security/passkeys/remove", { id }), person.post("/security/codes/remove")]);
    const { text } = await person.get("/security");
    expect([/passkeys\/rename"/.test(text), /recovery-codes"/.test(text)].filter(Boolean)).toHaveLength(1);
  });

  it("S-64: a person has at most as many app passwords as the limit says, however fast the forms come", async () => {
    const person = await portalPerson(gateway, "dan");
    const own = "user_id = (SELECT id FROM users WHERE account = 'dan') AND revoked_at IS NULL";
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => person.post("/devices/new/iphone", { once: `many-${at}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const [rows] = await gateway.execute([`SELECT count(*) AS n FROM app_passwords WHERE ${own}`]);
    expect(Number(rows?.[0]?.n)).toBeLessThanOrEqual(50);
  });
});

describe("S-61: what an administrator takes away", () => {
  it("takes an invitation with it that nobody has used: it may be in other hands, too", async () => {
    const code = await invited("ann");
    await operator(gateway, "portal", "reset", addressOf("ann"));
    const browser = portalBrowser(gateway);
    expect((await browser.enter(code)).status).toBe(403);
    expect(isIn(browser)).toBe(false);
    await browser.enter(await invited("ann"));
    expect(isIn(browser)).toBe(true);
  });
});

describe("S-63: a lost phone", () => {
  it("had the portal open in its browser: that session ends, too, and the page says what may be left", async () => {
    const person = await portalPerson(gateway, "hue");
    const onPhone = portalBrowser(gateway);
    await onPhone.signInWithPasskey(person.passkey);
    await person.newPassword("iphone");
    const [, lost = ""] = /name="lost"[^>]*? value="([^"]+)"/.exec((await person.get("/devices/lost")).text) ?? [];
    const ended = await person.post("/devices/lost", { lost });
    expect([ended.status, ended.text]).toEqual([200, expect.stringContaining('href="/security#passkeys"')]);
    expect((await onPhone.get("/devices/new")).headers.location).toMatch(/^\/sign-in/);
    expect((await onPhone.post("/devices/new/iphone", { once: "thief" })).headers.location).toMatch(/^\/sign-in/);
    expect((await person.get("/security")).status).toBe(200);
  });
});

describe("S-25: guessing", () => {
  it("at the portal makes neither the person wait elsewhere, nor the person's Lync", async () => {
    const { app } = await withCodes("eve");
    for (let at = 0; at < 30; at++)
      await portalBrowser(gateway, "203.0.113.9").signIn(addressOf("eve"), "000000", "guess");
    expect(isIn(await signedIn("eve", app.code()))).toBe(true);
    const attacker = portalBrowser(gateway, "203.0.113.9");
    await attacker.signIn(addressOf("eve"), app.code());
    expect(isIn(attacker)).toBe(false); // even with what is right: that network waits
  });

  it("at invitations is held after a number of them, and a right one from elsewhere is good", async () => {
    const code = await invited("fin");
    const before = { rows: await rowsOf("audit_events"), ceremonies: await rowsOf("ceremonies") };
    const tries = Array.from({ length: 150 }, () => invitationCodeOf(crypto.getRandomValues(new Uint8Array(16))));
    for (const each of tries) await portalBrowser(gateway, "203.0.113.10").enter(each);
    const held = portalBrowser(gateway, "203.0.113.10");
    await held.enter(code);
    expect(isIn(held)).toBe(false);
    const right = portalBrowser(gateway);
    await right.enter(code);
    expect(isIn(right)).toBe(true);
    expect((await rowsOf("audit_events")) - before.rows).toBeLessThan(130);
    expect(await rowsOf("ceremonies")).toBe(before.ceremonies);
  });

  it("of whom there is: the answer is the same for who is known, unknown, without factors, and disabled", async () => {
    await withCodes("gil");
    await withCodes("hue");
    await operator(gateway, "user", "disable", addressOf("hue"));
    const shape = ({ status, text, headers }: Awaited<ReturnType<PortalBrowser["get"]>>) => [
      ...[status, headers["set-cookie"], Object.keys(headers).toSorted()],
      text.replaceAll(/-\d+(-said)?"/g, '"').replaceAll(/name="address" value="[^"]*"| autofocus=""/g, ""),
    ];
    const seen: unknown[][] = [];
    for (const account of ["gil", "hue", "alice", "nobody"]) {
      const from = `203.0.113.${20 + seen.length}`;
      const answers = [];
      for (let at = 0; at < 8; at++) {
        answers.push(shape(await portalBrowser(gateway, from).signIn(addressOf(account), "000000", "guess")));
      }
      seen.push(answers);
    }
    for (const each of seen) expect(each).toEqual(seen[0]);
  });
});

async function signedIn(account: string, code: string): Promise<PortalBrowser> {
  const browser = portalBrowser(gateway);
  await browser.signIn(addressOf(account), code);
  return browser;
}
