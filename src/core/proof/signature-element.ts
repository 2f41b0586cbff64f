// Step 3: what the `Signature` claims to sign, and how. Postern accepts one form: exclusive canonical form, RSA with
// SHA-1 or SHA-256, references by id within the message, the key in the token beside it. It refuses everything else
// that XML Signature allows: XPath, XSLT, other transforms, objects, HMAC, keys by value.

import { ok, type Result, refuse } from "../result.ts";
import { fromBase64 } from "./base64.ts";
import { attributeOf, type Element, elementsIn, hasOnly, is, textIn } from "./element.ts";
import type { SignatureFault } from "./faults.ts";
import {
  DIGEST_ALGORITHMS,
  DIGEST_BYTES,
  DSIG_NS,
  EXCLUSIVE_C14N,
  type Hash,
  MAX_KEY_BITS,
  MAX_PREFIXES,
  SIGNATURE_ALGORITHMS,
  WSSE_NS,
  X509_V3,
} from "./names.ts";

/** One signed part. */
export type Reference = {
  readonly id: string;
  /** The prefixes of `InclusiveNamespaces` for its canonical form. */
  readonly inclusive: readonly string[];
  readonly hash: Hash;
  readonly digest: Uint8Array;
};

export type SignatureClaim = {
  readonly signedInfo: Element;
  /** The prefixes of `InclusiveNamespaces` for the canonical form of `signedInfo`. */
  readonly inclusive: readonly string[];
  readonly hash: Hash;
  readonly value: Uint8Array;
  readonly references: readonly Reference[];
  /** The id of the token that has the key. */
  readonly tokenId: string;
};

/** The most references: as many as there are parts that may be signed. */
const MAX_REFERENCES = 4;

/** Reads a `Signature` (DSIG 4). */
export function readSignature(signature: Element): Result<SignatureClaim, SignatureFault> {
  const [signedInfo, signatureValue, keyInfo, more] = elementsIn(signature);
  const whole =
    is(signedInfo, DSIG_NS, "SignedInfo") &&
    is(signatureValue, DSIG_NS, "SignatureValue") &&
    is(keyInfo, DSIG_NS, "KeyInfo");
  if (!whole || signedInfo === undefined || signatureValue === undefined || keyInfo === undefined) {
    return refuse("signature-content");
  }
  if (more !== undefined || !hasOnly(signature, "Id")) return refuse("signature-content");

  const [canonicalization, method, ...referenceElements] = elementsIn(signedInfo);
  if (!hasOnly(signedInfo, "Id")) return refuse("signed-info-content");
  if (!is(canonicalization, DSIG_NS, "CanonicalizationMethod")) return refuse("signed-info-content");
  if (!is(method, DSIG_NS, "SignatureMethod")) return refuse("signed-info-content");
  const inclusive = exclusiveForm(canonicalization);
  if (inclusive === undefined) return refuse("canonicalization");
  const hash = SIGNATURE_ALGORITHMS.get(algorithmOf(method) ?? "");
  if (hash === undefined) return refuse("signature-algorithm");

  if (referenceElements.length === 0 || referenceElements.length > MAX_REFERENCES) return refuse("reference-count");
  const references: Reference[] = [];
  for (const element of referenceElements) {
    const reference = readReference(element);
    if (!reference.ok) return reference;
    references.push(reference.value);
  }

  const value = fromBase64(textIn(signatureValue), MAX_KEY_BITS / 8);
  if (value === undefined) return refuse("bad-base64");
  const tokenId = tokenReferredTo(keyInfo);
  return tokenId === undefined
    ? refuse("key-reference")
    : ok({ signedInfo, inclusive, hash, value, references, tokenId });
}

/** A `Reference` (DSIG 4.3.3). */
function readReference(element: Element): Result<Reference, SignatureFault> {
  const [transforms, method, digestValue, more] = elementsIn(element);
  const whole =
    is(element, DSIG_NS, "Reference") && is(method, DSIG_NS, "DigestMethod") && is(digestValue, DSIG_NS, "DigestValue");
  if (!whole || more !== undefined || !hasOnly(element, "Id", "URI")) {
    // Without transforms a reference has one element less, and means the inclusive canonical form. Postern refuses it.
    return refuse(is(transforms, DSIG_NS, "DigestMethod") ? "transforms" : "reference-content");
  }
  const id = localId(attributeOf(element, "", "URI"));
  if (id === undefined) return refuse("reference-uri");
  if (!is(transforms, DSIG_NS, "Transforms") || transforms === undefined) return refuse("reference-content");
  const [transform, another] = elementsIn(transforms);
  const inclusive = is(transform, DSIG_NS, "Transform") ? exclusiveForm(transform) : undefined;
  if (another !== undefined || inclusive === undefined || !hasOnly(transforms)) return refuse("transforms");
  const hash = DIGEST_ALGORITHMS.get(algorithmOf(method) ?? "");
  if (hash === undefined) return refuse("digest-algorithm");
  const digest = digestValue && fromBase64(textIn(digestValue), DIGEST_BYTES[hash]);
  return digest?.length === DIGEST_BYTES[hash] ? ok({ id, inclusive, hash, digest }) : refuse("bad-base64");
}

/** Accepts `#id`, and refuses every XPointer. */
const localId = (uri: string | undefined): string | undefined => /^#([A-Za-z0-9._-]+)$/.exec(uri ?? "")?.[1];

/** The algorithm that an element names. An element with a parameter is refused, such as the length of an HMAC. */
function algorithmOf(element: Element | undefined): string | undefined {
  const bare = element !== undefined && elementsIn(element).length === 0 && hasOnly(element, "Algorithm");
  return bare ? attributeOf(element, "", "Algorithm") : undefined;
}

const PREFIX = /^[A-Za-z_][A-Za-z0-9._-]*$/;

/**
 * The prefixes in `InclusiveNamespaces` of an element that names the exclusive canonical form (EXC 4). Undefined: the
 * element names something else.
 */
function exclusiveForm(element: Element | undefined): readonly string[] | undefined {
  if (element === undefined || !hasOnly(element, "Algorithm")) return undefined;
  if (attributeOf(element, "", "Algorithm") !== EXCLUSIVE_C14N) return undefined;
  const [list, more] = elementsIn(element);
  if (list === undefined) return [];
  const plain = is(list, EXCLUSIVE_C14N, "InclusiveNamespaces") && hasOnly(list, "PrefixList");
  if (!plain || more !== undefined || elementsIn(list).length > 0) return undefined;
  const prefixes = (attributeOf(list, "", "PrefixList") ?? "").split(" ").filter((prefix) => prefix !== "");
  if (prefixes.length > MAX_PREFIXES) return undefined;
  if (!prefixes.every((prefix) => prefix === "#default" || PREFIX.test(prefix))) return undefined;
  return prefixes.map((prefix) => (prefix === "#default" ? "" : prefix));
}

/** Reads a `KeyInfo`, which must be one direct reference to one token (WSS 7.2, X509TP 3.2.1). */
function tokenReferredTo(keyInfo: Element): string | undefined {
  const [tokenReference, more] = elementsIn(keyInfo);
  if (!is(tokenReference, WSSE_NS, "SecurityTokenReference") || more !== undefined || !hasOnly(keyInfo, "Id")) {
    return undefined;
  }
  const [reference, another] = tokenReference === undefined ? [] : elementsIn(tokenReference);
  if (reference === undefined || another !== undefined || !is(reference, WSSE_NS, "Reference")) return undefined;
  if (elementsIn(reference).length > 0 || !hasOnly(reference, "URI", "ValueType")) return undefined;
  const type = attributeOf(reference, "", "ValueType") ?? X509_V3;
  return type === X509_V3 ? localId(attributeOf(reference, "", "URI")) : undefined;
}
