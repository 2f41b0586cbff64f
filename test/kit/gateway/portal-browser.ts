// A browser at the portal: it keeps cookies, sends `Origin` and the token of its session with every post, and can do
// what a person does there with a passkey, or with a passphrase and an authenticator app.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import { csrfToken } from "../../../src/web/csrf.ts";
import { stepAt, totp } from "../codes.ts";
import type { SoftwarePasskey } from "./passkey.ts";

type Fields = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

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

/** One browser. Its cookies are a map, so a test can plant, take and swap them. */
export type PortalBrowser = {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: Headers) => Promise<TestResponse>;
  /** Sends a form. The token of the session is added unless the fields have one. */
  readonly post: (path: string, fields?: Fields, headers?: Headers) => Promise<TestResponse>;
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

/** A browser without cookies, which asks from the address `from`, or each time from one of its own. */
export function portalBrowser(portal: Portal, from?: string): PortalBrowser {
  const { portalHost: host } = portal;
  const claims = { origin: `http://${host}`, rpId: host };
  const cookies = new Map<string, string>();
  const address: Headers = from === undefined ? {} : { "cf-connecting-ip": from };
  const cookie = (): Headers =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const keep = (response: TestResponse): TestResponse => {
    for (const line of response.lines("set-cookie")) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const token = (): Fields => {
    const [, secret] = (cookies.get(PORTAL_SESSION) ?? "").split(".");
    return secret === undefined ? {} : { csrf: csrfToken(secret) };
  };
  const get: PortalBrowser["get"] = async (path, headers = {}) =>
    keep(await portal.send({ host, path, headers: { ...cookie(), ...address, ...headers } }));
  const post: PortalBrowser["post"] = async (path, fields = {}, headers = {}) => {
    const body = new URLSearchParams({ ...token(), ...fields }).toString();
    const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
    const all = { ...cookie(), ...address, ...form, origin: claims.origin, ...headers };
    return keep(await portal.send({ host, path, method: "POST", body, headers: all }));
  };
  const asked = async (path: string): Promise<{ challenge: string; kept?: string }> => {
    const { status, text } = await post(path);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    return JSON.parse(text) as { challenge: string; kept?: string };
  };
  return {
    ...{ cookies, get, post },
    enter: (code) => post("/join", { code }),
    makePasskey: async (passkey, at = "/welcome/passkey") => {
      const { challenge, kept = "" } = await asked(`${at}/options`);
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
      const { challenge } = await asked("/sign-in/passkey/options");
      return post("/sign-in/passkey", { next, response: passkey.authenticate({ ...claims, challenge }) });
    },
    newPassword: async (kind) => {
      const { text } = await post(`/devices/new/${kind}`, { once: crypto.randomUUID() });
      return /<output id="secret"[^>]*>([^<]+)</.exec(text)?.[1] ?? "";
    },
    signIn: (typed, code, passphrase = PASSPHRASE) => post("/sign-in", { address: typed, passphrase, code }),
  };
}
