// Evidence: what a client sends to prove who it is, over any channel. Only this file compares evidence with a user's
// app passwords. It tries all hashes. For a user with few app passwords or none it tries dummy hashes too, so an
// unknown user takes as long as a known one.

import { timingSafeEqual } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";
import { fingerprintOf } from "../lockout/repeats.ts";
import { parseAuthenticate } from "../ntlm/authenticate.ts";
import type { RelayFault } from "../ntlm/relay.ts";
import type { ChallengeFault, VerifyFault } from "../ntlm/types.ts";
import { LEAST_HASHES, verifyAuthenticate } from "../ntlm/verify.ts";
import { ok, type Result, refuse } from "../result.ts";

/** The answer to one of Postern's challenges: the messages of the handshake, and the challenge that it uses up. */
export type NtlmEvidence = {
  readonly kind: "ntlm";
  /** The challenge's id in hex. The first attempt uses the challenge up. */
  readonly challengeId: string;
  /** ms */
  readonly challengeExpiresAt: number;
  readonly serverChallenge: Uint8Array;
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly authenticate: Uint8Array;
  /**
   * The client made its response for another service. This counts only when the proof is right, because the proof
   * covers it.
   */
  readonly relayFault?: RelayFault | undefined;
};

export type Evidence =
  | NtlmEvidence
  /**
   * The NT hash of a password that came in clear text. The password itself never leaves the Worker. `bare`: the hash
   * without the code, if the text has the form of an app password with a code behind it. It proves nothing.
   */
  | { readonly kind: "password"; readonly ntHash: Uint8Array; readonly bare?: Uint8Array }
  /**
   * Evidence that cannot be verified at all, such as NTLMv1 or an expired challenge. The reason goes into the audit.
   */
  | { readonly kind: "nothing"; readonly reason: UnprovableReason };

/** Why evidence could not be verified at all. */
export type UnprovableReason =
  | "anonymous"
  | "lm-only"
  | "ntlm-v1"
  | "password-too-long"
  | `challenge-${ChallengeFault}`;

/** Why evidence proves nothing. */
export type ProofFault = VerifyFault | RelayFault | UnprovableReason | "wrong-password";

/** Which of the hashes the client proved it knows; for NTLM also the session key. */
export type Proof = { readonly index: number; readonly exportedSessionKey?: Uint8Array };

/**
 * A text by which Postern recognises the same evidence when it is sent again. Nobody can read the evidence from it. A
 * password is recognised by its hash. An NTLM answer is recognised by its challenge, which can be used only once.
 * Evidence that cannot be verified is recognised by its reason and its client.
 */
export function proofFingerprint(keyring: Keyring, evidence: Evidence, client: string): string {
  switch (evidence.kind) {
    case "password":
      return fingerprintOf(keyring, "password", evidence.ntHash);
    case "nothing":
      return fingerprintOf(keyring, "nothing", evidence.reason, client);
    case "ntlm":
      return fingerprintOf(keyring, "challenge", evidence.challengeId);
  }
}

const NO_SECRET = new Uint8Array(16);

/** Compares evidence with NT hashes. Pure; nothing that a client can send makes it throw. */
export function prove(evidence: Evidence, ntHashes: readonly Uint8Array[]): Result<Proof, ProofFault> {
  switch (evidence.kind) {
    case "ntlm":
      return proveNtlm(evidence, ntHashes);
    case "password":
      return provePassword(evidence.ntHash, ntHashes);
    case "nothing":
      return refuse(evidence.reason);
  }
}

function proveNtlm(evidence: NtlmEvidence, ntHashes: readonly Uint8Array[]): Result<Proof, ProofFault> {
  const { authenticate, serverChallenge, negotiate, challenge } = evidence;
  const message = parseAuthenticate(authenticate);
  if (!message.ok) return refuse("bad-response"); // it was read once before
  const verified = verifyAuthenticate({
    message: message.value,
    raw: authenticate,
    serverChallenge,
    negotiate,
    challenge,
    ntHashes,
  });
  return verified.ok && evidence.relayFault !== undefined ? refuse(evidence.relayFault) : verified;
}

function provePassword(ntHash: Uint8Array, ntHashes: readonly Uint8Array[]): Result<Proof, ProofFault> {
  if (ntHash.length !== NO_SECRET.length) return refuse("wrong-password");
  let found: number | undefined;
  for (let index = 0; index < Math.max(ntHashes.length, LEAST_HASHES); index++) {
    if (timingSafeEqual(ntHashes[index] ?? NO_SECRET, ntHash)) found ??= index;
  }
  return found === undefined || found >= ntHashes.length ? refuse("wrong-password") : ok({ index: found });
}
