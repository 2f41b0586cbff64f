// A browser at one of Postern's hosts of pages: it keeps cookies, and sends `Origin` with every post.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";

export type Fields = Readonly<Record<string, string>>;
export type Headers = Readonly<Record<string, string>>;

/** One browser. Its cookies are a map, so a test can plant, take and swap them. */
export type PageBrowser = {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: Headers) => Promise<TestResponse>;
  /** Sends a form. */
  readonly post: (path: string, fields?: Fields, headers?: Headers) => Promise<TestResponse>;
  /** What a page's script would get: the challenge, and what the server keeps. */
  readonly ceremony: (path: string, fields?: Fields) => Promise<{ readonly challenge: string; readonly kept?: string }>;
  /** What an authenticator would be told of the site. */
  readonly claims: { readonly origin: string; readonly rpId: string };
};

/**
 * A browser without cookies. `from`: the address that it asks from; undefined: each time one of its own. `always`:
 * fields of every form, unless it has them.
 */
export function pageBrowser(
  send: (request: TestRequest) => Promise<TestResponse>,
  host: string,
  from?: string,
  always: (cookies: ReadonlyMap<string, string>) => Fields = () => ({}),
): PageBrowser {
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
  const post: PageBrowser["post"] = async (path, fields = {}, headers = {}) => {
    const body = new URLSearchParams({ ...always(cookies), ...fields }).toString();
    const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
    const all = { ...cookie(), ...address, ...form, origin: claims.origin, ...headers };
    return keep(await send({ host, path, method: "POST", body, headers: all }));
  };
  return {
    ...{ cookies, claims, post },
    get: async (path, headers = {}) =>
      keep(await send({ host, path, headers: { ...cookie(), ...address, ...headers } })),
    ceremony: async (path, fields) => {
      const { status, text } = await post(path, fields);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      return JSON.parse(text) as { challenge: string; kept?: string };
    },
  };
}
