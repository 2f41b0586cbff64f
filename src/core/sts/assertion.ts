// The token: a SAML 1.1 assertion that says which account somebody has, and how the person proved it. Source:
// saml-core-1.1 2.3; which claim a Front-End asks for is in docs/passive.md.

import { element, text } from "./escape.ts";
import { BEARER, CLAIMS, PRIMARY_SID, SAML, UPN_FORMAT } from "./names.ts";
import type { SignableSid } from "./sids.ts";

/** What a token says. Times are ms. */
export type TokenRequest = {
  /** How the token service calls itself. */
  readonly issuer: string;
  /** The relying party for which the token is good, byte for byte as it calls itself. */
  readonly audience: string;
  /** The name of the account; relying parties show it, and decide by the SID. */
  readonly upn: string;
  /** For which account the token is. */
  readonly sid: SignableSid;
  /** How the person proved it. */
  readonly method: "passkey" | "two-factors" | "unspecified";
  /** When the person proved it. */
  readonly authenticatedAt: number;
  readonly now: number;
  /** How long the token is good. */
  readonly minutes: number;
};

const METHODS: Readonly<Record<TokenRequest["method"], string>> = {
  passkey: "urn:oasis:names:tc:SAML:1.0:am:HardwareToken",
  "two-factors": "http://schemas.microsoft.com/claims/multipleauthn",
  unspecified: "urn:oasis:names:tc:SAML:1.0:am:unspecified",
};

/** The clock of a Front-End may be behind by this much, ms. */
const EARLY_MS = 60_000;
const MINUTE_MS = 60_000;

/** A time as every verifier reads it. */
export const instant = (ms: number): string => new Date(ms).toISOString();

/** When a token ends, ms. */
export const endOfToken = ({ now, minutes }: TokenRequest): number => now + minutes * MINUTE_MS;

/** The assertion in canonical form, with that signature; without one it is what is signed. */
export function assertion(request: TokenRequest, id: string, signature = ""): string {
  const subject = element(
    "saml:Subject",
    {},
    element("saml:NameIdentifier", { Format: UPN_FORMAT }, text(request.upn)),
    element("saml:SubjectConfirmation", {}, element("saml:ConfirmationMethod", {}, BEARER)),
  );
  const claim = { AttributeName: PRIMARY_SID, AttributeNamespace: CLAIMS };
  return element(
    "saml:Assertion",
    {
      ...{ "xmlns:saml": SAML, MajorVersion: "1", MinorVersion: "1" },
      ...{ AssertionID: id, IssueInstant: instant(request.now), Issuer: request.issuer },
    },
    element(
      "saml:Conditions",
      { NotBefore: instant(request.now - EARLY_MS), NotOnOrAfter: instant(endOfToken(request)) },
      element("saml:AudienceRestrictionCondition", {}, element("saml:Audience", {}, text(request.audience))),
    ),
    element(
      "saml:AttributeStatement",
      {},
      subject,
      element("saml:Attribute", claim, element("saml:AttributeValue", {}, text(request.sid))),
    ),
    element(
      "saml:AuthenticationStatement",
      { AuthenticationInstant: instant(request.authenticatedAt), AuthenticationMethod: METHODS[request.method] },
      subject,
    ),
    signature,
  );
}
