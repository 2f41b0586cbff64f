// Writes XML that already is in exclusive canonical form. So what is signed is known, and no parser and no canonicaliser
// stands in the way of a signature. Sources: Canonical XML 1.0 2.3, Exclusive XML Canonicalization 1.0 3.

import { attributeText } from "../text/canonical-xml.ts";

export { elementText as text } from "../text/canonical-xml.ts";

/**
 * What XML 1.0 cannot contain, what a reader could take for the end of a line, and what nobody sees: control
 * characters, the two separators of Unicode, half a surrogate pair, and the two values that are no characters.
 */
const UNWRITABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/** Whether every reader reads this value in the same way. */
export const isWritable = (value: string): boolean => !UNWRITABLE.test(value);

/** Attributes and declarations by their names. Only one prefix may stand before names of attributes. */
type Attributes = Readonly<Record<string, string>>;

/**
 * An element with its start tag and end tag. `attributes`: values as they are meant, not escaped, in any order; a
 * declaration has a name that begins with "xmlns". `content`: written elements, or escaped text.
 */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .toSorted(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
    .map(([key, value]) => ` ${key}="${attributeText(value)}"`);
  return `<${name}${written.join("")}>${content.join("")}</${name}>`;
}

/** Declarations first, then attributes without a namespace, then those with one (Canonical XML 1.0 2.3). */
const placeOf = (name: string): number => (/^xmlns(?::|$)/.test(name) ? 0 : name.includes(":") ? 2 : 1);
