// The web ticket service's messages: what a RequestSecurityToken claims, and which ticket an answer carries.
// Sources: WS-Trust 1.3 (RST/RSTR), MS-OCAUTHWS 3.2.4.1.

import { ok, type Result, refuse } from "../result.ts";
import { type Assertion, assertionsIn } from "./assertion.ts";
import { readXml, type XmlFault } from "./xml.ts";

const SIP_URI_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri";

/** What Postern reads of a RequestSecurityToken. */
export type TokenRequest = {
  /** The SIP URI the client claims, if it claims one. */
  readonly sipUri: string | undefined;
};

export type TokenRequestFault = XmlFault | "not-one-request" | "claims-differ";

/** Reads a SOAP RequestSecurityToken. Exactly one request, and one identity in it. */
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

/** The ticket in a token answer. */
export type IssuedTicket =
  | { readonly kind: "saml"; readonly assertion: Assertion }
  /** `text` is the whole ticket without `cwt=`; `expiresAt` from the answer's Lifetime, ms. */
  | { readonly kind: "cwt"; readonly text: string; readonly expiresAt: number };

const COMPACT_TICKET = /cwt=([A-Za-z0-9_\-+/=.%]{1,16384})<\/(?:[A-Za-z0-9_]+:)?UserToken>/g;
const EXPIRES = /<(?:[A-Za-z0-9_]+:)?Expires>\s*([0-9TZ:.\-+]{10,40})\s*<\//;

/** The one ticket in a RequestSecurityTokenResponse(Collection); undefined when there is none, or more than one. */
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

/** The answer with its compact ticket replaced, everything else as the Front-End wrote it. */
export function withCompactTicket(xml: string, text: string, replacement: string): string {
  return xml.split(`cwt=${text}`).join(`cwt=${replacement}`);
}

/** A SOAP 1.1 fault as the web ticket service words its own, HTTP status 500. */
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
