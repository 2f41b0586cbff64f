import { expect, it } from "vitest";
import { attributeOf, type Element, hasOnly, textIn } from "./element.ts";

const element = (more: Partial<Element>): Element => ({
  ...{ prefix: "", local: "e", namespace: "", attributes: [], scope: new Map(), children: [] },
  ...more,
});

it("the text of an element is that of one without elements in it", () => {
  expect(textIn(element({ children: ["a", "b"] }))).toBe("ab");
  expect(textIn(element({}))).toBe("");
  expect(textIn(element({ children: ["a", element({})] }))).toBeUndefined();
});

it("an attribute is looked for by its name and its namespace", () => {
  const attributes = [
    { prefix: "q", local: "Id", namespace: "urn:q", value: "other" },
    { prefix: "", local: "Id", namespace: "", value: "own" },
  ];
  expect(attributeOf(element({ attributes }), "", "Id")).toBe("own");
  expect(attributeOf(element({ attributes }), "urn:q", "Id")).toBe("other");
  expect(attributeOf(element({ attributes }), "urn:q", "ID")).toBeUndefined();
  expect([attributes, attributes.slice(1)].map((each) => hasOnly(element({ attributes: each }), "Id"))).toEqual([
    false,
    true,
  ]);
});
