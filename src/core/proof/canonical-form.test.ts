// Examples of the specification, and cases in which implementations have differed. test/real/canonical-form.test.ts
// compares random documents with libxml2.

import { describe, expect, it } from "vitest";
import { canonicalForm } from "./canonical-form.ts";
import { everyElement } from "./element.ts";
import { readMessage } from "./read.ts";

/** The canonical text of the first element of that name. */
function canonical(xml: string, local: string, inclusive?: readonly string[]): string {
  const root = readMessage(new TextEncoder().encode(xml));
  if (!root.ok) throw new Error(root.reason);
  const element = [...everyElement(root.value)].find((each) => each.local === local);
  if (element === undefined) throw new Error("no such element");
  return canonicalForm(element, inclusive);
}

describe("exclusive canonical form", () => {
  it("is that of the specification's two envelopes (EXC 2.2)", () => {
    const inner =
      '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2>';
    const first = `<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org">${inner}</n0:local>`;
    const second = `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain">${inner}</n2:pdu>`;
    const expected =
      '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>';
    expect([canonical(first, "elem2"), canonical(second, "elem2")]).toEqual([expected, expected]);
  });

  it("declares a listed prefix where it is in force, used or not", () => {
    const xml = '<a xmlns:p="urn:p" xmlns:q="urn:q" xmlns="urn:d"><b xmlns=""><q:c/></b></a>';
    expect(canonical(xml, "a", ["p"])).toBe(
      '<a xmlns="urn:d" xmlns:p="urn:p"><b xmlns=""><q:c xmlns:q="urn:q"></q:c></b></a>',
    );
    expect(canonical(xml, "c", ["", "p", "unknown"])).toBe('<q:c xmlns:p="urn:p" xmlns:q="urn:q"></q:c>');
    expect(canonical(xml.replace(' xmlns=""', ""), "c", [""])).toBe('<q:c xmlns="urn:d" xmlns:q="urn:q"></q:c>');
  });

  it("declares again what was undone, and nothing twice", () => {
    const xml = '<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"/></p:b><p:d/></p:a>';
    const c = '<p:c xmlns:p="urn:1"></p:c>';
    expect(canonical(xml, "a")).toBe(`<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2">${c}</p:b><p:d></p:d></p:a>`);
  });

  it("declares no default namespace for an attribute without a prefix", () => {
    expect(canonical('<p:e xmlns="urn:d" xmlns:p="urn:p" a=""/>', "e")).toBe('<p:e xmlns:p="urn:p" a=""></p:e>');
  });

  it("sorts attributes by namespace and name, and declarations by prefix (C14N 2.3)", () => {
    const xml = '<e c="" a="" y:b="" x:d="" xml:lang="" xmlns:x="urn:2" xmlns:y="urn:1" xmlns="urn:0"/>';
    expect(canonical(xml, "e")).toBe(
      '<e xmlns="urn:0" xmlns:x="urn:2" xmlns:y="urn:1" a="" c="" xml:lang="" y:b="" x:d=""></e>',
    );
  });

  it("writes characters as references where C14N says so, and white space as it was read", () => {
    const xml = "<e a='&lt;&gt;&amp;&quot;\"\t\r\n&#9;&#10;&#13;'>&lt;&gt;&amp;\"'\t\r\n&#13;\u{1f600}</e>".replace(
      '"\t',
      "\t",
    );
    expect(canonical(xml, "e")).toBe('<e a="&lt;>&amp;&quot;  &#x9;&#xA;&#xD;">&lt;&gt;&amp;"\'\t\n&#xD;\u{1f600}</e>');
  });
});
