// The token of a WS-Federation sign-in, judged by the rules of WIF, the Windows Identity Foundation, which /PassiveAuth
// is built on. It is not stricter than WIF: a gateway in front must not depend on checks that the pool does not make.
// The trust is in the certificate's thumbprint. The issuer's name is not looked at, and a token may come twice.

import { createHash, X509Certificate } from "node:crypto";
import { attributeOf, descend, elements, parseXml, textOf, type XmlElement } from "./xml.ts";
import { canonicalize } from "./xml-c14n.ts";
import { verifySignature } from "./xml-signature.ts";

/** Clocks may differ by this: WIF's MaxClockSkew. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000;

const SAML = "urn:oasis:names:tc:SAML:1.0:assertion";
const PRIMARY_SID = "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid";

/** By what a token is judged. */
export interface TokenRules {
  /** SHA-1 of each trusted certificate, in upper-case hex. */
  readonly thumbprints: ReadonlySet<string>;
  /** The relying party's own name. */
  readonly realm: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Why a token is refused. A number is that of WIF's message. `unreadable`: no answer of WS-Trust with an assertion, or no
 * XML. `signature`: it does not verify, or there is more than one. `no-audience`: the token is for nobody by name.
 */
export type TokenFault =
  | "unreadable"
  | "signature"
  | "no-audience"
  | "ID1038"
  | "ID1062"
  | "ID4037"
  | "ID4175"
  | "ID4220"
  | "ID4222"
  | "ID4223";

/** What an accepted token says. */
export interface AcceptedToken {
  readonly id: string;
  /** The primary SID, whole. Empty if the token has none: WIF asks for no claim. */
  readonly sid: string;
  /** The Conditions, milliseconds since the epoch. Without them a token never ends. */
  readonly from: number;
  readonly until: number;
  /** The assertion in canonical form. */
  readonly xml: string;
}

export type TokenVerdict =
  | { readonly ok: true; readonly token: AcceptedToken }
  | { readonly ok: false; readonly fault: TokenFault; readonly id?: string };

/** Judges `wresult`, the text of the answer of WS-Trust (February 2005 or 1.3). */
export function judgeResult(wresult: string, rules: TokenRules): TokenVerdict {
  const root = parseXml(wresult);
  const response =
    root?.local === "RequestSecurityTokenResponseCollection" ? descend(root, "RequestSecurityTokenResponse") : root;
  const requested =
    response?.local === "RequestSecurityTokenResponse" ? descend(response, "RequestedSecurityToken") : undefined;
  const [assertion] = requested ? elements(requested) : [];
  return assertion ? judgeAssertion(assertion, rules) : { ok: false, fault: "unreadable" };
}

/** Judges an assertion, wherever it came. */
export function judgeAssertion(assertion: XmlElement, rules: TokenRules): TokenVerdict {
  const id = attributeOf(assertion, "AssertionID");
  if (assertion.uri !== SAML || assertion.local !== "Assertion" || !id) return { ok: false, fault: "unreadable" };
  const refused = (fault: TokenFault): TokenVerdict => ({ ok: false, fault, id });
  const fault = signatureFault(assertion, id, rules.thumbprints);
  if (fault) return refused(fault);
  const conditions = descend(assertion, "Conditions");
  const from = instantOf(attributeOf(conditions, "NotBefore")) ?? Number.MIN_SAFE_INTEGER;
  const until = instantOf(attributeOf(conditions, "NotOnOrAfter")) ?? Number.MAX_SAFE_INTEGER;
  if (Number.isNaN(from) || Number.isNaN(until)) return refused("unreadable");
  if (from > rules.now + MAX_CLOCK_SKEW_MS) return refused("ID4222");
  if (until <= rules.now - MAX_CLOCK_SKEW_MS) return refused("ID4223");
  const audiences = audiencesOf(conditions);
  if (audiences.length === 0) return refused("no-audience");
  if (!audiences.some((audience) => sameUri(audience, rules.realm))) return refused("ID1038");
  return { ok: true, token: { id, sid: primarySid(assertion), from, until, xml: canonicalize(assertion) } };
}

/** WIF verifies by the certificate in the token, which must come first in KeyInfo, and then looks whose it is. */
function signatureFault(
  assertion: XmlElement,
  id: string,
  thumbprints: ReadonlySet<string>,
): "ID4220" | "ID4037" | "ID4175" | "signature" | undefined {
  const signatures = elements(assertion).filter(({ local }) => local === "Signature");
  const [signature] = signatures;
  if (!signature) return "ID4220";
  if (signatures.length > 1) return "signature";
  const certificate = embeddedCertificate(signature);
  if (!certificate) return "ID4037";
  const verified = verifySignature(signature, assertion, id, { kind: "rsa", publicKey: certificate.publicKey });
  if (!verified) return "signature";
  return thumbprints.has(thumbprintOf(certificate.raw)) ? undefined : "ID4175";
}

/** The certificate that a signature brings along, if it is the first thing that KeyInfo says. */
export function embeddedCertificate(signature: XmlElement): X509Certificate | undefined {
  const keyInfo = descend(signature, "KeyInfo");
  const [first] = keyInfo ? elements(keyInfo) : [];
  const text = first?.local === "X509Data" ? textOf(descend(first, "X509Certificate")) : "";
  return certificateOf(text);
}

/** Reads a certificate in base64. Undefined if it is none, or its key is not RSA: WIF verifies no other. */
export function certificateOf(base64: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(Buffer.from(base64, "base64"));
    return certificate.publicKey.asymmetricKeyType === "rsa" ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-1 of a certificate's DER, as Windows shows it. */
export const thumbprintOf = (der: Uint8Array): string => createHash("sha1").update(der).digest("hex").toUpperCase();

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

const audiencesOf = (conditions: XmlElement | undefined): readonly string[] =>
  (conditions ? elements(conditions) : [])
    .filter(({ local }) => local === "AudienceRestrictionCondition")
    .flatMap((restriction) => elements(restriction))
    .filter(({ local }) => local === "Audience")
    .map(textOf);

/** As .NET compares URIs: the case of scheme and host does not count. The case of the path and its last slash do. */
function sameUri(a: string, b: string): boolean {
  return a === b || (URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href);
}

/** The first value of the claim. A claim's type is namespace, slash and name of the attribute. */
function primarySid(assertion: XmlElement): string {
  const attributes = elements(assertion)
    .filter(({ local }) => local === "AttributeStatement")
    .flatMap((statement) => elements(statement))
    .filter(({ local }) => local === "Attribute");
  const claim = attributes.find(
    (attribute) =>
      `${attributeOf(attribute, "AttributeNamespace")}/${attributeOf(attribute, "AttributeName")}` === PRIMARY_SID,
  );
  return textOf(descend(claim, "AttributeValue"));
}
