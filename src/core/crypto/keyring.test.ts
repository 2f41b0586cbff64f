import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KEY_BYTES } from "./key-list.ts";
import { KEY_ID_BYTES, type Keyring, parseKeyring } from "./keyring.ts";

const key = (fill: number): string => Buffer.alloc(KEY_BYTES, fill).toString("base64");
const ring = (text: string): Keyring => {
  const keyring = parseKeyring(text);
  if (!keyring.ok) throw new Error(keyring.reason);
  return keyring.value;
};

describe("S-15: the sealing keys", () => {
  it("the first one seals, all of them open", () => {
    const keyring = ring(`${key(1)} ${key(2)},${key(3)}\n`);
    expect(keyring.current.id).toBe(ring(key(1)).current.id);
    expect([...keyring.byId.keys()]).toEqual([1, 2, 3].map((fill) => ring(key(fill)).current.id));
  });

  it("an id is made from its key, says nothing of it, and stays the same", () => {
    const { id } = ring(key(1)).current;
    expect(id).toMatch(new RegExp(`^[0-9a-f]{${2 * KEY_ID_BYTES}}$`));
    expect(ring(key(1)).current.id).toBe(id);
    expect(ring(key(2)).current.id).not.toBe(id);
    expect(createHash("sha256").update(Buffer.alloc(KEY_BYTES, 1)).digest("hex").startsWith(id)).toBe(false);
  });

  it("each purpose has a subkey of its own, and each key others", () => {
    const purposes = [
      "ntlm-challenge",
      "ntlm-server-challenge",
      "app-password",
      "ticket",
      "attempt",
      "invitation",
    ] as const;
    const subkeys = [1, 2].flatMap((fill) =>
      purposes.map((purpose) => ring(key(fill)).current.subkey(purpose).export()),
    );
    expect(new Set(subkeys.map((subkey) => Buffer.from(subkey).toString("hex"))).size).toBe(2 * purposes.length);
    for (const subkey of subkeys) {
      expect(subkey.length).toBe(KEY_BYTES);
      expect(Buffer.from(subkey).toString("base64")).not.toBe(key(1));
    }
  });

  it.each([
    ["", "no-key"],
    [" \n ,", "no-key"],
    ["correct horse battery staple", "not-32-bytes-base64"],
    [Buffer.alloc(31, 1).toString("base64"), "not-32-bytes-base64"],
    [Buffer.alloc(33, 1).toString("base64"), "not-32-bytes-base64"],
    [key(1).replace("=", ""), "not-32-bytes-base64"],
    [key(0xff).replaceAll("/", "_"), "not-32-bytes-base64"],
    [`${key(1)} ${key(2)} x`, "not-32-bytes-base64"],
    [`${key(1)} ${key(2)} ${key(1)}`, "key-twice"],
  ])("`%s` is refused: %s", (text, reason) => {
    expect(parseKeyring(text)).toEqual({ ok: false, reason });
  });
});
