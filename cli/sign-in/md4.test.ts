import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { md4, ntHash } from "./md4.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("MD4", () => {
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
    [`${"1234567890".repeat(8)}`, "e33b4ddc9c38f2199c3e7b164fcc0536"],
  ])('of "%s" is that of RFC 1320, A.5', (text, digest) => {
    expect(hex(md4(new TextEncoder().encode(text)))).toBe(digest);
  });

  it("is that of OpenSSL, for every length of three blocks", () => {
    for (let length = 0; length <= 192; length++) {
      const message = randomBytes(length);
      expect(hex(md4(message))).toBe(createHash("md4").update(message).digest("hex"));
    }
  });

  it("hashes a password as MS-NLMP 4.2.2.1.2 does", () => {
    expect(hex(ntHash("Password"))).toBe("a4f49c406510bdcab6824ee7c30fd852");
  });
});
