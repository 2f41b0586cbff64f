// Exclusive XML canonicalization without comments (https://www.w3.org/TR/xml-exc-c14n/). The XML signatures of web
// tickets and of SIPE's timestamp are computed over these bytes. A namespace declaration is written where its prefix is
// first used. So an assertion keeps its signature when it is moved from one SOAP message to another.

import type { XmlAttribute, XmlElement } from "./xml.ts";

/** Algorithm identifier in CanonicalizationMethod and Transform. */
export const EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

/**
 * The canonical text of an element without the elements in `without` (the enveloped-signature transform). `inclusive`:
 * prefixes that are declared everywhere they are in force. "" is the default namespace.
 */
export function canonicalize(
  element: XmlElement,
  without: ReadonlySet<XmlElement> = new Set(),
  inclusive: readonly string[] = [],
): string {
  return write(element, new Map([["", ""]]), { without, inclusive });
}

interface Choices {
  readonly without: ReadonlySet<XmlElement>;
  readonly inclusive: readonly string[];
}

function write(element: XmlElement, rendered: ReadonlyMap<string, string>, choices: Choices): string {
  const { without, inclusive } = choices;
  const listed = inclusive.filter((prefix) => prefix === "" || element.scope.has(prefix));
  const prefixes = element.attributes.map(({ prefix }) => prefix).filter((prefix) => prefix !== "");
  const used = new Set([element.prefix, ...prefixes, ...listed]);
  const inForce = new Map(rendered);
  const declarations: string[] = [];
  for (const prefix of [...used].sort(byCodePoint)) {
    const uri = element.scope.get(prefix) ?? "";
    // The prefix `xml` is always bound and never declared.
    if (prefix === "xml" || inForce.get(prefix) === uri) continue;
    inForce.set(prefix, uri);
    declarations.push(` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`);
  }
  const attributes = [...element.attributes].sort(byNamespaceThenName).map((a) => {
    const name = a.prefix === "" ? a.local : `${a.prefix}:${a.local}`;
    return ` ${name}="${escapeAttribute(a.value)}"`;
  });
  const name = element.prefix === "" ? element.local : `${element.prefix}:${element.local}`;
  const content = element.children
    .filter((child) => typeof child === "string" || !without.has(child))
    .map((child) => (typeof child === "string" ? escapeText(child) : write(child, inForce, choices)))
    .join("");
  return `<${name}${declarations.join("")}${attributes.join("")}>${content}</${name}>`;
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byNamespaceThenName = (a: XmlAttribute, b: XmlAttribute): number =>
  byCodePoint(a.uri, b.uri) || byCodePoint(a.local, b.local);

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#xD;");

const escapeAttribute = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#x9;")
    .replaceAll("\n", "&#xA;")
    .replaceAll("\r", "&#xD;");
