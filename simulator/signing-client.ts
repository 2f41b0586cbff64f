// A desktop client that signs its ticket request with its certificate's key, in WCF's form for a certificate over
// transport security. The timestamp is signed, the certificate is beside it, and the body is not signed unless a test
// asks for it. Every part is written in canonical form at once (https://www.w3.org/TR/xml-exc-c14n/). So the text that
// is signed does not depend on the code that verifies it. A test makes a bad request with options that no good client
// would have.

import { createHash, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { der, derBits, derOid, TAG } from "./der.ts";
import { EXCLUSIVE_C14N } from "./xml-c14n.ts";

const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const ADDRESSING = "http://www.w3.org/2005/08/addressing";
const TRUST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
const WSSE = `${WSS}-wssecurity-secext-1.0.xsd`;
const WSU = `${WSS}-wssecurity-utility-1.0.xsd`;
const DSIG = "http://www.w3.org/2000/09/xmldsig#";
export const X509_V3 = `${WSS}-x509-token-profile-1.0#X509v3`;
export const BASE64_BINARY = `${WSS}-soap-message-security-1.0#Base64Binary`;

const SIGNATURE_ALGORITHMS = {
  sha1: `${DSIG}rsa-sha1`,
  sha256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
} as const;
const DIGEST_ALGORITHMS = { sha1: `${DSIG}sha1`, sha256: "http://www.w3.org/2001/04/xmlenc#sha256" } as const;
const TOKEN_TYPES = {
  saml: "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
  cwt: "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1",
} as const;

/** The key pair of a device. */
export interface DeviceKey {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
}

/** A new RSA key, as a desktop makes one at its first sign-in. */
export function makeDeviceKey(bits = 2048): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return { privateKey, spki: publicKey.export({ format: "der", type: "spki" }) };
}

/** The PKCS#10 request (RFC 2986) for a certificate of a key, in base64, signed with SHA-1 as SIPE does. */
export function pkcs10For({ privateKey, spki }: DeviceKey, commonName = "device"): string {
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, derOid("2.5.4.3"), der(TAG.utf8String, Buffer.from(commonName)))),
  );
  const info = der(TAG.sequence, der(TAG.integer, Buffer.from([0])), name, spki, der(0xa0));
  const algorithm = der(TAG.sequence, derOid("1.2.840.113549.1.1.5"), der(TAG.null));
  const signature = createSign("sha1").update(info).sign(privateKey);
  return Buffer.from(der(TAG.sequence, info, algorithm, derBits(signature))).toString("base64");
}

/** The parts that can be signed, by their ids. */
export type SignablePart = "timestamp" | "to" | "body" | "token";

/** The contents of a signed token request. Only the first three fields are required. */
export interface SignedRequest {
  readonly key: DeviceKey;
  /** DER in base64. */
  readonly certificate: string;
  /** Milliseconds. */
  readonly now: number;
  readonly tokenType?: "saml" | "cwt";
  /** The SIP URI in the claims. Null: no claims. */
  readonly sipUri?: string | null;
  readonly appliesTo?: string;
  /** The client's 32 bytes, base64. */
  readonly entropy?: string;
  /** `wsa:To`. Default: none. */
  readonly to?: string;
  /** The signed parts. Default: the timestamp, and `to` if given, as WCF does. */
  readonly signs?: readonly SignablePart[];
  /** The hash of the signature. Default: SHA-1. */
  readonly hash?: "sha1" | "sha256";
  /** For how long the timestamp is good, ms. Default: five minutes. */
  readonly lifetimeMs?: number;
  /** The inside of the timestamp, in canonical form. */
  readonly timestamp?: string;
  /** The inside of the body, in canonical form. */
  readonly body?: string;
  /** Further header elements, before `Security`. */
  readonly header?: string;
  /** Changes `SignedInfo` before it is signed, so the signature stays good. */
  readonly signedInfo?: (text: string) => string;
  /** The content of `KeyInfo`. Default: the reference to the token. */
  readonly keyInfo?: string;
}

/** A whole request and its parts, for a test that changes them. */
export interface SignedMessage {
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
  readonly security: string;
  /** "" if there is none. */
  readonly to: string;
  readonly body: string;
  readonly text: string;
}

/** A signed request for a web ticket, and its parts. */
export function signedMessage(request: SignedRequest): SignedMessage {
  const hash = request.hash ?? "sha1";
  const timestamp = `<u:Timestamp xmlns:u="${WSU}" u:Id="timestamp">${request.timestamp ?? lifetime(request)}</u:Timestamp>`;
  const token =
    `<o:BinarySecurityToken xmlns:o="${WSSE}" xmlns:u="${WSU}" EncodingType="${BASE64_BINARY}" ` +
    `ValueType="${X509_V3}" u:Id="token">${request.certificate}</o:BinarySecurityToken>`;
  const to =
    request.to === undefined
      ? ""
      : `<a:To xmlns:a="${ADDRESSING}" xmlns:s="${SOAP}" xmlns:u="${WSU}" u:Id="to" s:mustUnderstand="1">${request.to}</a:To>`;
  const body = `<s:Body xmlns:s="${SOAP}" xmlns:u="${WSU}" u:Id="body">${request.body ?? tokenRequestBody(request)}</s:Body>`;
  const parts = { timestamp, token, to, body };
  const signs = request.signs ?? (to === "" ? ["timestamp"] : ["timestamp", "to"]);
  const signature = signatureOver(
    signs.map((part) => [part, parts[part]]),
    { ...request, hash },
  );
  const security = `<o:Security xmlns:o="${WSSE}" xmlns:s="${SOAP}" s:mustUnderstand="1">${timestamp}${token}${signature}</o:Security>`;
  const header = `<s:Header>${to}${request.header ?? ""}${security}</s:Header>`;
  const text = `<s:Envelope xmlns:s="${SOAP}">${header}${body}</s:Envelope>`;
  return { timestamp, token, signature, security, to, body, text };
}

/** A `Signature` over parts in canonical form, each with its id. */
export function signatureOver(
  parts: readonly (readonly [id: string, canonical: string])[],
  options: Pick<SignedRequest, "key" | "hash" | "signedInfo" | "keyInfo">,
): string {
  const { key, hash = "sha1", signedInfo = (text: string) => text } = options;
  const references = parts.map(([id, canonical]) => {
    const digest = createHash(hash).update(canonical).digest("base64");
    return (
      `<Reference URI="#${id}"><Transforms><Transform Algorithm="${EXCLUSIVE_C14N}"></Transform></Transforms>` +
      `<DigestMethod Algorithm="${DIGEST_ALGORITHMS[hash]}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference>`
    );
  });
  const info = signedInfo(
    `<SignedInfo xmlns="${DSIG}"><CanonicalizationMethod Algorithm="${EXCLUSIVE_C14N}"></CanonicalizationMethod>` +
      `<SignatureMethod Algorithm="${SIGNATURE_ALGORITHMS[hash]}"></SignatureMethod>${references.join("")}</SignedInfo>`,
  );
  const value = createSign(hash).update(info).sign(key.privateKey, "base64");
  const keyInfo =
    options.keyInfo ??
    `<o:SecurityTokenReference xmlns:o="${WSSE}"><o:Reference ValueType="${X509_V3}" URI="#token"/></o:SecurityTokenReference>`;
  return (
    `<Signature xmlns="${DSIG}">${info}<SignatureValue>${value}</SignatureValue>` +
    `<KeyInfo>${keyInfo}</KeyInfo></Signature>`
  );
}

function lifetime({ now, lifetimeMs = 5 * 60_000 }: SignedRequest): string {
  const [created, expires] = [now, now + lifetimeMs].map((ms) => new Date(ms).toISOString());
  return `<u:Created>${created}</u:Created><u:Expires>${expires}</u:Expires>`;
}

function tokenRequestBody(request: SignedRequest): string {
  const { tokenType = "saml", sipUri = "sip:alice@contoso.test" } = request;
  const appliesTo = request.appliesTo ?? "https://web.contoso.test/CertProv/CertProvisioningService.svc";
  const entropy = request.entropy ?? Buffer.alloc(32, 7).toString("base64");
  const claims =
    sipUri === null
      ? ""
      : `<t:Claims Dialect="urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims">` +
        `<c:ClaimType xmlns:c="http://schemas.xmlsoap.org/ws/2006/12/authorization" Optional="false" ` +
        `Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri"><c:Value>${sipUri}</c:Value></c:ClaimType></t:Claims>`;
  return (
    `<t:RequestSecurityToken xmlns:t="${TRUST}" Context="6b29fc40-ca47-1067-b31d-00dd010662da">` +
    `<t:TokenType>${TOKEN_TYPES[tokenType]}</t:TokenType>` +
    `<t:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</t:RequestType>` +
    `<p:AppliesTo xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference xmlns:a="${ADDRESSING}">` +
    `<a:Address>${appliesTo}</a:Address></a:EndpointReference></p:AppliesTo>${claims}` +
    `<t:Entropy><t:BinarySecret>${entropy}</t:BinarySecret></t:Entropy>` +
    `<t:KeyType>${TRUST}/SymmetricKey</t:KeyType></t:RequestSecurityToken>`
  );
}
