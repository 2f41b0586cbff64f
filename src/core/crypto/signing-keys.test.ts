import { describe, expect, it } from "vitest";
import { keyIdOf, parseSigningKeys, signingKey } from "./signing-keys.ts";

// RFC 8032, 7.1, test 1; its public half and thumbprint are in RFC 8037, A.2 and A.3.
const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const PUBLIC = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" } as const;
const THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

describe("a signing key", () => {
  it("has the public half of RFC 8037, and signs as RFC 8032 says", async () => {
    const { key, publicJwk, id } = await signingKey(SEED);
    expect(publicJwk).toEqual(PUBLIC);
    expect(id).toBe(Buffer.from(THUMBPRINT, "base64url").toString("hex").slice(0, 16));
    const signature = await crypto.subtle.sign("Ed25519", key, new Uint8Array());
    expect(Buffer.from(signature).toString("hex")).toMatch(
      /^e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e0652249/,
    );
  });

  it("S-16: cannot be taken out again", async () => {
    const { key } = await signingKey(SEED);
    await expect(crypto.subtle.exportKey("jwk", key)).rejects.toThrow();
  });

  it("has an id of its own", async () => {
    expect(await keyIdOf({ ...PUBLIC, x: "A".repeat(43) })).not.toBe(await keyIdOf(PUBLIC));
  });
});

describe("SIGN_ON_KEYS", () => {
  const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));

  it("holds keys of 32 bytes, the first in front", () => {
    expect(parseSigningKeys(` ${one},${two}\n`)).toEqual({
      ok: true,
      value: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
    });
  });

  it.each([
    ["", "no-key"],
    [" , ", "no-key"],
    [`${one} ${one}`, "key-twice"],
    [`${one} x`, "not-32-bytes-base64"],
    [Buffer.alloc(31).toString("base64"), "not-32-bytes-base64"],
    [Buffer.alloc(64).toString("base64"), "not-32-bytes-base64"],
    [Buffer.alloc(32).toString("hex"), "not-32-bytes-base64"],
  ])("%j is refused", (text, reason) => {
    expect(parseSigningKeys(text)).toEqual({ ok: false, reason });
  });
});
