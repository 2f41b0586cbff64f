// The request of the Lync web pages to `/WebTicket/WebTicketService.svc/Auth`: a RequestSecurityToken whose SOAP header
// carries a name and a password, each in base64. The message ends here: what may go on is read into a fresh order.
// Sources: WS-Security UsernameToken profile 1.0, 3.1; WS-Trust 1.3, 3.1.

import { ok, type Result, refuse } from "../result.ts";
import type { TokenRequestFault } from "./web-ticket.ts";
import { KEY_TYPES, readTokenRequest, SYMMETRIC_KEY, type TicketOrder, TOKEN_TYPES } from "./web-ticket.ts";
import { readXml } from "./xml.ts";

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
 * `misplaced`: a credential elsewhere than in the header's one UsernameToken. `repeated`: an element twice that is read.
 * `incomplete`: no name, no password or no token type that there is.
 */
export type UsernameTokenFault = TokenRequestFault | "misplaced" | "repeated" | "incomplete" | "bad-base64";

const TOKEN = "/Envelope/Header/Security/UsernameToken";
const REQUEST = "/Envelope/Body/RequestSecurityToken";

/** Where what is read stands, by local names; each place at most once, and those of a credential nowhere else. */
const PLACES = new Set([
  "/Envelope",
  "/Envelope/Header",
  "/Envelope/Header/Security",
  TOKEN,
  `${TOKEN}/Username`,
  `${TOKEN}/Password`,
  "/Envelope/Body",
  REQUEST,
  `${REQUEST}/TokenType`,
  `${REQUEST}/KeyType`,
  `${REQUEST}/Entropy`,
  `${REQUEST}/Entropy/BinarySecret`,
]);
const CREDENTIAL = new Set(["UsernameToken", "Username", "Password"]);

/** Of a Context, which clients make a GUID: what can be echoed whatever reads it. Others are left out. */
const PLAIN_CONTEXT = /^[A-Za-z0-9._:{}-]{1,128}$/;
/** Of entropy, which clients make 32 bytes. */
const PLAIN_ENTROPY = /^[A-Za-z0-9+/]{20,344}={0,2}$/;

/** Reads the whole message, or nothing of it. Every text is accepted or refused, never an exception. */
export function readUsernameTokenRequest(xml: string): Result<UsernameTokenRequest, UsernameTokenFault> {
  const request = readTokenRequest(xml);
  if (!request.ok) return request;
  const texts = new Map<string, string>();
  const path: string[] = [""];
  let context: string | undefined;
  const read = readXml<UsernameTokenFault>(xml, (fail) => ({
    open: (tag) => {
      const outer = path.at(-1);
      const here = outer === undefined ? "" : `${outer}/${tag.local}`;
      const known = PLACES.has(here);
      if (!known && CREDENTIAL.has(tag.local)) fail("misplaced");
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
  if (!read.ok) return read;
  const [name, password] = [texts.get(`${TOKEN}/Username`), texts.get(`${TOKEN}/Password`)];
  const tokenType = texts.get(`${REQUEST}/TokenType`)?.trim() ?? "";
  if (name === undefined || password === undefined || !TOKEN_TYPES.has(tokenType)) return refuse("incomplete");
  const [decodedName, decodedPassword] = [fromBase64(name), fromBase64(password)];
  if (decodedName === undefined || decodedPassword === undefined) return refuse("bad-base64");
  const keyType = texts.get(`${REQUEST}/KeyType`)?.trim() ?? "";
  const entropy = texts.get(`${REQUEST}/Entropy/BinarySecret`)?.trim() ?? "";
  return ok({
    name: decodedName,
    password: decodedPassword,
    sipUri: request.value.sipUri,
    order: {
      tokenType,
      keyType: KEY_TYPES.has(keyType) ? keyType : SYMMETRIC_KEY,
      context: context !== undefined && PLAIN_CONTEXT.test(context) ? context : undefined,
      entropy: PLAIN_ENTROPY.test(entropy) ? entropy : undefined,
    },
  });
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// A byte order mark stays: it is part of no name and no password.
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
