// Orders to the connector, as Postern's Worker signs them and as attackers might. They are made by hand from the
// contract in docs/sign-on.md. So the tests compare the connector with the contract, and not with the Worker's library.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** An Ed25519 key pair, and the id by which both sides know it. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** RFC 8037. */
  readonly publicJwk: { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };
  /** For SIGN_ON_KEYS: the private key as base64 of its 32 bytes. */
  readonly secret: string;
}

/** Makes a key; its id is the start of its RFC 7638 thumbprint. */
export function newSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  const { d = "" } = privateKey.export({ format: "jwk" });
  const thumbprint = createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("hex");
  const secret = Buffer.from(d, "base64url").toString("base64");
  return { kid: thumbprint.slice(0, 16), privateKey, publicJwk: { kty: "OKP", crv: "Ed25519", x }, secret };
}

/** What differs from an ordinary order. With undefined, the member is left out. */
export interface OrderChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The ordinary order. */
export interface OrderFacts {
  readonly issuer: string;
  readonly audience: string;
  /** UPN. */
  readonly user: string;
  readonly service: string;
}

/** Life of an order, in seconds. */
const LIFE_S = 30;

/** A compact JWS, signed with `key` whatever the header says. */
export function signOrder(key: SigningKey, facts: OrderFacts, changes: OrderChanges = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "EdDSA", kid: key.kid, typ: "postern-sign-on+jwt", ...changes.header };
  const claims = {
    iss: facts.issuer,
    aud: facts.audience,
    iat: now,
    exp: now + LIFE_S,
    jti: randomBytes(16).toString("base64url"),
    sub: facts.user,
    service: facts.service,
    ...changes.claims,
  };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

/** A connector's answer. */
export interface ConnectorAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly authorization?: string; readonly error?: string };
}

/** Sends an order, or another text instead of one. */
export async function sendOrder(
  connector: string,
  order: string,
  contentType = "application/jwt",
): Promise<ConnectorAnswer> {
  const answer = await fetch(`${connector}/v1/authorization`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: order,
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get("retry-after"),
    body: (await answer.json()) as ConnectorAnswer["body"],
  };
}
