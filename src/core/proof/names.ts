// The names that stand in a signed token request, and its bounds. Sources: WSS = OASIS WS-Security SOAP Message
// Security 1.1, X509TP = its X.509 Certificate Token Profile 1.1, DSIG = XML Signature 1.0, EXC = Exclusive XML
// Canonicalization 1.0.

const WSS_2004 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";

/** `wsse:` (WSS 2). */
export const WSSE_NS = `${WSS_2004}-wssecurity-secext-1.0.xsd`;
/** `wsu:` (WSS 2). */
export const WSU_NS = `${WSS_2004}-wssecurity-utility-1.0.xsd`;
/** `ds:` (DSIG 1.3). */
export const DSIG_NS = "http://www.w3.org/2000/09/xmldsig#";
/** This text is both the namespace and the name of the algorithm (EXC 4). */
export const EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

export const SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope";
/** SOAP 1.1 and 1.2. */
export const SOAP_NAMESPACES: ReadonlySet<string> = new Set(["http://schemas.xmlsoap.org/soap/envelope/", SOAP_1_2]);
/** WS-Addressing of August 2004 and 1.0. */
export const ADDRESSING_NAMESPACES: ReadonlySet<string> = new Set([
  "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  "http://www.w3.org/2005/08/addressing",
]);
/** WS-Trust of February 2005 and 1.3. */
export const TRUST_NAMESPACES: ReadonlySet<string> = new Set([
  "http://schemas.xmlsoap.org/ws/2005/02/trust",
  "http://docs.oasis-open.org/ws-sx/ws-trust/200512",
]);

/** The value type of a single certificate (X509TP 3.1). */
export const X509_V3 = `${WSS_2004}-x509-token-profile-1.0#X509v3`;
/** The only encoding of a binary token, which is also the default (WSS 6.3). */
export const BASE64_BINARY = `${WSS_2004}-soap-message-security-1.0#Base64Binary`;

export type Hash = "sha1" | "sha256";

/** Signature algorithms accepted: RSA with PKCS#1 v1.5 padding (DSIG 6.4.2; RFC 6931 2.3.2). */
export const SIGNATURE_ALGORITHMS: ReadonlyMap<string, Hash> = new Map([
  [`${DSIG_NS}rsa-sha1`, "sha1"],
  ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "sha256"],
]);
/** Digest algorithms accepted (DSIG 6.2.1; XML Encryption 5.7.2). */
export const DIGEST_ALGORITHMS: ReadonlyMap<string, Hash> = new Map([
  [`${DSIG_NS}sha1`, "sha1"],
  ["http://www.w3.org/2001/04/xmlenc#sha256", "sha256"],
]);
/** The length of each digest, bytes. */
export const DIGEST_BYTES: Readonly<Record<Hash, number>> = { sha1: 20, sha256: 32 };

// Bounds of a message. Real messages have about 5 KB, 40 elements, 12 levels and 10 attributes on one element.
export const MAX_MESSAGE_BYTES = 32 * 1024;
export const MAX_ELEMENTS = 200;
export const MAX_DEPTH = 32;
/** The most attributes on one element, namespace declarations included. */
export const MAX_ATTRIBUTES = 24;
/** The most prefixes that are in force at one element, or stand in one list. */
export const MAX_PREFIXES = 64;
/** The longest certificate, bytes. One certificate always fits; a chain of several does not. */
export const MAX_CERTIFICATE_BYTES = 8 * 1024;

/**
 * RSA key sizes in bits. Lync issues certificates for keys from 1024 bits. Above 4096 bits, one verification takes a
 * Worker milliseconds.
 */
export const MIN_KEY_BITS = 1024;
export const MAX_KEY_BITS = 4096;

/** How far a device's clock may be wrong, ms. It is the default of WCF (`MaxClockSkew`). */
export const CLOCK_SKEW_MS = 5 * 60_000;
/**
 * How long a signature can be used, ms. A later `Expires` does not lengthen it. WCF's own signatures live five minutes.
 */
export const MAX_AGE_MS = 10 * 60_000;
