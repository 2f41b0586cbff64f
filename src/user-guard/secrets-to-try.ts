// Which NT hashes one attempt is compared with, and whose they are. An ordinary app password has two. One that asks for
// a code has some for each code that may come (S-64).

import { type CodeState, codeHashes, endedCodeHashes } from "../core/credentials/code-hashes.ts";
import type { Codes } from "../core/credentials/code-steps.ts";
import { type Evidence, type Proof, type ProofFault, prove } from "../core/credentials/evidence.ts";
import { openCodePassword, openHashes } from "../core/credentials/sealed-hash.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import type { OpenFault } from "../core/crypto/seal.ts";
import { LEAST_HASHES } from "../core/ntlm/verify.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { SealedCredential, SignInAttempt } from "../guards/sign-in-question.ts";
import type { CodeTable } from "./code-table.ts";
import type { Place } from "./user-lockout.ts";

/** Whose secret a hash is. */
export type SecretOwner = {
  /** The id of the app password. */
  readonly id: string;
  /** How it ended, if it did. */
  readonly end?: "revoked" | "expired";
  /** When it runs out, ms; infinite: it does not. */
  readonly until: number;
  /** Of one that asks for a code: which code was behind it. `wrong`: another one. */
  readonly code?: CodeState | { readonly kind: "wrong" };
};

/** The hashes of one attempt. */
export type SecretsToTry = {
  readonly hashes: readonly Uint8Array[];
  /** Whose each is. */
  readonly owners: readonly SecretOwner[];
  /** Whether a right code would open one of them, so that a wrong proof may be a guess at a code. */
  readonly withCode: boolean;
};

/** Where codes come from. */
export type CodeParts = {
  /** The codes of the guard's user. Undefined: the user has no authenticator app. */
  readonly codes: () => Codes | undefined;
  readonly table: CodeTable;
};

/** The live secrets, and as many ended ones as cost no more than an attempt for an unknown user. */
export function secretsToTry(
  user: SignInAttempt["user"],
  place: Place,
  keyring: Keyring,
  { codes: codesOf, table }: CodeParts,
  now: number,
): Result<SecretsToTry, `app-password-${OpenFault}`> {
  const hashes: Uint8Array[] = [];
  const owners: SecretOwner[] = [];
  let withCode = false;
  // A disabled user has no password that could be right. The attempt costs as much work as a wrong password (S-22).
  if (user.disabled) return ok({ hashes, owners, withCode });
  const add = (hash: Uint8Array, owner: SecretOwner): void => {
    hashes.push(hash);
    owners.push(owner);
  };
  const ended = [
    ...user.revoked.map((each) => ({ ...each, end: "revoked" as const })),
    ...(user.expired ?? []).map((each) => ({ ...each, end: "expired" as const })),
  ];
  const asked = [...user.credentials, ...ended].some(({ asksCode }) => asksCode === true);
  const codes = asked ? codesOf() : undefined;
  const at = ({ id }: SealedCredential) => ({ userId: user.id, credentialId: id });
  for (const credential of user.credentials) {
    const { id, ntHashes, asksCode, until = Number.POSITIVE_INFINITY } = credential;
    if (asksCode === true) {
      const opened = openCodePassword(keyring, at(credential), ntHashes);
      if (!opened.ok) return refuse(`app-password-${opened.reason}`);
      withCode ||= codes !== undefined;
      for (const { hash, state } of codeHashes(opened.value, codes, table.stepsOf(id, place, now), now)) {
        add(hash, { id, until, code: state });
      }
    } else {
      const opened = openHashes(keyring, at(credential), ntHashes);
      if (!opened.ok) return refuse(`app-password-${opened.reason}`);
      for (const hash of opened.value) add(hash, { id, until });
    }
  }
  for (const credential of ended) {
    const found = endedHashes(credential);
    if (hashes.length + found.length > LEAST_HASHES) break;
    for (const hash of found) add(hash, { id: credential.id, end: credential.end, until: 0 });
  }
  return ok({ hashes, owners, withCode });

  /** An ended one that does not open any more can be left out. */
  function endedHashes(credential: SealedCredential): readonly Uint8Array[] {
    if (credential.asksCode === true) {
      const opened = openCodePassword(keyring, at(credential), credential.ntHashes);
      return opened.ok ? endedCodeHashes(opened.value, codes, table.stepsOf(credential.id, place, now)) : [];
    }
    const opened = openHashes(keyring, at(credential), credential.ntHashes);
    return opened.ok ? opened.value : [];
  }
}

/** What evidence proved. */
export type Proved = Omit<Proof, "index"> & { readonly owner: SecretOwner };

/**
 * Compares evidence with the hashes. A password that came in the clear is also compared without the code behind it, so
 * that a wrong code is known as such.
 */
export function proveSecret(evidence: Evidence, { hashes, owners }: SecretsToTry): Result<Proved, ProofFault> {
  const proof = prove(evidence, hashes);
  if (proof.ok) {
    const { index, ...rest } = proof.value;
    const owner = owners[index];
    return owner === undefined ? refuse("wrong-proof") : ok({ ...rest, owner });
  }
  if (evidence.kind !== "password" || evidence.bare === undefined) return proof;
  const bare = prove({ kind: "password", ntHash: evidence.bare }, hashes);
  const owner = bare.ok ? owners[bare.value.index] : undefined;
  return owner === undefined ? proof : ok({ owner: { ...owner, code: { kind: "wrong" } } });
}
