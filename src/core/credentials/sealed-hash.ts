// The NT hashes of an app password as they are stored in D1: sealed, and bound to their table, column, user and
// credential (S-14). With an NT hash one can sign in, as with the password. So a copy of the database alone must open
// nothing, and a row copied over another row must open nothing.

import type { Keyring } from "../crypto/keyring.ts";
import { KEY_ID_BYTES } from "../crypto/keyring.ts";
import { type OpenFault, open, seal } from "../crypto/seal.ts";
import { ok, type Result, refuse } from "../result.ts";

/** The row and column to which a sealed pair of hashes is bound. */
export type CredentialPlace = { readonly userId: string; readonly credentialId: string };

const NT_HASH_BYTES = 16;

/** Seals the two hashes of `ntHashesOf` for one row; the result is base64url text of 86 characters. */
export function sealHashes(
  keyring: Keyring,
  place: CredentialPlace,
  hashes: readonly [Uint8Array, Uint8Array],
): string {
  const plaintext = new Uint8Array(2 * NT_HASH_BYTES);
  plaintext.set(hashes[0], 0);
  plaintext.set(hashes[1], NT_HASH_BYTES);
  return Buffer.from(seal(keyring, "app-password", associated(place), plaintext)).toString("base64url");
}

/** Opens what {@link sealHashes} made for the same row: the hash without separators, then the hash with them. */
export function openHashes(
  keyring: Keyring,
  place: CredentialPlace,
  text: string,
): Result<[Uint8Array, Uint8Array], OpenFault> {
  const opened = open(keyring, "app-password", associated(place), Buffer.from(text, "base64url"));
  if (!opened.ok) return opened;
  if (opened.value.length !== 2 * NT_HASH_BYTES) return refuse("broken");
  return ok([opened.value.slice(0, NT_HASH_BYTES), opened.value.slice(NT_HASH_BYTES)]);
}

/** Whether the value is sealed under an older key, so that a rotation still has to seal it again (S-15). */
export function needsResealing(keyring: Keyring, text: string): boolean {
  return Buffer.from(text, "base64url").subarray(0, KEY_ID_BYTES).toString("hex") !== keyring.current.id;
}

function associated({ userId, credentialId }: CredentialPlace): string {
  return `app_passwords|nt_hashes|${userId}|${credentialId}`;
}
