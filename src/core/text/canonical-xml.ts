// Text and attribute values as Canonical XML writes them: which characters become references. What Postern signs and what
// it verifies must agree in this. Source: Canonical XML 1.0 2.3.

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};
const reference = (character: string): string => REFERENCES[character] ?? character;

/** Text between tags. */
export const elementText = (text: string): string => text.replaceAll(/[&<>\r]/g, reference);

/** The value of an attribute, which stands in double quotes. */
export const attributeText = (text: string): string => text.replaceAll(/[&<"\t\n\r]/g, reference);
