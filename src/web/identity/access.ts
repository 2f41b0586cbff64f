// Cloudflare Access in front of the console: verifies the assertion that Access adds to each request. A request without
// one did not come through Access, so somebody got around it.
//
// `jose` keeps the keys in the isolate and asks for them again when a key is unknown, because Access changes them every
// six weeks. It does so once a minute at most, so that made-up keys cost nothing.

import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import { ok, type Result, refuse } from "../../core/result.ts";
import { boundedFetch, type Fetch, ProviderUnreachable, platformFetch } from "./bounded-fetch.ts";
import { type Identity, type IdentityFault, identityOf } from "./identity.ts";

/** The request header in which Access puts its assertion. */
export const ACCESS_HEADER = "cf-access-jwt-assertion";

/** The Access application in front of the console. */
export type AccessConfig = {
  /** `https://TEAM.cloudflareaccess.com`, without a slash at its end. */
  readonly issuer: string;
  /** The application's AUD tag. */
  readonly audience: string;
};

/**
 * Why a request is not let through. `access-unreachable`: the keys could not be fetched, so the assertion was not
 * judged.
 */
export type AccessFault =
  | "assertion-missing"
  | "assertion-too-large"
  | "assertion-invalid"
  | "assertion-out-of-time"
  | "assertion-for-another"
  | "assertion-key-unknown"
  | "access-unreachable"
  | IdentityFault;

/** Verifies one assertion at `now` (ms). */
export type AccessVerifier = (assertion: string | null, now: number) => Promise<Result<Identity, AccessFault>>;

/** Far more than Access writes, even with claims of the provider in it. */
const MAX_ASSERTION_CHARS = 16 * 1024;
/** Access signs with RS256, and may change to ES256. Never `none`, and no shared secret. */
const ALGORITHMS = ["RS256", "ES256"];
const KEYS_KEPT_MS = 10 * 60_000;
const KEYS_ASKED_AGAIN_AFTER_MS = 60_000;
const CLOCK_TOLERANCE_SECONDS = 5;

/** Keep one for each isolate: the keys are in it. `plainHttp`: the issuer may be http on this machine. */
export function accessVerifier(config: AccessConfig, plainHttp: boolean, ask: Fetch = platformFetch): AccessVerifier {
  const bounded = boundedFetch(ask, plainHttp);
  const keys = createRemoteJWKSet(new URL(`${config.issuer}/cdn-cgi/access/certs`), {
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: KEYS_ASKED_AGAIN_AFTER_MS,
    [customFetch]: async (url, init) => {
      const answer = await bounded(url, init);
      if (answer.status === 200) return answer;
      throw new ProviderUnreachable(`${url} answered ${answer.status}`);
    },
  });
  return async (assertion, now) => {
    if (assertion === null || assertion === "") return refuse("assertion-missing");
    if (assertion.length > MAX_ASSERTION_CHARS) return refuse("assertion-too-large");
    const verified = await verifiedBy(() =>
      jwtVerify(assertion, keys, {
        algorithms: ALGORITHMS,
        issuer: config.issuer,
        audience: config.audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["exp", "iat"],
        currentDate: new Date(now),
      }),
    );
    if (!verified.ok) return verified;
    // Access takes the address from the provider, lets in by it, and calls it verified. A service token has no `sub`.
    return identityOf(verified.value, { source: "access", issuer: config.issuer, vouched: true });
  };
}

async function verifiedBy(
  verify: () => Promise<{ readonly payload: JWTPayload }>,
): Promise<Result<JWTPayload, AccessFault>> {
  try {
    return ok((await verify()).payload);
  } catch (fault) {
    return refuse(faultOf(fault));
  }
}

function faultOf(fault: unknown): AccessFault {
  if (fault instanceof ProviderUnreachable || fault instanceof errors.JWKSInvalid) return "access-unreachable";
  if (!(fault instanceof errors.JOSEError)) throw fault;
  if (fault instanceof errors.JWTExpired) return "assertion-out-of-time";
  if (fault instanceof errors.JWTClaimValidationFailed) {
    if (fault.claim === "nbf") return "assertion-out-of-time";
    return fault.claim === "iss" || fault.claim === "aud" ? "assertion-for-another" : "assertion-invalid";
  }
  if (fault instanceof errors.JWKSNoMatchingKey) return "assertion-key-unknown";
  // What `jose` says of an answer that is not JSON: it has no class of its own.
  return fault.code === "ERR_JOSE_GENERIC" ? "access-unreachable" : "assertion-invalid";
}
