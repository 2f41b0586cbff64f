// A token service of WS-Federation for the simulator's own tests: a key with its certificate, metadata on a port of its
// own, and tokens with whatever fault a test wants. It shares no code with Postern's token service.

import { createServer } from "node:http";
import { CertificateAuthority } from "./certificate-authority.ts";
import { close, listen } from "./listen.ts";
import { demoUsers } from "./users.ts";
import { escapeXml } from "./xml.ts";
import { signEnveloped } from "./xml-signature.ts";

/** A key that signs tokens, with its self-signed certificate. */
export type TestKey = Pick<CertificateAuthority, "signingKey" | "certificate">;

export const newTestKey = (): TestKey => new CertificateAuthority("Token signing of a test", Date.now());

/** What a test wants in a token. Every default makes a good one. */
export interface TestToken {
  readonly key: TestKey;
  readonly id?: string;
  /** Default: alice's. Undefined cannot be asked for; `""` leaves the claim out. */
  readonly sid?: string;
  /** Default: the realm of the pool of contoso.test. */
  readonly audience?: string;
  readonly issuer?: string;
  /** Ends of its life, ms since the epoch. Default: from a minute ago, for five minutes. */
  readonly from?: number;
  readonly until?: number;
  /** Changes the signed assertion. */
  readonly edit?: (assertion: string) => string;
  /** False: the assertion is not signed. */
  readonly signed?: false;
}

const CLAIMS = "http://schemas.microsoft.com/ws/2008/06/identity/claims";
const SAML = "urn:oasis:names:tc:SAML:1.0:assertion";

/** The signed assertion of a token. */
export function testAssertion(wanted: TestToken): string {
  const { key, id = `_${crypto.randomUUID()}`, sid = demoUsers[0]?.sid ?? "" } = wanted;
  const from = new Date(wanted.from ?? Date.now() - 60_000).toISOString();
  const until = new Date(wanted.until ?? Date.now() + 240_000).toISOString();
  const subject =
    `<saml:Subject><saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer` +
    `</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>`;
  const claim =
    sid === ""
      ? ""
      : `<saml:AttributeStatement>${subject}<saml:Attribute AttributeName="primarysid" AttributeNamespace="${CLAIMS}">` +
        `<saml:AttributeValue>${escapeXml(sid)}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`;
  const assertion =
    `<saml:Assertion xmlns:saml="${SAML}" AssertionID="${id}" IssueInstant="${from}" ` +
    `Issuer="${escapeXml(wanted.issuer ?? "http://sts.contoso.test/postern")}" MajorVersion="1" MinorVersion="1">` +
    `<saml:Conditions NotBefore="${from}" NotOnOrAfter="${until}"><saml:AudienceRestrictionCondition><saml:Audience>` +
    `${escapeXml(wanted.audience ?? "https://web.contoso.test/passiveauth")}</saml:Audience>` +
    `</saml:AudienceRestrictionCondition></saml:Conditions>${claim}<saml:AuthenticationStatement ` +
    `AuthenticationInstant="${from}" AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:unspecified">${subject}` +
    `</saml:AuthenticationStatement></saml:Assertion>`;
  const signed = wanted.signed === false ? assertion : signEnveloped(assertion, id, key.signingKey, key.certificate);
  return wanted.edit ? wanted.edit(signed) : signed;
}

/** `wresult` around an assertion. */
export const resultAround = (assertion: string): string =>
  `<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:RequestedSecurityToken>` +
  `${assertion}</t:RequestedSecurityToken><t:TokenType>${SAML}</t:TokenType></t:RequestSecurityTokenResponse>`;

/** Signed metadata with the certificates of all the keys; the first signs. */
export function testMetadata(keys: readonly TestKey[], passiveUrl: string): string {
  const federation = "http://docs.oasis-open.org/wsfed/federation/200706";
  const descriptors = keys.map(
    ({ certificate }) =>
      `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
      `${Buffer.from(certificate).toString("base64")}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
  );
  const document =
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_metadata" ` +
    `entityID="http://sts.contoso.test/postern"><RoleDescriptor xmlns:fed="${federation}" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="fed:SecurityTokenServiceType" ` +
    `protocolSupportEnumeration="${federation}">${descriptors.join("")}<fed:PassiveRequestorEndpoint>` +
    `<EndpointReference xmlns="http://www.w3.org/2005/08/addressing"><Address>${passiveUrl}</Address>` +
    `</EndpointReference></fed:PassiveRequestorEndpoint></RoleDescriptor></EntityDescriptor>`;
  const [first] = keys;
  return first ? signEnveloped(document, "_metadata", first.signingKey, first.certificate) : document;
}

/** Metadata on a loopback port, which a test can replace. */
export async function startTokenService(document: string) {
  const served = { document, reads: 0, lastHost: "" };
  const server = createServer((request, response) => {
    served.reads++;
    served.lastHost = request.headers.host ?? "";
    response.writeHead(200, { "content-type": "application/samlmetadata+xml" }).end(served.document);
  });
  const port = await listen(server, 0);
  const metadataUri = `http://127.0.0.1:${port}/FederationMetadata/2007-06/FederationMetadata.xml`;
  return { metadataUri, served, stop: () => close(server) };
}
