// Does with a ticket response what SIPE does, step for step (sipe-webticket.c, sipe-xml.c): it searches the raw text,
// derives the proof key, and joins strings to its wsse:Security. Tests use it to show that SIPE can read a response,
// and that the Front-End accepts SIPE's proof.

import { createHash, createHmac } from "node:crypto";
import { pSha1 } from "./token-response.ts";

const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/** sipe_xml_extract_raw: first an exact tag, then the tag with any prefix, by plain text search. */
export function extractRaw(xml: string, tag: string, includeTag: boolean): string | undefined {
  const exact = xml.indexOf(`<${tag}`);
  const prefixed = xml.indexOf(`:${tag}`);
  const start = exact >= 0 ? exact : xml.lastIndexOf("<", prefixed);
  if (exact < 0 && prefixed < 0) return undefined;
  const name = exact >= 0 ? tag : `${xml.slice(start + 1, prefixed)}:${tag}`;
  const closing = `</${name}>`;
  const end = xml.indexOf(closing, start);
  if (end < 0) return undefined;
  return includeTag ? xml.slice(start, end + closing.length) : xml.slice(xml.indexOf(">", start) + 1, end);
}

/** generate_sha1_proof_wsse: the content of wsse:Security; without entropy a bearer ticket, not signed. */
export function sipeSecurity(response: string, clientEntropy: Uint8Array | undefined): string {
  const lifetime = extractRaw(response, "Lifetime", false) ?? "";
  const timestamp = `<wsu:Timestamp xmlns:wsu="${WSU}" wsu:Id="timestamp">${lifetime}</wsu:Timestamp>`;
  const assertion = extractRaw(response, "Assertion", true) ?? "";
  if (!clientEntropy) return `${timestamp}${assertion}`;
  const id = /AssertionID="([^"]*)"/.exec(assertion)?.[1] ?? "";
  const serverEntropy = Buffer.from(extractRaw(response, "BinarySecret", false) ?? "", "base64");
  const key = pSha1(clientEntropy, serverEntropy, clientEntropy.length);
  const digest = createHash("sha1").update(timestamp).digest("base64");
  const signedInfo =
    `<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">` +
    `<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></CanonicalizationMethod>` +
    `<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"></SignatureMethod>` +
    `<Reference URI="#timestamp"><Transforms><Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></Transform>` +
    `</Transforms><DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"></DigestMethod>` +
    `<DigestValue>${digest}</DigestValue></Reference></SignedInfo>`;
  const signature = createHmac("sha1", key).update(signedInfo).digest("base64");
  return (
    `${timestamp}${assertion}<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"> ${signedInfo} ` +
    `<SignatureValue>${signature}</SignatureValue> <KeyInfo>  <wsse:SecurityTokenReference ` +
    `wsse:TokenType="http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1">   <wsse:KeyIdentifier ` +
    `ValueType="http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID">${id}</wsse:KeyIdentifier>` +
    `  </wsse:SecurityTokenReference> </KeyInfo></Signature>`
  );
}

/** sipe_svc_get_and_publish_cert: the SOAP message, with a request in base64. */
export const sipeCertificateRequest = (options: {
  security: string;
  entity: string;
  deviceId: string;
  pkcs10: string;
}): string =>
  `<?xml version="1.0"?>\r\n<soap:Envelope xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" ` +
  `xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512" ` +
  `xmlns:auth="http://schemas.xmlsoap.org/ws/2006/12/authorization" xmlns:wsa="http://www.w3.org/2005/08/addressing" ` +
  `xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" ` +
  `xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsu="${WSU}" >` +
  `<soap:Header> <wsse:Security>${options.security}</wsse:Security></soap:Header> <soap:Body><GetAndPublishCert ` +
  `xmlns="http://schemas.microsoft.com/OCS/AuthWebServices/" ` +
  `xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512/" ` +
  `xmlns:wstep="http://schemas.microsoft.com/windows/pki/2009/01/enrollment" DeviceId="${options.deviceId}" ` +
  `Entity="${options.entity}"> <wst:RequestSecurityToken>  <wst:TokenType>http://docs.oasis-open.org/wss/2004/01/` +
  `oasis-200401-wss-x509-token-profile-1.0#X509v3</wst:TokenType>  <wst:RequestType>http://docs.oasis-open.org/ws-sx/` +
  `ws-trust/200512/Issue</wst:RequestType>  <wsse:BinarySecurityToken   ValueType="http://schemas.microsoft.com/OCS/` +
  `AuthWebServices.xsd#PKCS10"   EncodingType="http://docs.oasis-open.org/wss/2004/01/` +
  `oasis-200401-wss-wssecurity-secext-1.0.xsd#Base64Binary"  >\r\n${options.pkcs10}</wsse:BinarySecurityToken>  ` +
  `<wstep:RequestID>9a4c9a60-0e29-4e0e-a2a1-1f0c38e4a4a1</wstep:RequestID> </wst:RequestSecurityToken>` +
  `</GetAndPublishCert></soap:Body></soap:Envelope>`;
