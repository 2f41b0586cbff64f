// An order is one compact JWS from Postern's Worker. It says who signs on to which service. It is good for some seconds
// and for one use.
// This file alone decides who may order a token. It accepts only Ed25519 and only the configured keys. It never looks
// at other keys or algorithms that a header names (jwk, jku, x5c).

import { type CryptoKey, errors, type JWTPayload, jwtVerify } from "jose";
import { ok, type Result, refuse } from "./result.ts";

/** Most bytes of an order on the wire. */
export const MAX_ORDER_BYTES = 4_096;
/** Longest life an order may have, in seconds. Postern gives 30. */
export const MAX_ORDER_LIFE_S = 60;
/** How far the clocks of Worker and connector may be apart, in seconds. */
export const CLOCK_SKEW_S = 5;

const TYPE = "postern-sign-on+jwt";
/** 128 bits in base64url are 22 characters. */
const ORDER_ID = /^[A-Za-z0-9_-]{22,64}$/;
const MAX_NAME_CHARS = 256;

/** The contents of an order. */
export type Order = {
  /** An order with this id works once. */
  readonly id: string;
  readonly user: string;
  readonly service: string;
  /** The Front-End refused the last token. So the connector must not use the ticket that it keeps for this user. */
  readonly anew: boolean;
  /** The id of the key that signed the order. */
  readonly keyId: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** Which orders the connector accepts. */
export type OrderRules = {
  readonly issuer: string;
  /** The name of this connector. */
  readonly audience: string;
  readonly keys: ReadonlyMap<string, CryptoKey>;
};

/** Verifies one order. `now` in ms. Whether the order was used before is checked in replay.ts. */
export async function verifyOrder(jws: string, rules: OrderRules, now: number): Promise<Result<Order>> {
  let payload: JWTPayload;
  let keyId = "";
  try {
    const verified = await jwtVerify(
      jws,
      (header) => {
        keyId = header.kid ?? "";
        const key = rules.keys.get(keyId);
        if (key === undefined) throw new UnknownKey();
        return key;
      },
      {
        algorithms: ["EdDSA"],
        typ: TYPE,
        issuer: rules.issuer,
        audience: rules.audience,
        clockTolerance: CLOCK_SKEW_S,
        currentDate: new Date(now),
        requiredClaims: ["iat", "exp", "jti", "sub", "service"],
      },
    );
    payload = verified.payload;
  } catch (fault) {
    return refuse(...reasonOf(fault));
  }
  const { aud, iat, exp, jti, sub, service, anew = false } = payload;
  // A list of audiences would let one order work at two connectors, each of which remembers only its own.
  if (typeof aud !== "string") return refuse("wrong-audience", "aud is a list");
  if (!Number.isInteger(iat) || !Number.isInteger(exp) || iat === undefined || exp === undefined) {
    return refuse("bad-claims", "iat or exp is no whole number");
  }
  if (iat > now / 1000 + CLOCK_SKEW_S) return refuse("issued-in-the-future");
  if (exp <= iat || exp - iat > MAX_ORDER_LIFE_S) return refuse("lives-too-long", `${exp - iat} s`);
  if (typeof jti !== "string" || !ORDER_ID.test(jti)) return refuse("bad-claims", "jti");
  if (!isName(sub) || !isName(service)) return refuse("bad-claims", "sub or service");
  if (typeof anew !== "boolean") return refuse("bad-claims", "anew");
  return ok({ id: jti, user: sub, service, anew, keyId, issuedAt: iat, expiresAt: exp });
}

const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MAX_NAME_CHARS;

class UnknownKey extends Error {}

function reasonOf(fault: unknown): Parameters<typeof refuse> {
  if (fault instanceof UnknownKey) return ["unknown-key"];
  if (fault instanceof errors.JOSEAlgNotAllowed) return ["wrong-algorithm"];
  if (fault instanceof errors.JWSSignatureVerificationFailed) return ["wrong-signature"];
  if (fault instanceof errors.JWTExpired) return ["expired"];
  if (fault instanceof errors.JWTClaimValidationFailed) {
    switch (fault.claim) {
      case "typ":
        return ["wrong-type"];
      case "iss":
        return ["wrong-issuer"];
      case "aud":
        return ["wrong-audience"];
      default:
        return ["bad-claims", fault.claim];
    }
  }
  return ["malformed"];
}
