// Who may make a connector mint: nobody but the holder of a configured key, for this connector, now.

import { createHmac } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type OrderRules, verifyOrder } from "../src/order.ts";
import {
  type Difference,
  handmade,
  ISSUER,
  newSigner,
  orderParts,
  SERVICE,
  type Signer,
  signedOrder,
} from "./orders.ts";

const NOW = Date.UTC(2026, 10, 25, 12);
const seconds = Math.floor(NOW / 1000);
let signer: Signer;
let next: Signer;
let stranger: Signer;
let rules: OrderRules;
beforeAll(async () => {
  [signer, next, stranger] = await Promise.all([newSigner(), newSigner(), newSigner()]);
  const keys = new Map([signer, next].map(({ id, publicKey }) => [id, publicKey]));
  rules = { issuer: ISSUER, audience: "connector-a", keys };
});

const reasonOf = async (jws: string): Promise<string> => {
  const order = await verifyOrder(jws, rules, NOW);
  return order.ok ? "accepted" : order.reason;
};

describe("an order", () => {
  it("that is right says who, where to, and until when", async () => {
    expect(await verifyOrder(await signedOrder(signer, NOW, { claims: { jti: "A".repeat(22) } }), rules, NOW)).toEqual({
      ok: true,
      value: {
        id: "A".repeat(22),
        user: "alice@corp.contoso.test",
        service: SERVICE,
        anew: false,
        keyId: signer.id,
        issuedAt: seconds,
        expiresAt: seconds + 30,
      },
    });
  });

  it("may be signed with either of two keys, while keys are changed", async () => {
    expect(await reasonOf(await signedOrder(next, NOW))).toBe("accepted");
  });

  const differences: readonly (readonly [string, Difference, string])[] = [
    ["another issuer", { claims: { iss: "https://evil.test" } }, "wrong-issuer"],
    ["no issuer", { claims: { iss: undefined } }, "wrong-issuer"],
    ["another connector's name", { claims: { aud: "connector-b" } }, "wrong-audience"],
    ["two audiences", { claims: { aud: ["connector-a", "connector-b"] } }, "wrong-audience"],
    ["no audience", { claims: { aud: undefined } }, "wrong-audience"],
    ["its end in the past", { claims: { iat: seconds - 40, exp: seconds - 10 } }, "expired"],
    ["its end six seconds ago", { claims: { iat: seconds - 36, exp: seconds - 6 } }, "expired"],
    ["its end within the skew", { claims: { iat: seconds - 34, exp: seconds - 4 } }, "accepted"],
    ["sixty seconds of life", { claims: { exp: seconds + 60 } }, "accepted"],
    ["more than sixty seconds of life", { claims: { exp: seconds + 61 } }, "lives-too-long"],
    ["its end before its start", { claims: { iat: seconds + 4, exp: seconds + 3 } }, "lives-too-long"],
    ["a start in the future", { claims: { iat: seconds + 6, exp: seconds + 36 } }, "issued-in-the-future"],
    ["a start within the skew", { claims: { iat: seconds + 5, exp: seconds + 35 } }, "accepted"],
    ["a validity of later", { claims: { nbf: seconds + 20 } }, "bad-claims"],
    ["no start", { claims: { iat: undefined } }, "bad-claims"],
    ["no end", { claims: { exp: undefined } }, "bad-claims"],
    ["an end that is text", { claims: { exp: String(seconds + 30) } }, "bad-claims"],
    ["half seconds", { claims: { iat: seconds + 0.5 } }, "bad-claims"],
    ["no id", { claims: { jti: undefined } }, "bad-claims"],
    ["an id of too few bits", { claims: { jti: "A".repeat(21) } }, "bad-claims"],
    ["an id that is huge", { claims: { jti: "A".repeat(65) } }, "bad-claims"],
    ["no user", { claims: { sub: undefined } }, "bad-claims"],
    ["an empty user", { claims: { sub: "" } }, "bad-claims"],
    ["a user that is a list", { claims: { sub: ["alice@corp.contoso.test"] } }, "bad-claims"],
    ["no service", { claims: { service: undefined } }, "bad-claims"],
    ["a service that is an object", { claims: { service: {} } }, "bad-claims"],
    ["a wish for a new ticket", { claims: { anew: true } }, "accepted"],
    ["a wish that is none", { claims: { anew: "yes" } }, "bad-claims"],
    ["another type", { header: { typ: "JWT" } }, "wrong-type"],
    ["no type", { header: { typ: undefined } }, "wrong-type"],
    ["no key id", { header: { kid: undefined } }, "unknown-key"],
    ["an unknown key id", { header: { kid: "0123456789abcdef" } }, "unknown-key"],
    ["the key id of a property", { header: { kid: "constructor" } }, "unknown-key"],
  ];
  it.each(differences)("with %s", async (_, difference, reason) => {
    const { payload, header } = orderParts(signer, NOW, difference);
    const defined = Object.fromEntries(Object.entries(header).filter(([, value]) => value !== undefined));
    const jws = await new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", ...defined }).sign(signer.privateKey);
    expect(await reasonOf(jws)).toBe(reason);
  });

  it("named with the other key's id is not accepted", async () => {
    expect(await reasonOf(await signedOrder(signer, NOW, { header: { kid: next.id } }))).toBe("wrong-signature");
  });

  it("signed by a stranger is not accepted, under its own id or a known one", async () => {
    expect(await reasonOf(await signedOrder(stranger, NOW))).toBe("unknown-key");
    expect(await reasonOf(await signedOrder(stranger, NOW, { header: { kid: signer.id } }))).toBe("wrong-signature");
  });

  it("that brings its own key is judged by the configured ones", async () => {
    const header = { kid: signer.id, jwk: stranger.jwk, jku: "https://evil.test/jwks.json", x5c: ["MII="] };
    expect(await reasonOf(await signedOrder(stranger, NOW, { header }))).toBe("wrong-signature");
  });

  it("changed after it was signed is not accepted, whatever was changed", async () => {
    const jws = await signedOrder(signer, NOW);
    const [header = "", payload = "", signature = ""] = jws.split(".");
    const { payload: claims } = orderParts(signer, NOW, { claims: { sub: "administrator@corp.contoso.test" } });
    const changed = Buffer.from(JSON.stringify(claims)).toString("base64url");
    expect(await reasonOf(`${header}.${changed}.${signature}`)).toBe("wrong-signature");
    for (let byte = 0; byte < 64; byte++) {
      const flipped = Buffer.from(signature, "base64url");
      flipped.writeUInt8(flipped.readUInt8(byte) ^ 1, byte);
      const reason = await reasonOf(`${header}.${payload}.${flipped.toString("base64url")}`);
      expect(reason, `byte ${byte}`).toBe("wrong-signature");
    }
    for (const short of ["", signature.slice(0, 40), `${signature}AAAA`]) {
      expect(await reasonOf(`${header}.${payload}.${short}`)).toBe("wrong-signature");
    }
  });

  it("without a signature is not accepted, whatever it calls that", async () => {
    const { payload, header } = orderParts(signer, NOW);
    for (const alg of ["none", "None", "NONE", ""]) {
      const reason = await reasonOf(handmade({ ...header, alg }, payload));
      expect(["wrong-algorithm", "malformed"], alg).toContain(reason);
    }
  });

  it("signed with the public key as a secret is not accepted", async () => {
    const { payload, header } = orderParts(signer, NOW, { header: { alg: "HS256" } });
    const unsigned = handmade(header, payload).slice(0, -1);
    for (const secret of [signer.jwk.x, Buffer.from(signer.jwk.x, "base64url"), JSON.stringify(signer.jwk)]) {
      const mac = createHmac("sha256", secret).update(unsigned).digest("base64url");
      expect(await reasonOf(`${unsigned}.${mac}`)).toBe("wrong-algorithm");
    }
  });

  it("signed with another good algorithm is not accepted", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const { payload, header } = orderParts(signer, NOW, { header: { alg: "ES256" } });
    expect(await reasonOf(await new SignJWT(payload).setProtectedHeader(header).sign(privateKey))).toBe(
      "wrong-algorithm",
    );
  });

  it("with a critical header that nobody knows is not accepted", async () => {
    const { payload, header } = orderParts(signer, NOW);
    const jws = await new SignJWT(payload)
      .setProtectedHeader({ ...header, crit: ["x"], x: 1 })
      .sign(signer.privateKey, { crit: { x: true } });
    expect(await reasonOf(jws)).toBe("malformed");
  });

  it.each(["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d.e", "{}", "null", "ä.ö.ü", "A".repeat(4096)])(
    "that is none (%s) is malformed",
    async (text) => {
      expect(await reasonOf(text)).toBe("malformed");
    },
  );

  it("whose claims are no object is malformed", async () => {
    const { header } = orderParts(signer, NOW);
    const { CompactSign } = await import("jose");
    for (const text of ["[]", '"alice"', "null", "{", ""]) {
      const jws = await new CompactSign(Buffer.from(text)).setProtectedHeader(header).sign(signer.privateKey);
      expect(await reasonOf(jws), text).toBe("malformed");
    }
  });
});
