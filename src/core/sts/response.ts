// From a proved user to `wresult`: the signed token in a response of WS-Trust, as the browser posts it to the relying
// party. Source: WS-Trust February 2005 6.2; MS-MWBF 2.2.4.

import { ok, type Result, refuse } from "../result.ts";
import { assertion, endOfToken, instant, type TokenRequest } from "./assertion.ts";
import { element, isWritable, text } from "./escape.ts";
import { signsAt, type TokenKey } from "./keys.ts";
import { ADDRESSING, NO_PROOF_KEY, POLICY, SAML, TRUST, TRUST_ISSUE, UTILITY } from "./names.ts";
import { isAccountSid } from "./sids.ts";
import { signatureOver } from "./signature.ts";

/** `id`: the `AssertionID`. `expiresAt`: the end of the token, ms. `wresult`: one line, with `assertion` in it. */
export type IssuedToken = {
  readonly wresult: string;
  readonly assertion: string;
  readonly id: string;
  readonly expiresAt: number;
};

/**
 * `bad-sid`: no account of a domain. `bad-text`: a name that two readers could read differently, or a long one.
 * `key-expired`: the certificate of the key has ended. `key-not-yet`: it has not begun.
 */
export type TokenFault = "bad-sid" | "bad-text" | "key-expired" | "key-not-yet";

/** Longer than any UPN that Active Directory lets somebody type, and short enough for a form of 32 KiB. */
const MAX_TEXT_CHARS = 512;

/** Begins the id of a token that an administrator made for a test: whoever finds it in a log of the pool sees that. */
export const TEST_MARK = "_postern-test-";

/** Makes and signs a token. Every token has a new id, which begins with `mark`. */
export async function issueToken(
  request: TokenRequest,
  key: TokenKey,
  mark: "_" | typeof TEST_MARK = "_",
): Promise<Result<IssuedToken, TokenFault>> {
  if (!isAccountSid(request.sid)) return refuse("bad-sid");
  const texts = [request.issuer, request.audience, request.upn];
  if (!texts.every((each) => each !== "" && each.length <= MAX_TEXT_CHARS && isWritable(each))) {
    return refuse("bad-text");
  }
  if (!signsAt(key, request.now)) return refuse(key.notAfter <= request.now ? "key-expired" : "key-not-yet");
  const id = `${mark}${crypto.randomUUID()}`;
  const signature = await signatureOver(assertion(request, id), id, "", key);
  const signed = assertion(request, id, signature);
  return ok({ wresult: response(request, signed), assertion: signed, id, expiresAt: endOfToken(request) });
}

function response(request: TokenRequest, signed: string): string {
  const lifetime = { "xmlns:wsu": UTILITY };
  return element(
    "t:RequestSecurityTokenResponse",
    { "xmlns:t": TRUST },
    element(
      "t:Lifetime",
      {},
      element("wsu:Created", lifetime, instant(request.now)),
      element("wsu:Expires", lifetime, instant(endOfToken(request))),
    ),
    element(
      "wsp:AppliesTo",
      { "xmlns:wsp": POLICY },
      element("wsa:EndpointReference", { "xmlns:wsa": ADDRESSING }, element("wsa:Address", {}, text(request.audience))),
    ),
    element("t:RequestedSecurityToken", {}, signed),
    element("t:TokenType", {}, SAML),
    element("t:RequestType", {}, TRUST_ISSUE),
    element("t:KeyType", {}, NO_PROOF_KEY),
  );
}
