// Reads the request for a web ticket: a RequestSecurityToken of WS-Trust 1.3 in a SOAP body, as SIPE, the Windows
// clients and the web sign-in pages send it. Elements are found by their local names, because clients use different
// prefixes.

import { SAML_TOKEN_TYPE } from "./saml.ts";
import { attributeOf, descend, search, textOf, type XmlElement } from "./xml.ts";

/** RST TokenType of the compact ticket. */
export const CWT_TOKEN_TYPE = "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1";

export interface TicketRequest {
  /** A text that the answer repeats (WS-Trust 1.3, 3.1). */
  readonly context: string | undefined;
  readonly tokenType: "saml" | "cwt";
  /** The service for which the ticket is. */
  readonly appliesTo: string;
  /** The SIP URI that the client claims. The server compares it with the credential. */
  readonly claimedSipUri: string | undefined;
  readonly clientEntropy: Uint8Array | undefined;
}

/**
 * Reads the RST of a SOAP body; undefined when there is no RST, or when it asks for a ticket that the pool does not
 * issue.
 */
export function readTicketRequest(body: XmlElement): TicketRequest | undefined {
  const rst = descend(body, "RequestSecurityToken");
  if (!rst) return undefined;
  const tokenType = textOf(descend(rst, "TokenType"));
  if (tokenType !== SAML_TOKEN_TYPE && tokenType !== CWT_TOKEN_TYPE) return undefined;
  const claim = search(rst, "ClaimType");
  const secret = descend(rst, "Entropy", "BinarySecret");
  return {
    context: attributeOf(rst, "Context"),
    tokenType: tokenType === SAML_TOKEN_TYPE ? "saml" : "cwt",
    appliesTo: textOf(descend(rst, "AppliesTo", "EndpointReference", "Address")),
    claimedSipUri: claim && textOf(descend(claim, "Value")),
    clientEntropy: secret && Buffer.from(textOf(secret), "base64"),
  };
}
