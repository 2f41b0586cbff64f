// What the NTLM clients of these tests ask the two token services for, and how the ticket is read from the answer:
// WS-Trust 1.3 RequestSecurityToken (MS-OCAUTHWS 3.2.4.1) and the OAuth grant `urn:microsoft.rtc:windows`.

import { randomBytes, randomUUID } from "node:crypto";

/** The host that publishes the token services. */
export const WEB_HOST = "web.contoso.test";
/** Path of the WS-Trust token service. */
export const WEB_TICKET_PATH = "/WebTicket/WebTicketService.svc";
/** Path of the OAuth token service. */
export const OAUTH_TOKEN_PATH = "/WebTicket/oauthtoken";
/** SOAPAction of a RequestSecurityToken, with the quotes it carries on the wire. */
export const RST_ACTION = '"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"';
/** Body of the OAuth grant that is authenticated by HTTP. */
export const WINDOWS_GRANT = "grant_type=urn:microsoft.rtc:windows";
/** The token types a client can ask for. */
export const TOKEN_TYPES = {
  cwt: "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1",
  saml: "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
} as const;

/** A RequestSecurityToken envelope for `sipUri` ("sip:alice@contoso.test"). */
export function requestSecurityToken(sipUri: string, tokenType: string): string {
  const wst = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
  return `<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<wst:RequestSecurityToken xmlns:wst="${wst}" Context="{${randomUUID()}}">
<wst:TokenType>${tokenType}</wst:TokenType>
<wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType>
<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">
<wsa:Address>https://${WEB_HOST}/Autodiscover/AutodiscoverService.svc/root/user</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>
<wst:Claims Dialect="urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims">
<auth:ClaimType xmlns:auth="http://schemas.xmlsoap.org/ws/2006/12/authorization" Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri" Optional="false">
<auth:Value>${sipUri}</auth:Value></auth:ClaimType></wst:Claims>
<wst:Entropy><wst:BinarySecret>${randomBytes(32).toString("base64")}</wst:BinarySecret></wst:Entropy>
<wst:KeyType>${wst}/SymmetricKey</wst:KeyType>
</wst:RequestSecurityToken></s:Body></s:Envelope>`;
}

/** "cwt=…" of a RequestSecurityTokenResponse, or undefined. */
export function cwtOf(response: string): string | undefined {
  return /(cwt=[^<]+)<\/(?:\w+:)?UserToken>/.exec(response)?.[1];
}

/** The SAML assertion of a RequestSecurityTokenResponse, byte for byte, or undefined. */
export function assertionOf(response: string): string | undefined {
  return /<((?:\w+:)?Assertion)[\s>][\s\S]*<\/\1>/.exec(response)?.[0];
}
