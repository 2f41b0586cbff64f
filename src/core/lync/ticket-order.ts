// Reads from a RequestSecurityToken the values from which Postern writes its own request. The client's envelope is not
// sent on, so nothing that Postern did not read reaches the Front-End. A message with a credential anywhere in it is
// refused, because a client that asks this way needs none. Sources: WS-Trust 1.3, 3.1 and 4.1; WS-Security 1.1, 6.

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

/** What a client asks for, and who it claims to be. */
export type OrderedTicket = {
  /** The SIP URI that the client claims, if it claims one. */
  readonly sipUri: string | undefined;
  /** The URL of the service for which the ticket is, without a query. Undefined if the client names none. */
  readonly appliesTo: string | undefined;
  readonly order: TicketOrder;
};

/**
 * `credential`: an element that is or could be a credential. `repeated`: an element that Postern reads is there twice.
 * `incomplete`: no known token type. `bad-address`: the ticket is for something that is not a plain URL.
 */
export type TicketOrderFault = TokenRequestFault | PlacesFault | "incomplete" | "bad-address";

const SECURITY = "/Envelope/Header/Security";
const REQUEST = "/Envelope/Body/RequestSecurityToken";
const ADDRESS = `${REQUEST}/AppliesTo/EndpointReference/Address`;

/** The positions that Postern reads in every RequestSecurityToken, by local names. Each may appear once at most. */
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
/** Elements of WS-Security, SAML and XML Signature that are a credential, have one in them or refer to one. */
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

/** A URL without user name, password, query and fragment. */
const PLAIN_URL = /^https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]{0,512})?$/i;
const CLAIMED = /^[^\s\p{C}<>"]{0,256}$/u;

/** Reads the whole message or refuses it. No text makes it throw. */
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

/** What was read from an envelope. */
export type Places = {
  /** The texts by their positions in the envelope. */
  readonly texts: ReadonlyMap<string, string>;
  /** `RequestSecurityToken/@Context`. */
  readonly context: string | undefined;
};

export type PlacesFault = "credential" | "repeated";

/**
 * Reads the texts at known positions.
 * @param credentials local names that may appear at known positions only
 * @param closed a position below which only known elements may appear
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

/**
 * A Context that every reader of the answer takes as it is. Clients write a GUID. Postern leaves out any other text.
 */
const PLAIN_CONTEXT = /^[A-Za-z0-9._:{}-]{1,128}$/;
/** Entropy in base64. Clients send 32 bytes. */
const PLAIN_ENTROPY = /^[A-Za-z0-9+/]{20,344}={0,2}$/;

/** The order in the texts of a request. Undefined if its token type is not known. */
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
