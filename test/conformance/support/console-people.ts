// People of the console who sign in as a browser does, and what the database has of them, for attacks on that.

import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { TestResponse } from "../../../simulator/test-client.ts";
import { newAdministratorId } from "../../../src/store/ids.ts";
import { type ConsoleBrowser, consoleBrowser } from "../../kit/gateway/console-browser.ts";
import { type SoftwarePasskey, softwarePasskey } from "../../kit/gateway/passkey.ts";
import type { TestGateway } from "./gateway.ts";

/** Somebody with a passkey who is signed in with it. */
type Somebody = { readonly email: string; readonly passkey: SoftwarePasskey; readonly browser: ConsoleBrowser };

/** The secret of no session and of no invitation. */
export const secret = (): string => randomBytes(32).toString("base64url");
export const isIn = async (browser: ConsoleBrowser): Promise<boolean> => (await browser.get("/account")).status === 200;
/** SQL for the id of the person with that address. */
export const personOf = (email: string): string => `(SELECT id FROM administrators WHERE email = '${email}')`;
/** What stands behind FROM in SQL: the sessions of the person with that address. */
export const sessionsOf = (email: string): string => `web_sessions WHERE administrator_id = ${personOf(email)}`;

/** What of an answer a stranger may compare. */
export function shape({ status, headers, text }: TestResponse) {
  const { date: _, "content-length": __, ...rest } = headers;
  return { status, text, headers: Object.keys(rest).toSorted() };
}

/** For the gateway of a test file, which may still have to be started. */
export function consolePeople(gateway: () => TestGateway) {
  const sql = (statement: string) => gateway().execute([statement]);
  /** Invites somebody new: the secret of the link, and the person's address. */
  const invited = async (role: "viewer" | "helpdesk" | "admin" = "admin") => {
    const email = `${newAdministratorId()}@contoso.test`;
    const link = (await gateway().invite({ name: "Carol Jones", email, role })) ?? "";
    return { email, invitation: new URL(link).hash.slice(1) };
  };
  return {
    ...{ sql, invited },
    /** How many rows there are; `from` stands behind FROM. */
    count: async (from: string): Promise<unknown> => (await sql(`SELECT count(*) AS n FROM ${from}`))[0]?.[0]?.n,
    /** What a passkey of the console signs. */
    claims: () => ({ origin: `http://${gateway().consoleHost}`, rpId: gateway().consoleHost }),
    somebody: async (): Promise<Somebody> => {
      const { email, invitation } = await invited();
      const passkey = softwarePasskey();
      const browser = consoleBrowser(gateway());
      const { status, text } = await browser.accept(invitation, passkey);
      expect(status, text).toBe(303);
      return { email, passkey, browser };
    },
  };
}
