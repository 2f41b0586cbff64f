import { describe, expect, it } from "vitest";
import { stepAt, totp } from "../../../test/kit/codes.ts";
import { KEYRING, must } from "../../../test/kit/ntlm.ts";
import { ntHash } from "../ntlm/responses.ts";
import { APP_PASSWORD_ALPHABET, generateAppPassword, ntHashesOf } from "./app-password.ts";
import { codeHashes, endedCodeHashes } from "./code-hashes.ts";
import {
  CODE_PASSWORD_LENGTH,
  charactersOfCodePassword,
  generateCodePassword,
  hashesWithCode,
  readTypedWithCode,
} from "./code-password.ts";
import { openCodePassword, openHashes, sealCodePassword, sealedAgain, sealHashes } from "./sealed-hash.ts";

const PASSWORD = "abcd-efgh-jkmn-pqrs";
const CHARACTERS = "abcdefghjkmnpqrs";
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("S-64: an app password that asks for a code", () => {
  it("has 79 bits, and four groups that people can type", () => {
    const many = Array.from({ length: 200 }, generateCodePassword);
    expect(new Set(many).size).toBe(many.length);
    for (const each of many) expect(each).toMatch(/^[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){3}$/);
    expect(CODE_PASSWORD_LENGTH * Math.log2(APP_PASSWORD_ALPHABET.length)).toBeGreaterThan(79);
  });

  it("becomes no credential in any other form", () => {
    for (const text of [generateAppPassword(), "", "abcd", `${PASSWORD}1`, "ABCD-EFGH-JKMN-PQRS"]) {
      expect(() => charactersOfCodePassword(text), text).toThrow("only a generated app password");
    }
    expect(charactersOfCodePassword(PASSWORD)).toBe(CHARACTERS);
  });

  it("hashes what people type: with hyphens, without, and with one more before the code", () => {
    expect(hashesWithCode(CHARACTERS, "012345").map(hex)).toEqual(
      [`${CHARACTERS}012345`, `${PASSWORD}012345`, `${PASSWORD}-012345`].map((text) => hex(ntHash(text))),
    );
  });

  it("is read in the clear whatever the separators, and nothing else is", () => {
    const read = { whole: `${CHARACTERS}012345`, bare: CHARACTERS };
    for (const text of [`${PASSWORD}012345`, `${PASSWORD} 012 345`, `${CHARACTERS}-012345`]) {
      expect(readTypedWithCode(text), text).toEqual(read);
    }
    expect(readTypedWithCode(PASSWORD)).toEqual({ whole: CHARACTERS, bare: CHARACTERS });
    for (const text of [`${PASSWORD}01234`, `${PASSWORD}0123456`, `${PASSWORD}01234x`, generateAppPassword(), ""]) {
      expect(readTypedWithCode(text), text).toBeUndefined();
    }
  });

  it("is sealed for its row and for its kind: neither opens as the other", () => {
    const place = { userId: "u_1", credentialId: "p_1" };
    const sealed = sealCodePassword(KEYRING, place, CHARACTERS);
    expect(openCodePassword(KEYRING, place, sealed)).toEqual({ ok: true, value: CHARACTERS });
    expect(openCodePassword(KEYRING, { ...place, credentialId: "p_2" }, sealed).ok).toBe(false);
    expect(openHashes(KEYRING, place, sealed).ok).toBe(false);
    const hashes = sealHashes(KEYRING, place, ntHashesOf(generateAppPassword()));
    expect(openCodePassword(KEYRING, place, hashes).ok).toBe(false);
    expect(sealed).not.toContain(CHARACTERS);
    const again = must(sealedAgain(KEYRING, place, { ntHashes: sealed, asksCode: true }));
    expect([again === sealed, openCodePassword(KEYRING, place, again)]).toEqual([
      false,
      { ok: true, value: CHARACTERS },
    ]);
    expect(sealedAgain(KEYRING, place, { ntHashes: sealed }).ok).toBe(false);
  });
});

describe("S-64: what each hash would mean", () => {
  const SECRET = Buffer.alloc(20, 7);
  const NOW = 1_790_000_000_000;
  const step = stepAt(NOW);
  const codes = (lastStep: number) => ({ codeAt: (at: number) => totp(SECRET, at), lastStep });
  const kinds = (lastStep: number, known: { held?: number; known: readonly number[] }) => {
    const all = codeHashes(CHARACTERS, codes(lastStep), known, NOW);
    const kindsOf = all.map(({ state }) => `${state.kind}${"step" in state ? ` ${state.step - step}` : ""}`);
    return { count: all.length, kinds: [...new Set(kindsOf)] };
  };

  it("is fresh for the steps around now that were not used, and those that open come first", () => {
    expect(kinds(0, { known: [] })).toEqual({ count: 11, kinds: ["fresh 0", "fresh -1", "fresh 1", "missing"] });
    expect(kinds(step, { known: [step] })).toEqual({ count: 11, kinds: ["fresh 1", "used 0", "used -1", "missing"] });
    expect(kinds(step, { held: step, known: [step] })).toEqual({
      count: 11,
      kinds: ["held 0", "fresh 1", "used -1", "missing"],
    });
  });

  it("is used for the steps that were good once, of which there are two at most: 17 hashes", () => {
    expect(kinds(step - 9, { known: [step - 20, step - 9] })).toEqual({
      count: 17,
      kinds: ["fresh 0", "fresh -1", "fresh 1", "used -20", "used -9", "missing"],
    });
    expect(endedCodeHashes(CHARACTERS, codes(0), { known: [step - 9] })).toHaveLength(5);
  });

  it("opens nothing when the person has no authenticator app", () => {
    const all = codeHashes(CHARACTERS, undefined, { held: step, known: [step] }, NOW);
    expect(all.map(({ state }) => state.kind)).toEqual(["missing", "missing"]);
  });
});
