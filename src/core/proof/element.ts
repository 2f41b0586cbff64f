// A message as a tree: what Postern reads of it, and functions that look at its parts.

/** An attribute that is not a namespace declaration. */
export type Attribute = {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: string;
  readonly value: string;
};

export type Element = {
  readonly prefix: string;
  readonly local: string;
  /** "": the attribute has no namespace. */
  readonly namespace: string;
  readonly attributes: readonly Attribute[];
  /** The namespaces in force here, by prefix. "" is the prefix of the default namespace. */
  readonly scope: ReadonlyMap<string, string>;
  readonly children: readonly (Element | string)[];
};

/** Whether the element has that name in that namespace. */
export const is = (element: Element | undefined, namespace: string, local: string): boolean =>
  element?.local === local && element.namespace === namespace;

/** The elements directly inside. Text between them is left out. */
export const elementsIn = (element: Element): readonly Element[] =>
  element.children.filter((child) => typeof child !== "string");

/** The text of an element that has no elements inside. */
export const textIn = (element: Element): string | undefined =>
  element.children.every((child) => typeof child === "string") ? element.children.join("") : undefined;

/** Whether there is any text besides white space between the elements directly inside. */
export const hasText = (element: Element): boolean =>
  element.children.some((child) => typeof child === "string" && /[^\t\n\r ]/.test(child));

/** The value of an attribute. "" for the namespace means none. */
export const attributeOf = (element: Element, namespace: string, local: string): string | undefined =>
  element.attributes.find((each) => each.local === local && each.namespace === namespace)?.value;

/** Whether the element has only these attributes, all without a namespace, and no text besides its elements. */
export const hasOnly = (element: Element, ...names: readonly string[]): boolean =>
  !hasText(element) && element.attributes.every(({ namespace, local }) => namespace === "" && names.includes(local));

/** The element and all elements below it. */
export function* everyElement(element: Element): Generator<Element> {
  yield element;
  for (const child of elementsIn(element)) yield* everyElement(child);
}
