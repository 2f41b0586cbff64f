// The request of the Lync web pages to `/WebTicket/WebTicketService.svc/Auth`: a RequestSecurityToken whose SOAP header
// carries a name and a password, each in base64. The message ends here: what may go on is read into a fresh order.
// Sources: WS-Security UsernameToken profile 1.0, 3.1; WS-Trust 1.3, 3.1.

import { ok, type Result, refuse } from "../result.ts";
import { ORDER_PLACES, orderIn, type PlacesFault, readPlaces } from "./ticket-order.ts";
import type { TokenRequestFault } from "./web-ticket.ts";
import { readTokenRequest, type TicketOrder } from "./web-ticket.ts";

/** A request for a ticket with a password in it. */
export type UsernameTokenRequest = {
  /** As it was typed, `CONTOSO\user` as a rule. */
  readonly name: string;
  readonly password: string;
  /** The SIP URI the client claims, if it claims one. */
  readonly sipUri: string | undefined;
  readonly order: TicketOrder;
};

/**
 * `credential`: one elsewhere than in the header's one UsernameToken. `repeated`: an element twice that is read.
 * `incomplete`: no name, no password or no known token type.
 */
export type UsernameTokenFault = TokenRequestFault | PlacesFault | "incomplete" | "bad-base64";

const TOKEN = "/Envelope/Header/Security/UsernameToken";
const PLACES = new Set([...ORDER_PLACES, TOKEN, `${TOKEN}/Username`, `${TOKEN}/Password`]);
const CREDENTIAL = new Set(["UsernameToken", "Username", "Password"]);

/** Reads the whole message, or nothing of it. Every text is accepted or refused, never an exception. */
export function readUsernameTokenRequest(xml: string): Result<UsernameTokenRequest, UsernameTokenFault> {
  const request = readTokenRequest(xml);
  if (!request.ok) return request;
  const read = readPlaces(xml, PLACES, CREDENTIAL);
  if (!read.ok) return read;
  const { texts } = read.value;
  const [name, password] = [texts.get(`${TOKEN}/Username`), texts.get(`${TOKEN}/Password`)];
  const order = orderIn(read.value);
  if (name === undefined || password === undefined || order === undefined) return refuse("incomplete");
  const [decodedName, decodedPassword] = [fromBase64(name), fromBase64(password)];
  if (decodedName === undefined || decodedPassword === undefined) return refuse("bad-base64");
  return ok({ name: decodedName, password: decodedPassword, sipUri: request.value.sipUri, order });
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// A byte order mark is kept: no real name or password has one, so the sign-in fails.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text in UTF-8 in base64, which may be wrapped; undefined when it is not that. */
function fromBase64(wrapped: string): string | undefined {
  const encoded = wrapped.replaceAll(/[\t\n\r ]/g, "");
  if (!BASE64.test(encoded)) return undefined;
  try {
    return utf8.decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
