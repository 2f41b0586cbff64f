// Why a signed token request is refused. The list is closed, and variants.test.ts has a test for each fault. The client
// gets one answer for all of them.

/** Faults that end the reading of the text, before its parts are looked at. */
export type ReadingFault =
  | "too-large"
  | "not-utf-8"
  /** Not well-formed XML, or not well-formed with namespaces. An entity of a document type is such a fault too. */
  | "not-xml"
  | "xml-version"
  | "xml-encoding"
  | "doctype"
  | "comment"
  | "processing-instruction"
  | "cdata"
  | "too-many-elements"
  | "too-deep"
  | "too-many-attributes"
  | "too-many-prefixes"
  /** A name of an element, attribute, prefix or namespace is not ASCII. */
  | "name-not-ascii";

/** Faults of a message whose parts are not where they must be. */
export type PartsFault =
  /** There is not exactly one envelope with one header and one body, in this order. */
  | "not-soap"
  /** There is text where only elements may stand. */
  | "stray-text"
  /** The body is not exactly one token request. */
  | "not-one-request"
  | "not-one-security"
  /**
   * `Security` has another attribute than `mustUnderstand`. Such an attribute (actor, role) addresses it to somebody
   * else.
   */
  | "security-addressed"
  /** `Security` has something besides a timestamp, a token and a signature, such as another credential. */
  | "security-content"
  | "not-one-timestamp"
  | "not-one-token"
  | "not-one-signature"
  | "several-to"
  /** A name that belongs in one place stands in another one. This is how signature wrapping shows. */
  | "misplaced"
  | "bad-id"
  | "repeated-id";

/** Faults of a signature that has another form than the one accepted. */
export type SignatureFault =
  | "signature-content"
  | "signed-info-content"
  | "canonicalization"
  | "signature-algorithm"
  | "reference-count"
  | "reference-content"
  | "reference-uri"
  | "transforms"
  | "digest-algorithm"
  | "bad-base64"
  /** `KeyInfo` is not exactly one reference to the token beside it. */
  | "key-reference"
  /** A reference points to something that may not be signed. */
  | "reference-target"
  | "reference-repeated"
  | "timestamp-not-signed"
  | "digest-differs"
  | "signature-differs";

/** Faults of a token that is not one certificate with an RSA key of an accepted size. */
export type KeyFault = "token-type" | "bad-certificate" | "not-rsa" | "key-size" | "key-exponent";

/** `To` names another host than this one. */
export type AddressFault = "another-host";

/** A timestamp that Postern cannot read. */
export type TimestampFault = "timestamp-content" | "expires-before-created";

/** A timestamp that Postern can read, of the wrong time. */
export type StaleFault = "created-in-future" | "too-old" | "expired";

/** Every reason for which a signed token request is refused. */
export type ProofFault =
  | ReadingFault
  | PartsFault
  | SignatureFault
  | KeyFault
  | AddressFault
  | TimestampFault
  | StaleFault;

const STALE: ReadonlySet<string> = new Set<StaleFault>(["created-in-future", "too-old", "expired"]);

/**
 * What the audit says. A wrong clock has a word of its own, because an administrator has to look for it elsewhere than
 * for a wrong message.
 */
export const proofReason = (fault: string): "proof-stale" | "proof-malformed" =>
  STALE.has(fault) ? "proof-stale" : "proof-malformed";
