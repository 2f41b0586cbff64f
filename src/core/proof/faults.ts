// Why a signed token request is refused. The list is closed: each fault has a test in variants.test.ts, and outside all
// of them are one answer.

/** What ends the reading of the text, before anything is understood. */
export type ReadingFault =
  | "too-large"
  | "not-utf-8"
  /**
   * Not well-formed, or not well-formed with namespaces. An entity that only a document type could declare is this too.
   */
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
  /** An element, attribute, prefix or namespace that is not ASCII. */
  | "name-not-ascii";

/** A message that is not built as it must be. */
export type PartsFault =
  /** Not one envelope with one header and one body, in this order. */
  | "not-soap"
  /** Text where only elements belong. */
  | "stray-text"
  /** The body is not one token request and nothing else. */
  | "not-one-request"
  | "not-one-security"
  /** `Security` with an attribute other than `mustUnderstand`: an actor or a role addresses it to somebody else. */
  | "security-addressed"
  /** `Security` holds something else than a timestamp, a token and a signature: another credential, for example. */
  | "security-content"
  | "not-one-timestamp"
  | "not-one-token"
  | "not-one-signature"
  | "several-to"
  /** A name that has one place in the message stands in another one: the mark of signature wrapping. */
  | "misplaced"
  | "bad-id"
  | "repeated-id";

/** A signature that is not of the one kind that is accepted. */
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
  /** `KeyInfo` is anything but one reference to the token beside it. */
  | "key-reference"
  /** A reference to something that is not one of the parts that may be signed. */
  | "reference-target"
  | "reference-repeated"
  | "timestamp-not-signed"
  | "digest-differs"
  | "signature-differs";

/** A token that is not one certificate with an RSA key of an accepted size. */
export type KeyFault = "token-type" | "bad-certificate" | "not-rsa" | "key-size" | "key-exponent";

/** `To` names something else than this host. */
export type AddressFault = "another-host";

/** A timestamp that cannot be read. */
export type TimestampFault = "timestamp-content" | "expires-before-created";

/** A good timestamp at the wrong time. */
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

/** What the audit says: a clock that is wrong is another thing to look for than a message that is. */
export const proofReason = (fault: string): "proof-stale" | "proof-malformed" =>
  STALE.has(fault) ? "proof-stale" : "proof-malformed";
