import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import {
  checkPassphrase,
  passphraseMark,
  readNewPassphrase,
  STRETCHED_BYTES,
  stretchPassphrase,
} from "./passphrase.ts";

const ring = (...fills: readonly number[]): Keyring =>
  must(parseKeyring(fills.map((fill) => Buffer.alloc(32, fill).toString("base64")).join(" ")));

describe("S-59: a passphrase", () => {
  it("has 12 to 128 characters, whichever they are", () => {
    const read = (text: string) => readNewPassphrase(text, []);
    for (const text of ["drei bunte Hunde", "ohne-Ziffern-geht-es", "長い合言葉はとても安全です", "x y z w v u t"]) {
      expect(read(text)).toEqual({ ok: true, value: text });
    }
    expect(read("elf Zeichen")).toEqual({ ok: false, reason: "too-short" });
    expect(read(`${"🦀".repeat(3)}abcdefgh`)).toEqual({ ok: false, reason: "too-short" });
    expect(read("ab cd ef ".repeat(15))).toEqual({ ok: false, reason: "too-long" });
    expect(read("x".repeat(1_000_000))).toEqual({ ok: false, reason: "too-long" });
    expect(read("tab\tin the middle of it")).toEqual({ ok: false, reason: "unreadable" });
  });

  it("is none that everybody would try first, and does not contain its owner's name", () => {
    const common = ["password1234", "Passwort2026!", "123456789012", "121212121212", "qwertzuiopas", "abcdefghijkl"];
    for (const text of [...common, "PasswordPassword", "SkypeForBusiness1", "aaaaaaaaaaaaaaa", "1q2w3e4r5t6z"]) {
      expect(readNewPassphrase(text, []), text).toEqual({ ok: false, reason: "too-common" });
    }
    const names = ["alice.jones", "AJones", "aj"];
    expect(readNewPassphrase("hello from ajones!", names)).toEqual({ ok: false, reason: "contains-name" });
    expect(readNewPassphrase("Alice.Jones in Bonn", names)).toEqual({ ok: false, reason: "contains-name" });
    expect(readNewPassphrase("ajar doors squeak", names).ok).toBe(true);
  });

  it("is the same from every keyboard, and another for every person", () => {
    const [composed, decomposed] = ["schöne Aussicht!", "scho\u0308ne Aussicht!"];
    expect(stretchPassphrase(composed, "u_1")).toEqual(stretchPassphrase(decomposed, "u_1"));
    expect(stretchPassphrase(composed, "u_1")).toHaveLength(STRETCHED_BYTES);
    expect(stretchPassphrase(composed, "u_1")).not.toEqual(stretchPassphrase(composed, "u_2"));
    expect(stretchPassphrase("x".repeat(1_000_000), "u_1")).toHaveLength(STRETCHED_BYTES);
  });

  it("is recognised by what a key made of it, also by an older key, and only for its user", () => {
    const stretched = stretchPassphrase("drei bunte Hunde", "u_1");
    const wrong = stretchPassphrase("drei bunte Katzen", "u_1");
    const kept = passphraseMark(ring(1), "u_1", stretched);
    expect(kept).not.toContain(Buffer.from(stretched).toString("base64url"));
    expect(checkPassphrase(ring(1), "u_1", { kept, stretched })).toBe("right");
    expect(checkPassphrase(ring(2, 1), "u_1", { kept, stretched })).toBe("older");
    expect(checkPassphrase(ring(2), "u_1", { kept, stretched })).toBe("unknown-key");
    expect(checkPassphrase(ring(1), "u_2", { kept, stretched })).toBe("wrong");
    expect(checkPassphrase(ring(1), "u_1", { kept, stretched: wrong })).toBe("wrong");
    expect(checkPassphrase(ring(1), "u_1", { kept: undefined, stretched })).toBe("wrong");
    for (const broken of ["", ".", kept.slice(0, -1), `${kept}x`]) {
      expect(["wrong", "unknown-key"]).toContain(checkPassphrase(ring(1), "u_1", { kept: broken, stretched }));
    }
  });
});
