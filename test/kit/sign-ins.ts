// What the tests of sign-ins through the data plane share: users with an app password, and attempts over each channel.
// When an attempt returns, all work that it started is done.

import { env } from "cloudflare:test";
import type { AuditedEvent } from "../../src/audit/event.ts";
import type { Config } from "../../src/config/config.ts";
import type { Env } from "../../src/config/env.ts";
import { generateAppPassword, ntHashesOf } from "../../src/core/credentials/app-password.ts";
import { sealHashes } from "../../src/core/credentials/sealed-hash.ts";
import { dataPlane } from "../../src/gateway/data-plane.ts";
import { guardOf, sourceGuardOf } from "../../src/guards/route.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addAppPassword, addUser } from "../../src/store/directory.ts";
import { eventsOf, KEYRING } from "./attempts.ts";
import { configWith, HOST } from "./config.ts";
import { must } from "./ntlm.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "./ntlm-client.ts";

export const TOKEN_SERVICE = `https://${HOST}/WebTicket/oauthtoken`;
const AUTH = `https://${HOST}/WebTicket/WebTicketService.svc/Auth`;
export const db = openDatabase(env.DB);

export const config = configWith(async () => Response.json({ access_token: "cwt=AAEBHA", expires_in: 28_800 }));

let users = 0;
/** A user whom only the calling test has, with one app password. */
export async function someone() {
  const account = `user${++users}`;
  const sipUri = `sip:${account}@contoso.test`;
  const user = must(await addUser(db, { sipUri, account: `CONTOSO\\${account}`, upn: `${account}@contoso.test` }, 0));
  const password = generateAppPassword();
  const id = `p_${account}`;
  const ntHashes = sealHashes(KEYRING, { userId: user.id, credentialId: id }, ntHashesOf(password));
  await addAppPassword(db, { id, userId: user.id, label: "", ntHashes }, 0);
  return { ...user, name: `${account}@contoso.test`, account, password, credentialId: id };
}

/** What the networks' guards were told after the answer had left. */
let settling: Promise<void>[] = [];
const watched: Env = {
  ...env,
  SOURCE_GUARD: new Proxy(env.SOURCE_GUARD, {
    get: (guards, key) =>
      key !== "getByName"
        ? Reflect.get(guards, key)
        : (name: string) =>
            new Proxy(guards.getByName(name), {
              get: (guard, method) =>
                method !== "settle"
                  ? Reflect.get(guard, method)
                  : (...told: Parameters<typeof guard.settle>) => {
                      const settled = guard.settle(...told);
                      settling.push(settled);
                      return settled;
                    },
            }),
  }),
};

export type Headers = Readonly<Record<string, string>>;

/** One request. All work that it starts is done when it returns. */
export async function ask(
  url: string,
  headers: Headers,
  body: string,
  changes: Partial<Config> = {},
): Promise<Response> {
  const request = new Request(url, { method: "POST", headers, body });
  const answer = await dataPlane(request, watched, { ...config, ...changes });
  await Promise.all(settling);
  settling = [];
  return answer;
}

export const FORM = { "content-type": "application/x-www-form-urlencoded" };
export const from = (address: string): Headers => ({ "cf-connecting-ip": address });
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A password as OAuth sends it. */
export const grant = (name: string, password: string, headers: Headers, changes: Partial<Config> = {}) => {
  const form = new URLSearchParams({ grant_type: "password", username: name, password });
  return ask(TOKEN_SERVICE, { ...FORM, ...headers }, form.toString(), changes);
};

/** A password as the Lync web pages send it. */
export const usernameToken = (name: string, password: string, headers: Headers) =>
  ask(
    AUTH,
    { "content-type": "text/xml; charset=utf-8", ...headers },
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Security><UsernameToken>' +
      `<Username>${base64(name)}</Username><Password>${base64(password)}</Password></UsernameToken></Security>` +
      '</s:Header><s:Body><RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">' +
      "<TokenType>urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1</TokenType>" +
      "<KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey</KeyType>" +
      "</RequestSecurityToken></s:Body></s:Envelope>",
  );

/** A whole handshake. */
export async function ntlm(
  name: string,
  password: string,
  headers: Headers,
  how: { scheme?: string; workstation?: string } = {},
) {
  const { scheme = "NTLM", workstation = "PC" } = how;
  const leg = (message: Uint8Array) => {
    const authorization = `${scheme} ${Buffer.from(message).toString("base64")}`;
    return ask(TOKEN_SERVICE, { ...FORM, ...headers, authorization }, "grant_type=urn:microsoft.rtc:windows");
  };
  const type1 = clientNegotiate(PROFILES.windowsHttp);
  const challenge = (await leg(type1)).headers.get("www-authenticate") ?? "";
  const type2 = Buffer.from(challenge.split(" ")[1] ?? "", "base64");
  const who = { user: name, domain: "", workstation, password, now: Date.now() };
  return leg(clientAuthenticate(PROFILES.windowsHttp, { ...who, type1, type2 }));
}

export const networkLevel = async (source: string): Promise<number> => (await sourceGuardOf(env, source).lock()).level;
export const networkEvents = (source: string): Promise<AuditedEvent[]> => eventsOf(sourceGuardOf(env, source));
export const failuresAt = async (sipUri: string, source: string): Promise<number | undefined> =>
  (await guardOf(env, sipUri).locks()).pairs.find((pair) => pair.source === source)?.failures;
