// Changes that must not alter a fingerprint, because a client's XML writer may make them, and changes that must alter
// it, because no signature would catch them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { runs } from "../../../test/kit/runs.ts";
import { type Assertion, assertionsIn } from "./assertion.ts";
import { MAX_XML_CHARS } from "./xml.ts";

const SAML = "urn:oasis:names:tc:SAML:1.0:assertion";
const ASSERTION =
  `<saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="SamlSecurityToken-1" Issuer="https://fe01/" ` +
  `xmlns:saml="${SAML}"><saml:Conditions NotBefore="2026-10-23T08:00:00.000Z" NotOnOrAfter="2026-10-23T16:00:00.000Z">` +
  `<saml:AudienceRestrictionCondition><saml:Audience>https://web.contoso.test/</saml:Audience>` +
  `</saml:AudienceRestrictionCondition></saml:Conditions><saml:AuthenticationStatement><saml:Subject>` +
  `<saml:NameIdentifier Format="uri">sip:alice@contoso.test</saml:NameIdentifier></saml:Subject>` +
  `</saml:AuthenticationStatement><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Empty/>` +
  `<ds:SignatureValue>q83v</ds:SignatureValue></ds:Signature></saml:Assertion>`;

function only(xml: string): Assertion {
  const [assertion, another] = must(assertionsIn(xml));
  if (assertion === undefined || another !== undefined) throw new Error("not one assertion");
  return assertion;
}

describe("an assertion", () => {
  it("says whose it is, until when, and where it stands", () => {
    expect(only(ASSERTION)).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      subject: "sip:alice@contoso.test",
      expiresAt: Date.UTC(2026, 9, 23, 16),
      path: "Assertion",
    });
    const envelope = `<s:Envelope xmlns:s="s"><s:Header><w:Security xmlns:w="w">${ASSERTION}</w:Security></s:Header></s:Envelope>`;
    expect(only(envelope)).toEqual({ ...only(ASSERTION), path: "Envelope/Header/Security/Assertion" });
  });

  it("is found as often as it is there", () => {
    expect(must(assertionsIn(`<a>${ASSERTION}<b>${ASSERTION}</b></a>`)).map(({ path }) => path)).toEqual([
      "a/Assertion",
      "a/b/Assertion",
    ]);
    expect(must(assertionsIn("<a/>"))).toEqual([]);
    expect(must(assertionsIn(ASSERTION.replace(SAML, "urn:other")))).toEqual([]);
  });
});

describe("the fingerprint stays the same", () => {
  it.each<[string, (xml: string) => string]>([
    [
      "with attributes in another order",
      (xml) => xml.replace('MajorVersion="1" MinorVersion="1"', 'MinorVersion="1" MajorVersion="1"'),
    ],
    ["with other quotes", (xml) => xml.replace('Format="uri"', "Format='uri'")],
    [
      "with white space in tags",
      (xml) => xml.replace('Format="uri">', 'Format = "uri"\r\n >').replace("</saml:Subject>", "</saml:Subject >"),
    ],
    ["with an empty element in two tags", (xml) => xml.replace("<ds:Empty/>", "<ds:Empty></ds:Empty>")],
    [
      "with characters by number",
      (xml) => xml.replace("sip:alice", "&#115;ip&#x3A;alice").replace('"uri"', '"&#117;ri"'),
    ],
    ["with a CDATA section", (xml) => xml.replace("q83v", "<![CDATA[q8]]>3v")],
    ["with another prefix", (xml) => xml.replaceAll("ds:", "x:").replace("xmlns:ds", "xmlns:x")],
    [
      "with a namespace declared elsewhere",
      (xml) => xml.replace("<saml:Conditions ", `<saml:Conditions xmlns:unused="u" xmlns:saml="${SAML}" `),
    ],
    ["behind an XML declaration", (xml) => `<?xml version="1.0" encoding="utf-8"?>\n${xml}`],
  ])("%s", (_, rewrite) => {
    const rewritten = rewrite(ASSERTION);
    expect(rewritten).not.toBe(ASSERTION);
    expect(only(rewritten)).toEqual(only(ASSERTION));
  });
});

describe("the fingerprint changes", () => {
  it.each<[string, (xml: string) => string]>([
    ["with a character of text", (xml) => xml.replace("q83v", "q83w")],
    ["with the case of text", (xml) => xml.replace("sip:alice", "sip:Alice")],
    ["with white space around text", (xml) => xml.replace(">sip:alice@contoso.test<", "> sip:alice@contoso.test<")],
    ["with white space between elements", (xml) => xml.replace("<saml:Subject>", "<saml:Subject> ")],
    ["with an attribute's value", (xml) => xml.replace('Issuer="https://fe01/"', 'Issuer="https://fe02/"')],
    ["with an attribute's name", (xml) => xml.replace("Issuer=", "issuer=")],
    ["with an attribute more", (xml) => xml.replace("<saml:Subject>", '<saml:Subject a="">')],
    ["with an attribute's namespace", (xml) => xml.replace("Format=", 'xmlns:f="f" f:Format=')],
    ["with an attribute less", (xml) => xml.replace(' Format="uri"', "")],
    ["with an element's name", (xml) => xml.replaceAll("ds:SignatureValue", "ds:signatureValue")],
    ["with an element's namespace", (xml) => xml.replace("2000/09/xmldsig#", "2000/09/xmldsig")],
    ["with an element more", (xml) => xml.replace("<ds:Empty/>", "<ds:Empty/><ds:Empty/>")],
    ["with an element less", (xml) => xml.replace("<ds:Empty/>", "")],
    ["with the order of elements", (xml) => xml.replace(/(<ds:Empty\/>)(.*SignatureValue>)/, "$2$1")],
    ["with text moved into an element", (xml) => xml.replace("<ds:Empty/>", "<ds:Empty>x</ds:Empty>")],
    ["with text moved out of it", (xml) => xml.replace("<ds:Empty/>", "<ds:Empty/>x")],
    ["with the end of its life", (xml) => xml.replace("T16:00", "T17:00")],
  ])("%s", (_, alter) => {
    expect(only(alter(ASSERTION)).fingerprint).not.toBe(only(ASSERTION).fingerprint);
  });

  it("between any two different trees, and between no two writings of one", () => {
    fc.assert(
      fc.property(anyTree, anyTree, (one, other) => {
        const [plain, varied] = [write(one, false), write(one, true)].map(inAssertion);
        expect(only(varied ?? "").fingerprint).toBe(only(plain ?? "").fingerprint);
        const differ = JSON.stringify(one) !== JSON.stringify(other);
        expect(only(inAssertion(write(other, false))).fingerprint !== only(plain ?? "").fingerprint).toBe(differ);
      }),
    );
  });
});

type Tree = { name: string; attributes: Record<string, string>; children: (Tree | string)[] };

const anyText = fc.string({
  unit: fc.constantFrom("a", "b", "<", "&", '"', "'", ">", "é", "0", "#"),
  minLength: 1,
  maxLength: 4,
});
const anyName = fc.constantFrom("a", "b", "ab");
const { tree: anyTree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: anyName,
    attributes: fc
      .dictionary(anyName, anyText, { maxKeys: 3 })
      .map((attributes) => Object.fromEntries(Object.entries(attributes).sort())),
    children: fc
      .array(fc.oneof({ depthSize: "small" }, anyText, tie("tree")), { maxLength: 3 })
      .map((children) =>
        children.filter((child, at) => !(typeof child === "string" && typeof children[at - 1] === "string")),
      ),
  }),
}));

const inAssertion = (content: string): string => ASSERTION.replace("<ds:Empty/>", () => content);

/**
 * Writes a tree plainly, or with the same meaning in other words: other quotes and order, characters by number, no
 * empty-element tags.
 */
function write({ name, attributes, children }: Tree, varied: boolean): string {
  const escaped = (text: string): string =>
    varied
      ? Array.from(text, (character) => `&#${character.codePointAt(0)};`).join("")
      : text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const pairs = Object.entries(attributes).map(([key, value]) =>
    varied ? `\n${key} = '${escaped(value)}'` : ` ${key}="${escaped(value)}"`,
  );
  const content = children.map((child) => (typeof child === "string" ? escaped(child) : write(child, varied))).join("");
  const head = `<${name}${(varied ? pairs.reverse() : pairs).join("")}`;
  return content === "" && !varied ? `${head}/>` : `${head}>${content}</${name}>`;
}

describe("no ticket at all", () => {
  it.each<[string, string, string]>([
    ["a comment in it", ASSERTION.replace("sip:alice", "sip:ali<!---->ce"), "bad-assertion"],
    ["an instruction in it", ASSERTION.replace("<ds:Empty/>", "<?a b?>"), "bad-assertion"],
    ["an assertion in it", ASSERTION.replace("<ds:Empty/>", () => ASSERTION), "bad-assertion"],
    [
      "two subjects",
      ASSERTION.replace(/(<saml:NameIdentifier.*NameIdentifier>)/, (all) => all + all.replace("alice", "bob")),
      "bad-assertion",
    ],
    ["no subject", ASSERTION.replace(/<saml:NameIdentifier.*NameIdentifier>/, ""), "bad-assertion"],
    ["an empty subject", ASSERTION.replace("sip:alice@contoso.test", " "), "bad-assertion"],
    ["two ends", ASSERTION.replace(/(<saml:Conditions.*Conditions>)/, "$1$1"), "bad-assertion"],
    ["no end", ASSERTION.replace(/NotOnOrAfter="[^"]*"/, ""), "bad-assertion"],
    ["an end that is no time", ASSERTION.replace(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="soon"'), "bad-assertion"],
    ["a document type", `<!DOCTYPE a>${ASSERTION}`, "doctype"],
    ["an entity", `<!DOCTYPE a [<!ENTITY b "c">]>${ASSERTION.replace("q83v", "&b;")}`, "doctype"],
    ["an entity of nobody's", ASSERTION.replace("q83v", "&nbsp;"), "not-xml"],
    ["a prefix of nobody's", ASSERTION.replace("xmlns:ds", "xmlns:x"), "not-xml"],
    ["an attribute twice", ASSERTION.replace("MajorVersion", 'MajorVersion="1" MajorVersion'), "not-xml"],
    ["something behind it", `${ASSERTION}${ASSERTION}`, "not-xml"],
    ["no end tag", ASSERTION.slice(0, -5), "not-xml"],
    ["a depth nobody writes", `${"<a>".repeat(100)}${"</a>".repeat(100)}`, "not-xml"],
    ["a size nobody writes", ASSERTION + " ".repeat(MAX_XML_CHARS), "too-large"],
    ["nothing", "", "not-xml"],
  ])("with %s", (_, xml, reason) => expect(assertionsIn(xml)).toEqual({ ok: false, reason }));

  it("whatever is sent: an answer, never an exception", () => {
    const mutation = fc.tuple(fc.nat(ASSERTION.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 }));
    fc.assert(
      fc.property(mutation, ([at, cut, text]) => {
        const found = assertionsIn(ASSERTION.slice(0, at) + text + ASSERTION.slice(at + cut));
        expect(found.ok ? found.value.length : found.reason).toBeDefined();
      }),
      { numRuns: runs(2_000) },
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (xml) => void assertionsIn(xml)));
  });
});
