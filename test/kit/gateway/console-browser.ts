// A browser at the console, from the sign-in on.

import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import { type Fields, type PageBrowser, pageBrowser } from "./page-browser.ts";
import type { SoftwarePasskey } from "./passkey.ts";

type Console = {
  readonly consoleHost: string;
  readonly send: (request: TestRequest) => Promise<TestResponse>;
};

/** The session cookie of the console. */
export const SESSION = "__Host-postern-console";

/** One browser at the console. */
export type ConsoleBrowser = PageBrowser & {
  /** The challenge that a page's script would get. */
  readonly challenge: (path: string, fields?: Fields) => Promise<string>;
  /** Makes the first passkey with an invitation. */
  readonly accept: (invitation: string, passkey: SoftwarePasskey) => Promise<TestResponse>;
  readonly signIn: (passkey: SoftwarePasskey, next?: string) => Promise<TestResponse>;
};

/** A browser without cookies, which asks from the address `from`, or each time from one of its own. */
export function consoleBrowser(gateway: Console, from?: string): ConsoleBrowser {
  const browser = pageBrowser(gateway.send, gateway.consoleHost, from);
  const { post, claims, ceremony } = browser;
  const challenge: ConsoleBrowser["challenge"] = async (path, fields) => (await ceremony(path, fields)).challenge;
  return {
    ...browser,
    challenge,
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
