// What each failure of a sign-in at the provider means: for the person, for the guards, and for the administrator who
// has to mend it.

import * as oauth from "oauth4webapi";
import { printable } from "../../core/text/printable.ts";
import { ProviderUnreachable } from "./bounded-fetch.ts";

/**
 * `provider-unreachable`: no answer, or one that no provider gives. `provider-unsupported`: it lacks something that
 * Postern needs. `provider-misconfigured`: it does not accept this client. `provider-refused`: it did not let the
 * person in. `code-refused`: its code was used before, or is too old. `answer-invalid`: state, issuer, nonce or
 * signature are not what they must be. `not-fresh`: it does not say that the person has just proved to be there.
 */
export type OpenIdFault =
  | "provider-unreachable"
  | "provider-unsupported"
  | "provider-misconfigured"
  | "provider-refused"
  | "code-refused"
  | "answer-invalid"
  | "not-fresh";

/** A failure. `detail` is for the log: printable, bounded, and without a code, a token or a secret. */
export type OpenIdFailure = {
  readonly ok: false;
  readonly reason: OpenIdFault | "subject-missing";
  readonly detail?: string;
};

const MAX_DETAIL_CHARS = 300;

/** Of the authorization response: RFC 6749, 4.1.2.1 and OpenID Connect Core 3.1.2.6. */
const NOT_LET_IN = /^(?:access_denied|(?:login|interaction|consent|account_selection)_required)$/;

/** The failure of that reason, or the one that an error of the library means. Throws what nobody expects. */
export function openIdFailure(fault: OpenIdFault, detail: string): OpenIdFailure;
export function openIdFailure(fault: unknown): OpenIdFailure;
export function openIdFailure(fault: unknown, detail?: string): OpenIdFailure {
  const [reason, text] = detail === undefined ? meaningOf(fault) : [fault as OpenIdFault, detail];
  return { ok: false, reason, detail: printable(text, MAX_DETAIL_CHARS) };
}

function meaningOf(fault: unknown): readonly [OpenIdFault, string] {
  if (fault instanceof ProviderUnreachable) return ["provider-unreachable", fault.message];
  if (fault instanceof oauth.AuthorizationResponseError) {
    const { error } = fault;
    const text = worded(error, fault.error_description);
    if (error === "server_error" || error === "temporarily_unavailable") return ["provider-unreachable", text];
    return [NOT_LET_IN.test(error) ? "provider-refused" : "provider-misconfigured", text];
  }
  if (fault instanceof oauth.ResponseBodyError) {
    const text = worded(fault.error, fault.error_description);
    if (fault.status >= 500) return ["provider-unreachable", text];
    return [fault.error === "invalid_grant" ? "code-refused" : "provider-misconfigured", text];
  }
  if (fault instanceof oauth.WWWAuthenticateChallengeError) {
    return ["provider-misconfigured", `${fault.message} (${fault.status})`];
  }
  if (fault instanceof oauth.UnsupportedOperationError) return ["provider-unsupported", fault.message];
  if (fault instanceof oauth.OperationProcessingError) return [meaningOfCode(fault.code), fault.message];
  throw fault;
}

function meaningOfCode(code: string | undefined): OpenIdFault {
  switch (code) {
    case oauth.RESPONSE_IS_NOT_CONFORM:
    case oauth.RESPONSE_IS_NOT_JSON:
      return "provider-unreachable";
    case oauth.HTTP_REQUEST_FORBIDDEN:
    case oauth.REQUEST_PROTOCOL_FORBIDDEN:
    case oauth.MISSING_SERVER_METADATA:
    case oauth.INVALID_SERVER_METADATA:
      return "provider-unsupported";
    default:
      return "answer-invalid";
  }
}

const worded = (error: string, description: string | undefined): string =>
  description === undefined ? error : `${error}: ${description}`;
