// The two channels on which a client sends a name and a password as they were typed: the password grant of OAuth, and
// the UsernameToken of the Lync web pages.

import { randomBytes } from "node:crypto";
import { SOAP_HEADERS, type TestRequest, type TestResponse, ticketRequest } from "../../../simulator/test-client.ts";
import { accessTokenIn, grantRequest, WEB_TICKET_SERVICE } from "./tickets.ts";

export const AUTH = `${WEB_TICKET_SERVICE}/Auth`;

type Request = TestRequest & { readonly body: string };

/** One such channel, as a client uses it. */
export type PasswordChannel = {
  readonly name: string;
  readonly request: (name: string, password: string) => Request;
  /** The compact ticket of a good answer, without `cwt=`. */
  readonly ticketIn: (answer: TestResponse) => string;
  /** The request to the Front-End that corresponds to this channel. */
  readonly askedAt: string;
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** `wsse:Security` with a UsernameToken; both texts as they go on the wire. */
export const usernameToken = (username: string, password: string): string =>
  `<wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password Type="http://docs.oasis-open.org/wss/` +
  `2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">${password}</wsse:Password></wsse:UsernameToken>`;

/** A request to `/Auth`. By default it is worded as the web pages word it: a compact ticket, and no claim. */
export function authRequest(
  security: string,
  more: { readonly tokenType?: "saml" | "cwt"; readonly sipUri?: string; readonly entropy?: Uint8Array } = {},
): Request {
  const { tokenType = "cwt", sipUri, entropy = randomBytes(32) } = more;
  const appliesTo = `https://web.contoso.test${AUTH}`;
  const facts = { tokenType, appliesTo, sipUri: sipUri ?? "", entropy: Buffer.from(entropy).toString("base64") };
  const body = ticketRequest({ ...facts, security });
  const unclaimed = body.replace(/<wst:Claims.*<\/wst:Claims>/, "");
  return { path: AUTH, method: "POST", headers: SOAP_HEADERS, body: sipUri === undefined ? unclaimed : body };
}

/** `grant_type=password`, RFC 6749 4.3.2. */
export const PASSWORD_GRANT: PasswordChannel = {
  name: "the password grant",
  request: (username, password) =>
    grantRequest(new URLSearchParams({ grant_type: "password", username, password }).toString()),
  ticketIn: (answer) => accessTokenIn(answer.text),
  askedAt: "/WebTicket/oauthtoken",
};

/** `/WebTicket/WebTicketService.svc/Auth`. */
export const USERNAME_TOKEN: PasswordChannel = {
  name: "/Auth",
  request: (username, password) => authRequest(usernameToken(base64(username), base64(password))),
  ticketIn: (answer) => {
    const ticket = />cwt=([\w-]+)<\/(?:\w+:)?UserToken>/.exec(answer.text)?.[1];
    if (ticket === undefined) throw new Error(`no ticket in ${answer.status} ${answer.text.slice(0, 200)}`);
    return ticket;
  },
  askedAt: WEB_TICKET_SERVICE,
};

export const PASSWORD_CHANNELS: readonly PasswordChannel[] = [PASSWORD_GRANT, USERNAME_TOKEN];
