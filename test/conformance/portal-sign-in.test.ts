// Signing in to the portal, from outside: with a passkey, with a passphrase and a code, and with something that is
// wrong. And what a session is: a cookie of this host alone, which ends when it is ended.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { softwarePasskey } from "../kit/gateway/passkey.ts";
import {
  PASSPHRASE,
  PORTAL_SESSION,
  type PortalBrowser,
  portalBrowser,
  type SetUp,
} from "../kit/gateway/portal-browser.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let gateway: TestGateway;
const people = ["cora", "dora", "emil", "fay", "gus", "hal", "ida", "jon", "kim", "lea"];

beforeAll(async () => {
  gateway = await startTestGateway({
    moreUsers: people.map((account) => ({
      ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
    })),
  });
});
afterAll(() => gateway?.stop());

const addressOf = (account: string): string => `${account}@contoso.test`;

async function entered(account: string): Promise<PortalBrowser> {
  const { link } = (await operator(gateway, "user", "invite", addressOf(account))) as { link: string };
  const browser = portalBrowser(gateway);
  await browser.enter(new URL(link).hash.slice(1));
  return browser;
}

async function withCodes(account: string): Promise<SetUp & { readonly browser: PortalBrowser }> {
  const browser = await entered(account);
  return { ...(await browser.setUpCodes()), browser };
}

const isIn = async (browser: PortalBrowser): Promise<boolean> => (await browser.get("/security")).status === 200;
const shape = ({ status, text }: TestResponse): string =>
  `${status} ${text.replaceAll(/-\d+(-said)?"/g, '"').replaceAll(/name="address" value="[^"]*"| autofocus=""/g, "")}`;

describe("S-59: two factors", () => {
  it("a passphrase and an app: set up with an invitation, shown with recovery codes once, good for signing in", async () => {
    const { answer, app, recoveryCodes, browser } = await withCodes("cora");
    expect([answer.status, recoveryCodes.length, new Set(recoveryCodes).size]).toEqual([200, 10, 10]);
    expect(answer.text).toContain("They are shown only now.");
    const kept = await browser.post("/recovery-codes/kept", { next: "/?done=welcome", kept: "yes" });
    expect([kept.status, kept.headers.location]).toEqual([303, "/?done=welcome"]);
    expect((await browser.get("/security")).text).not.toContain(recoveryCodes[0]);
    const elsewhere = portalBrowser(gateway);
    const signedIn = await elsewhere.signIn(" Cora@Contoso.test", app.code());
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, "/"]);
    expect(await isIn(elsewhere)).toBe(true);
  });

  it("a passkey: made with an invitation, and good for signing in", async () => {
    const passkey = softwarePasskey();
    const browser = await entered("dora");
    expect((await browser.makePasskey(passkey)).headers.location).toBe("/?done=welcome");
    const elsewhere = portalBrowser(gateway);
    expect((await elsewhere.signInWithPasskey(passkey, "/security?x=1")).headers.location).toBe("/security?x=1");
    expect(await isIn(elsewhere)).toBe(true);
  });

  it("a recovery code takes the place of the app's code once, and the page says how many are left", async () => {
    const { recoveryCodes } = await withCodes("emil");
    const [code = ""] = recoveryCodes;
    const browser = portalBrowser(gateway);
    const signedIn = await browser.signIn(addressOf("emil"), ` ${code.toLowerCase()} `);
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, "/security?done=recovered"]);
    expect((await browser.get("/security?done=recovered")).text).toContain("9 codes are left.");
    expect((await portalBrowser(gateway).signIn(addressOf("emil"), code)).status).toBe(403);
  });

  it("S-22: whatever is wrong, the answer is the same, and nobody is signed in", async () => {
    const { app, recoveryCodes } = await withCodes("fay");
    const used = app.code();
    expect((await portalBrowser(gateway).signIn(addressOf("fay"), used)).status).toBe(303);
    await entered("gus"); // no factors at all
    const browser = portalBrowser(gateway);
    const answers = [
      await browser.signIn("nobody@contoso.test", "000000"),
      await browser.signIn("no name", "000000"),
      await browser.signIn(addressOf("gus"), "000000"),
      await browser.signIn(addressOf("fay"), used),
      await browser.signIn(addressOf("fay"), "00000"),
      await browser.signIn(addressOf("fay"), ""),
      await browser.signIn(addressOf("fay"), app.code(), "not the passphrase"),
      await browser.signIn(addressOf("fay"), recoveryCodes[0] ?? "", "not the passphrase"),
      await browser.signIn(addressOf("fay"), app.code(), ""),
      await browser.post("/sign-in", {}),
    ];
    expect(new Set(answers.map(shape)).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    expect([...browser.cookies.keys()]).toEqual([]);
  });

  it("a right code with a wrong passphrase is not used up", async () => {
    const { app } = await withCodes("hal");
    const code = app.code();
    expect((await portalBrowser(gateway).signIn(addressOf("hal"), code, "something else entirely")).status).toBe(403);
    expect((await portalBrowser(gateway).signIn(addressOf("hal"), code)).status).toBe(303);
  });

  it("a passkey of nobody, of another site, of an old challenge, or without the person's finger is refused alike", async () => {
    const [own, strange] = [softwarePasskey(), softwarePasskey()];
    await (await entered("ida")).makePasskey(own);
    const browser = portalBrowser(gateway);
    const claims = { origin: `http://${gateway.portalHost}`, rpId: gateway.portalHost };
    const answer = async (passkey: typeof own, wrong: object) => {
      const asked = await browser.post("/sign-in/passkey/options");
      const { challenge } = JSON.parse(asked.text) as { challenge: string };
      const response = passkey.authenticate({ ...claims, challenge, ...wrong });
      return browser.post("/sign-in/passkey", { next: "/", response });
    };
    const answers = [
      await answer(strange, {}),
      await answer(own, { origin: "https://evil.example" }),
      await answer(own, { rpId: "evil.example" }),
      await answer(own, { challenge: "AAAA" }),
      await answer(own, { verified: false }),
      await browser.post("/sign-in/passkey", { response: "{}" }),
      await browser.post("/sign-in/passkey", {}),
    ];
    expect(new Set(answers.map(shape)).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    expect(browser.cookies.has(PORTAL_SESSION)).toBe(false);
    expect((await answer(own, {})).status).toBe(303);
  });

  it("a second invitation adds a way in, keeps the first, and ends every session", async () => {
    const [first, second] = [softwarePasskey(), softwarePasskey()];
    const old = await entered("dora");
    await old.makePasskey(first);
    const browser = await entered("dora");
    expect(await isIn(old)).toBe(false);
    expect((await browser.get("/welcome")).text).toContain("You have signed in here before.");
    expect((await browser.get("/security")).headers.location).toBe("/welcome");
    expect((await browser.makePasskey(second)).status).toBe(303);
    expect(await isIn(browser)).toBe(true);
    for (const passkey of [first, second]) {
      expect((await portalBrowser(gateway).signInWithPasskey(passkey)).headers.location).toBe("/");
    }
  });

  it("a passphrase that others would try first is refused with a word about it, and the code is not used up", async () => {
    const browser = await entered("jon");
    const { text } = await browser.get("/welcome/codes");
    const [, sealed = ""] = /name="app" value="([^"]+)"/.exec(text) ?? [];
    for (const passphrase of ["short", "jonjonjon12345", "passwordpassword", "x".repeat(129), "aaaaaaaaaaaaaaaa"]) {
      const refused = await browser.post("/welcome/codes", { passphrase, app: sealed, code: "000000" });
      expect([refused.status, refused.text], passphrase).toEqual([422, expect.stringContaining('aria-invalid="true"')]);
      expect(refused.text).toContain(sealed); // the same secret, so the app need not be set up again
      expect(refused.text).not.toContain(`value="${passphrase}"`);
    }
  });
});

describe("S-60: a session", () => {
  it("is a cookie of this host alone, which no script reads, and each sign-in has another one", async () => {
    const { app, browser } = await withCodes("kim");
    const before = browser.cookies.get(PORTAL_SESSION);
    const [line = ""] = (await browser.signIn(addressOf("kim"), app.code()))
      .lines("set-cookie")
      .filter((each) => each.startsWith(PORTAL_SESSION));
    expect(line).toMatch(/^__Host-postern-portal=u_[a-z2-7]{16}\.[\w-]{43};/);
    for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(line).toContain(attribute);
    expect(line).not.toMatch(/domain=/i);
    expect(browser.cookies.get(PORTAL_SESSION)).not.toBe(before);
    const old = portalBrowser(gateway);
    old.cookies.set(PORTAL_SESSION, before ?? "");
    expect(await isIn(old)).toBe(false); // the browser's earlier session has ended
  });

  it("ends by signing out, by being ended elsewhere, and with its user", async () => {
    const passkey = softwarePasskey();
    const first = await entered("lea");
    await first.makePasskey(passkey);
    const [second, third] = [portalBrowser(gateway), portalBrowser(gateway)];
    for (const each of [second, third]) await each.signInWithPasskey(passkey);
    const page = (await second.get("/security")).text;
    expect(page.match(/action="\/security\/sessions\/end"/g)).toHaveLength(2);
    const [, id = ""] = /action="\/security\/sessions\/end">.*?name="id" value="(s_\w+)"/s.exec(page) ?? [];
    expect((await second.post("/security/sessions/end", { id })).headers.location).toBe("/security?done=ended");
    expect([await isIn(first), await isIn(third)].filter(Boolean)).toHaveLength(1);
    expect((await second.post("/security/sessions/end-others")).headers.location).toBe("/security?done=ended-others");
    expect([await isIn(first), await isIn(second), await isIn(third)]).toEqual([false, true, false]);
    const stolen = portalBrowser(gateway);
    stolen.cookies.set(PORTAL_SESSION, second.cookies.get(PORTAL_SESSION) ?? "");
    expect(await isIn(stolen)).toBe(true);
    expect((await second.post("/sign-out")).headers.location).toBe("/sign-in?done=out");
    expect([await isIn(second), await isIn(stolen)]).toEqual([false, false]);
    await third.signInWithPasskey(passkey);
    expect(await isIn(third)).toBe(true);
    await operator(gateway, "user", "disable", addressOf("lea"));
    expect(await isIn(third)).toBe(false);
    expect((await portalBrowser(gateway).signInWithPasskey(passkey)).status).toBe(403);
    await operator(gateway, "user", "enable", addressOf("lea"));
    expect(await isIn(third)).toBe(false);
  });

  it("is nobody's with another user's id, or with a secret that is none", async () => {
    const partsOf = (each: PortalBrowser) => (each.cookies.get(PORTAL_SESSION) ?? "").split(".");
    const [id = ""] = partsOf(await entered("gus"));
    const [, secret = ""] = partsOf(await entered("kim"));
    const browser = portalBrowser(gateway);
    for (const cookie of [
      `${id}.${secret}`,
      `${id}.`,
      id,
      `.${secret}`,
      `u_x.${secret}`,
      "x",
      `${id}.${"x".repeat(43)}`,
    ]) {
      browser.cookies.set(PORTAL_SESSION, cookie);
      expect((await browser.get("/welcome")).headers.location, cookie).toBe("/sign-in?next=%2Fwelcome");
    }
  });
});

describe("S-51 S-66: the portal's forms and addresses", () => {
  it("takes a form of its own page and its own session only", async () => {
    const [browser, other] = [await entered("jon"), await entered("hal")];
    const [, secret = ""] = (other.cookies.get(PORTAL_SESSION) ?? "").split(".");
    for (const [fields, headers] of [
      [{ csrf: "" }, {}],
      [{ csrf: secret }, {}],
      [{}, { origin: "https://evil.example" }],
      [{}, { origin: `http://${gateway.consoleHost}` }],
      [{}, { "sec-fetch-site": "same-site" }],
    ] as const) {
      expect((await browser.post("/welcome/passkey/options", fields, headers)).status).toBe(403);
    }
    expect((await browser.post("/welcome/passkey/options")).status).toBe(200);
  });

  it.each(["//evil.example", "https://evil.example", "/\\evil.example", "/..//evil.example", "javascript:alert(1)"])(
    "never leads to another host: next=%s",
    async (next) => {
      const passkey = softwarePasskey();
      const browser = await entered("ida");
      await browser.makePasskey(passkey);
      expect((await portalBrowser(gateway).signInWithPasskey(passkey, next)).headers.location).toBe("/");
      for (const path of ["/sign-in", "/recovery-codes/kept"]) {
        const { headers } = await browser.post(path === "/sign-in" ? "/language" : path, { next, back: next });
        expect(headers.location, path).toBe("/");
      }
      const signedIn = await browser.get(`/sign-in?${new URLSearchParams({ next })}`);
      expect(signedIn.headers.location).toBe("/");
    },
  );

  it("knows no session of the console, and the console none of the portal", async () => {
    const browser = await entered("emil");
    const cookie = browser.cookies.get(PORTAL_SESSION) ?? "";
    const atConsole = await gateway.send({
      ...{ host: gateway.consoleHost, path: "/" },
      headers: { cookie: `__Host-postern-console=${cookie}; ${PORTAL_SESSION}=${cookie}` },
    });
    expect(atConsole.headers.location).toMatch(/^\/sign-in/);
  });

  it("asks for nothing of another host, and puts no secret into an address", async () => {
    const browser = await entered("kim");
    const page = await browser.get("/welcome/codes");
    const addresses = [...page.text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, address = ""]) => address);
    expect(addresses.filter((each) => !/^(?:\/(?!\/)|#|data:image\/svg)/.test(each))).toEqual([]);
    expect(page.text).not.toContain("otpauth:");
    expect(PASSPHRASE.length).toBeGreaterThan(12);
  });
});
