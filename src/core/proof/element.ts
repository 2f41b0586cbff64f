// A message as a tree: what is read of it, and how its parts are looked at.

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
  /** "" for none. */
  readonly namespace: string;
  readonly attributes: readonly Attribute[];
  /** Prefix to namespace, as in force here; "" is the default namespace. */
  readonly scope: ReadonlyMap<string, string>;
  readonly children: readonly (Element | string)[];
};

/** Whether this is the element of that name. */
export const is = (element: Element | undefined, namespace: string, local: string): boolean =>
  element?.local === local && element.namespace === namespace;

/** The elements directly inside, whatever text is between them. */
export const elementsIn = (element: Element): readonly Element[] =>
  element.children.filter((child) => typeof child !== "string");

/** The text of an element that holds nothing else. */
export const textIn = (element: Element): string | undefined =>
  element.children.every((child) => typeof child === "string") ? element.children.join("") : undefined;

/** Whether there is anything but white space between the elements directly inside. */
export const hasText = (element: Element): boolean =>
  element.children.some((child) => typeof child === "string" && /[^\t\n\r ]/.test(child));

/** The value of an attribute in a namespace, "" for none. */
export const attributeOf = (element: Element, namespace: string, local: string): string | undefined =>
  element.attributes.find((each) => each.local === local && each.namespace === namespace)?.value;

/** Whether the element has no attributes but these, which are in no namespace, and no text beside its elements. */
export const hasOnly = (element: Element, ...names: readonly string[]): boolean =>
  !hasText(element) && element.attributes.every(({ namespace, local }) => namespace === "" && names.includes(local));

/** The element and all below it. */
export function* everyElement(element: Element): Generator<Element> {
  yield element;
  for (const child of elementsIn(element)) yield* everyElement(child);
}
