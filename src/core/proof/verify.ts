// The strict verifier of a token request that a device signed with the key of its certificate (MS-OCAUTHWS 3.2:
// WS-Security with an X.509 token). It is pure: it knows no user, no device and no database. The caller asks the guard
// whose key it is, whether the key is still good, and whether the signature was used before. Begin here.
// docs/design/0014-device-proof.md says in which order to read the other files, and what to ask of each.
//
// A success means: within the last minutes, somebody who has the private key of `keyHash` signed the parts in `signed`.
// It does not mean that this somebody wrote the rest of the message: WCF signs the timestamp and not the body.

import { createHash, createPublicKey, verify } from "node:crypto";
import { ok, type Result, refuse } from "../result.ts";
import { canonicalForm } from "./canonical-form.ts";
import { attributeOf, type Element, textIn } from "./element.ts";
import type { ProofFault, SignatureFault } from "./faults.ts";
import { SOAP_1_2, WSU_NS } from "./names.ts";
import { findParts, type Parts } from "./parts.ts";
import { keyInToken, type PublicKey } from "./public-key.ts";
import { readMessage } from "./read.ts";
import { readSignature, type SignatureClaim } from "./signature-element.ts";
import { readTimestamp, type SignedTime } from "./timestamp.ts";

/** The parts that can be signed. The timestamp always is. */
export type SignedPart = "timestamp" | "to" | "body" | "token";

export type DeviceProof = SignedTime & {
  /** SHA-256 of the key's SubjectPublicKeyInfo, in hex. */
  readonly keyHash: string;
  /**
   * SHA-256 of the signature, in hex. It is the only id of a signature: the same signature can be sent in many
   * messages.
   */
  readonly replayId: string;
  readonly signed: ReadonlySet<SignedPart>;
  /** The version of SOAP in which the message is written. */
  readonly soap: "1.1" | "1.2";
  /** The owner's name in the certificate. Anybody can write any name there, so it only tells which guard to ask. */
  readonly certificateName: string | undefined;
};

/** Verifies a message exactly as it arrived. `host`: the name that `To` must have, in lower case. `now` in ms. */
export function verifyTokenRequest(
  message: Uint8Array,
  { host, now }: { readonly host: string; readonly now: number },
): Result<DeviceProof, ProofFault> {
  // 1. Read the bytes, once.
  const envelope = readMessage(message);
  if (!envelope.ok) return envelope;
  // 2. Find each part in its one place. After this step nobody looks for a part by its name or id anywhere else.
  const parts = findParts(envelope.value);
  if (!parts.ok) return parts;
  // 3. Read what the signature claims to sign, and with which token's key. Believe nothing of it yet.
  const claim = readSignature(parts.value.signature);
  if (!claim.ok) return claim;
  if (claim.value.tokenId !== idOf(parts.value.token)) return refuse("key-reference");
  // 4. Read the key. The certificate around it is not trusted, and need not be.
  const token = keyInToken(parts.value.token);
  if (!token.ok) return token;
  const { key, name } = token.value;
  // 5. and 6. Check that the message is for this host, and that it was signed within the last minutes. Both count only
  // if the signature turns out good.
  if (parts.value.to !== undefined && hostIn(parts.value.to) !== host) return refuse("another-host");
  const time = readTimestamp(parts.value.timestamp, now);
  if (!time.ok) return time;
  // 7. Compute digests and RSA last, when no cheaper check is left that could refuse the message.
  const signed = signedParts(parts.value, claim.value);
  if (!signed.ok) return signed;
  if (!isSignedBy(key, claim.value)) return refuse("signature-differs");
  return ok({
    ...time.value,
    keyHash: key.hash,
    // The signature must be as long as the key. RSA with this padding has only one signature for each text (RFC 8017
    // 8.2), so nobody can write a signature in another way and use it twice.
    replayId: createHash("sha256").update(claim.value.value).digest("hex"),
    signed: signed.value,
    soap: envelope.value.namespace === SOAP_1_2 ? "1.2" : "1.1",
    certificateName: name,
  });
}

const idOf = (element: Element): string | undefined => attributeOf(element, WSU_NS, "Id");

/** The host of a URL that has no user, and no other port than the usual one. */
const hostIn = (to: Element): string | undefined =>
  /^https?:\/\/([A-Za-z0-9.-]+)(?::443)?(?:[/?]\S*)?$/.exec(textIn(to)?.trim() ?? "")?.[1]?.toLowerCase();

/** The parts that the references name. All their digests must be right (DSIG 3.2.1). */
function signedParts(parts: Parts, { references }: SignatureClaim): Result<ReadonlySet<SignedPart>, SignatureFault> {
  const mayBeSigned: readonly (readonly [SignedPart, Element | undefined])[] = [
    ["timestamp", parts.timestamp],
    ["to", parts.to],
    ["body", parts.body],
    ["token", parts.token],
  ];
  const signed = new Set<SignedPart>();
  for (const { id, inclusive, hash, digest } of references) {
    // No id stands twice in the message (parts.ts checks this), so every reader finds the same element.
    const [name, element] = mayBeSigned.find(([, part]) => part !== undefined && idOf(part) === id) ?? [];
    if (name === undefined || element === undefined) return refuse("reference-target");
    if (signed.has(name)) return refuse("reference-repeated");
    signed.add(name);
    const computed = createHash(hash).update(canonicalForm(element, inclusive), "utf8").digest();
    if (!computed.equals(digest)) return refuse("digest-differs");
  }
  return signed.has("timestamp") ? ok(signed) : refuse("timestamp-not-signed");
}

/** Whether this key made the signature over `SignedInfo` (DSIG 3.2.2). */
function isSignedBy({ spki }: PublicKey, { signedInfo, inclusive, hash, value }: SignatureClaim): boolean {
  const text = Buffer.from(canonicalForm(signedInfo, inclusive), "utf8");
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    return verify(hash, text, key, value);
  } catch {
    // The library refuses a key that Postern has accepted. Such a key verifies nothing.
    return false;
  }
}
