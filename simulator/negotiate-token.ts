// The simulator's replacement for Kerberos. Only the simulated connector can make these tokens. A token is for one user
// and one service, and is good for 60 seconds and one use. The Front-End accepts it in one request, as it accepts a
// Kerberos AP-REQ. A gateway fails here if it forgets to sign on, uses a token twice, or sends one user's token for
// another.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** For how long a token may be used after it was made, ms. */
const TOKEN_TTL_MS = 60_000;

/** The first bytes of a token. Neither SPNEGO (0x60, 0xa1) nor NTLMSSP begins with them. */
const MAGIC = Buffer.from("SIMKRB5\0");

/** A Kerberos token for IIS with an ordinary PAC is about this long. Tests of header limits need the real size. */
const TYPICAL_TOKEN_BYTES = 2_200;

const MAC_BYTES = 32;

interface Claims {
  readonly user: string;
  readonly service: string;
  readonly expires: number;
  readonly id: string;
  readonly padding: string;
}

/** Why a connector token was not accepted. */
export type TokenFault = "not-a-connector-token" | "forged" | "expired" | "wrong-service" | "used-before";

/** Mints and redeems tokens under one shared key. */
export class NegotiateTokens {
  readonly #key: Uint8Array;
  readonly #now: () => number;
  readonly #used = new Map<string, number>();

  constructor(key: Uint8Array, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** Mints a token, as the value of an Authorization header. `service` is an SPN such as `http/web.contoso.test`. */
  mint(user: string, service: string): string {
    const claims = { user, service, expires: this.#now() + TOKEN_TTL_MS, id: randomBytes(16).toString("hex") };
    const missing = TYPICAL_TOKEN_BYTES - MAGIC.length - MAC_BYTES - JSON.stringify({ ...claims, padding: "" }).length;
    const padding = randomBytes(Math.max(0, Math.floor(missing / 2))).toString("hex");
    const body = Buffer.from(JSON.stringify({ ...claims, padding } satisfies Claims));
    return `Negotiate ${Buffer.concat([MAGIC, this.#mac(body), body]).toString("base64")}`;
  }

  /** Whether the bytes after `Negotiate` claim to be a connector token at all. */
  claims(token: Uint8Array): boolean {
    return Buffer.from(token.subarray(0, MAGIC.length)).equals(MAGIC);
  }

  /** Redeems a token for `service`, once. */
  redeem(
    token: Uint8Array,
    service: string,
  ): { ok: true; user: string; service: string } | { ok: false; reason: TokenFault } {
    if (!this.claims(token)) return { ok: false, reason: "not-a-connector-token" };
    const mac = token.subarray(MAGIC.length, MAGIC.length + MAC_BYTES);
    const body = token.subarray(MAGIC.length + MAC_BYTES);
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.#mac(body))) return { ok: false, reason: "forged" };
    // The MAC is good, so this is what mint() wrote.
    const claims = JSON.parse(Buffer.from(body).toString("utf8")) as Claims;
    const now = this.#now();
    if (now >= claims.expires) return { ok: false, reason: "expired" };
    if (claims.service.toLowerCase() !== service.toLowerCase()) return { ok: false, reason: "wrong-service" };
    for (const [id, expires] of this.#used) {
      if (expires > now) break;
      this.#used.delete(id);
    }
    if (this.#used.has(claims.id)) return { ok: false, reason: "used-before" };
    this.#used.set(claims.id, claims.expires);
    return { ok: true, user: claims.user, service: claims.service };
  }

  #mac(body: Uint8Array): Uint8Array {
    return createHmac("sha256", this.#key).update(body).digest();
  }
}
