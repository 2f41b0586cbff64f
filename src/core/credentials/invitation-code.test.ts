import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY_BYTES } from "../crypto/key-list.ts";
import { parseKeyring } from "../crypto/keyring.ts";
import { INVITATION_BYTES, invitationCodeOf, invitationMarks, readInvitationCode } from "./invitation-code.ts";

const secrets = fc.uint8Array({ minLength: INVITATION_BYTES, maxLength: INVITATION_BYTES });
const keyOf = (fill: number) => {
  const ring = parseKeyring(Buffer.alloc(KEY_BYTES, fill).toString("base64"));
  if (!ring.ok) throw new Error(ring.reason);
  return ring.value.current;
};

describe("S-56: the code of an invitation", () => {
  it("is seven groups of four, and is read again in any spelling", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const code = invitationCodeOf(secret);
        expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){6}[0-9a-hjkmnp-tv-z]{4}$/);
        for (const typed of [
          code,
          code.toUpperCase(),
          ` ${code.replaceAll("-", " ")}\n`,
          code.replaceAll("-", ""),
          code.replaceAll("0", "O").replaceAll("1", "l"),
        ]) {
          expect(readInvitationCode(typed)).toEqual({ ok: true, value: secret });
        }
      }),
    );
  });

  it("finds one wrong character, and two that changed places", () => {
    const code = invitationCodeOf(Uint8Array.from({ length: INVITATION_BYTES }, (_, at) => at * 17)).replaceAll(
      "-",
      "",
    );
    let found = 0;
    let tried = 0;
    for (let at = 0; at < code.length; at++) {
      const other = code.charAt(at) === "a" ? "b" : "a";
      const swapped = code.slice(0, at) + (code[at + 1] ?? "") + code.charAt(at) + code.slice(at + 2);
      for (const typed of [code.slice(0, at) + other + code.slice(at + 1), swapped]) {
        if (typed === code) continue;
        tried += 1;
        if (!readInvitationCode(typed).ok) found += 1;
      }
    }
    expect(found).toBe(tried);
  });

  it.each(["", "x", "0".repeat(27), "0".repeat(29), "ü".repeat(28), "u".repeat(28), "0".repeat(10_000)])(
    "does not take %s",
    (text) => {
      expect(readInvitationCode(text)).toEqual({ ok: false, reason: "not-a-code" });
    },
  );

  it("is kept under a key: without the key, and with another, nothing fits", () => {
    const secret = new Uint8Array(INVITATION_BYTES).fill(7);
    const marks = invitationMarks(keyOf(1), secret);
    expect(marks.id).toMatch(/^i_[a-z2-7]{16}$/);
    expect(marks.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(invitationMarks(keyOf(1), secret)).toEqual(marks);
    const other = invitationMarks(keyOf(2), secret);
    expect(other.id).not.toBe(marks.id);
    expect(other.hash).not.toBe(marks.hash);
  });
});
