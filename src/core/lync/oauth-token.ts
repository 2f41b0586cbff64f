// The answers of `/WebTicket/oauthtoken` in the form that clients understand. token-form.ts reads the requests.
// Source: UCWA documentation, "Authentication in UCWA".

/** `error` values of RFC 6749 that the token service uses. */
export type OAuthError = "invalid_request" | "invalid_grant" | "unsupported_grant_type";

const DIAGNOSTICS: Readonly<Partial<Record<OAuthError, string>>> = {
  invalid_grant: '28020;reason="No valid security token."',
  unsupported_grant_type: '28029;reason="Authentication type not allowed."',
};

/** The 400 of the token service, with its diagnostics header. The header names no server. */
export function oauthError(error: OAuthError): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" });
  const diagnostics = DIAGNOSTICS[error];
  if (diagnostics !== undefined) headers.set("x-ms-diagnostics", diagnostics);
  return new Response(JSON.stringify({ error }), { status: 400, headers });
}

/**
 * The 400 of a passive grant without a session of the pool: it says where to sign in. `address`: the public address of
 * the page.
 */
export function passiveGrantRefused(address: string): Response {
  const { status, headers } = oauthError("invalid_grant");
  return new Response(JSON.stringify({ error: "invalid_grant", ms_rtc_passiveauthuri: address }), { status, headers });
}

/** Where a Front-End's refusal of a passive grant says that one signs in, as it stands there. Undefined: nowhere. */
export function passiveAddressIn(json: string): string | undefined {
  try {
    const body: unknown = JSON.parse(json);
    if (typeof body !== "object" || body === null || !("ms_rtc_passiveauthuri" in body)) return undefined;
    const { ms_rtc_passiveauthuri: address } = body;
    return typeof address === "string" && address.length <= 2_048 ? address : undefined;
  } catch {
    return undefined;
  }
}

/** The compact ticket of a successful answer. */
export type IssuedAccessToken = {
  /** The ticket without `cwt=`. */
  readonly text: string;
  readonly expiresInSeconds: number;
  /** Returns the answer with another compact ticket. */
  readonly withTicket: (replacement: string) => string;
};

/** Reads `{"access_token":"cwt=…","expires_in":…}`. Undefined if it is anything else. */
export function issuedAccessToken(json: string): IssuedAccessToken | undefined {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null || !("access_token" in body) || !("expires_in" in body))
    return undefined;
  const { access_token: token, expires_in: expiresIn } = body;
  if (typeof token !== "string" || !token.startsWith("cwt=") || token.length > 16_384) return undefined;
  const expiresInSeconds = Number(expiresIn);
  if (!Number.isFinite(expiresInSeconds) || expiresInSeconds <= 0) return undefined;
  return {
    text: token.slice("cwt=".length),
    expiresInSeconds,
    withTicket: (replacement) => JSON.stringify({ ...body, access_token: `cwt=${replacement}` }),
  };
}
