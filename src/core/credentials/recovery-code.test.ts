import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { newRecoveryCodes, readRecoveryCode, recoveryMark, recoveryMarks } from "./recovery-code.ts";

const ring = (...fills: readonly number[]): Keyring =>
  must(parseKeyring(fills.map((fill) => Buffer.alloc(32, fill).toString("base64")).join(" ")));

describe("S-59: recovery codes", () => {
  it("are ten, of 50 random bits, and no two sets are alike", () => {
    const sets = Array.from({ length: 50 }, newRecoveryCodes);
    for (const codes of sets) expect(codes).toHaveLength(10);
    expect(new Set(sets.flat()).size).toBe(500);
    for (const code of sets.flat()) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    for (let at = 0; at < 5; at++) expect(new Set(sets.flat().map((code) => code.charAt(at))).size).toBe(32);
  });

  it("are read as people type them", () => {
    for (const typed of ["ABCDE-01234", "abcde01234", " abcde 01234 ", "ABCDE-OI234", "abc.de-0l234"]) {
      expect(readRecoveryCode(typed)).toBe("ABCDE01234");
    }
    for (const typed of ["", "ABCDE-0123", "ABCDE-012345", "ABCDE-0123U", "123456", "x".repeat(100_000)]) {
      expect(readRecoveryCode(typed)).toBeUndefined();
    }
  });

  it("are found by what a key made of them, also an older key, and only for their user", () => {
    const kept = recoveryMark(ring(1), "u_1", "ABCDE01234");
    expect(kept).not.toContain("ABCDE");
    expect(recoveryMarks(ring(2, 1), "u_1", "ABCDE01234")).toContain(kept);
    expect(recoveryMarks(ring(2), "u_1", "ABCDE01234")).not.toContain(kept);
    expect(recoveryMarks(ring(2, 1), "u_2", "ABCDE01234")).not.toContain(kept);
    expect(recoveryMarks(ring(2, 1), "u_1", "ABCDE01235")).not.toContain(kept);
  });
});
