// `/WebTicket/oauthtoken`: the grants a client may ask for and the answers it understands.
// Source: UCWA documentation, "Authentication in UCWA".

import { ok, type Result, refuse } from "../result.ts";

/** What a token request asks for. */
export type Grant = "windows" | "anonymous-meeting" | "password" | "other";

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ["urn:microsoft.rtc:windows", "windows"],
  ["urn:microsoft.rtc:anonmeeting", "anonymous-meeting"],
  ["password", "password"],
]);

/** The grant of a form body; undefined when `grant_type` is missing or given twice. */
export function grantOf(form: string): Grant | undefined {
  const types = new URLSearchParams(form).getAll("grant_type");
  const [type] = types;
  return types.length === 1 && type !== undefined ? (GRANTS.get(type.trim()) ?? "other") : undefined;
}

/** The form that signs on without a password, sent in the place of one that has one. */
export const WINDOWS_GRANT_FORM = "grant_type=urn%3Amicrosoft.rtc%3Awindows";

/** Name and password of a `password` grant (RFC 6749, 4.3.2), as they were typed; refused unless each is there once. */
export function passwordOf(
  form: string,
): Result<{ readonly name: string; readonly password: string }, "not-one-name-and-password"> {
  const fields = new URLSearchParams(form);
  const [name, anotherName] = fields.getAll("username");
  const [password, anotherPassword] = fields.getAll("password");
  if (name === undefined || password === undefined) return refuse("not-one-name-and-password");
  if (anotherName !== undefined || anotherPassword !== undefined) return refuse("not-one-name-and-password");
  return ok({ name, password });
}

const RENEWED = "ms_rtc_renew";

/** The ticket that a guest's form would renew, without `cwt=`: undefined when there is none, no ticket when there are two. */
export function renewedTicket(form: string): string | undefined {
  const [ticket, another] = new URLSearchParams(form).getAll(RENEWED);
  return another === undefined ? ticket?.replace(/^cwt=/, "") : "";
}

/** The form with another ticket to renew, everything else as it was. */
export function withRenewedTicket(form: string, replacement: string): string {
  const fields = new URLSearchParams(form);
  fields.set(RENEWED, `cwt=${replacement}`);
  return fields.toString();
}

/** `error` values of RFC 6749 that the token service uses. */
export type OAuthError = "invalid_request" | "invalid_grant" | "unsupported_grant_type";

const DIAGNOSTICS: Readonly<Partial<Record<OAuthError, string>>> = {
  invalid_grant: '28020;reason="No valid security token."',
  unsupported_grant_type: '28029;reason="Authentication type not allowed."',
};

/** The 400 of the token service, with its diagnostics header but without the name of a server. */
export function oauthError(error: OAuthError): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" });
  const diagnostics = DIAGNOSTICS[error];
  if (diagnostics !== undefined) headers.set("x-ms-diagnostics", diagnostics);
  return new Response(JSON.stringify({ error }), { status: 400, headers });
}

/** The compact ticket of a successful answer. */
export type IssuedAccessToken = {
  /** Without `cwt=`. */
  readonly text: string;
  readonly expiresInSeconds: number;
  /** The answer with another compact ticket in its place. */
  readonly withTicket: (replacement: string) => string;
};

/** Reads `{"access_token":"cwt=…","expires_in":…}`; undefined when it is anything else. */
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
