// A client that signs in for real: Type 1, Type 2, Type 3 at the gateway's OAuth token service, and the ticket out of
// the answer. node:http rather than fetch, because the Host header chooses the public host.

import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../test/kit/ntlm-client.ts";
import {
  assertionOf,
  RST_ACTION,
  requestSecurityToken,
  TOKEN_TYPES,
  WEB_TICKET_PATH,
} from "../test/real/token-requests.ts";

export const WEB_HOST = "web.contoso.test";
export const DOMAIN = "CONTOSO";

/** The SIP URI of an account of the stand. */
export const sipUriOf = (account: string): string => `sip:${account}@contoso.test`;

/** One request; `host` is the web host unless given. */
export type Call = {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connections that it may use; Node's own unless given. */
  readonly agent?: Agent | undefined;
};

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

/** Sends a request and reads the whole answer. */
export function call({
  port,
  path,
  method = "GET",
  host = WEB_HOST,
  headers = {},
  body,
  agent,
}: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = { host: "127.0.0.1", port, path, method, headers: { host, ...headers }, agent };
    const outgoing = httpRequest(sent, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

export const WINDOWS_GRANT: TokenRequest = {
  path: "/WebTicket/oauthtoken",
  method: "POST",
  body: "grant_type=urn:microsoft.rtc:windows",
  headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
};

/** The token request under NTLM that every sign-in here makes, unless another is given. */
export type TokenRequest = {
  readonly path: string;
  readonly method: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
};

/** The first leg: a Type 1 and the answer to it. */
export async function negotiate(port: number, request: TokenRequest = WINDOWS_GRANT) {
  const type1 = clientNegotiate(PROFILES.windowsSigned);
  const answer = await call({ port, ...request, headers: { ...request.headers, authorization: ntlm(type1) } });
  return { type1, answer };
}

/** Both legs. Answers the last answer and the Type 3, for those who want to send it twice. */
export async function signIn(
  port: number,
  who: { readonly account: string; readonly password: string },
  request: TokenRequest = WINDOWS_GRANT,
): Promise<{ answer: Answer; authorization: string }> {
  const { type1, answer: first } = await negotiate(port, request);
  const type2 = /^NTLM (.+)$/.exec(first.headers["www-authenticate"] ?? "")?.[1];
  if (first.status !== 401 || type2 === undefined) throw new Error(`no challenge for ${who.account}: ${first.status}`);
  const type3 = clientAuthenticate(PROFILES.windowsSigned, {
    type1,
    type2: new Uint8Array(Buffer.from(type2, "base64")),
    user: who.account,
    domain: DOMAIN,
    password: who.password,
    workstation: "BENCH",
    now: Date.now(),
  });
  const authorization = ntlm(type3);
  const answer = await call({ port, ...request, headers: { ...request.headers, authorization } });
  return { answer, authorization };
}

/** The compact ticket of a successful sign-in, without `cwt=`. */
export async function compactTicket(port: number, who: { account: string; password: string }): Promise<string> {
  const { answer } = await signIn(port, who);
  const ticket = /"access_token":"cwt=([^"]+)"/.exec(answer.text)?.[1];
  if (ticket === undefined) throw new Error(`${who.account} got no ticket: ${answer.status} ${answer.text}`);
  return ticket;
}

/** The request for a SAML ticket of that account. */
export const samlRequest = (account: string): TokenRequest => ({
  path: WEB_TICKET_PATH,
  method: "POST",
  headers: { "content-type": "text/xml; charset=utf-8", soapaction: RST_ACTION },
  body: requestSecurityToken(sipUriOf(account), TOKEN_TYPES.saml),
});

/** A SAML ticket in the form in which `X-MS-WebTicket` carries it. */
export async function samlTicket(port: number, who: { account: string; password: string }): Promise<string> {
  const { answer } = await signIn(port, who, samlRequest(who.account));
  const assertion = assertionOf(answer.text);
  if (assertion === undefined) throw new Error(`no SAML ticket: ${answer.status} ${answer.text}`);
  return Buffer.from(assertion, "utf8").toString("base64");
}

/** Asks a resource of the user's own discovery, which wants a ticket. */
export const discoverUser = (port: number, resource: string, headers: Record<string, string>): Promise<Answer> =>
  call({ port, path: `/Autodiscover/AutodiscoverService.svc/root/${resource}`, headers });

/** Names the device of a ticket, as a phone does: it starts a UCWA application. */
export function startApplication(port: number, ticket: string, endpointId: string): Promise<Answer> {
  return call({
    port,
    path: "/ucwa/oauth/v1/applications",
    method: "POST",
    headers: { authorization: `Bearer cwt=${ticket}`, "content-type": "application/json" },
    body: JSON.stringify({ UserAgent: "ACOMO", EndpointId: endpointId, Culture: "en-US" }),
  });
}

/** A compact ticket whose device is known, without `cwt=`, and the path of the application that its device runs. */
export async function phoneTicket(
  port: number,
  who: { account: string; password: string },
): Promise<{ readonly ticket: string; readonly application: string }> {
  const ticket = await compactTicket(port, who);
  const { status, headers, text } = await startApplication(port, ticket, `phone of ${who.account}`);
  if (status !== 201) throw new Error(`${who.account} got no application: ${status} ${text}`);
  return { ticket, application: new URL(headers.location ?? "").pathname };
}

const ntlm = (message: Uint8Array): string => `NTLM ${Buffer.from(message).toString("base64")}`;
