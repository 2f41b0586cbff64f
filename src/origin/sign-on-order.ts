// An order to a connector: a compact JWS that names one user, one service and one connector, is good for half a minute,
// and for one use. connector/src/order.ts is the other side.

import { randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import type { SigningKey } from "../core/crypto/signing-keys.ts";

/** Enough for a slow network; a connector takes no more than 60. */
const ORDER_LIFE_S = 30;
const ORDER_ID_BYTES = 16;

/** What is ordered, of whom. */
export type SignOnOrder = {
  /** `https://` and the web host. */
  readonly issuer: string;
  /** The connector's name. */
  readonly connector: string;
  /** UPN. */
  readonly user: string;
  /** SPN, such as `HTTP/web.contoso.com`. */
  readonly service: string;
  /** The Front-End refused the token of before: the connector is to ask its directory, not its cache. */
  readonly anew: boolean;
};

/** Signs one order; `now` in ms. */
export function signOrder({ id, key }: SigningKey, order: SignOnOrder, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({ service: order.service, ...(order.anew ? { anew: true } : {}) })
    .setProtectedHeader({ alg: "EdDSA", kid: id, typ: "postern-sign-on+jwt" })
    .setIssuer(order.issuer)
    .setAudience(order.connector)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ORDER_LIFE_S)
    .setJti(randomBytes(ORDER_ID_BYTES).toString("base64url"))
    .setSubject(order.user)
    .sign(key);
}
