// A browser at the console, from the sign-in on: it keeps cookies, and sends `Origin` with every post.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import type { SoftwarePasskey } from "./passkey.ts";

type Fields = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

type Console = {
  readonly consoleHost: string;
  readonly send: (request: TestRequest) => Promise<TestResponse>;
};

/** The session cookie of the console. */
export const SESSION = "__Host-postern-console";

/** One browser. Its cookies are a map, so a test can plant, take and swap them. */
export type ConsoleBrowser = {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: Headers) => Promise<TestResponse>;
  readonly post: (path: string, fields?: Fields, headers?: Headers) => Promise<TestResponse>;
  /** The challenge that a page's script would get. */
  readonly challenge: (path: string, fields?: Fields) => Promise<string>;
  /** Makes the first passkey with an invitation. */
  readonly accept: (invitation: string, passkey: SoftwarePasskey) => Promise<TestResponse>;
  readonly signIn: (passkey: SoftwarePasskey, next?: string) => Promise<TestResponse>;
};

/** A browser without cookies, which asks from the address `from`, or each time from one of its own. */
export function consoleBrowser(gateway: Console, from?: string): ConsoleBrowser {
  const { consoleHost: host } = gateway;
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
  const get: ConsoleBrowser["get"] = async (path, headers = {}) =>
    keep(await gateway.send({ host, path, headers: { ...cookie(), ...address, ...headers } }));
  const post: ConsoleBrowser["post"] = async (path, fields = {}, headers = {}) => {
    const body = new URLSearchParams(fields).toString();
    const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
    const all = { ...cookie(), ...address, ...form, origin: claims.origin, ...headers };
    return keep(await gateway.send({ host, path, method: "POST", body, headers: all }));
  };
  const challenge: ConsoleBrowser["challenge"] = async (path, fields) => {
    const { status, text } = await post(path, fields);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    return (JSON.parse(text) as { challenge: string }).challenge;
  };
  return {
    ...{ cookies, get, post, challenge },
    accept: async (invitation, passkey) => {
      const asked = await challenge("/invite/options", { invitation });
      return post("/invite", { invitation, response: passkey.register({ ...claims, challenge: asked }) });
    },
    signIn: async (passkey, next = "/") => {
      const asked = await challenge("/sign-in/passkey/options");
      return post("/sign-in/passkey", { next, response: passkey.authenticate({ ...claims, challenge: asked }) });
    },
  };
}
