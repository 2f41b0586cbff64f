// Part of step 7: Exclusive XML Canonicalization 1.0 without comments. It is the one way to write an element before it
// is digested. The signer and every verifier write the same bytes, however the message wrote the element. Source: EXC
// 3, Canonical XML 1.0 §2.3 (C14N).

import { attributeText, elementText } from "../text/canonical-xml.ts";
import type { Attribute, Element } from "./element.ts";

/**
 * The canonical text of an element. `inclusive`: prefixes that are declared wherever they are in force; "" stands for
 * the default namespace (`InclusiveNamespaces`, EXC 2.1). All names must be ASCII; read.ts has checked that.
 */
export const canonicalForm = (element: Element, inclusive: readonly string[] = []): string =>
  write(element, NOTHING_DECLARED, inclusive);

/** Nothing is declared above this element. An empty default namespace means the same as none. */
const NOTHING_DECLARED: ReadonlyMap<string, string> = new Map([["", ""]]);

function write(element: Element, declared: ReadonlyMap<string, string>, inclusive: readonly string[]): string {
  // EXC 3: a namespace is declared at the element that uses its prefix, or whose attribute does, unless it is declared
  // already.
  const prefixed = element.attributes.filter(({ prefix }) => prefix !== "").map(({ prefix }) => prefix);
  const inForce = inclusive.filter((prefix) => prefix === "" || element.scope.has(prefix));
  const wanted = new Set([element.prefix, ...prefixed, ...inForce]);
  wanted.delete("xml"); // XML itself binds this prefix
  const added: [string, string][] = [];
  let tag = element.prefix === "" ? element.local : `${element.prefix}:${element.local}`;
  const name = tag;
  for (const prefix of [...wanted].sort()) {
    const namespace = element.scope.get(prefix) ?? "";
    if (declared.get(prefix) === namespace) continue;
    added.push([prefix, namespace]);
    tag += ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${attributeText(namespace)}"`;
  }
  // C14N 2.3: attributes are sorted by namespace, then by name.
  for (const attribute of [...element.attributes].sort(byNamespaceThenName)) {
    const { prefix, local, value } = attribute;
    tag += ` ${prefix === "" ? local : `${prefix}:${local}`}="${attributeText(value)}"`;
  }
  const now = added.length === 0 ? declared : new Map([...declared, ...added]);
  let content = "";
  for (const child of element.children) {
    content += typeof child === "string" ? elementText(child) : write(child, now, inclusive);
  }
  return `<${tag}>${content}</${name}>`;
}

const byNamespaceThenName = (a: Attribute, b: Attribute): number =>
  compare(a.namespace, b.namespace) || compare(a.local, b.local);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
