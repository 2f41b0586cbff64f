// A browser at the portal: it sends the token of its session with every post, and can do what a person does there with
// a passkey, or with a passphrase and an authenticator app.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import { csrfToken } from "../../../src/web/csrf.ts";
import { stepAt, totp } from "../codes.ts";
import { type Fields, type PageBrowser, pageBrowser } from "./page-browser.ts";
import type { SoftwarePasskey } from "./passkey.ts";

type Portal = {
  readonly portalHost: string;
  readonly send: (request: TestRequest) => Promise<TestResponse>;
};

/** The session cookie of the portal. */
export const PORTAL_SESSION = "__Host-postern-portal";
/** Long enough, and nobody's name. */
export const PASSPHRASE = "seven quiet lanterns below";

/** An authenticator app with one secret. It gives each code once, the oldest that is good first. */
export type AuthenticatorApp = { readonly code: () => string };

/** An app with that secret, as the page shows it: base32 in groups. */
export function authenticatorApp(shown: string): AuthenticatorApp {
  const bits = [...shown.replaceAll(/\s/g, "")]
    .map((each) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  const secret = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  let last = 0;
  return {
    code: () => {
      last = Math.max(last + 1, stepAt(Date.now()) - 1);
      return totp(secret, last);
    },
  };
}

/** What the set-up of passphrase and app showed. */
export type SetUp = {
  readonly app: AuthenticatorApp;
  readonly recoveryCodes: readonly string[];
  readonly answer: TestResponse;
  /** The text of the app's secret. */
  readonly key: string;
};

/** One browser at the portal. */
export type PortalBrowser = PageBrowser & {
  /** Uses an invitation up. */
  readonly enter: (code: string) => Promise<TestResponse>;
  /** Makes a passkey, at `/welcome/passkey` or at `/security/passkey`. */
  readonly makePasskey: (passkey: SoftwarePasskey, at?: string) => Promise<TestResponse>;
  /** Sets up a passphrase and an app, at `/welcome/codes` or at `/security/codes`. */
  readonly setUpCodes: (passphrase?: string, at?: string) => Promise<SetUp>;
  readonly signInWithPasskey: (passkey: SoftwarePasskey, next?: string) => Promise<TestResponse>;
  /** Gets an app password for such a device, such as `iphone`. */
  readonly newPassword: (kind: string) => Promise<string>;
  readonly signIn: (address: string, code: string, passphrase?: string) => Promise<TestResponse>;
};

/** The field that proves that a form comes from a page of this session. */
function tokenOfSession(cookies: ReadonlyMap<string, string>): Fields {
  const [, secret] = (cookies.get(PORTAL_SESSION) ?? "").split(".");
  return secret === undefined ? {} : { csrf: csrfToken(secret) };
}

/** A browser without cookies, which asks from the address `from`, or each time from one of its own. */
export function portalBrowser(portal: Portal, from?: string): PortalBrowser {
  const browser = pageBrowser(portal.send, portal.portalHost, from, tokenOfSession);
  const { get, post, claims, ceremony } = browser;
  return {
    ...browser,
    enter: (code) => post("/join", { code }),
    makePasskey: async (passkey, at = "/welcome/passkey") => {
      const { challenge, kept = "" } = await ceremony(`${at}/options`);
      return post(at, { kept, response: passkey.register({ ...claims, challenge }) });
    },
    setUpCodes: async (passphrase = PASSPHRASE, at = "/welcome/codes") => {
      const { text } = await get(at);
      const key = /<output id="key"[^>]*>([^<]+)</.exec(text)?.[1] ?? "";
      const sealed = /name="app" value="([^"]+)"/.exec(text)?.[1] ?? "";
      const app = authenticatorApp(key);
      const answer = await post(at, { passphrase, app: sealed, code: app.code() });
      return {
        app,
        key,
        answer,
        recoveryCodes: answer.text.match(/[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}/g) ?? [],
      };
    },
    signInWithPasskey: async (passkey, next = "/") => {
      const { challenge } = await ceremony("/sign-in/passkey/options");
      return post("/sign-in/passkey", { next, response: passkey.authenticate({ ...claims, challenge }) });
    },
    newPassword: async (kind) => {
      const { text } = await post(`/devices/new/${kind}`, { once: crypto.randomUUID() });
      return /<output id="secret"[^>]*>([^<]+)</.exec(text)?.[1] ?? "";
    },
    signIn: (typed, code, passphrase = PASSPHRASE) => post("/sign-in", { address: typed, passphrase, code }),
  };
}
