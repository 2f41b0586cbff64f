// The strict verifier of a token request that a device signed with its certificate's key (MS-OCAUTHWS 3.2: WS-Security
// with an X.509 token). It is pure: it knows no user, no device and no database. Whose key it is, whether it is still
// good, and whether the signature was used before, the caller asks the guard. Begin here;
// docs/design/0014-device-proof.md says in which order to read the other files, and what to ask of each.
//
// What a success says: within the last minutes somebody who has the private key of `keyHash` signed the parts in
// `signed`. It does not say that they wrote the rest of the message: WCF signs the timestamp and not the body.

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

/** What can be signed; the timestamp always is. */
export type SignedPart = "timestamp" | "to" | "body" | "token";

export type DeviceProof = SignedTime & {
  /** SHA-256 of the key's SubjectPublicKeyInfo, in hex. */
  readonly keyHash: string;
  /** SHA-256 of the signature, in hex. The same signature can be sent in many messages, and has only this one id. */
  readonly replayId: string;
  readonly signed: ReadonlySet<SignedPart>;
  /** The version of SOAP that the message is written in. */
  readonly soap: "1.1" | "1.2";
  /**
   * What the certificate calls its owner. Anybody can write that into a certificate, so it only says whose guard to
   * ask.
   */
  readonly certificateName: string | undefined;
};

/** Verifies a message as it arrived. `host`: the name that `To` must have, in lower case. `now` in ms. */
export function verifyTokenRequest(
  message: Uint8Array,
  { host, now }: { readonly host: string; readonly now: number },
): Result<DeviceProof, ProofFault> {
  // 1. One reading of the bytes.
  const envelope = readMessage(message);
  if (!envelope.ok) return envelope;
  // 2. Each part in its one place. From here on nobody looks for a part by its name or id anywhere else.
  const parts = findParts(envelope.value);
  if (!parts.ok) return parts;
  // 3. What the signature claims to sign, and with which token's key: nothing of it is believed yet.
  const claim = readSignature(parts.value.signature);
  if (!claim.ok) return claim;
  if (claim.value.tokenId !== idOf(parts.value.token)) return refuse("key-reference");
  // 4. The key. The certificate around it is not trusted, and need not be.
  const token = keyInToken(parts.value.token);
  if (!token.ok) return token;
  const { key, name } = token.value;
  // 5. and 6. Meant for this host, and signed within the last minutes, if the signature is good.
  if (parts.value.to !== undefined && hostIn(parts.value.to) !== host) return refuse("another-host");
  const time = readTimestamp(parts.value.timestamp, now);
  if (!time.ok) return time;
  // 7. Only now, when nothing else is left to refuse, is the message digested and RSA computed.
  const signed = signedParts(parts.value, claim.value);
  if (!signed.ok) return signed;
  if (!isSignedBy(key, claim.value)) return refuse("signature-differs");
  return ok({
    ...time.value,
    keyHash: key.hash,
    // The signature is as long as the key, and RSA with this padding has one signature for each text (RFC 8017 8.2), so
    // nobody can write it in another way to use it twice.
    replayId: createHash("sha256").update(claim.value.value).digest("hex"),
    signed: signed.value,
    soap: envelope.value.namespace === SOAP_1_2 ? "1.2" : "1.1",
    certificateName: name,
  });
}

const idOf = (element: Element): string | undefined => attributeOf(element, WSU_NS, "Id");

/** The host of a URL without user and with no port but the usual one. */
const hostIn = (to: Element): string | undefined =>
  /^https?:\/\/([A-Za-z0-9.-]+)(?::443)?(?:[/?]\S*)?$/.exec(textIn(to)?.trim() ?? "")?.[1]?.toLowerCase();

/** Which parts the references name, with digests that are right (DSIG 3.2.1). */
function signedParts(parts: Parts, { references }: SignatureClaim): Result<ReadonlySet<SignedPart>, SignatureFault> {
  const mayBeSigned: readonly (readonly [SignedPart, Element | undefined])[] = [
    ["timestamp", parts.timestamp],
    ["to", parts.to],
    ["body", parts.body],
    ["token", parts.token],
  ];
  const signed = new Set<SignedPart>();
  for (const { id, inclusive, hash, digest } of references) {
    // No id stands twice in the message (parts.ts), so every reader finds the same element for it.
    const [name, element] = mayBeSigned.find(([, part]) => part !== undefined && idOf(part) === id) ?? [];
    if (name === undefined || element === undefined) return refuse("reference-target");
    if (signed.has(name)) return refuse("reference-repeated");
    signed.add(name);
    const computed = createHash(hash).update(canonicalForm(element, inclusive), "utf8").digest();
    if (!computed.equals(digest)) return refuse("digest-differs");
  }
  return signed.has("timestamp") ? ok(signed) : refuse("timestamp-not-signed");
}

/** Whether the signature over `SignedInfo` is this key's (DSIG 3.2.2). */
function isSignedBy({ spki }: PublicKey, { signedInfo, inclusive, hash, value }: SignatureClaim): boolean {
  const text = Buffer.from(canonicalForm(signedInfo, inclusive), "utf8");
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    return verify(hash, text, key, value);
  } catch {
    // The library refuses a number that our own reading did not: no key of it verifies anything.
    return false;
  }
}
