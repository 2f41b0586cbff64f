// Reads a RequestSecurityToken into the values from which Postern writes its own request; the client's envelope is not
// sent on. What Postern does not read, it does not send. A credential anywhere in the message refuses the whole
// message, because a client that asks this way needs none. Sources: WS-Trust 1.3, 3.1 and 4.1; WS-Security 1.1, 6.

import { ok, type Result, refuse } from "../result.ts";
import {
  KEY_TYPES,
  readTokenRequest,
  SYMMETRIC_KEY,
  type TicketOrder,
  TOKEN_TYPES,
  type TokenRequestFault,
} from "./web-ticket.ts";
import { readXml } from "./xml.ts";

/** What a client asks for, and for whom it says to be. */
export type OrderedTicket = {
  /** The SIP URI the client claims, if it claims one. */
  readonly sipUri: string | undefined;
  /** The URL of the service the ticket is for, without a query; undefined where the client names none. */
  readonly appliesTo: string | undefined;
  readonly order: TicketOrder;
};

/**
 * `credential`: an element that is one, or could be; `repeated`: an element twice that is read; `incomplete`: no known
 * token type; `bad-address`: it applies to something that is not a plain URL.
 */
export type TicketOrderFault = TokenRequestFault | PlacesFault | "incomplete" | "bad-address";

const SECURITY = "/Envelope/Header/Security";
const REQUEST = "/Envelope/Body/RequestSecurityToken";
const ADDRESS = `${REQUEST}/AppliesTo/EndpointReference/Address`;

/** Where what is read of any RequestSecurityToken stands, by local names; each place at most once. */
export const ORDER_PLACES: readonly string[] = [
  "/Envelope",
  "/Envelope/Header",
  SECURITY,
  "/Envelope/Body",
  REQUEST,
  `${REQUEST}/TokenType`,
  `${REQUEST}/KeyType`,
  `${REQUEST}/Entropy`,
  `${REQUEST}/Entropy/BinarySecret`,
];

const PLACES = [
  ...ORDER_PLACES,
  `${SECURITY}/Timestamp`,
  `${SECURITY}/Timestamp/Created`,
  `${SECURITY}/Timestamp/Expires`,
  `${REQUEST}/AppliesTo`,
  `${REQUEST}/AppliesTo/EndpointReference`,
  ADDRESS,
];
/** Elements of WS-Security, SAML and XML Signature that are a credential, carry one or point at one. */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  "Assertion",
  "BinarySecurityToken",
  "EncryptedAssertion",
  "EncryptedData",
  "EncryptedKey",
  "KeyIdentifier",
  "Nonce",
  "Password",
  "SecurityTokenReference",
  "Signature",
  "UserToken",
  "Username",
  "UsernameToken",
]);

/** A URL without a name, a password, a query or a fragment in it. */
const PLAIN_URL = /^https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]{0,512})?$/i;
const CLAIMED = /^[^\s\p{C}<>"]{0,256}$/u;

/** Reads the whole message, or nothing of it. Every text is accepted or refused, never an exception. */
export function readTicketOrder(xml: string): Result<OrderedTicket, TicketOrderFault> {
  const request = readTokenRequest(xml);
  if (!request.ok) return request;
  const read = readPlaces(xml, new Set(PLACES), CREDENTIALS, SECURITY);
  if (!read.ok) return read;
  const order = orderIn(read.value);
  if (order === undefined) return refuse("incomplete");
  const address = read.value.texts
    .get(ADDRESS)
    ?.trim()
    .replace(/[?#].*$/s, "");
  if (address !== undefined && !PLAIN_URL.test(address)) return refuse("bad-address");
  const { sipUri } = request.value;
  if (sipUri !== undefined && !CLAIMED.test(sipUri)) return refuse("incomplete");
  return ok({ sipUri, appliesTo: address, order });
}

/** What was read of an envelope. */
export type Places = {
  /** Text by place. */
  readonly texts: ReadonlyMap<string, string>;
  /** `RequestSecurityToken/@Context`. */
  readonly context: string | undefined;
};

export type PlacesFault = "credential" | "repeated";

/**
 * Reads the text of known places.
 * @param credentials local names that may stand at a known place only
 * @param closed a place in which only known elements may stand
 */
export function readPlaces(
  xml: string,
  places: ReadonlySet<string>,
  credentials: ReadonlySet<string>,
  closed?: string,
): Result<Places, PlacesFault | TokenRequestFault> {
  const texts = new Map<string, string>();
  const path: string[] = [""];
  let context: string | undefined;
  const read = readXml<PlacesFault>(xml, (fail) => ({
    open: (tag) => {
      const outer = path.at(-1) ?? "-";
      const here = `${outer}/${tag.local}`;
      const known = places.has(here);
      if (!known && (credentials.has(tag.local) || outer === closed)) fail("credential");
      if (known && texts.has(here)) fail("repeated");
      if (known) texts.set(here, "");
      if (here === REQUEST) context = tag.attributes.Context?.value;
      path.push(known ? here : "-");
    },
    text: (piece) => {
      const here = path.at(-1) ?? "";
      const before = texts.get(here);
      if (before !== undefined) texts.set(here, before + piece);
    },
    close: () => {
      path.pop();
    },
  }));
  return read.ok ? ok({ texts, context }) : read;
}

/** Of a Context, which clients make a GUID: what can be echoed whatever reads it. Others are left out. */
const PLAIN_CONTEXT = /^[A-Za-z0-9._:{}-]{1,128}$/;
/** Of entropy, which clients make 32 bytes. */
const PLAIN_ENTROPY = /^[A-Za-z0-9+/]{20,344}={0,2}$/;

/** The order in a request's places; undefined when its token type is none. */
export function orderIn({ texts, context }: Places): TicketOrder | undefined {
  const tokenType = texts.get(`${REQUEST}/TokenType`)?.trim() ?? "";
  if (!TOKEN_TYPES.has(tokenType)) return undefined;
  const keyType = texts.get(`${REQUEST}/KeyType`)?.trim() ?? "";
  const entropy = texts.get(`${REQUEST}/Entropy/BinarySecret`)?.trim() ?? "";
  return {
    tokenType,
    keyType: KEY_TYPES.has(keyType) ? keyType : SYMMETRIC_KEY,
    context: context !== undefined && PLAIN_CONTEXT.test(context) ? context : undefined,
    entropy: PLAIN_ENTROPY.test(entropy) ? entropy : undefined,
  };
}
