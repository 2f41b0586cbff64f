// The messages of the web ticket service. Reads what a RequestSecurityToken claims, writes Postern's own request, and
// finds the ticket in an answer. Sources: WS-Trust 1.3 (RST/RSTR), MS-OCAUTHWS 3.2.4.1.

import { ok, type Result, refuse } from "../result.ts";
import { type Assertion, assertionsIn } from "./assertion.ts";
import { readXml, type XmlFault } from "./xml.ts";

const SIP_URI_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri";

/** What Postern reads from a RequestSecurityToken. */
export type TokenRequest = {
  /** The SIP URI that the client claims, if it claims one. */
  readonly sipUri: string | undefined;
};

export type TokenRequestFault = XmlFault | "not-one-request" | "claims-differ";

/** Reads a RequestSecurityToken in SOAP. The message must have exactly one request, with one identity at most. */
export function readTokenRequest(xml: string): Result<TokenRequest, TokenRequestFault> {
  let requests = 0;
  let inSipClaim = false;
  let value: string | undefined;
  const claimed = new Set<string>();
  const read = readXml<never>(xml, () => ({
    open: (tag) => {
      if (tag.local === "RequestSecurityToken") requests++;
      if (tag.local === "ClaimType") inSipClaim = tag.attributes.Uri?.value === SIP_URI_CLAIM;
      if (tag.local === "Value" && inSipClaim) value = "";
    },
    text: (piece) => {
      if (value !== undefined) value += piece;
    },
    close: (tag) => {
      if (tag.local === "ClaimType") inSipClaim = false;
      if (tag.local === "Value" && value !== undefined) {
        claimed.add(value.trim());
        value = undefined;
      }
    },
  }));
  if (!read.ok) return read;
  if (requests !== 1) return refuse("not-one-request");
  if (claimed.size > 1) return refuse("claims-differ");
  return ok({ sipUri: [...claimed][0] });
}

const WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

/** The `TokenType` values of a web ticket, each with the form of the ticket. */
export const TOKEN_TYPES: ReadonlyMap<string, "saml" | "cwt"> = new Map([
  ["http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1", "saml"],
  ["urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1", "cwt"],
]);

/** The `KeyType` for which every known client asks (WS-Trust 1.3, 4.2). */
export const SYMMETRIC_KEY = `${WST}/SymmetricKey`;
/** The `KeyType` values that Postern passes on in its own request. */
export const KEY_TYPES: ReadonlySet<string> = new Set([SYMMETRIC_KEY, `${WST}/Bearer`]);

/** The lifetime in Postern's request, ms. The Lync web pages ask for the same. The Front-End uses its own lifetime. */
const ASKED_LIFETIME_MS = 15 * 60_000;

/** Which ticket a client asks for. Postern's own request takes nothing else from the client's. */
export type TicketOrder = {
  /** A key of {@link TOKEN_TYPES}. */
  readonly tokenType: string;
  /** One of {@link KEY_TYPES}. */
  readonly keyType: string;
  /** A text that the answer repeats (WS-Trust 1.3, 3.1). */
  readonly context: string | undefined;
  /** The client's half of the proof key, base64. */
  readonly entropy: string | undefined;
};

/**
 * Writes a RequestSecurityToken in SOAP. `sipUri`: of the user who proved the password, or the claim of a guest, if
 * there is one. `appliesTo`: the URL of the service for which the ticket is. `now` in ms.
 */
export function tokenRequest(
  order: TicketOrder,
  facts: { readonly sipUri: string | undefined; readonly appliesTo: string; readonly now: number },
): string {
  const instant = (ms: number): string => new Date(ms).toISOString();
  const context = order.context === undefined ? "" : ` Context="${escaped(order.context)}"`;
  const secret = order.entropy && `<wst:BinarySecret>${escaped(order.entropy)}</wst:BinarySecret>`;
  return (
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
    `<wst:RequestSecurityToken xmlns:wst="${WST}"${context}><wst:TokenType>${escaped(order.tokenType)}</wst:TokenType>` +
    "<wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType>" +
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy">' +
    '<wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">' +
    `<wsa:Address>${escaped(facts.appliesTo)}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>` +
    `${facts.sipUri === undefined ? "" : claimOf(facts.sipUri)}` +
    `${secret === undefined ? "" : `<wst:Entropy>${secret}</wst:Entropy>`}` +
    '<wst:Lifetime xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">' +
    `<wsu:Created>${instant(facts.now)}</wsu:Created>` +
    `<wsu:Expires>${instant(facts.now + ASKED_LIFETIME_MS)}</wsu:Expires></wst:Lifetime>` +
    `<wst:KeyType>${escaped(order.keyType)}</wst:KeyType></wst:RequestSecurityToken></s:Body></s:Envelope>`
  );
}

/** The same request with a header for WS-Security. `security`: the header's element, in XML. */
export const withSecurity = (request: string, security: string): string =>
  request.replace("<s:Body>", () => `<s:Header>${security}</s:Header><s:Body>`);

const claimOf = (sipUri: string): string =>
  '<wst:Claims Dialect="urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims">' +
  `<auth:ClaimType xmlns:auth="http://schemas.xmlsoap.org/ws/2006/12/authorization" Uri="${SIP_URI_CLAIM}" ` +
  `Optional="false"><auth:Value>${escaped(sipUri)}</auth:Value></auth:ClaimType></wst:Claims>`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes a text for element content and for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

/** The ticket in an answer of the token service. */
export type IssuedTicket =
  | { readonly kind: "saml"; readonly assertion: Assertion }
  /** `text`: the whole ticket without `cwt=`. `expiresAt`: from the answer's Lifetime, ms. */
  | { readonly kind: "cwt"; readonly text: string; readonly expiresAt: number };

const COMPACT_TICKET = /cwt=([A-Za-z0-9_\-+/=.%]{1,16384})<\/(?:[A-Za-z0-9_]+:)?UserToken>/g;
const EXPIRES = /<(?:[A-Za-z0-9_]+:)?Expires>\s*([0-9TZ:.\-+]{10,40})\s*<\//;

/** The ticket in a RequestSecurityTokenResponse(Collection). Undefined if there is none or more than one. */
export function issuedTicket(xml: string): IssuedTicket | undefined {
  const assertions = assertionsIn(xml);
  if (!assertions.ok) return undefined;
  const compact = [...xml.matchAll(COMPACT_TICKET)];
  if (assertions.value.length + compact.length !== 1) return undefined;
  const [assertion] = assertions.value;
  if (assertion !== undefined) return { kind: "saml", assertion };
  const text = compact[0]?.[1];
  const expiresAt = Date.parse(EXPIRES.exec(xml)?.[1] ?? "");
  return text === undefined || Number.isNaN(expiresAt) ? undefined : { kind: "cwt", text, expiresAt };
}

/** Replaces the compact ticket in an answer, and leaves everything else as the Front-End wrote it. */
export function withCompactTicket(xml: string, text: string, replacement: string): string {
  return xml.split(`cwt=${text}`).join(`cwt=${replacement}`);
}

/** A SOAP 1.1 fault in the wording of the web ticket service, with HTTP status 500. */
export function tokenFault(fault: {
  readonly code: string;
  readonly reason: string;
  readonly diagnostics: string;
}): string {
  return (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>' +
    '<faultcode xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">' +
    `wsse:${fault.code}</faultcode><faultstring xml:lang="en-US">${fault.reason}</faultstring><detail>` +
    '<OCSDiagnosticsFault xmlns="urn:component:Microsoft.Rtc.WebAuthentication.2010"><Ms-Diagnostics-Fault>' +
    `<ErrorId>${fault.diagnostics}</ErrorId><Reason>${fault.reason}</Reason>` +
    "</Ms-Diagnostics-Fault></OCSDiagnosticsFault></detail></s:Fault></s:Body></s:Envelope>"
  );
}
