// XML signatures (https://www.w3.org/TR/xmldsig-core1/), only the part that web tickets need: an enveloped RSA
// signature on an assertion, an HMAC-SHA1 signature over one referenced element of a SOAP Security header, and an RSA
// signature over several. Exclusive canonicalization, SHA-1 or SHA-256; anything else does not verify.

import { createHash, createHmac, createSign, createVerify, type KeyObject, timingSafeEqual } from "node:crypto";
import { attributeOf, descend, elements, parseXml, textOf, type XmlElement } from "./xml.ts";
import { canonicalize, EXCLUSIVE_C14N } from "./xml-c14n.ts";

const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED = `${DSIG}enveloped-signature`;
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

const DIGESTS: Readonly<Record<string, string>> = { [`${DSIG}sha1`]: "sha1", [SHA256]: "sha256" };
const RSA_DIGESTS: Readonly<Record<string, string>> = { [`${DSIG}rsa-sha1`]: "sha1", [RSA_SHA256]: "sha256" };

/** The key that a signature must have been made with. */
export type VerificationKey =
  | { readonly kind: "rsa"; readonly publicKey: KeyObject }
  | { readonly kind: "hmac"; readonly secret: Uint8Array };

/**
 * Signs a document element with RSA-SHA256 and puts the Signature in as its last child; `id` is the value of its ID
 * attribute. Throws when `xml` is not well-formed: the caller wrote it.
 */
export function signEnveloped(xml: string, id: string, privateKey: KeyObject, certificate: Uint8Array): string {
  const digest = createHash("sha256").update(canonicalText(xml)).digest("base64");
  const signedInfo =
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE_C14N}"/>` +
    `<ds:SignatureMethod Algorithm="${RSA_SHA256}"/><ds:Reference URI="#${id}"><ds:Transforms>` +
    `<ds:Transform Algorithm="${ENVELOPED}"/><ds:Transform Algorithm="${EXCLUSIVE_C14N}"/>` +
    `</ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"/>` +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const standalone = signedInfo.replace("<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="${DSIG}">`);
  const value = createSign("sha256").update(canonicalText(standalone)).sign(privateKey, "base64");
  const signature =
    `<ds:Signature xmlns:ds="${DSIG}">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${Buffer.from(certificate).toString("base64")}` +
    `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  const end = xml.lastIndexOf("</");
  return `${xml.slice(0, end)}${signature}${xml.slice(end)}`;
}

function canonicalText(xml: string): string {
  const element = parseXml(xml);
  if (!element) throw new Error("not well-formed XML");
  return canonicalize(element);
}

/**
 * Verifies that `signature` covers exactly `target`, whose ID is `id`. For an enveloped signature the signature itself
 * is left out of what is digested. False for every kind of fault.
 */
export function verifySignature(signature: XmlElement, target: XmlElement, id: string, key: VerificationKey): boolean {
  const signedInfo = descend(signature, "SignedInfo");
  if (!signedInfo || signature.uri !== DSIG || !digestMatches(signedInfo, signature, target, id)) return false;
  return signatureMatches(signature, signedInfo, key);
}

/**
 * The elements that a signature covers. Each is the first element below `root` with the id in a Reference. Empty if a
 * digest or the signature is wrong. The position of the elements is not checked. A gateway has to do that.
 */
export function signedElements(signature: XmlElement, root: XmlElement, key: VerificationKey): ReadonlySet<XmlElement> {
  const signedInfo = descend(signature, "SignedInfo");
  if (!signedInfo || signature.uri !== DSIG || !signatureMatches(signature, signedInfo, key)) return new Set();
  const signed = new Set<XmlElement>();
  for (const reference of elements(signedInfo).filter(({ local }) => local === "Reference")) {
    const target = withId(root, attributeOf(reference, "URI")?.slice(1));
    const transform = descend(reference, "Transforms", "Transform");
    if (!target || attributeOf(transform, "Algorithm") !== EXCLUSIVE_C14N) return new Set();
    if (!isDigest(reference, canonicalize(target, new Set(), prefixesOf(transform)))) return new Set();
    signed.add(target);
  }
  return signed;
}

const withId = (root: XmlElement, id: string | undefined): XmlElement | undefined =>
  attributeOf(root, "Id") === id && id !== undefined
    ? root
    : elements(root)
        .map((child) => withId(child, id))
        .find((found) => found !== undefined);

/** The prefixes in the InclusiveNamespaces of a transform or a canonicalization method. */
const prefixesOf = (method: XmlElement | undefined): readonly string[] =>
  (attributeOf(descend(method, "InclusiveNamespaces"), "PrefixList") ?? "")
    .split(/\s+/)
    .filter((prefix) => prefix !== "")
    .map((prefix) => (prefix === "#default" ? "" : prefix));

function signatureMatches(signature: XmlElement, signedInfo: XmlElement, key: VerificationKey): boolean {
  const canonicalization = descend(signedInfo, "CanonicalizationMethod");
  if (attributeOf(canonicalization, "Algorithm") !== EXCLUSIVE_C14N) return false;
  const method = attributeOf(descend(signedInfo, "SignatureMethod"), "Algorithm") ?? "";
  const value = Buffer.from(textOf(descend(signature, "SignatureValue")), "base64");
  const signed = canonicalize(signedInfo, new Set(), prefixesOf(canonicalization));
  if (key.kind === "rsa") {
    const digest = RSA_DIGESTS[method];
    return digest !== undefined && createVerify(digest).update(signed).verify(key.publicKey, value);
  }
  if (method !== `${DSIG}hmac-sha1`) return false;
  const expected = createHmac("sha1", key.secret).update(signed).digest();
  return value.length === expected.length && timingSafeEqual(value, expected);
}

function digestMatches(signedInfo: XmlElement, signature: XmlElement, target: XmlElement, id: string): boolean {
  const references = elements(signedInfo).filter(({ local }) => local === "Reference");
  const [reference] = references;
  if (references.length !== 1 || !reference || attributeOf(reference, "URI") !== `#${id}`) return false;
  const transforms = elements(descend(reference, "Transforms") ?? reference)
    .filter(({ local }) => local === "Transform")
    .map((transform) => attributeOf(transform, "Algorithm"));
  if (transforms.at(-1) !== EXCLUSIVE_C14N) return false;
  const enveloped = transforms.length === 2 && transforms[0] === ENVELOPED;
  if (transforms.length > 1 && !enveloped) return false;
  const last = elements(descend(reference, "Transforms") ?? reference).at(-1);
  return isDigest(reference, canonicalize(target, new Set(enveloped ? [signature] : []), prefixesOf(last)));
}

/** Whether a Reference states the digest of a canonical text. */
function isDigest(reference: XmlElement, canonical: string): boolean {
  const digest = DIGESTS[attributeOf(descend(reference, "DigestMethod"), "Algorithm") ?? ""];
  if (digest === undefined) return false;
  const actual = createHash(digest).update(canonical).digest();
  const stated = Buffer.from(textOf(descend(reference, "DigestValue")), "base64");
  return stated.length === actual.length && timingSafeEqual(stated, actual);
}
