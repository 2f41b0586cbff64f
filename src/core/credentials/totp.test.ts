import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { parseKeyring } from "../crypto/keyring.ts";
import {
  newTotpSecret,
  openTotpSecret,
  readTotpCode,
  sealTotpSecret,
  stepOfCode,
  totpCodesAt,
  totpText,
  totpUri,
} from "./totp.ts";

const SECRET = new TextEncoder().encode("12345678901234567890");
const keyring = must(parseKeyring(Buffer.alloc(32, 1).toString("base64")));

describe("S-59: codes of an authenticator app", () => {
  it("are those of RFC 6238, appendix B, whose last six digits an app shows", () => {
    const vectors = [
      [59, "287082"],
      [1_111_111_109, "081804"],
      [1_111_111_111, "050471"],
      [1_234_567_890, "005924"],
      [2_000_000_000, "279037"],
      [20_000_000_000, "353130"],
    ] as const;
    for (const [seconds, code] of vectors) {
      const now = seconds * 1_000;
      expect(stepOfCode(totpCodesAt(SECRET, now), code)).toBe(Math.floor(seconds / 30));
    }
  });

  it("are good one step before and after their own, and no longer", () => {
    const own = 1_000_000;
    const { code } = totpCodesAt(SECRET, own * 30_000)[0] ?? { code: "" };
    const at = (step: number) => stepOfCode(totpCodesAt(SECRET, step * 30_000), code);
    expect([-2, -1, 0, 1, 2].map((off) => at(own + off))).toEqual([undefined, own, own, own, undefined]);
  });

  it("that are longer, shorter or no digits are none", () => {
    const codes = totpCodesAt(SECRET, 59_000);
    for (const typed of ["", "28708", "2870820", "287082 ", "28708x", "٢٨٧٠٨٢"])
      expect(stepOfCode(codes, typed)).toBeUndefined();
    expect(["287082", " 287 082 ", "28708", "2870822", "2870a2", "x".repeat(9_000)].map(readTotpCode)).toEqual([
      ...["287082", "287082"],
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it("come from a secret that is sealed for one user", () => {
    const secret = newTotpSecret();
    expect(secret).not.toEqual(newTotpSecret());
    const sealed = sealTotpSecret(keyring, "u_1", secret);
    expect(openTotpSecret(keyring, "u_1", sealed)).toEqual({ ok: true, value: secret });
    expect(openTotpSecret(keyring, "u_2", sealed)).toEqual({ ok: false, reason: "broken" });
  });

  it("are set up by an address that names the account, or by text", () => {
    const uri = new URL(totpUri(SECRET, { issuer: "Contoso", label: "alice@contoso.test" }));
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      "otpauth:",
      "totp",
      "/Contoso:alice@contoso.test",
    ]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: "Contoso",
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      ...{ algorithm: "SHA1", digits: "6", period: "30" },
    });
    expect(totpText(SECRET)).toBe("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
  });
});
