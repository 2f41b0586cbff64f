// The NT hashes of an app password as they are stored in D1: sealed, and bound to their table, column, user and
// credential (S-14). With an NT hash one can sign in, as with the password. So a copy of the database alone must open
// nothing, and a row copied over another row must open nothing. Of an app password that asks for a code its characters
// are sealed (S-64). They are bound to this as well: nobody who can write in D1 makes it one that asks for no code.

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

/** Seals the characters of an app password that asks for a code. */
export function sealCodePassword(keyring: Keyring, place: CredentialPlace, characters: string): string {
  const plaintext = Buffer.from(characters, "utf8");
  return Buffer.from(seal(keyring, "app-password", associated(place, WITH_CODE), plaintext)).toString("base64url");
}

/** Opens what {@link sealCodePassword} made for the same row. */
export function openCodePassword(keyring: Keyring, place: CredentialPlace, text: string): Result<string, OpenFault> {
  const opened = open(keyring, "app-password", associated(place, WITH_CODE), Buffer.from(text, "base64url"));
  return opened.ok ? ok(Buffer.from(opened.value).toString("utf8")) : opened;
}

/** Seals the same value with the key that seals now. `asksCode`: it is that of an app password that asks for a code. */
export function sealedAgain(
  keyring: Keyring,
  place: CredentialPlace,
  { ntHashes, asksCode }: { readonly ntHashes: string; readonly asksCode?: boolean },
): Result<string, OpenFault> {
  if (asksCode === true) {
    const opened = openCodePassword(keyring, place, ntHashes);
    return opened.ok ? ok(sealCodePassword(keyring, place, opened.value)) : opened;
  }
  const opened = openHashes(keyring, place, ntHashes);
  return opened.ok ? ok(sealHashes(keyring, place, opened.value)) : opened;
}

/** Whether the value is sealed under an older key, so that a rotation still has to seal it again (S-15). */
export function needsResealing(keyring: Keyring, text: string): boolean {
  return Buffer.from(text, "base64url").subarray(0, KEY_ID_BYTES).toString("hex") !== keyring.current.id;
}

const HASHES = "nt_hashes";
const WITH_CODE = "nt_hashes with a code";

function associated({ userId, credentialId }: CredentialPlace, what = HASHES): string {
  return `app_passwords|${what}|${userId}|${credentialId}`;
}
