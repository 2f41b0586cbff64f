// Postern's sealing keys. A key's id is derived from the key itself, so a wrong key cannot be taken for the right one:
// a sealed value carries the id of its key, and no other key has that id (S-15). The first key seals; every key opens.
// To rotate, put a new key in front.

import { createHash, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { ok, type Result, refuse } from "../result.ts";
import { KEY_BYTES, type KeyListFault, readKeyList } from "./key-list.ts";

/** Bytes of a key id at the front of everything sealed. */
export const KEY_ID_BYTES = 4;

/** What a sealed value is for. Each purpose has its own subkey, so a value sealed for one never opens for another. */
export type Purpose =
  | "ntlm-challenge"
  | "ntlm-server-challenge"
  | "app-password"
  | "ticket"
  | "attempt"
  | "notice"
  | "invitation"
  | "portal-totp"
  | "portal-passphrase"
  | "portal-recovery"
  | "backup"
  | "passive-start"
  | "passive-issued"
  | "passive-session"
  | "passive-approval";

/** One sealing key: never used directly, only through its per-purpose subkeys. */
export type SealingKey = {
  /** Eight lower-case hex digits. */
  readonly id: string;
  readonly subkey: (purpose: Purpose) => KeyObject;
};

/** The key that seals now and every key that still opens. */
export type Keyring = { readonly current: SealingKey; readonly byId: ReadonlyMap<string, SealingKey> };

/** Reads `SEALING_KEYS`: a {@link readKeyList list of keys}, the sealing one first. */
export function parseKeyring(text: string): Result<Keyring, KeyListFault> {
  const keys = readKeyList(text);
  if (!keys.ok) return keys;
  const sealing = keys.value.map(({ bytes }) => sealingKey(bytes));
  const [current] = sealing;
  const byId = new Map(sealing.map((key) => [key.id, key]));
  if (current === undefined) return refuse("no-key");
  return byId.size < sealing.length ? refuse("key-twice") : ok({ current, byId });
}

function sealingKey(bytes: Uint8Array): SealingKey {
  const id = createHash("sha256")
    .update("postern key id\0")
    .update(bytes)
    .digest("hex")
    .slice(0, 2 * KEY_ID_BYTES);
  const subkeys = new Map<Purpose, KeyObject>();
  const subkey = (purpose: Purpose): KeyObject => {
    let derived = subkeys.get(purpose);
    if (derived === undefined) {
      derived = createSecretKey(Buffer.from(hkdfSync("sha256", bytes, "postern", purpose, KEY_BYTES)));
      subkeys.set(purpose, derived);
    }
    return derived;
  };
  return { id, subkey };
}
