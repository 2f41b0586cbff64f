// An authenticator in software: makes one ES256 passkey and answers challenges with it, as Web Authentication (W3C)
// level 3 says. What it says of origin, relying party or challenge can be wrong, because a stranger's authenticator
// says anything.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** What an authenticator claims; each may be wrong. */
type Claims = {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  /** Whether the person gave a finger, a face or a PIN. */
  readonly verified?: boolean;
  readonly type?: string;
};

/** One passkey. Its answers are the JSON that a browser would send. */
export type SoftwarePasskey = {
  readonly id: string;
  readonly register: (claims: Claims) => string;
  readonly authenticate: (claims: Claims) => string;
};

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

const sha256 = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url");
const bytesOf = (text: string): Buffer => Buffer.from(text, "base64url");
const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
/** A short text of CBOR (RFC 8949, 3.1, major type 3). */
const text = (said: string): Buffer => Buffer.concat([Buffer.from([0x60 + said.length]), Buffer.from(said)]);

/** Makes a passkey. */
export function softwarePasskey(): SoftwarePasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const raw = randomBytes(32);
  const id = base64url(raw);
  let counter = 0;

  const clientData = ({ challenge, origin, type }: Claims, usual: string): Buffer =>
    Buffer.from(JSON.stringify({ type: type ?? usual, challenge, origin, crossOrigin: false }));
  const head = ({ rpId, verified = true }: Claims, more: number): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++counter);
    return Buffer.concat([sha256(rpId), Buffer.from([PRESENT | (verified ? VERIFIED : 0) | more]), count]);
  };
  // A COSE key (RFC 9052): kty 2 (EC2), alg -7 (ES256), crv 1 (P-256), x, y.
  const key = Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    bytesOf(x),
    Buffer.from([0x22, 0x58, 0x20]),
    bytesOf(y),
  ]);
  const answer = (response: object): string =>
    JSON.stringify({ id, rawId: id, type: "public-key", clientExtensionResults: {}, response });

  return {
    id,
    register: (claims) => {
      const data = Buffer.concat([head(claims, ATTESTED), Buffer.alloc(16), uint16(raw.length), raw, key]);
      const attestation = Buffer.concat([
        ...[Buffer.from([0xa3]), text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0]), text("authData")],
        ...[Buffer.from([0x59]), uint16(data.length), data],
      ]);
      const clientDataJSON = base64url(clientData(claims, "webauthn.create"));
      return answer({ clientDataJSON, attestationObject: base64url(attestation), transports: ["internal"] });
    },
    authenticate: (claims) => {
      const said = clientData(claims, "webauthn.get");
      const data = head(claims, 0);
      const signature = sign("sha256", Buffer.concat([data, sha256(said)]), privateKey);
      return answer({
        ...{ clientDataJSON: base64url(said), authenticatorData: base64url(data), signature: base64url(signature) },
      });
    },
  };
}
