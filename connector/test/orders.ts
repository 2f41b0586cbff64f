// Orders as Postern's Worker signs them, and as others would like to.

import { randomBytes } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { keyIdOf } from "../src/keys.ts";

export const ISSUER = "https://web.contoso.test";
export const SERVICE = "HTTP/fe01.corp.contoso.test";

/** A key pair: the private half signs, the public one is what a connector is given. */
export type Signer = {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string };
};

export async function newSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { kty = "", crv = "", x = "" } = await exportJWK(publicKey);
  const jwk = { kty, crv, x };
  return { id: await keyIdOf(jwk), privateKey, publicKey, jwk };
}

/** How an order differs from a good one; undefined takes a claim or header away. */
export type Difference = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
};

/** Header and claims of an order for alice at connector-a; `now` in ms. */
export function orderParts(signer: Signer, now: number, { claims, header }: Difference = {}) {
  const iat = Math.floor(now / 1000);
  const payload: JWTPayload = {
    iss: ISSUER,
    aud: "connector-a",
    iat,
    exp: iat + 30,
    jti: randomBytes(16).toString("base64url"),
    sub: "alice@corp.contoso.test",
    service: SERVICE,
    ...claims,
  };
  return { payload, header: { alg: "EdDSA", kid: signer.id, typ: "postern-sign-on+jwt", ...header } };
}

/** A signed order. */
export async function signedOrder(signer: Signer, now: number, difference: Difference = {}): Promise<string> {
  const { payload, header } = orderParts(signer, now, difference);
  return new SignJWT(payload).setProtectedHeader(header).sign(signer.privateKey);
}

/** The parts in base64url, with whatever signature. */
export function handmade(header: unknown, payload: unknown, signature = ""): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}.${signature}`;
}
