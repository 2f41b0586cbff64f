// What is written is in canonical form: the canonicaliser of core/proof, which libxml2 has judged, changes nothing.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import { canonicalForm } from "../proof/canonical-form.ts";
import { readMessage } from "../proof/read.ts";
import { element, isWritable, text } from "./escape.ts";

function canonical(xml: string): string {
  const root = readMessage(new TextEncoder().encode(xml));
  if (!root.ok) throw new Error(`${root.reason}: ${xml}`);
  return canonicalForm(root.value);
}

/** Every character of XML 1.0, the escaped ones more often. */
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom("&", "<", ">", '"', "'", "\t", "\n", "\r", "]]>", "&amp;", "\u0085", "\u2028"),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join("").replaceAll(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ""));

describe("S-86: what is written is canonical", () => {
  it("any text and any attribute, in any order of the attributes", () => {
    fc.assert(
      fc.property(value, value, value, fc.boolean(), (a, b, c, turned) => {
        const attributes = { Z: a, b, "xmlns:p": "urn:p", "p:type": c };
        const given = turned ? Object.fromEntries(Object.entries(attributes).reverse()) : attributes;
        const xml = element("p:e", given, element("p:empty", {}), text(c));
        expect(canonical(xml)).toBe(xml);
      }),
      { numRuns: runs(20_000) },
    );
  });

  it("characters as references where Canonical XML 2.3 says so", () => {
    expect(element("e", { a: "&<>\"'\t\n\r" }, text("&<>\"'\t\n\r"))).toBe(
      '<e a="&amp;&lt;>&quot;\'&#x9;&#xA;&#xD;">&amp;&lt;&gt;"\'\t\n&#xD;</e>',
    );
  });

  it("declarations first, then attributes, then those with a prefix", () => {
    expect(element("e", { "x:a": "1", b: "2", "xmlns:x": "urn:x", B: "3", xmlns: "urn:d" })).toBe(
      '<e xmlns="urn:d" xmlns:x="urn:x" B="3" b="2" x:a="1"></e>',
    );
  });

  it.each([
    ["nothing strange", "Ada Lovelace & Söhne <x> 漢 😀 \u00a0", true],
    ["a null", "a\0", false],
    ["a tab", "a\tb", false],
    ["the end of a line", "a\nb", false],
    ["a carriage return", "a\rb", false],
    ["escape", "\u001b[2J", false],
    ["delete", "\u007f", false],
    ["next line", "\u0085", false],
    ["a line separator", "\u2028", false],
    ["a paragraph separator", "\u2029", false],
    ["half a pair", "\ud83d", false],
    ["the other half", "a\ude00", false],
    ["no character", "\ufffe", false],
    ["no character either", "\uffff", false],
  ])("%s", (_, given, writable) => {
    expect(isWritable(given)).toBe(writable);
  });
});
