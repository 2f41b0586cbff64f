// Reads the request of the Lync web pages to `/WebTicket/WebTicketService.svc/Auth`: a RequestSecurityToken whose SOAP
// header has a name and a password, each in base64. The message itself is not sent on. Postern writes a new one from
// the values that it read. Sources: WS-Security UsernameToken profile 1.0, 3.1; WS-Trust 1.3, 3.1.

import { ok, type Result, refuse } from "../result.ts";
import { ORDER_PLACES, orderIn, type PlacesFault, readPlaces } from "./ticket-order.ts";
import type { TokenRequestFault } from "./web-ticket.ts";
import { readTokenRequest, type TicketOrder } from "./web-ticket.ts";

/** A request for a ticket, with a name and a password. */
export type UsernameTokenRequest = {
  /** The name as typed, as a rule `CONTOSO\user`. */
  readonly name: string;
  readonly password: string;
  /** The SIP URI that the client claims, if it claims one. */
  readonly sipUri: string | undefined;
  readonly order: TicketOrder;
};

/**
 * `credential`: a credential outside the one UsernameToken of the header. `repeated`: an element that Postern reads is
 * there twice. `incomplete`: the name, the password or a known token type is missing.
 */
export type UsernameTokenFault = TokenRequestFault | PlacesFault | "incomplete" | "bad-base64";

const TOKEN = "/Envelope/Header/Security/UsernameToken";
const PLACES = new Set([...ORDER_PLACES, TOKEN, `${TOKEN}/Username`, `${TOKEN}/Password`]);
const CREDENTIAL = new Set(["UsernameToken", "Username", "Password"]);

/** Reads the whole message or refuses it. No text makes it throw. */
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
// The decoder keeps a byte order mark. No real name or password has one, so such a sign-in fails.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes base64, which may have line breaks, of a text in UTF-8. Undefined if it is anything else. */
function fromBase64(wrapped: string): string | undefined {
  const encoded = wrapped.replaceAll(/[\t\n\r ]/g, "");
  if (!BASE64.test(encoded)) return undefined;
  try {
    return utf8.decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
