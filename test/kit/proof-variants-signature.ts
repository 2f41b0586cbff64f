// Signatures, keys and times of another kind than the one accepted. If possible, the signer signs the bad message
// itself.

import { alice, certificateFor, curveKey, edited, madeUpKey, mallory, message, NOW } from "./proof.ts";
import { DAY, instants, MINUTE, object, signedBody, signedTo, type Variant, WSSE, WSU } from "./proof-edits.ts";

const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
/** `SignedInfo` with one algorithm replaced before it is signed. */
const withSignedInfo = (from: string | RegExp, to: string): string =>
  message({ signedInfo: (text) => edited(text, from, to) }).text;
const TRANSFORM = `<Transform Algorithm="${EXCLUSIVE}"></Transform>`;
const transforms = (replacement: string): string => withSignedInfo(TRANSFORM, replacement);
const uri = (replacement: string): string => withSignedInfo(' URI="#timestamp"', replacement);
const timed = (created: number, expires: number): string => message({ timestamp: instants(created, expires) }).text;
const withKey = (spki: Uint8Array): string => message({ certificate: certificateFor(spki) }).text;
const keyInfo = (content: string): string => message({ keyInfo: content }).text;
const tokenReference = (content: string): string =>
  `<o:SecurityTokenReference xmlns:o="${WSSE}">${content}</o:SecurityTokenReference>`;
const TOKEN_REFERENCE = '<o:Reference URI="#token"/>';
const PREFIX_LIST = `<InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="s"></InclusiveNamespaces>`;
/** A transform with something in it. */
const listed = (content: string): string => transforms(edited(TRANSFORM, "></", `>${content}</`));
const X509_DATA = `<X509Data><X509Certificate>${alice.certificate}</X509Certificate></X509Data>`;

const one = (pattern: RegExp): string => pattern.exec(message().signature)?.[0] ?? "";
const twice = (pattern: RegExp): string => one(pattern).repeat(2);

export const BAD_KEYS: readonly Variant[] = [
  [
    "another's certificate under the id",
    "signature-differs",
    () => edited(message().text, alice.certificate, mallory.certificate),
  ],
  ["X509Data", "key-reference", () => keyInfo(X509_DATA)],
  [
    "X509Data in a token reference",
    "key-reference",
    () => keyInfo(`<o:SecurityTokenReference xmlns:o="${WSSE}">${X509_DATA}</o:SecurityTokenReference>`),
  ],
  ["RSAKeyValue", "key-reference", () => keyInfo("<KeyValue><RSAKeyValue/></KeyValue>")],
  [
    "KeyIdentifier",
    "key-reference",
    () =>
      keyInfo(
        `<o:SecurityTokenReference xmlns:o="${WSSE}"><o:KeyIdentifier>AA==</o:KeyIdentifier></o:SecurityTokenReference>`,
      ),
  ],
  ["a reference to another id", "key-reference", () => edited(message().text, 'URI="#token"', 'URI="#timestamp"')],
  [
    "a key by value beside the reference",
    "key-reference",
    () => edited(message().text, "</KeyInfo>", "<KeyValue/></KeyInfo>"),
  ],
  ["two references to tokens", "key-reference", () => keyInfo(tokenReference(TOKEN_REFERENCE.repeat(2)))],
  [
    "another element that refers to the token",
    "key-reference",
    () => keyInfo(tokenReference('<o:Embedded URI="#token"/>')),
  ],
  [
    "another attribute of the reference",
    "key-reference",
    () => keyInfo(tokenReference('<o:Reference x="" URI="#token"/>')),
  ],
  [
    "an element in the reference",
    "key-reference",
    () => keyInfo(tokenReference('<o:Reference URI="#token"><x/></o:Reference>')),
  ],
  [
    "a reference to another type of token",
    "key-reference",
    () => keyInfo(tokenReference('<o:Reference ValueType="urn:x" URI="#token"/>')),
  ],
  ["another attribute of the token", "token-type", () => edited(message().text, ' u:Id="token"', ' x="" u:Id="token"')],
  [
    "an element in the token",
    "bad-certificate",
    () => edited(message().text, "</o:BinarySecurityToken>", "<x/></o:BinarySecurityToken>"),
  ],
  ["a token of another type", "token-type", () => edited(message().text, '#X509v3" u:Id', '#X509PKIPathv1" u:Id')],
  ["a token in another encoding", "token-type", () => edited(message().text, "#Base64Binary", "#HexBinary")],
  ["RSA of 512 bits", "key-size", () => withKey(madeUpKey(512))],
  ["RSA of 8192 bits", "key-size", () => withKey(madeUpKey(8192))],
  ["an exponent of 1", "key-exponent", () => withKey(madeUpKey(2048, [1]))],
  ["an even exponent", "key-exponent", () => withKey(madeUpKey(2048, [2]))],
  ["an exponent of 40 bits", "key-exponent", () => withKey(madeUpKey(2048, [1, 0, 0, 0, 1]))],
  ["a key on a curve", "not-rsa", () => withKey(curveKey())],
  ["broken base64", "bad-certificate", () => edited(message().text, alice.certificate, `${alice.certificate}A`)],
  [
    "broken DER",
    "bad-certificate",
    () =>
      edited(
        message().text,
        alice.certificate,
        Buffer.from(alice.certificate, "base64").subarray(0, 200).toString("base64"),
      ),
  ],
  [
    "bytes after the certificate",
    "bad-certificate",
    () => {
      const longer = Buffer.concat([Buffer.from(alice.certificate, "base64"), Buffer.from([5, 0])]).toString("base64");
      return edited(message().text, alice.certificate, longer);
    },
  ],
];

export const BAD_SIGNATURES: readonly Variant[] = [
  ["an empty URI", "reference-uri", () => uri(' URI=""')],
  ["no URI", "reference-uri", () => uri("")],
  ["a URI elsewhere", "reference-uri", () => uri(' URI="https://attacker.test/#timestamp"')],
  ["an XPointer to an id", "reference-uri", () => uri(" URI=\"#xpointer(id('timestamp'))\"")],
  ["an XPointer to the root", "reference-uri", () => uri(' URI="#xpointer(/)"')],
  ["a reference with a type", "reference-content", () => uri(` Type="${DSIG}Manifest" URI="#timestamp"`)],
  ["a reference to nothing", "reference-target", () => uri(' URI="#nothing"')],
  [
    "a reference to an element that may not be signed",
    "reference-target",
    () => edited(uri(' URI="#other"'), "<t:Entropy>", '<x Id="other"/><t:Entropy>'),
  ],
  [
    "the enveloped transform",
    "transforms",
    () => transforms(`<Transform Algorithm="${DSIG}enveloped-signature"></Transform>${TRANSFORM}`),
  ],
  [
    "an XPath transform",
    "transforms",
    () =>
      transforms('<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>1</XPath></Transform>'),
  ],
  [
    "an XSLT transform",
    "transforms",
    () => transforms('<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></Transform>'),
  ],
  ["no transforms", "transforms", () => transforms("")],
  ["no list of transforms", "transforms", () => withSignedInfo(`<Transforms>${TRANSFORM}</Transforms>`, "")],
  [
    "canonical form with comments",
    "transforms",
    () => transforms(`<Transform Algorithm="${EXCLUSIVE}WithComments"></Transform>`),
  ],
  [
    "inclusive canonical form",
    "transforms",
    () => transforms('<Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></Transform>'),
  ],
  [
    "the transform of token references",
    "transforms",
    () =>
      transforms(
        '<Transform Algorithm="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"></Transform>',
      ),
  ],
  [
    "a prefix list that is none",
    "transforms",
    () =>
      transforms(
        `<Transform Algorithm="${EXCLUSIVE}"><InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="a:b"></InclusiveNamespaces></Transform>`,
      ),
  ],
  [
    "a prefix list without end",
    "transforms",
    () =>
      transforms(
        `<Transform Algorithm="${EXCLUSIVE}"><InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="${"p ".repeat(65)}"></InclusiveNamespaces></Transform>`,
      ),
  ],
  [
    "SignedInfo in canonical form with comments",
    "canonicalization",
    () => withSignedInfo(`Method Algorithm="${EXCLUSIVE}"`, `Method Algorithm="${EXCLUSIVE}WithComments"`),
  ],
  [
    "SignedInfo in inclusive canonical form",
    "canonicalization",
    () =>
      withSignedInfo(
        `Method Algorithm="${EXCLUSIVE}"`,
        'Method Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
      ),
  ],
  ["HMAC in place of RSA", "signature-algorithm", () => withSignedInfo(`${DSIG}rsa-sha1`, `${DSIG}hmac-sha1`)],
  [
    "a length of the HMAC",
    "signature-algorithm",
    () => withSignedInfo("</SignatureMethod>", "<HMACOutputLength>8</HMACOutputLength></SignatureMethod>"),
  ],
  [
    "RSA with MD5",
    "signature-algorithm",
    () => withSignedInfo(`${DSIG}rsa-sha1`, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
  ],
  [
    "RSA with another hash than it says",
    "signature-differs",
    () => withSignedInfo(`${DSIG}rsa-sha1`, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
  ],
  [
    "a digest with MD5",
    "digest-algorithm",
    () => withSignedInfo(`DigestMethod Algorithm="${DSIG}sha1"`, `DigestMethod Algorithm="${DSIG}md5"`),
  ],
  [
    "a digest of another length",
    "bad-base64",
    () => withSignedInfo(/<DigestValue>.*?<\/DigestValue>/, "<DigestValue>AAAA</DigestValue>"),
  ],
  [
    "two SignedInfo",
    "signature-content",
    () => edited(message().text, /(<SignedInfo.*<\/SignedInfo>)/, twice(/<SignedInfo.*<\/SignedInfo>/)),
  ],
  ["a reference twice", "reference-repeated", () => withSignedInfo(/(?=<Reference)/, one(/<Reference.*<\/Reference>/))],
  [
    "nine references",
    "reference-count",
    () => withSignedInfo(/(?=<Reference)/, one(/<Reference.*<\/Reference>/).repeat(8)),
  ],
  ["no reference", "reference-count", () => withSignedInfo(/<Reference.*<\/Reference>/, "")],
  [
    "something else in SignedInfo",
    "signed-info-content",
    () => withSignedInfo("<CanonicalizationMethod", "<x></x><CanonicalizationMethod"),
  ],
  [
    "something else among the references",
    "reference-content",
    () => withSignedInfo("</SignedInfo>", "<x></x></SignedInfo>"),
  ],
  ["the timestamp not signed", "timestamp-not-signed", () => message({ signs: ["body"] }).text],
  [
    "another attribute of SignedInfo",
    "signed-info-content",
    () => withSignedInfo(/(?<=<SignedInfo xmlns="[^"]*")/, ' x=""'),
  ],
  [
    "no canonicalization method",
    "signed-info-content",
    () => withSignedInfo(/CanonicalizationMethod (.*)<.CanonicalizationMethod>/, "Method></Method>"),
  ],
  [
    "no signature method",
    "signed-info-content",
    () => withSignedInfo(/SignatureMethod (.*)<.SignatureMethod>/, "Method></Method>"),
  ],
  [
    "another attribute of the canonicalization method",
    "canonicalization",
    () => withSignedInfo(/(?<=<CanonicalizationMethod [^>]*)(?=>)/, ' x=""'),
  ],
  [
    "another name for the transforms",
    "reference-content",
    () => withSignedInfo(/<Transforms>.*<.Transforms>/, `<Changes>${TRANSFORM}</Changes>`),
  ],
  ["text among the transforms", "transforms", () => withSignedInfo("<Transforms>", "<Transforms>x")],
  ["a fourth element in a reference", "reference-content", () => withSignedInfo("</Reference>", "<x></x></Reference>")],
  ["another element in place of the prefix list", "transforms", () => listed("<x></x>")],
  ["two prefix lists", "transforms", () => listed(PREFIX_LIST.repeat(2))],
  ["an element in the prefix list", "transforms", () => listed(edited(PREFIX_LIST, "></", "><x></x></"))],
  [
    "another attribute of the prefix list",
    "transforms",
    () => listed(edited(PREFIX_LIST, " PrefixList", ' A="" PrefixList')),
  ],
  [
    "an attribute of the signature",
    "signature-content",
    () => edited(message().text, "<Signature ", '<Signature x="" '),
  ],
  ["ds:Object", "signature-content", () => edited(message().text, "</Signature>", object(""))],
  ["text in the signature", "signature-content", () => edited(message().text, "<SignatureValue>", "x<SignatureValue>")],
  [
    "a signature that is not base64",
    "bad-base64",
    () => edited(message().text, "<SignatureValue>", "<SignatureValue>*"),
  ],
  [
    "a signature one byte short",
    "signature-differs",
    () => edited(message().text, /<SignatureValue>..../, "<SignatureValue>"),
  ],
  ["another time than was signed", "digest-differs", () => edited(message().text, /(?<=<u:Expires>)..../, "2027")],
  ["another body than was signed", "digest-differs", () => edited(signedBody().text, "sip:alice@", "sip:mallory@")],
  ["another To than was signed", "digest-differs", () => edited(signedTo().text, "/Cert<", "/Pin<")],
];

export const BAD_TIMES: readonly Variant[] = [
  [
    "the timestamp in another namespace",
    "security-content",
    () => edited(message().text, `<u:Timestamp xmlns:u="${WSU}"`, '<u:Timestamp xmlns:u="urn:x"'),
  ],
  [
    "no Expires",
    "timestamp-content",
    () => message({ timestamp: instants(NOW, NOW + MINUTE).replace(/<u:Expires.*/, "") }).text,
  ],
  ["text in the timestamp", "timestamp-content", () => message({ timestamp: `x${instants(NOW, NOW + MINUTE)}` }).text],
  [
    "an element in the instant",
    "timestamp-content",
    () => message({ timestamp: instants(NOW, NOW + MINUTE).replace("Z<", "Z<x></x><") }).text,
  ],
  [
    "no Created",
    "timestamp-content",
    () => message({ timestamp: instants(NOW, NOW + MINUTE).replace(/.*<\/u:Created>/, "") }).text,
  ],
  ["two Created", "timestamp-content", () => message({ timestamp: instants(NOW, NOW).repeat(2) }).text],
  [
    "a day that there is not",
    "timestamp-content",
    () => message({ timestamp: instants(NOW, NOW + MINUTE).replace("11-27T", "11-31T") }).text,
  ],
  [
    "a time of another zone",
    "timestamp-content",
    () => message({ timestamp: instants(NOW, NOW + MINUTE).replace("Z<", "+00:00<") }).text,
  ],
  ["Expires before Created", "expires-before-created", () => timed(NOW, NOW - MINUTE)],
  ["six minutes in the future", "created-in-future", () => timed(NOW + 6 * MINUTE, NOW + 11 * MINUTE)],
  ["sixteen minutes old, with a day to live", "too-old", () => timed(NOW - 16 * MINUTE, NOW + DAY)],
  ["expired", "expired", () => timed(NOW - 9 * MINUTE, NOW - 6 * MINUTE)],
];
