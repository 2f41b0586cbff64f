// A small XML tree for SOAP messages and assertions. saxes parses it, with namespaces. The tree has enough detail to be
// written in canonical form (xml-c14n.ts). Documents with a DOCTYPE are refused, because SOAP forbids them (SOAP 1.1,
// 3).

import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from "saxes";

/** An attribute. Namespace declarations are not attributes here. They are in {@link XmlElement.scope}. */
export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  /** The namespace URIs in force at this element, by prefix. "" is the default namespace. */
  readonly scope: ReadonlyMap<string, string>;
  readonly children: (XmlElement | string)[];
}

/** The longest message that a Front-End service reads, in characters. */
const MAX_XML_CHARS = 1_000_000;

/** Parses a document. Undefined if it is not well-formed, is too long, or has a DOCTYPE. */
export function parseXml(text: string): XmlElement | undefined {
  if (text.length > MAX_XML_CHARS) return undefined;
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let failed = false;
  parser.on("error", () => {
    failed = true;
  });
  parser.on("doctype", () => {
    failed = true;
  });
  parser.on("opentag", (tag) => {
    const parent = open.at(-1);
    const element = elementOf(tag, parent?.scope);
    parent?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on("closetag", () => {
    open.pop();
  });
  const addText = (chunk: string): void => {
    open.at(-1)?.children.push(chunk);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  return failed ? undefined : root;
}

function elementOf(tag: SaxesTagNS, outer: ReadonlyMap<string, string> | undefined): XmlElement {
  const scope = new Map(outer ?? []);
  for (const [prefix, uri] of Object.entries(tag.ns)) scope.set(prefix, uri);
  const attributes = Object.values(tag.attributes)
    .filter((attribute) => !isDeclaration(attribute))
    .map(({ prefix, local, uri, value }) => ({ prefix, local, uri, value }));
  return { prefix: tag.prefix, local: tag.local, uri: tag.uri, attributes, scope, children: [] };
}

const isDeclaration = (attribute: SaxesAttributeNS): boolean =>
  attribute.prefix === "xmlns" || (attribute.prefix === "" && attribute.local === "xmlns");

/** The element children of an element. */
export const elements = (parent: XmlElement): readonly XmlElement[] =>
  parent.children.filter((child) => typeof child !== "string");

/** Follows local names downwards, taking the first child of each name. */
export function descend(from: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let at = from;
  for (const local of path) at = at && elements(at).find((child) => child.local === local);
  return at;
}

/** The first element with this local name anywhere below, in document order. */
export function search(from: XmlElement, local: string): XmlElement | undefined {
  for (const child of elements(from)) {
    if (child.local === local) return child;
    const found = search(child, local);
    if (found) return found;
  }
  return undefined;
}

/** All text directly and indirectly inside, trimmed. */
export const textOf = (element: XmlElement | undefined): string => (element ? rawText(element).trim() : "");

const rawText = (element: XmlElement): string =>
  element.children.map((child) => (typeof child === "string" ? child : rawText(child))).join("");

/** An attribute's value by local name, with any prefix. */
export const attributeOf = (element: XmlElement | undefined, local: string): string | undefined =>
  element?.attributes.find((attribute) => attribute.local === local)?.value;

/** Escapes text for element content and for attributes in double quotes. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
