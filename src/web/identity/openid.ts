// Signing in at the organisation's OpenID Connect provider: authorization code flow with PKCE, state and nonce (OpenID
// Connect Core 3.1, RFC 7636, RFC 9207, RFC 9700). `oauth4webapi` makes and checks the messages. Here is what Postern
// asks for, what it keeps between the two halves, and what each failure means.

import * as oauth from "oauth4webapi";
import { ok } from "../../core/result.ts";
import { boundedFetch, type Fetch, type FetchInit, mayBeAsked, platformFetch } from "./bounded-fetch.ts";
import { type Claims, type Verified, verifiedOf } from "./identity.ts";
import { type OpenIdFailure, openIdFailure } from "./openid-faults.ts";
import { hasClaim } from "./roles.ts";

/** The client that an administrator registered at the provider. */
export type OpenIdConfig = {
  /** As the provider's discovery document writes it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether the issuer may be http on this machine, for local runs. */
  readonly plainHttp: boolean;
  /** The claims without which the provider's address for more (`userinfo_endpoint`) is asked. */
  readonly claims: readonly string[];
  /** A claim that some providers give only to a client that asks for a scope of that name. */
  readonly scopeClaim?: string | undefined;
  /** `acr_values` (OpenID Connect Core 3.1.2.1): which kinds of sign-in are asked for. */
  readonly acrValues?: readonly string[] | undefined;
};

/** What to begin with. */
export type Beginning = {
  readonly now: number;
  /** The whole address of the callback, as registered. From the configuration, never from the request. */
  readonly redirectUri: string;
  /** Whether the person has to prove again to be there, whatever session the provider has. */
  readonly fresh?: boolean;
};

/** Where to send the browser, and what to keep for {@link OpenIdProvider.finish}: once, and for this browser alone. */
export type Begun = { readonly url: string; readonly kept: string };

type Outcome<T> = { readonly ok: true; readonly value: T } | OpenIdFailure;

/** One provider. Keep one for each isolate: what the provider publishes of itself is in it. */
export type OpenIdProvider = {
  begin(beginning: Beginning): Promise<Outcome<Begun>>;
  /**
   * `callback`: the address to which the provider sent the browser back. `kept`: must have been taken, not just read.
   */
  finish(callback: URL, kept: string, now: number): Promise<Outcome<Verified>>;
};

type Kept = {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly fresh: boolean;
  readonly begunAt: number;
};

const DISCOVERY_KEPT_MS = 10 * 60_000;
/** How far the clock of the provider may be from this one. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The provider of this configuration, asked through `ask`. */
export function openIdProvider(config: OpenIdConfig, ask: Fetch = platformFetch): OpenIdProvider {
  const { plainHttp, acrValues = [] } = config;
  const client: oauth.Client = { client_id: config.clientId };
  const bounded = boundedFetch(ask, plainHttp);
  // New for each request: the library lets requests that share one wait for each other's answers, and the runtime
  // forbids a request to wait for the network on behalf of another.
  const options = () => ({
    [oauth.customFetch]: (url: string, init: FetchInit) => bounded(url, init),
    [oauth.allowInsecureRequests]: plainHttp,
  });
  let published: { readonly server: oauth.AuthorizationServer; readonly until: number } | undefined;

  const discover = async (now: number): Promise<Outcome<oauth.AuthorizationServer>> => {
    if (published !== undefined && now < published.until) return ok(published.server);
    try {
      const issuer = new URL(config.issuer);
      const answer = await oauth.discoveryRequest(issuer, options());
      const server = await oauth.processDiscoveryResponse(issuer, answer);
      published = { server, until: now + DISCOVERY_KEPT_MS };
      return ok(server);
    } catch (fault) {
      const failure = openIdFailure(fault);
      // So far only the provider has answered. It calls itself by another name than the configuration does.
      return failure.reason === "answer-invalid" ? { ...failure, reason: "provider-misconfigured" } : failure;
    }
  };

  const claimsOf = async (server: oauth.AuthorizationServer, callback: URL, kept: Kept): Promise<Claims> => {
    const parameters = oauth.validateAuthResponse(server, client, callback, kept.state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      clientAuthentication(server, config.clientSecret),
      parameters,
      kept.redirectUri,
      kept.verifier,
      options(),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: kept.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, answer, options());
    const claims = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: "" };
    if (isComplete(claims, config.claims) || server.userinfo_endpoint === undefined) return claims;
    const more = await oauth.userInfoRequest(server, client, tokens.access_token, options());
    const said = await oauth.processUserInfoResponse(server, client, claims.sub, more);
    // An answer that is a token has a signature of its own.
    if (isToken(more)) await oauth.validateApplicationLevelSignature(server, more, options());
    return { ...said, ...claims };
  };

  return {
    begin: async ({ now, redirectUri, fresh = false }) => {
      const discovered = await discover(now);
      if (!discovered.ok) return discovered;
      const { value: server } = discovered;
      const endpoint = server.authorization_endpoint ?? "";
      if (!mayBeAsked(endpoint, plainHttp)) return openIdFailure("provider-unsupported", "authorization_endpoint");
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(endpoint);
      for (const [name, value] of Object.entries({
        ...{ response_type: "code", client_id: config.clientId, redirect_uri: redirectUri },
        ...{ scope: scopesOf(server, config.scopeClaim), state, nonce },
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(fresh ? { prompt: "login", max_age: "0" } : {}),
        ...(acrValues.length > 0 ? { acr_values: acrValues.join(" ") } : {}),
      })) {
        url.searchParams.set(name, value);
      }
      const kept: Kept = { state, nonce, verifier, redirectUri, fresh, begunAt: now };
      return ok({ url: url.href, kept: JSON.stringify(kept) });
    },

    finish: async (callback, text, now) => {
      const kept = JSON.parse(text) as Kept; // made by `begin`, and kept on the server
      const discovered = await discover(now);
      if (!discovered.ok) return discovered;
      try {
        const claims = await claimsOf(discovered.value, callback, kept);
        const verified = verifiedOf(claims, config.issuer);
        if (!verified.ok) return verified;
        const at = verified.value.authenticatedAt;
        if (kept.fresh && (at === undefined || at < kept.begunAt - CLOCK_TOLERANCE_MS)) {
          return openIdFailure("not-fresh", at === undefined ? "no auth_time" : "auth_time is too old");
        }
        return verified;
      } catch (fault) {
        return openIdFailure(fault);
      }
    },
  };
}

/** A provider that names no method means `client_secret_basic` (OpenID Connect Discovery 3). */
function clientAuthentication(server: oauth.AuthorizationServer, secret: string): oauth.ClientAuth {
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  if (methods.includes("client_secret_basic")) return oauth.ClientSecretBasic(secret);
  if (methods.includes("client_secret_post")) return oauth.ClientSecretPost(secret);
  throw new oauth.UnsupportedOperationError(`token_endpoint_auth_methods_supported: ${methods.join(" ")}`);
}

/**
 * Okta, Authelia and others give groups only to a client that asks for a scope of that name. Entra ID refuses a scope
 * it does not know.
 */
function scopesOf(server: oauth.AuthorizationServer, scopeClaim: string | undefined): string {
  const more = scopeClaim !== undefined && server.scopes_supported?.includes(scopeClaim) ? [scopeClaim] : [];
  return ["openid", "email", "profile", ...more].join(" ");
}

const isComplete = (claims: Claims, wanted: readonly string[]): boolean =>
  wanted.every((claim) => hasClaim(claims, claim));

const isToken = (answer: Response): boolean => /^application\/jwt\b/i.test(answer.headers.get("content-type") ?? "");
