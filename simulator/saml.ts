// The SAML 1.1 web ticket. It is an assertion that names the user by SIP URI. It has the proof key, encrypted for the
// pool (holder-of-key, OASIS WSS SAML Token Profile 1.1), and the pool signs it. It is written on one line. Its
// attributes have the order and quotes that SIPE and published traffic tools search for as text.

import { constants, type KeyObject, privateDecrypt, publicEncrypt, randomUUID } from "node:crypto";
import { attributeOf, descend, escapeXml, search, textOf, type XmlElement } from "./xml.ts";
import { signEnveloped, verifySignature } from "./xml-signature.ts";

/** RST TokenType of this ticket. */
export const SAML_TOKEN_TYPE = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";

const SAML = "urn:oasis:names:tc:SAML:1.0:assertion";
const CLAIM_URI = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri";
const HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key";
const OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

/** The pool's assertion-signing key and the certificate that goes with it. */
export interface AssertionSigner {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly certificate: Uint8Array;
  /** The issuer in the assertion. A real Front-End writes its internal address. */
  readonly issuer: string;
}

export interface AssertionFacts {
  /** With scheme, `sip:alice@contoso.test`. */
  readonly sipUri: string;
  /** The address of the service for which the RST asked. */
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly proofKey: Uint8Array;
}

/** Writes and signs an assertion. Returns its text and its AssertionID. */
export function issueAssertion(signer: AssertionSigner, facts: AssertionFacts): { xml: string; id: string } {
  const id = `SamlSecurityToken-${randomUUID()}`;
  const [from, to] = [instant(facts.issuedAt), instant(facts.expiresAt)];
  const padding = { key: signer.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING };
  const sealedKey = publicEncrypt(padding, facts.proofKey).toString("base64");
  const unsigned =
    `<saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="${id}" Issuer="${escapeXml(signer.issuer)}" ` +
    `IssueInstant="${from}" xmlns:saml="${SAML}"><saml:Conditions NotBefore="${from}" NotOnOrAfter="${to}">` +
    `<saml:AudienceRestrictionCondition><saml:Audience>${escapeXml(facts.audience)}</saml:Audience>` +
    `</saml:AudienceRestrictionCondition></saml:Conditions><saml:AuthenticationStatement AuthenticationInstant="${from}" ` +
    `AuthenticationMethod="urn:federation:authentication:windows"><saml:Subject>` +
    `<saml:NameIdentifier Format="${CLAIM_URI}">${escapeXml(facts.sipUri)}</saml:NameIdentifier>` +
    `<saml:SubjectConfirmation><saml:ConfirmationMethod>${HOLDER_OF_KEY}</saml:ConfirmationMethod>` +
    `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">` +
    `<xenc:EncryptionMethod Algorithm="${OAEP}"/><xenc:CipherData><xenc:CipherValue>${sealedKey}` +
    `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo></saml:SubjectConfirmation></saml:Subject>` +
    `</saml:AuthenticationStatement></saml:Assertion>`;
  return { xml: signEnveloped(unsigned, id, signer.privateKey, signer.certificate), id };
}

/** The contents of an assertion whose signature is good. */
export interface VerifiedAssertion {
  readonly id: string;
  /** Decrypts the key for the proof. A bearer ticket does not need it, so it is decrypted only on demand. */
  readonly proofKey: () => Uint8Array;
}

/** Verifies the signature of an assertion and reads it. Undefined for every fault. The caller checks the lifetime. */
export function openAssertion(signer: AssertionSigner, assertion: XmlElement): VerifiedAssertion | undefined {
  const id = attributeOf(assertion, "AssertionID");
  const signature = descend(assertion, "Signature");
  if (assertion.uri !== SAML || assertion.local !== "Assertion" || id === undefined || !signature) return undefined;
  if (!verifySignature(signature, assertion, id, { kind: "rsa", publicKey: signer.publicKey })) return undefined;
  const subject = descend(assertion, "AuthenticationStatement", "Subject");
  const sealedKey = subject && search(subject, "CipherValue");
  if (!sealedKey) return undefined;
  const padding = { key: signer.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING };
  const proofKey = (): Uint8Array => privateDecrypt(padding, Buffer.from(textOf(sealedKey), "base64"));
  return { id, proofKey };
}

/** `2026-10-23T08:15:00.000Z`: milliseconds as .NET writes them. */
export const instant = (ms: number): string => new Date(ms).toISOString();
