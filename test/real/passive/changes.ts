// A signed document with one part changed: each part once. Used where every verifier must refuse.

import { FEDERATION } from "../../../src/core/sts/names.ts";

/** What was changed, and the changed document. */
type Changed = readonly [string, string];

/** Changes one character of the first match of the pattern's group. Throws where nothing matches. */
function nudged(document: string, pattern: RegExp): string {
  const match = new RegExp(pattern.source, `${pattern.flags}d`).exec(document);
  const [from] = match?.indices?.[1] ?? [];
  if (from === undefined) throw new Error(`nothing like ${pattern}`);
  const before = document[from] ?? "";
  return `${document.slice(0, from)}${before === "A" || before === "1" ? "2" : before === "2" ? "3" : before === "h" ? "g" : "A"}${document.slice(from + 1)}`;
}

const each = (document: string, patterns: Readonly<Record<string, RegExp>>): readonly Changed[] =>
  Object.entries(patterns).map(([what, pattern]) => [what, nudged(document, pattern)]);

/** Replaces once. Throws where there is nothing to replace. */
function replaced(document: string, from: string, to: string): string {
  if (!document.includes(from)) throw new Error(`no ${from}`);
  return document.replace(from, to);
}

const OF_SIGNATURE = {
  "the reference": /<ds:Reference URI="#_?(.)/,
  "the digest": /<ds:DigestValue>(.)/,
  "the signature": /<ds:SignatureValue>(.)/,
  "the algorithm of the signature": /<ds:SignatureMethod Algorithm="(h)/,
  "the transform": /<ds:Transform Algorithm="(h)/,
};

/** A `wresult` with each part of its assertion changed. */
export const changedTokens = (token: string): readonly Changed[] => [
  ...each(token, {
    ...OF_SIGNATURE,
    "the id": /AssertionID="_(.)/,
    "the instant": /IssueInstant="(2)/,
    "the issuer": / Issuer="(.)/,
    "the version": /MinorVersion="(1)"/,
    "the beginning": /NotBefore="(2)/,
    "the end": /NotOnOrAfter="(2)/,
    "the audience": /<saml:Audience>(.)/,
    "the name": /<saml:NameIdentifier Format="[^"]*">(.)/,
    "the format of the name": /<saml:NameIdentifier Format="(h)/,
    "the confirmation": /<saml:ConfirmationMethod>(.)/,
    "the claim": /AttributeName="(.)/,
    "the namespace of the claim": /AttributeNamespace="(h)/,
    "the SID": /<saml:AttributeValue>S-1-5-21-1004336348-1177238915-682003330-(1)/,
    "the time of the proof": /AuthenticationInstant="(2)/,
    "the method": /AuthenticationMethod="(h)/,
  }),
  ["white space", replaced(token, "<saml:AttributeStatement>", "<saml:AttributeStatement> ")],
  [
    "a second value",
    replaced(token, "</saml:Attribute>", "<saml:AttributeValue>S-1</saml:AttributeValue></saml:Attribute>"),
  ],
  ["no signature", token.replace(/<ds:Signature .*<\/ds:Signature>/, "")],
];

/** Metadata with each part changed. */
export const changedMetadata = (metadata: string): readonly Changed[] => [
  ...each(metadata, {
    ...OF_SIGNATURE,
    "the id": / ID="_(.)/,
    "the name": /entityID="(h)/,
    "the protocols": /protocolSupportEnumeration="(h)/,
    "the type": /xsi:type="fed:(S)/,
    "the use": /<KeyDescriptor use="(s)/,
    "a published certificate": /<KeyDescriptor use="signing"><ds:KeyInfo [^>]*><ds:X509Data><ds:X509Certificate>(M)/,
    "the claim": /<auth:ClaimType [^>]*Uri="(h)/,
    "the type of tokens": /<fed:TokenType Uri="(u)/,
    "an address": /<Address>(h)/,
  }),
  ["what fed means", replaced(metadata, `xmlns:fed="${FEDERATION}"`, 'xmlns:fed="urn:another"')],
  [
    // The elements below declare the prefix for themselves, so that only the value of the type means something else.
    "what fed means in the type alone",
    replaced(metadata, `xmlns:fed="${FEDERATION}"`, 'xmlns:fed="urn:another"').replaceAll(
      /<fed:(TokenTypesOffered|ClaimTypesOffered|SecurityTokenServiceEndpoint|PassiveRequestorEndpoint)>/g,
      `<fed:$1 xmlns:fed="${FEDERATION}">`,
    ),
  ],
  ["no signature", metadata.replace(/<ds:Signature .*<\/ds:Signature>/, "")],
];
